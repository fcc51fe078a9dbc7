/** Generated from schemas/target.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;

/**
 * A directory that is written.
 */
export interface Target {
  apiVersion: "muster/v1";
  kind: "Target";
  name: Name;
  type: "active-directory" | "memory";
  /**
   * A literal, or env:MUSTER_NAME to read an environment variable.
   */
  url?: string;
  /**
   * A literal, or env:MUSTER_NAME to read an environment variable.
   */
  caFile?: string;
  bind?: {
    /**
     * A literal, or env:MUSTER_NAME to read an environment variable.
     */
    user: string;
    /**
     * A literal, or env:MUSTER_NAME to read an environment variable.
     */
    password: string;
  };
  /**
   * All of it is observed, for names and matching.
   */
  base?: string;
  /**
   * Targets of one forest share names.
   */
  forest?: string;
  /**
   * Nothing outside is written.
   */
  managed: {
    /**
     * @minItems 1
     */
    accounts: [string, ...string[]];
    groups?: string[];
  };
  /**
   * The attribute that holds the claim of a create.
   */
  claim: string;
  allow?: ("create" | "update" | "rename" | "move" | "enable" | "disable" | "delete" | "restore")[];
  /**
   * This target is a sandbox: --clock is accepted.
   */
  sandbox?: boolean;
}
