/** Generated from schemas/run.schema.json by npm run generate. Do not edit. */

export type Stored =
  | null
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
 * The record of one execution: inputs, guards, and one outcome per op with before and after. The ledger can be rebuilt from these files alone.
 */
export interface RunFile {
  apiVersion: "muster/v1";
  kind: "Run";
  id: string;
  environment: string;
  plan: string;
  asOf: string;
  started: string;
  finished: string;
  inputs: {
    desired: string;
    records: string | null;
  };
  digests: {
    actions: string;
    inputs: string;
  };
  /**
   * SHA-256 of the previous run's file, null for the first.
   */
  previous: string | null;
  /**
   * SHA-256 of each further file of a run that is too large for one, in their order.
   */
  parts?: string[];
  /**
   * Number of a further file; it holds outcomes only.
   */
  part?: number;
  guards: {
    guard: string;
    verdict: "pass" | "refuse" | "let-through";
    what: string;
    value: number;
    population: number | null;
    by: string | null;
    ops: string[];
  }[];
  outcomes: {
    op: Op;
    outcome: "done" | "already" | "deferred" | "skipped" | "refused" | "failed" | "unknown";
    anchor: string | null;
    code: string | null;
    detail: string | null;
    at: string;
    workers: string[];
    primary: string;
    names: string[];
  }[];
}
export interface Op {
  id: string;
  verb:
    | "create"
    | "bind"
    | "unbind"
    | "update"
    | "rename"
    | "move"
    | "enable"
    | "disable"
    | "delete"
    | "restore"
    | "purge"
    | "add-member"
    | "remove-member"
    | "assign-licence"
    | "remove-licence"
    | "run-task";
  target: string;
  /**
   * null: of an object that is nobody's.
   */
  identity: string | null;
  /**
   * null: of an object that is nobody's.
   */
  mapping: string | null;
  object:
    | {
        anchor: string;
      }
    | {
        claim: string;
      };
  slot: string | null;
  slotLabel: string | null;
  label: string;
  address: string | null;
  before: Values;
  after: Values;
  origin: "policy" | "drift" | "both" | null;
  /**
   * Values that somebody else changed, each with its last change where the target said when and on which server.
   */
  drift?: {
    attribute: string;
    changed?: {
      at: string;
      by: string;
      version: number;
    };
  }[];
  ledgerOnly: boolean;
  reasons: {
    because: string;
    policy?: {
      file: string;
      line: number;
    };
    fields?: string[];
    source?: {
      file: string;
      blob: string;
    };
  }[];
  /**
   * Containers that are made first, outermost first.
   */
  newContainers?: string[];
}
export interface Values {
  [k: string]: Stored;
}
