/** A tenant as a world: the driver that Muster uses, everybody else's hands, and a bystander who sees behind the replicas. */
import type { Anchor } from "../../../reconciler/model/observed.js";
import { laggingViews } from "../../../reconciler/sandbox/tenant/lag.js";
import { PRODUCTS as SOLD } from "../../../reconciler/sandbox/tenant/licence-table.js";
import type { TenantSeed } from "../../../reconciler/sandbox/tenant-server.js";
import { type TenantHarness, type TenantHarnessOptions, tenantHarness } from "../../contract/harness-tenant.js";
import { byAddress, type Hands, type NewAccount } from "../hands.js";
import { EPOCH } from "../people.js";
import { GROUPS, OUTSIDE, TARGET } from "../policy.js";
import { CLOUD_DIALECT, DOMAIN, PRODUCTS, UNIT } from "./policy.js";
import { livingUsers, truthOf } from "./truth.js";
import { Watch } from "./watch.js";
import type { CloudWorldSpec } from "./world.js";

export interface CloudHands extends Hands {
  readonly harness: TenantHarness;
  close(): Promise<void>;
}

/** What people who edit a directory call things, and Graph's names for them. */
const PROPERTIES: Readonly<Record<string, string>> = {
  cn: "displayName",
  company: "companyName",
  department: "department",
  description: "officeLocation",
  employeeID: "employeeId",
  mail: "mail",
  sAMAccountName: "userPrincipalName",
  title: "jobTitle",
};

export const SEED: TenantSeed = {
  domains: [DOMAIN],
  users: [],
  skus: PRODUCTS.map((skuPartNumber) => ({ skuPartNumber, enabled: 500 })),
  units: [{ properties: { displayName: UNIT } }],
  groups: GROUPS.map((displayName) => ({
    properties: {
      displayName,
      mailNickname: displayName.replace(" ", "-"),
      mailEnabled: false,
      securityEnabled: true,
      groupTypes: [],
    },
  })),
};

/** A new tenant whose replicas lag as the world says. `over`: sockets and TLS, or none. */
export async function cloudHands(
  { policy, lag }: Pick<CloudWorldSpec, "policy" | "lag">,
  over: "https" | "direct",
  options: TenantHarnessOptions = {},
): Promise<CloudHands> {
  const watch: Watch = new Watch(() => harness.tenant.state);
  const harness = await tenantHarness({
    ...options,
    over,
    start: Date.parse(`${EPOCH}T09:00:00Z`),
    tenant: { seed: SEED, lag, ...options.tenant },
    driver: {
      name: TARGET,
      managed: { accounts: [policy.unit ? UNIT : "tenant"], groups: ["tenant"] },
      ...options.driver,
    },
    observe: (request) => watch.see(request),
  });
  const { tenant, ask } = harness;
  const { state } = tenant;
  const idOf = (type: "administrativeUnit" | "group", name: string) =>
    [...state.store.list(type)].find(({ properties }) => properties.displayName === name)?.id ?? "";
  const unit = policy.unit ? idOf("administrativeUnit", UNIT) : null;
  const succeeds = async (method: string, path: string, body?: unknown) =>
    (await ask(method, path, body === undefined ? {} : { body })).status < 300;
  const reference = (id: Anchor) => ({ "@odata.id": `${tenant.url}/v1.0/directoryObjects/${id}` });
  const place = async (id: Anchor, container: string) => {
    if (unit === null) return false;
    const members = `/directory/administrativeUnits/${unit}/members`;
    if (container === OUTSIDE) return succeeds("DELETE", `${members}/${id}/$ref`);
    return succeeds("POST", `${members}/$ref`, reference(id));
  };
  const switchTo = (accountEnabled: boolean) => (id: Anchor) => succeeds("PATCH", `/users/${id}`, { accountEnabled });
  return {
    harness,
    port: harness.target,
    dialect: CLOUD_DIALECT,
    picture: async () => truthOf(state, unit),
    accounts: async () => byAddress([...truthOf(state, unit).values()].map(({ account }) => account)),
    writes: () => tenant.counters.writes,
    addAccount: async (account) => {
      const made = await ask("POST", "/users", { body: bodyOf(account) });
      if (made.status >= 300) return null;
      if (account.container !== OUTSIDE) await place(made.body.id, account.container);
      return made.body.id;
    },
    edit: (id, changes) => succeeds("PATCH", `/users/${id}`, translate(changes)),
    move: place,
    enable: switchTo(true),
    disable: switchTo(false),
    remove: (id) => succeeds("DELETE", `/users/${id}`),
    changeMember: (change, group, id) => {
      const members = `/groups/${idOf("group", GROUPS[group % GROUPS.length] ?? "")}/members`;
      if (change === "add-member") return succeeds("POST", `${members}/$ref`, reference(id));
      return succeeds("DELETE", `${members}/${id}/$ref`);
    },
    changeLicence: (change, id) => {
      const { skuId = "" } = SOLD[PRODUCTS[1]] ?? {};
      const isAdded = change === "assign-licence";
      const body = {
        addLicenses: isAdded ? [{ skuId, disabledPlans: [] }] : [],
        removeLicenses: isAdded ? [] : [skuId],
      };
      return succeeds("POST", `/users/${id}/assignLicense`, body);
    },
    restore: async (who) => {
      const deleted = [...state.store.list("user")].filter(({ deletedAt }) => deletedAt !== null);
      const user = deleted[who % Math.max(1, deleted.length)];
      return user !== undefined && (await succeeds("POST", `/directory/deletedItems/${user.id}/restore`, {}));
    },
    pass(ms) {
      harness.surroundings.advance(ms);
      const { lag: behind } = state.options;
      if (behind) state.views = laggingViews(state.store, behind, state.now);
    },
    watch: (leavers) => watch.begin(leavers),
    close: () => harness.close(),
  };
}

/** Graph's names for what is written, and a login in the domain. */
export function translate(changes: Readonly<Record<string, string | null>>): Record<string, string | null> {
  const entries = Object.entries(changes).map(([name, value]) => {
    const property = PROPERTIES[name] ?? name;
    return [property, property === "userPrincipalName" ? `${value}@${DOMAIN}` : value] as const;
  });
  return Object.fromEntries(entries);
}

function bodyOf({ attributes, enabled }: NewAccount) {
  const { sAMAccountName = "" } = attributes;
  const made = translate(attributes);
  const password = { password: "Correct-horse-1" };
  // Where a licence could be used is said: it may be assigned by hand.
  return {
    accountEnabled: enabled,
    mailNickname: sAMAccountName,
    usageLocation: "US",
    passwordProfile: password,
    ...made,
  };
}

/** How many users there are, living ones. */
export function usersOf({ harness }: CloudHands): number {
  return livingUsers(harness.tenant.state).length;
}
