/** Generated from schemas/guards.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;

/**
 * Limits over the whole plan, protected principals, freeze windows.
 */
export interface Guards {
  apiVersion: "muster/v1";
  kind: "Guards";
  name: Name;
  environment?: string;
  limits?: {
    verb:
      | "create"
      | "bind"
      | "unbind"
      | "update"
      | "clear"
      | "rename"
      | "move"
      | "enable"
      | "disable"
      | "delete"
      | "purge"
      | "remove-member"
      | "remove-licence"
      | "run-task";
    max?: number;
    /**
     * A percentage such as 5%.
     */
    maxShare?: string;
    minPopulation?: number;
    /**
     * Years (y) and days (d) are calendar units in the worker's zone, hours (h) and minutes (m) are absolute.
     */
    per?: string;
    attribute?: string;
    task?: string;
    group?: string;
  }[];
  /**
   * Bound objects that are gone from a target and not known to be deleted: refused where there are more than max and more than maxShare of at least minPopulation.
   */
  missing?: {
    max?: number;
    /**
     * A percentage such as 5%.
     */
    maxShare?: string;
    minPopulation?: number;
  };
  /**
   * What becomes of a plan that assigns more licences of a product than are free: those who find no seat wait (the default), or the whole plan is refused.
   */
  seats?: "wait" | "refuse";
  protected?: (
    | {
        target: string;
        group: string;
      }
    | {
        /**
         * source:id
         */
        worker: string;
      }
    | {
        target: string;
        account: string;
      }
  )[];
  freeze?: {
    from: string;
    to: string;
    timezone: string;
    reason?: string;
  }[];
}
