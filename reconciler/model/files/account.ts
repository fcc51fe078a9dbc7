/** Generated from schemas/account.schema.json by npm run generate. Do not edit. */

export type Stored =
  | string
  | boolean
  | string[]
  | {
      ref: string;
    }
  | {
      dn: string;
    }
  | {
      hex: string;
    };

/**
 * What is bound, allotted and last confirmed for one identity in one target.
 */
export interface LedgerEntry {
  apiVersion: "muster/v1";
  kind: "Account";
  target: string;
  identity: string;
  workers: string[];
  current: null | {
    anchor: string;
    claim: string | null;
    mapping: string;
    /**
     * The worker whose create-only values were written.
     */
    primary: string;
    names: {
      [k: string]: string;
    };
    /**
     * Values last confirmed; null: confirmed to be empty.
     */
    managed: {
      [k: string]: Stored | null;
    };
    container: string | null;
    state: "enabled" | "disabled";
    disabledBy: "muster" | "other" | null;
    disabledAt: string | null;
    /**
     * An instant with its offset, ISO 8601.
     */
    boundAt: string;
    everEnabled: boolean;
    /**
     * By anchor of the group, or id of the licence.
     */
    memberships: {
      [k: string]: {
        group: string;
        /**
         * An instant with its offset, ISO 8601.
         */
        since: string;
        origin: "granted" | "found";
        /**
         * Ids of service plans last confirmed as switched off. Licences have it, groups do not.
         */
        disabledPlans?: string[];
      };
    };
    /**
     * Task to the entry into the stage it was run for.
     */
    tasks: {
      [k: string]: string;
    };
  };
  former: {
    anchor: string;
    why: string;
    /**
     * An instant with its offset, ISO 8601.
     */
    until: string;
  }[];
  retained: {
    space: string;
    value: string;
    /**
     * An instant with its offset, ISO 8601.
     */
    until: string;
  }[];
}
