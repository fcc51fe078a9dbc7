/**
 * Who may write to whom, asked before the handler (graph.md section 14): permissions by property, targets that hold
 * directory roles, and members of restricted administrative units. A token with every permission is refused too, unless
 * the application holds a role that outranks the target's.
 */
import { denied, GraphFailure } from "./errors.js";
import { demand, type Operation } from "./permissions.js";
import { isObject, type RequestContext } from "./request.js";
import { OUTRANKING, type RoleTemplate, rankOf } from "./role-table.js";
import type { Store, TenantObject } from "./store.js";

/** Properties of a user that ask for more, or less, than users.update. */
const BY_PROPERTY: Readonly<Record<string, Operation>> = {
  accountEnabled: "users.enable",
  businessPhones: "users.phones",
  mobilePhone: "users.phones",
  otherMails: "users.otherMails",
  passwordProfile: "users.password",
  employeeLeaveDateTime: "users.leaveDate.write",
  identities: "users.identities",
};

/** Properties whose change on a role holder is a sensitive action [D 34]. */
const SENSITIVE = new Set([
  "accountEnabled",
  "businessPhones",
  "mobilePhone",
  "otherMails",
  "onPremisesImmutableId",
  "passwordProfile",
  "userPrincipalName",
]);

const SENSITIVE_ROUTES: Readonly<Record<string, string>> = {
  "DELETE /users/{id}": "id",
  "DELETE /groups/{id}/members/{member}": "member",
  "DELETE /directory/deletedItems/{id}": "id",
  "POST /directory/deletedItems/{id}/restore": "id",
};

/** POSTs below a user or group that only read. */
const READING = /\/(getMemberGroups|getMemberObjects|checkMemberGroups)$/;

/** Throws 403 where permission, rank or unit forbid the request; lets pass what names no existing target. */
export function guardTarget(context: RequestContext): void {
  if (context.method === "GET" || READING.test(context.template)) return;
  const name = `${context.method} ${context.template}`;
  const written = name === "PATCH /users/{id}" && isObject(context.body) ? Object.keys(context.body) : [];
  for (const property of written) {
    if (!property.startsWith("@")) demand(context.caller, BY_PROPERTY[property] ?? "users.update");
  }
  const target = targetOf(context, SENSITIVE_ROUTES[name] ?? "id");
  if (target === undefined) return;
  if (isRestricted(context.tenant.store, target.id)) throw restricted();
  if (target.type !== "user") return;
  const isSensitive = name in SENSITIVE_ROUTES || written.some((property) => SENSITIVE.has(property));
  if (isSensitive) demandRank(context, requiredRank(context.tenant.store, target));
  // An application resets passwords only with a role, whoever the target is [D 11].
  if (written.includes("passwordProfile")) demandRank(context, "below-user-administrator");
}

function targetOf({ tenant, template, parameters }: RequestContext, name: string): TenantObject | undefined {
  if (!/^\/(users|groups|directory\/deletedItems)\//.test(template)) return undefined;
  const key = (parameters[name] ?? "").toLowerCase();
  return tenant.store.get(key) ?? tenant.store.get(tenant.store.find("userPrincipalName", key)[0] ?? "");
}

function demandRank({ tenant }: RequestContext, rank: RoleTemplate["rank"] | null): void {
  if (rank === null) return;
  const held = tenant.options.directoryRoles ?? [];
  if (!OUTRANKING[rank].some((role) => held.includes(role))) throw denied();
}

/** What the caller must outrank; null: nothing, the target holds no role. */
export function requiredRank(store: Store, target: TenantObject): RoleTemplate["rank"] | null {
  const { relations } = store;
  const groups = [...relations.sources("members", target.id), ...relations.sources("owners", target.id)];
  if (groups.some((id) => store.living("group", id)?.properties.isAssignableToRole === true)) return "privileged";
  if ([...relations.sources("scopedRoleOf", target.id)].some((id) => isScopedToRestricted(store, id))) {
    return "privileged";
  }
  const roles = [...relations.sources("roleMembers", target.id)];
  const ranks = roles.map((id) => rankOf(String(store.get(id)?.properties.displayName)));
  return ranks.includes("privileged") ? "privileged" : (ranks[0] ?? null);
}

function isScopedToRestricted(store: Store, membership: string): boolean {
  const unit = store.get(String(store.get(membership)?.properties.administrativeUnitId));
  return unit?.properties.isMemberManagementRestricted === true;
}

/** Whether a living restricted unit holds the object [D 35]. */
export function isRestricted(store: Store, id: string): boolean {
  for (const unit of store.relations.sources("unitMembers", id)) {
    if (store.living("administrativeUnit", unit)?.properties.isMemberManagementRestricted === true) return true;
  }
  return false;
}

/** The text is known from the field. */
function restricted(): GraphFailure {
  return new GraphFailure(
    403,
    "Authorization_RequestDenied",
    "Target object is a member of a restricted management administrative unit and can only be modified by administrators scoped to that administrative unit.",
  );
}
