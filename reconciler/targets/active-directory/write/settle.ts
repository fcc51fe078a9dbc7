/** Makes one write and says what became of it: where the server objected or no reply came, the object itself is asked. */
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { succeeded, wasAlready } from "../../outcomes.js";
import { ConnectionLost } from "../connection.js";
import { failedOutcome, notExecuted } from "../errors.js";

/** How an object compares with an op: as wanted, as it was before, or an outcome of its own (gone, changed by others). */
export type Verdict = "as-wanted" | "as-before" | Outcome;

export interface Attempt {
  readonly op: Op;
  readonly anchor: Anchor;
  write(): Promise<void>;
  /** Reads the object again. */
  judge(): Promise<Verdict>;
}

/** Never throws for what server or network do; a write whose effect cannot be read back is unknown (MUS-5007). */
export async function settle({ op, anchor, write, judge }: Attempt): Promise<Outcome> {
  try {
    await write();
    return succeeded(op, anchor);
  } catch (error) {
    const lost = error instanceof ConnectionLost ? error : null;
    let verdict: Verdict;
    try {
      verdict = await judge();
    } catch {
      return failedOutcome(op, error);
    }
    if (verdict === "as-wanted") return lost === null ? wasAlready(op, anchor) : succeeded(op, anchor);
    if (verdict === "as-before") return lost === null ? failedOutcome(op, error) : notExecuted(op, lost);
    return verdict;
  }
}
