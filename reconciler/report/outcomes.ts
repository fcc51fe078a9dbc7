/** Figures of a run, counted once for text and JSON. */
import type { OutcomeKind } from "../model/op.js";
import type { RunOutcome } from "../model/run.js";

export type OutcomeCounts = Readonly<Record<OutcomeKind, number>>;

/** Ops per outcome; every kind is there, with 0 where there is none. */
export function countOutcomes(outcomes: readonly RunOutcome[]): OutcomeCounts {
  const counts = { done: 0, already: 0, deferred: 0, skipped: 0, refused: 0, failed: 0, unknown: 0 };
  for (const { outcome } of outcomes) counts[outcome.kind]++;
  return counts;
}
