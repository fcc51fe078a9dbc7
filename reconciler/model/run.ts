/** A run: one execution; its record is a commit. */
import type { WorkerKey } from "./identity.js";
import type { Op, Outcome } from "./op.js";
import type { GuardVerdict } from "./plan.js";

export interface RunOutcome {
  readonly op: Op;
  readonly outcome: Outcome;
  /** Wall-clock ISO instant of the outcome. */
  readonly at: string;
  /** What the ledger needs and the op does not say; kept, so that the ledger can be rebuilt from runs alone. */
  readonly workers: readonly WorkerKey[];
  readonly primary: WorkerKey;
  /** Attributes of the mapping that are names (have a unique rule). */
  readonly names: readonly string[];
}

export interface Run {
  readonly id: string;
  readonly environment: string;
  readonly plan: string;
  readonly asOf: string;
  readonly started: string;
  readonly finished: string;
  readonly inputs: { readonly desired: string; readonly records: string | null };
  readonly digests: { readonly actions: string; readonly inputs: string };
  readonly guards: readonly GuardVerdict[];
  readonly outcomes: readonly RunOutcome[];
  /** SHA-256 of the previous run's file, null for the first. */
  readonly previous: string | null;
}

/** What guards need of the runs in their window: what was done, when, and what an exception let through. */
export interface RecentOp {
  readonly at: number;
  readonly target: string;
  readonly verb: Op["verb"];
  readonly slot: string | null;
  /** Anchor of the object, where one is known. */
  readonly object: string | null;
  readonly origin: Op["origin"];
  /** Whether it was a clear (update to nothing). */
  readonly clear: boolean;
  readonly letThrough: string | null;
}
