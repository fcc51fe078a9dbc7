/** Generated from schemas/entitlement.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;

/**
 * A group that people in a scope belong to.
 */
export interface Entitlement {
  apiVersion: "muster/v1";
  kind: "Entitlement";
  name: Name;
  target: string;
  /**
   * The group's name in the target, a DN in Active Directory.
   */
  group: string;
  scope: string;
  /**
   * Members that others add are left alone.
   */
  membership?: "additive";
  onLoss?: "remove" | "remove-granted" | "keep";
}
