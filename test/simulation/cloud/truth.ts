/** What is in the tenant, seen from behind: its store as it is now, whatever replicas show. */
import type { Anchor } from "../../../reconciler/model/observed.js";
import type { Value } from "../../../reconciler/model/value.js";
import { statesOf } from "../../../reconciler/sandbox/tenant/licence-rules.js";
import type { Json } from "../../../reconciler/sandbox/tenant/relations.js";
import type { TenantState } from "../../../reconciler/sandbox/tenant/state.js";
import type { TenantObject } from "../../../reconciler/sandbox/tenant/store.js";
import type { Picture, Seen } from "../shadow.js";

/** Properties that a test says are not touched, or are as wanted. */
export const WATCHED = [
  "companyName",
  "department",
  "displayName",
  "employeeHireDate",
  "employeeId",
  "givenName",
  "jobTitle",
  "mail",
  "mailNickname",
  "officeLocation",
  "surname",
  "usageLocation",
  "userPrincipalName",
] as const;

/** All living users. `unit`: id of the administrative unit whose members are managed, null where all are. */
export function truthOf(state: TenantState, unit: string | null): Picture {
  return new Map(livingUsers(state).map((user) => [user.id, seenOf(state, user, unit)]));
}

export function livingUsers({ store }: TenantState): TenantObject[] {
  return [...store.list("user")].filter(({ deletedAt }) => deletedAt === null);
}

function seenOf(state: TenantState, user: TenantObject, unit: string | null): Seen {
  const { properties, id } = user;
  const values: Record<string, Value> = {};
  for (const name of WATCHED) {
    const value = properties[name];
    if (value !== null && value !== undefined && value !== "") values[name] = value as Value & Json;
  }
  const texts = Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)] as const);
  const manager = managerOf(state, id);
  const isManaged = unit === null || state.store.relations.has({ relation: "unitMembers", from: unit, to: id });
  return {
    account: {
      anchor: id,
      address: String(properties.userPrincipalName),
      container: null,
      managed: isManaged,
      enabled: properties.accountEnabled === true,
      attributes: values,
      claim: null,
      protected: null,
      hasChildren: false,
    },
    attributes: { ...Object.fromEntries(texts), ...(manager === null ? {} : { manager }) },
    groups: accessOf(state, user),
  };
}

function managerOf({ store }: TenantState, user: Anchor): Anchor | null {
  for (const id of store.relations.targets("manager", user)) if (store.get(id)?.deletedAt === null) return id;
  return null;
}

/** Groups that it is a direct member of, and products that it has directly. */
export function accessOf({ store }: TenantState, user: TenantObject): Set<Anchor> {
  const groups = [...store.relations.sources("members", user.id)].filter((id) => store.get(id)?.deletedAt === null);
  const products = statesOf(user).filter(({ assignedByGroup }) => assignedByGroup === null);
  return new Set([...groups, ...products.map(({ skuId }) => skuId)]);
}
