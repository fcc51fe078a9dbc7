/** Progress of an apply: a bar on a terminal, a plain line now and then elsewhere. */
import { Presets, SingleBar } from "cli-progress";
import type { Op, Outcome } from "../model/op.js";
import type { Context } from "./context.js";

export interface Progress {
  step(op: Op, outcome: Outcome): void;
  stop(): void;
}

/** Lines in a log: one per tenth, and one per op that went wrong (without names of people). */
export function showProgress(context: Context, total: number): Progress {
  if (total === 0) return { step: () => {}, stop: () => {} };
  return context.terminal ? showBar(total) : showLines(context, total);
}

function showBar(total: number): Progress {
  const bar = new SingleBar(
    { format: "apply {bar} {value}/{total}  {verb}", hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(total, 0, { verb: "" });
  return { step: (op) => bar.increment(1, { verb: op.verb }), stop: () => bar.stop() };
}

function showLines(context: Context, total: number): Progress {
  const every = Math.max(1, Math.ceil(total / 10));
  let count = 0;
  return {
    step: (op, outcome) => {
      count++;
      if (outcome.code !== null) context.remark(`${outcome.kind}: ${op.verb} ${op.slot ?? ""} (${outcome.code})\n`);
      if (count % every === 0 || count === total) context.remark(`applied ${count} of ${total}\n`);
    },
    stop: () => {},
  };
}
