/**
 * Keys of `before` and `after` that are not attributes. Every reader of ops (drivers, fold, reports) takes them here.
 *
 * bind (slot null): after { anchor, enabled, created?: true, claim? }; created says that it is our own unconfirmed create.
 * bind (slot "primary"): { primary: worker key } · bind (slot "identity"): { identity: identity key }, a re-key.
 * bind (slot "found"): after { <attributes>, container?, enabled? }, values found as wanted: only recorded.
 * bind (slot "exclusive", nobody's): { exclusive: instant | null }; the object is a group that became exclusive, or is so no
 *   longer; slotLabel its name in the policy.
 * unbind: before { anchor }, after { why }.
 * create: after { <attributes>, container, enabled } · move: { container } · enable, disable: { enabled }.
 * restore: before { deleted: true }, after { deleted: false, cn?, container? }.
 * purge: before { deleted: true }, after { deleted: null }; the object is the deleted one.
 * delete: before { enabled: false }, after { "retain:<space>": "<value>|<until>" or a list of these }.
 * add-member, remove-member: { member: true | null }; the slot is the group's anchor, slotLabel its name in the policy.
 * assign-licence, remove-licence: { member: true | null, disabledPlans? }; the slot is the skuId, slotLabel the SKU as the policy
 *   writes it; disabledPlans are ids, all that are switched off, left out where no policy says which.
 * run-task: before { entry }, after { task, entry }: the entry into the stage that it was run for.
 */
import type { Op, Values } from "./op.js";
import type { Value } from "./value.js";

/** Keys of a create's `after` that are not attributes. */
export const ACCOUNT_KEYS = ["container", "enabled"] as const;
export const RETAIN_PREFIX = "retain:";

/** The attributes of a create: `after` without container and enabled. */
export function createdAttributes(op: Op): Readonly<Record<string, Value>> {
  const out: Record<string, Value> = {};
  for (const [name, value] of Object.entries(op.after)) {
    if (value !== null && name !== "container" && name !== "enabled") out[name] = value;
  }
  return out;
}

/** Names that a delete retains: space, value and the instant until which nobody else gets it. */
export function retainedNames(values: Values): { space: string; value: string; until: string }[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (!key.startsWith(RETAIN_PREFIX)) return [];
    const space = key.slice(RETAIN_PREFIX.length);
    const all = Array.isArray(value) ? value : [value];
    return all.flatMap((one) => {
      if (typeof one !== "string") return [];
      const cut = one.lastIndexOf("|");
      return [{ space, value: one.slice(0, cut), until: one.slice(cut + 1) }];
    });
  });
}
