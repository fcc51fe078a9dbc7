/** Generated from schemas/lifecycle.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;

/**
 * What each stage of employment means; knows no target.
 */
export interface Lifecycle {
  apiVersion: "muster/v1";
  kind: "Lifecycle";
  name: Name;
  prehire?: {
    from?: string;
    account?: "enabled" | "disabled" | "keep";
    memberships?: "grant" | "keep" | "remove-managed";
    attributes?: "update" | "freeze";
    tasks?: ("reset-password" | "revoke-sessions" | "temporary-access-pass")[];
    create?: boolean;
  };
  active?: {
    account?: "enabled" | "disabled" | "keep";
    memberships?: "grant" | "keep" | "remove-managed";
    attributes?: "update" | "freeze";
    tasks?: ("reset-password" | "revoke-sessions" | "temporary-access-pass")[];
    create?: boolean;
  };
  leave?: {
    account?: "enabled" | "disabled" | "keep";
    memberships?: "grant" | "keep" | "remove-managed";
    attributes?: "update" | "freeze";
    tasks?: ("reset-password" | "revoke-sessions")[];
    create?: boolean;
  };
  left?: {
    /**
     * Years (y) and days (d) are calendar units in the worker's zone, hours (h) and minutes (m) are absolute.
     */
    after?: string;
    account?: "enabled" | "disabled" | "keep";
    memberships?: "grant" | "keep" | "remove-managed";
    attributes?: "update" | "freeze";
    tasks?: ("reset-password" | "revoke-sessions")[];
  };
  vanished?: {
    /**
     * Years (y) and days (d) are calendar units in the worker's zone, hours (h) and minutes (m) are absolute.
     */
    after?: string;
    "treat-as"?: "left";
  };
  rescinded?: {
    account?: "enabled" | "disabled" | "keep";
    memberships?: "grant" | "keep" | "remove-managed";
    attributes?: "update" | "freeze";
    tasks?: ("reset-password" | "revoke-sessions")[];
    delete?: "if-never-enabled" | "never";
  };
  "out-of-scope"?: {
    account?: "enabled" | "disabled" | "keep";
    memberships?: "grant" | "keep" | "remove-managed";
    attributes?: "update" | "freeze";
    tasks?: ("reset-password" | "revoke-sessions")[];
  };
  delete?: {
    after: string;
    /**
     * Calendar days after Muster deleted an account until it is deleted for good, where the Target allows it. Left out: never.
     */
    purge?: string;
  };
  rehire?: {
    /**
     * Years (y) and days (d) are calendar units in the worker's zone, hours (h) and minutes (m) are absolute.
     */
    within?: string;
    account: "reactivate" | "reprovision";
    otherwise?: "reactivate" | "reprovision";
  };
}
