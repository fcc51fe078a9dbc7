/**
 * Who may write to whom (graph.md section 14): targets that hold directory roles, and members of restricted administrative
 * units. A token with every permission is refused too, unless the application holds a role that outranks the target's.
 */
import { denied, GraphFailure } from "./errors.js";
import { OUTRANKING, type RoleTemplate, rankOf } from "./role-table.js";
import type { RequestContext } from "./state.js";
import type { Store, TenantObject } from "./store.js";

/** The protection of state.ts: throws 403 where rank or unit forbid the write. */
export function protectTarget(
  context: RequestContext,
  target: TenantObject,
  { isSensitive }: { isSensitive: boolean },
): void {
  if (isRestricted(context.tenant.store, target.id)) throw restricted();
  if (isSensitive) demandRank(context, requiredRank(context.tenant.store, target));
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
