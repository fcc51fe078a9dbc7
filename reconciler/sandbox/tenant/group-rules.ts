/** What may be done to a group, by its kind (graph.md section 9). */
import { badRequest, denied, GraphFailure, mastered } from "./errors.js";
import { demand } from "./permissions.js";
import type { Json } from "./relations.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";
import { protect } from "./user-rules.js";

export function typesOf(group: TenantObject): readonly Json[] {
  const { groupTypes } = group.properties;
  return Array.isArray(groupTypes) ? groupTypes : [];
}

export function isUnified(group: TenantObject): boolean {
  return typesOf(group).includes("Unified");
}

export function isDynamic(group: TenantObject): boolean {
  return typesOf(group).includes("DynamicMembership");
}

/** Refuses what no application may change: synced groups, Exchange's groups, role-assignable ones without permission. */
export function checkGroupWritable(context: RequestContext, group: TenantObject): void {
  protect(context, group, false);
  if (group.properties.onPremisesSyncEnabled === true) throw mastered();
  if (group.properties.mailEnabled === true && !isUnified(group)) {
    throw badRequest("Cannot Update a mail-enabled security groups and or distribution list.");
  }
  if (group.properties.isAssignableToRole === true) demand(context.caller, "roleAssignable.write");
}

/** The same, and that members are not made by a rule. */
export function checkMembersWritable(context: RequestContext, group: TenantObject): void {
  checkGroupWritable(context, group);
  if (isDynamic(group)) throw denied();
}

/** Most owners of a group [D 22]. */
const MAX_OWNERS = 100;

/**
 * The objects that are to be linked. The quota is looked at before the duplicates [F]; a duplicate or a foreign type
 * refuses them all [D 28].
 */
export function checkAdditions(
  context: RequestContext,
  group: TenantObject,
  { relation, objects }: { readonly relation: "members" | "owners"; readonly objects: readonly TenantObject[] },
): void {
  const { relations } = context.tenant.store;
  const owners = relation === "owners" ? [...relations.targets(relation, group.id)].length + objects.length : 0;
  if (owners > MAX_OWNERS) {
    const message = `Unable to perform update. The update would exceed the maximum quota count '${MAX_OWNERS}' for forward-link 'owners'.`;
    throw new GraphFailure(403, "Directory_QuotaExceeded", message);
  }
  const added = new Set<string>();
  for (const object of objects) {
    if (added.has(object.id) || relations.has({ relation, from: group.id, to: object.id })) {
      throw badRequest(
        `One or more added object references already exist for the following modified properties: '${relation}'.`,
      );
    }
    added.add(object.id);
    const isNested = object.type === "group" && relation === "members" && !isUnified(group);
    const isForeign = object.type !== "user" && !isNested;
    if (isForeign || object.id === group.id) {
      throw badRequest(`The object of type '${object.type}' cannot be added to '${relation}' of this group.`);
    }
  }
}

/** A Microsoft 365 group keeps one owner [F]. */
export function checkOwnerRemoval(context: RequestContext, group: TenantObject): void {
  const owners = [...context.tenant.store.relations.targets("owners", group.id)];
  if (isUnified(group) && owners.length === 1) {
    throw badRequest("The group must have at least one owner, hence this owner cannot be removed.");
  }
}
