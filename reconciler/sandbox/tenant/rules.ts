/** The tables by type. */
import { ORGANIZATION } from "./organization-type.js";
import type { ObjectType } from "./store.js";
import type { TypeRules } from "./types.js";
import { USER } from "./user-type.js";

export const RULES: Partial<Record<ObjectType, TypeRules>> = { user: USER, organization: ORGANIZATION };

/** The table of a type; its absence is an error of the tenant's own code. */
export function rulesOf(type: ObjectType): TypeRules {
  const rules = RULES[type];
  if (rules === undefined) throw new Error(`no table of properties for ${type}`);
  return rules;
}
