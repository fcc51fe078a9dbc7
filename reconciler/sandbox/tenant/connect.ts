/**
 * A simulated Connect engine: from a directory to the tenant, in cycles. An object is matched by onPremisesImmutableId (hard
 * match), else a cloud-only user with its userPrincipalName or primary SMTP address is taken over (soft match), else it is
 * made. What is gone from the directory is soft-deleted, what comes back is restored. As Entra Connect it does not take
 * over holders of directory roles, nor users that another object is anchored to: these are errors of the cycle. One commit
 * per object, so that delta and lag see single changes.
 */
import { randomUUID } from "node:crypto";
import { type Domains, mapUser, softMatchKeys } from "./connect-mapping.js";
import type { ConnectOptions, ConnectUser } from "./connect-port.js";
import type { Json, Properties } from "./relations.js";
import { formatInstant } from "./select.js";
import type { TenantState } from "./state.js";
import type { Mutation, TenantObject } from "./store.js";
import { deletion } from "./users.js";

/** What one cycle did. */
export interface CycleReport {
  readonly added: number;
  readonly matched: number;
  readonly updated: number;
  readonly deleted: number;
  readonly restored: number;
  readonly errors: readonly CycleError[];
}

export interface CycleError {
  /** onPremisesImmutableId of the directory's object; null: of the cycle as a whole. */
  readonly anchor: string | null;
  readonly code: "InvalidSoftMatch" | "AttributeValueMustBeUnique" | "DeletionThresholdExceeded";
}

const HALF_HOUR = 30 * 60_000;
const DELETION_THRESHOLD = 500;

export class ConnectEngine {
  readonly #tenant: TenantState;
  readonly #options: ConnectOptions;
  #next: number;

  constructor(tenant: TenantState, options: ConnectOptions) {
    this.#tenant = tenant;
    this.#options = options;
    this.#next = tenant.now() + (options.delayMillis ?? HALF_HOUR);
  }

