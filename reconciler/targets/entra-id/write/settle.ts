/** From what Graph said to the outcome of an op. */
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { MusterError } from "../../../support/errors.js";
import { anchorOfOp, isGone, refusedOutcome, succeeded, wasAlready } from "../../outcomes.js";
import { EXPLANATIONS } from "../errors.js";
import { GraphFailure, isFailure } from "../failure.js";
import { backoff } from "../patience.js";
import type { Place } from "../place.js";

/** The outcome of an error that nothing more is known about. Never names anybody: failures do not. */
export function failedOutcome(op: Op, error: unknown, anchor: Anchor | null = anchorOfOp(op)): Outcome {
  if (error instanceof MusterError && error.code === "MUS-5005") return refusedOutcome(op, error.what);
  if (error instanceof MusterError) return { op: op.id, kind: "failed", anchor, code: error.code, detail: error.what };
  if (!(error instanceof GraphFailure)) throw error;
  if (error.mayHaveHappened) return { ...unknownOutcome(op, error), anchor };
  if (error.meaning === "gone") return isGone(op);
  return { op: op.id, kind: "failed", anchor, code: EXPLANATIONS[error.meaning].code, detail: error.message };
}

export function unknownOutcome(op: Op, error: unknown): Outcome {
  const detail = `nobody knows whether it was done: ${error instanceof Error ? error.message : String(error)}`;
  return { op: op.id, kind: "unknown", anchor: anchorOfOp(op), code: "MUS-5007", detail };
}

/** A write may have happened although no answer says so. */
export function isLost(error: unknown): error is GraphFailure {
  return isFailure(error) && error.mayHaveHappened;
}

/** How an object compares with an op: as wanted, as before, or an outcome of its own (gone, changed by others). */
export type Verdict = "as-wanted" | "as-before" | Outcome;

export interface Attempt {
  readonly op: Op;
  readonly anchor: Anchor;
  /** Reads the object. */
  judge(): Promise<Verdict>;
  write(): Promise<unknown>;
}

/** Writes of one op whose answer was lost, before it stays unknown. */
export const LOST_ATTEMPTS = 4;

/**
 * Reads, and writes only what is not as wanted. A write whose answer was lost is judged by reading again: done when it is as
 * wanted, else sent once more, because only what may be sent twice comes here. Never throws for what Graph does.
 */
export async function settle(place: Place, { op, anchor, judge, write }: Attempt): Promise<Outcome> {
  let lost: unknown = null;
  for (let attempt = 1; ; attempt++) {
    try {
      const verdict = await judge();
      if (verdict === "as-wanted") return lost === null ? wasAlready(op, anchor) : succeeded(op, anchor);
      if (verdict !== "as-before") return lost === null ? verdict : unknownOutcome(op, lost);
    } catch (error) {
      return lost === null ? failedOutcome(op, error) : unknownOutcome(op, lost);
    }
    try {
      await write();
      return succeeded(op, anchor);
    } catch (error) {
      if (!isLost(error)) return failedOutcome(op, error);
      if (attempt >= LOST_ATTEMPTS) return unknownOutcome(op, error);
      lost = error;
      await place.sleep(backoff(attempt));
    }
  }
}
