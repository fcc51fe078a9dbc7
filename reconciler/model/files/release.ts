/** Generated from schemas/release.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;

/**
 * A foreign disable may be undone.
 */
export interface Release {
  apiVersion: "muster/v1";
  kind: "Release";
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
}
