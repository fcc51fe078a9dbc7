/** The tenant beside the directory of a golden case: what is in it, and what its administrators do. */
import { GRAPH_LIKE } from "../../reconciler/targets/memory/presets.js";
import type { DirectoryRecord, StoredValue } from "../../reconciler/targets/memory/records.js";
import { type MemoryTarget, memoryTarget } from "../../reconciler/targets/memory/target.js";
import { synchronise } from "../support/connect.js";

type Attributes = Readonly<Record<string, string | null>>;

/** What happens in the tenant. People are named by their displayName, groups and products by their name. */
export type TenantAct =
  | { readonly sync: "run" }
  | { readonly cloudUser: string; readonly set: Attributes; readonly enabled?: boolean }
  | { readonly editCloud: string; readonly set: Attributes }
  | { readonly deleteCloud: string }
  /** Its synchronisation is ended (false), and the account stays. */
  | { readonly master: string; readonly onPremises: boolean }
  | { readonly licence: string; readonly to: string; readonly without?: readonly string[] }
  | { readonly withdraw: string; readonly from: string }
  | { readonly inherit: string; readonly users: readonly string[] }
  /** Nobody may write its members any more; with `hidden` they are not shown either. */
  | { readonly block: string; readonly why: string; readonly hidden?: true };

export const PLANS = {
  EXCHANGE: "11111111-0000-4000-8000-000000000001",
  YAMMER: "11111111-0000-4000-8000-000000000002",
};
const PRODUCTS = { E3: 3, VISIO: 1 };
const GROUPS = ["All Cloud", "Intranet"];

export class Tenant {
  readonly target: MemoryTarget;
  readonly #source: MemoryTarget;

  constructor(source: MemoryTarget) {
    this.#source = source;
    this.target = memoryTarget({ ...GRAPH_LIKE, lag: 0, name: "contoso", managed: { accounts: ["tenant"] }, seed: 2 });
    const { directory } = this.target;
    for (const [sku, seats] of Object.entries(PRODUCTS)) directory.addLicence(sku, seats, PLANS);
    for (const displayName of GROUPS) directory.addGroup({ attributes: { displayName } });
  }

  administer(act: TenantAct): void {
    const { directory } = this.target;
    const user = (name: string) => this.find("account", name).anchor;
    if ("sync" in act) synchronise(this.#source.directory, directory);
    else if ("cloudUser" in act) {
      const attributes = { displayName: act.cloudUser, ...act.set } as Record<string, StoredValue>;
      directory.addAccount({ attributes, enabled: act.enabled ?? true });
    } else if ("editCloud" in act) directory.editAccount(user(act.editCloud), act.set);
    else if ("deleteCloud" in act) directory.deleteObject(user(act.deleteCloud));
    else if ("master" in act) directory.setSynced(user(act.master), act.onPremises);
    else if ("licence" in act) {
      const plans = (act.without ?? []).map((name) => PLANS[name as keyof typeof PLANS]);
      directory.setLicence(this.find("licence", act.licence).anchor, user(act.to), plans);
    } else if ("withdraw" in act) directory.setLicence(this.find("licence", act.withdraw).anchor, user(act.from), null);
    else if ("inherit" in act) directory.inheritLicence(this.find("licence", act.inherit).anchor, act.users.map(user));
    else {
      const hidden = act.hidden === true ? { unreadable: true as const } : {};
      directory.replace({ ...this.find("group", act.block), obstacle: act.why, ...hidden });
    }
  }

  find(kind: DirectoryRecord["kind"], name: string): DirectoryRecord {
    const found = this.search(kind, name);
    if (found === undefined) throw new Error(`there is no ${kind} "${name}" in the tenant`);
    return found;
  }

  search(kind: DirectoryRecord["kind"], name: string): DirectoryRecord | undefined {
    return [...this.target.directory.records.values()].find((r) => r.kind === kind && nameOf(r) === name);
  }

  /** Services of a product that a user has directly, as names; null: the user does not have it directly. */
  plansOf(sku: string, name: string): string | null {
    const { accounts, disabledPlans } = this.target.directory.membersOf(this.find("licence", sku).anchor);
    const { anchor } = this.find("account", name);
    if (!accounts.has(anchor)) return null;
    const off = disabledPlans?.get(anchor) ?? [];
    const names = Object.entries(PLANS).filter(([, id]) => !off.includes(id));
    return names.map(([plan]) => plan).join("+");
  }
}

export function nameOf({ attributes }: DirectoryRecord): string {
  return String(attributes.skuPartNumber ?? attributes.displayName ?? attributes.userPrincipalName);
}
