/** The tables by type. */
import { ADMINISTRATIVE_UNIT, DIRECTORY_ROLE, SUBSCRIBED_SKU } from "./directory-types.js";
import { GROUP } from "./group-type.js";
import { ORGANIZATION } from "./organization-type.js";
import type { ObjectType } from "./store.js";
import type { TypeRules } from "./types.js";
import { USER } from "./user-type.js";

export const RULES: Partial<Record<ObjectType, TypeRules>> = {
  user: USER,
  group: GROUP,
  administrativeUnit: ADMINISTRATIVE_UNIT,
  directoryRole: DIRECTORY_ROLE,
  subscribedSku: SUBSCRIBED_SKU,
  organization: ORGANIZATION,
};

/** The table of a type; its absence is an error of the tenant's own code. */
export function rulesOf(type: ObjectType): TypeRules {
  const rules = RULES[type];
  if (rules === undefined) throw new Error(`no table of properties for ${type}`);
  return rules;
}
