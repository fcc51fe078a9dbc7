/** Generated from schemas/environment.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;

/**
 * Named targets with one ledger, one lease, one set of approval rules.
 */
export interface Environment {
  apiVersion: "muster/v1";
  kind: "Environment";
  name: Name;
  /**
   * @minItems 1
   */
  targets: [string, ...string[]];
  records: {
    branch: string;
  };
  /**
   * A plan in markdown is for pull requests, from which nothing can be erased: people are named by their key and values are masked, but for those of the attributes listed here.
   */
  comments?: {
    /**
     * Attributes whose values are shown.
     */
    show?: string[];
  };
  /**
   * Years (y) and days (d) are calendar units in the worker's zone, hours (h) and minutes (m) are absolute.
   */
  planExpires?: string;
  staleLimit?: {
    max?: number;
    /**
     * A percentage such as 5%.
     */
    maxShare?: string;
    minOps?: number;
  };
  fight?: {
    flips?: number;
    /**
     * Years (y) and days (d) are calendar units in the worker's zone, hours (h) and minutes (m) are absolute.
     */
    within?: string;
  };
}