  /** A cycle when its time has come; called before each request. */
  run(now: number): void {
    if (now < this.#next) return;
    this.#next = now + (this.#options.delayMillis ?? HALF_HOUR);
    this.synchronise();
  }

  /** One cycle, now. */
  synchronise(): CycleReport {
    const { store, tenantId } = this.#tenant;
    const about = { onPremisesSyncEnabled: true, onPremisesLastSyncDateTime: formatInstant(this.#tenant.now()) };
    this.#tenant.commit([{ do: "set", id: tenantId, properties: about }]);
    const report = { added: 0, matched: 0, updated: 0, deleted: 0, restored: 0, errors: [] as CycleError[] };
    const synced = new Map<string, TenantObject>();
    for (const user of store.list("user")) {
      const { onPremisesImmutableId, onPremisesSyncEnabled } = user.properties;
      if (typeof onPremisesImmutableId === "string" && (onPremisesSyncEnabled === true || user.deletedAt === null)) {
        synced.set(onPremisesImmutableId, user);
      }
    }
    const domains = this.#domains();
    const ids = new Map<string, string>();
    const seen = new Set<string>();
    const people = this.#options.source.listUsers();
    for (const person of people) {
      const properties = mapUser(person, domains);
      const anchor = String(properties.onPremisesImmutableId);
      seen.add(anchor);
      const id = this.#export(properties, { target: synced.get(anchor), report });
      if (id !== undefined) ids.set(person.distinguishedName.toLowerCase(), id);
    }
    this.#linkManagers(people, ids);
    const gone = [...synced].filter(
      ([anchor, user]) =>
        !seen.has(anchor) && user.deletedAt === null && user.properties.onPremisesSyncEnabled === true,
    );
    if (gone.length > (this.#options.deletionThreshold ?? DELETION_THRESHOLD)) {
      report.errors.push({ anchor: null, code: "DeletionThresholdExceeded" });
      return report;
    }
    for (const [, user] of gone) this.#tenant.commit(deletion(user, this.#tenant.now()));
    return { ...report, deleted: gone.length };
  }

  #domains(): Domains {
    const organization = this.#tenant.store.get(this.#tenant.tenantId);
    const list = (organization?.properties.verifiedDomains ?? []) as unknown as readonly {
      name: string;
      isInitial: boolean;
    }[];
    return {
      verified: new Set(list.map(({ name }) => name.toLowerCase())),
      initial: list.find(({ isInitial }) => isInitial)?.name ?? "",
    };
  }

  /** The id of the user in the tenant; undefined: it could not be exported. */
  #export(
    properties: Properties,
    { target, report }: { target: TenantObject | undefined; report: Counts },
  ): string | undefined {
    const anchor = String(properties.onPremisesImmutableId);
    const synced = { ...properties, onPremisesLastSyncDateTime: formatInstant(this.#tenant.now()) };
    if (target !== undefined) return this.#update(target, synced, report);
    const candidates = this.#candidates(properties);
    const [candidate] = candidates;
    if (candidate === undefined) {
      const id = randomUUID();
      const createdDateTime = formatInstant(this.#tenant.now());
      const created = { userType: "Member", createdDateTime, ...synced };
      this.#tenant.commit([{ do: "create", id, type: "user", properties: created }]);
      report.added++;
      return id;
    }
    const code = this.#obstacle(candidates);
    if (code !== undefined) {
      report.errors.push({ anchor, code });
      return undefined;
    }
    this.#tenant.commit([{ do: "set", id: candidate.id, properties: synced }]);
    report.matched++;
    return candidate.id;
  }

  #candidates(properties: Properties): TenantObject[] {
    const { store } = this.#tenant;
    const { name, smtp } = softMatchKeys(properties);
    const byMail = smtp === null ? [] : [...store.find("proxyAddress", `smtp:${smtp}`), ...store.find("mail", smtp)];
    const ids = new Set([...store.find("userPrincipalName", name), ...byMail]);
    return [...ids].flatMap((id) => store.get(id) ?? []);
  }

  #obstacle(candidates: readonly TenantObject[]): CycleError["code"] | undefined {
    const [candidate] = candidates;
    if (candidate === undefined) return undefined;
    if (candidates.length > 1 || candidate.type !== "user") return "AttributeValueMustBeUnique";
    const { onPremisesImmutableId } = candidate.properties;
    if (typeof onPremisesImmutableId === "string") return "InvalidSoftMatch";
    const roles = [...this.#tenant.store.relations.sources("roleMembers", candidate.id)];
    return roles.length > 0 ? "InvalidSoftMatch" : undefined;
  }

  #update(target: TenantObject, synced: Properties, report: Counts): string {
    const changed = Object.entries(synced).filter(
      ([name, value]) => name !== "onPremisesLastSyncDateTime" && !isSame(target.properties[name], value),
    );
    const isBack = target.deletedAt !== null;
    if (isBack) report.restored++;
    else if (changed.length > 0) report.updated++;
    else return target.id;
    const { onPremisesLastSyncDateTime = null } = synced;
    const properties = { ...Object.fromEntries(changed), onPremisesLastSyncDateTime };
    const restore: Mutation[] = isBack ? [{ do: "restore", id: target.id }] : [];
    this.#tenant.commit([...restore, { do: "set", id: target.id, properties }]);
    return target.id;
  }

  /** After all users are there. A manager who is not synced is none. */
  #linkManagers(people: readonly ConnectUser[], ids: ReadonlyMap<string, string>): void {
    const { relations } = this.#tenant.store;
    for (const { distinguishedName, attributes } of people) {
      const from = ids.get(distinguishedName.toLowerCase());
      if (from === undefined) continue;
      const wanted = ids.get(attributes.manager?.[0]?.toLowerCase() ?? "");
      const [held] = relations.targets("manager", from);
      if (held === wanted) continue;
      const mutations: Mutation[] = [];
      if (held !== undefined) mutations.push({ do: "unlink", relation: "manager", from, to: held });
      if (wanted !== undefined) mutations.push({ do: "link", relation: "manager", from, to: wanted });
      this.#tenant.commit(mutations);
    }
  }
}

interface Counts {
  added: number;
  matched: number;
  updated: number;
  restored: number;
  readonly errors: CycleError[];
}

/** A property that was never set is as good as an empty one. */
function isSame(a: Json | undefined, b: Json): boolean {
  const isEmpty = (value: Json | undefined): boolean =>
    value === undefined || value === null || (Array.isArray(value) && value.length === 0);
  return (isEmpty(a) && isEmpty(b)) || JSON.stringify(a) === JSON.stringify(b);
}
