/** Generated from schemas/override.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;

/**
 * Lets one plan pass one guard.
 */
export interface Override {
  apiVersion: "muster/v1";
  kind: "Override";
  name: Name;
  environment: string;
  /**
   * The last day, in UTC, on which it counts.
   */
  expires: string;
  reason: string;
  /**
   * Name of the guard, as the plan prints it.
   */
  guard: string;
  /**
   * The actions digest of the plan.
   */
  actions: string;
  ops?: string[];
}
