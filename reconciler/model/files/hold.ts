/** Generated from schemas/hold.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;

/**
 * Leaves an account or one attribute alone.
 */
export interface Hold {
  apiVersion: "muster/v1";
  kind: "Hold";
  name: Name;
  environment: string;
  /**
   * The last day, in UTC, on which it counts.
   */
  expires: string;
  reason: string;
  /**
   * source:id
   */
  worker: string;
  target?: string;
  attribute?: string;
  blocksDisable?: boolean;
}
