/** Generated from schemas/scope.schema.json by npm run generate. Do not edit. */

/**
 * Lower-case letters, digits and hyphens.
 */
export type Name = string;
export type Clause =
  | {
      /**
       * A path into the worker.
       */
      attribute: string;
      /**
       * An operator of docs/policies.md; Entra's spellings are accepted.
       */
      operator: string;
      value?: string | number | boolean;
    }
  | {
      /**
       * @minItems 1
       */
      all: [Clause, ...Clause[]];
    }
  | {
      /**
       * @minItems 1
       */
      any: [Clause, ...Clause[]];
    }
  | {
      not: Clause;
    };

/**
 * Who is in: clauses over one worker.
 */
export interface Scope {
  apiVersion: "muster/v1";
  kind: "Scope";
  name: Name;
  all?: Clause[];
  any?: Clause[];
  include?: {
    worker: string;
    /**
     * A local date, ISO 8601.
     */
    until?: string;
    reason: string;
  }[];
  exclude?: {
    worker: string;
    /**
     * A local date, ISO 8601.
     */
    until?: string;
    reason: string;
  }[];
}
