/** Generated from schemas/group.schema.json by npm run generate. Do not edit. */

/**
 * The anchor of a group that an entitlement names.
 */
export interface LedgerGroup {
  apiVersion: "muster/v1";
  kind: "Group";
  target: string;
  group: string;
  anchor: string;
  /**
   * The group was announced as exclusive by a plan of this as-of instant: from the next one on, members that nobody is entitled to are removed.
   */
  exclusive?: string;
}
