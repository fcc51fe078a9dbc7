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
  type: "active-directory" | "entra-id" | "memory";
  /**
   * ldaps://host:port, or ldap://host:port with startTls. Several are tried in this order; one is used for a whole run. Literals, or env:MUSTER_NAME to read an environment variable.
   */
  url?: string | [string, ...string[]];
  /**
   * ldap:// addresses are encrypted with StartTLS before anything else is sent.
   */
  startTls?: boolean;
  /**
   * The server's certificate is not checked: whoever answers gets the password. For a short test only.
   */
  insecureSkipVerify?: boolean;
  /**
   * How long to wait for a domain controller before it counts as lost.
   */
  timeouts?: {
    /**
     * Until a connection is encrypted. Default 10s.
     */
    connect?: string;
    /**
     * From a request to the end of its reply; a search is asked for in pages, each of which is one. Default 60s.
     */
    operation?: string;
  };
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
   * The tenant's id or one of its domains. A literal, or env:MUSTER_NAME to read an environment variable.
   */
  tenant?: string;
  /**
   * Who signs in: an application by a secret, a certificate or the token of a GitHub workflow, or the managed identity of the machine. Texts are literals, or env:MUSTER_NAME to read an environment variable.
   */
  credential?:
    | {
        clientId: string;
        secret: string;
      }
    | {
        clientId: string;
        /**
         * PEM file with the private key and the certificate.
         */
        certificateFile: string;
      }
    | {
        clientId: string;
        /**
         * The workflow's own token is exchanged, a fresh one every time.
         */
        federated: "github";
      }
    | {
        managedIdentity: true;
        /**
         * Of a user-assigned identity; left out: the machine's own.
         */
        clientId?: string;
      };
  /**
   * Root of Microsoft Graph, without the version. Default https://graph.microsoft.com. A literal, or env:MUSTER_NAME to read an environment variable.
   */
  graph?: string;
  /**
   * Where tokens come from. Default https://login.microsoftonline.com. A literal, or env:MUSTER_NAME to read an environment variable.
   */
  authority?: string;
  /**
   * The pass that the task temporary-access-pass hands out: encrypted to the recipients of secrets and kept in their sink.
   */
  temporaryAccessPass?: {
    /**
     * How long the pass works. Left out: as the tenant's policy says.
     */
    minutes?: number;
    /**
     * Whether it works once only. Left out: as the tenant's policy says.
     */
    once?: boolean;
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
   * Nothing outside is written. In Active Directory DNs of containers; in Entra ID `tenant`, or administrative units (accounts) and groups by name or id.
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
  allow?: ("create" | "update" | "rename" | "move" | "enable" | "disable" | "delete" | "restore" | "purge")[];
  /**
   * Where passwords go that are handed out: encrypted with age, one file each.
   */
  secrets?: {
    sink: "directory";
    /**
     * Absolute path of a folder outside every git work tree. A literal, or env:MUSTER_NAME to read an environment variable.
     */
    path: string;
    /**
     * age recipients (age1...): each of them alone can open what is sealed.
     *
     * @minItems 1
     */
    recipients: [string, ...string[]];
  };
  initialPassword?: Password;
  resetPassword?: Password1;
  /**
   * This target is a sandbox: --clock is accepted.
   */
  sandbox?: boolean;
  /**
   * Whether an organizational unit that a create or a move needs, below a managed container, is made where it is missing. Default: no; the plan has a finding instead.
   */
  createContainers?: boolean;
  /**
   * mS-DS-ConsistencyGuid of a bound account that has none is set to its objectGUID, before Entra Connect reads it. One that is there is never changed.
   */
  consistencyGuid?: "stamp";
}
/**
 * The password of a new account. Left out: random, and nobody ever sees it.
 */
export interface Password {
  /**
   * never (default): it is forgotten. sealed: it is encrypted to the recipients of secrets and kept in their sink.
   */
  handOut?: "never" | "sealed";
  /**
   * Whether it must be changed at the first logon (pwdLastSet 0). Default false.
   */
  mustChange?: boolean;
}
/**
 * The password that the task reset-password sets. Left out: random, and nobody ever sees it.
 */
export interface Password1 {
  /**
   * never (default): it is forgotten. sealed: it is encrypted to the recipients of secrets and kept in their sink.
   */
  handOut?: "never" | "sealed";
  /**
   * Whether it must be changed at the first logon (pwdLastSet 0). Default false.
   */
  mustChange?: boolean;
}
