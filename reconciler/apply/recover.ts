/**
 * What an interrupted run did. Outcomes that the journal holds stand; an op whose intent is there and whose outcome is
 * not may or may not have been done, so the picture of the target decides: recovery relies on intents and re-reading,
 * never on an outcome being there. A task leaves nothing to read: it is reported as unknown, for a person to decide.
 */
import type { Op, OpId, Outcome } from "../model/op.js";
import type { Plan } from "../model/plan.js";
import type { JournalEntry } from "../model/ports.js";
import { parseInstant } from "../policy/time.js";
import { MusterError } from "../support/errors.js";
import type { Executed } from "./execute.js";

export interface Interrupted {
  readonly run: string;
  readonly plan: Plan;
  readonly started: number;
  readonly outcomes: readonly Executed[];
}

/** null: the journal begins nothing (the crash came before the first write). */
export function recoverRun(
  run: string,
  entries: readonly JournalEntry[],
  anchorOf: (op: Op) => string | null,
  isTrue: (op: Op) => boolean,
  now: number,
): Interrupted | null {
  const begin = entries.find((entry) => entry.type === "begin");
  if (begin === undefined) return null;
  const ops = new Map<OpId, Op>(begin.plan.body.ops.map((op) => [op.id, op]));
  const outcomes = new Map<OpId, Executed>();
  const tried = new Set<OpId>();
  for (const entry of entries) {
    if (entry.type === "intent") for (const id of entry.ops) tried.add(id);
    if (entry.type !== "outcome") continue;
    const op = ops.get(entry.outcome.op);
    if (op === undefined)
      throw new MusterError("MUS-4005", { what: `run ${run} has an outcome for an op it never had` });
    outcomes.set(op.id, { op, outcome: entry.outcome, at: parseInstant(entry.at) });
  }
  for (const id of tried) {
    const op = ops.get(id);
    if (op === undefined || outcomes.has(id)) continue;
    outcomes.set(id, { op, outcome: resolveOutcome(op, anchorOf(op), isTrue(op)), at: now });
  }
  return { run, plan: begin.plan, started: parseInstant(begin.at), outcomes: [...outcomes.values()] };
}

/**
 * Claims of creates that an interrupted run sent and never confirmed. A plan that is made before the run is recovered has to
 * know them: an account with such a claim is disabled because nobody finished it, not because somebody disabled it.
 */
export function unconfirmedCreates(entries: readonly JournalEntry[]): string[] {
  const begin = entries.find((entry) => entry.type === "begin");
  const sent = new Set(entries.flatMap((entry) => (entry.type === "intent" ? entry.ops : [])));
  for (const entry of entries)
    if (entry.type === "outcome" && entry.outcome.kind === "done") sent.delete(entry.outcome.op);
  return (begin?.plan.body.ops ?? []).flatMap(({ id, verb, object }) =>
    verb === "create" && "claim" in object && sent.has(id) ? [object.claim] : [],
  );
}

function resolveOutcome(op: Op, anchor: string | null, done: boolean): Outcome {
  if (op.verb === "run-task") {
    const detail = "the run was interrupted while this task ran; look whether it was done";
    return { op: op.id, kind: "unknown", anchor, code: "MUS-5007", detail };
  }
  if (done) return { op: op.id, kind: "done", anchor, code: null, detail: "found done after the run was interrupted" };
  return { op: op.id, kind: "deferred", anchor, code: null, detail: "not done when the run was interrupted" };
}
