/** Generated from schemas/bootstrap.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;

/**
 * The first load, instead of loose limits.
 */
export interface Bootstrap {
  apiVersion: "muster/v1";
  kind: "Bootstrap";
  name: Name;
  environment: string;
  /**
   * The last day, in UTC, on which it counts.
   */
  expires: string;
  reason: string;
  lets: {
    [k: string]: number;
  };
}
