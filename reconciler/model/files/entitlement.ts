/** Generated from schemas/entitlement.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;

/**
 * A group that people in a scope belong to, or a licence that they have.
 */
export interface Entitlement {
  apiVersion: "muster/v1";
  kind: "Entitlement";
  name: Name;
  target: string;
  /**
   * The group's name in the target: a DN in Active Directory, the display name in Entra ID.
   */
  group?: string;
  /**
   * Instead of group: a licence that is assigned directly. One that is inherited from a group counts as held and is never removed.
   */
  licence?: {
    /**
     * Part number (ENTERPRISEPACK) or id of the product, as the tenant's subscriptions show it.
     */
    sku: string;
    /**
     * Service plans that are switched off, by name or id, and no others. Left out: nobody's plans are touched.
     */
    disabledPlans?: string[];
  };
  scope: string;
  /**
   * Who may be a member beside those whom entitlements of the group grant it: whoever others add (additive, the default), or nobody (exclusive).
   */
  membership?:
    | "additive"
    | {
        /**
         * Members that no entitlement of the group grants are removed.
         */
        exclusive: {
          /**
           * The day from which members may be removed; it begins at midnight UTC of the as-of instant. Until then findings say who would be.
           */
          since: string;
          /**
           * What the first run does that finds the group exclusive: notify (the default) only tells whom it would remove, and the next run removes them.
           */
          firstRun?: "notify" | "remove";
        };
      };
  onLoss?: "remove" | "remove-granted" | "keep";
}
