/** Outcomes that every target words alike. */
import type { Anchor } from "../model/observed.js";
import type { Op, Outcome } from "../model/op.js";
import { changedSincePlan, type Value } from "../model/value.js";

export function succeeded(op: Op, anchor: Anchor): Outcome {
  return { op: op.id, kind: "done", anchor, code: null, detail: null };
}

export function wasAlready(op: Op, anchor: Anchor): Outcome {
  return { op: op.id, kind: "already", anchor, code: null, detail: null };
}

export function refusedOutcome(op: Op, detail: string): Outcome {
  return { op: op.id, kind: "refused", anchor: anchorOfOp(op), code: "MUS-5005", detail };
}

/** Somebody else changed an attribute; both values are the op's own kind of data. */
export function changedMeanwhile(op: Op, attribute: string, expected: Value | null, found: Value | null): Outcome {
  return refusedOutcome(op, changedSincePlan(attribute, expected, found));
}

export function isGone(op: Op): Outcome {
  return refusedOutcome(op, "the object is gone");
}

export function anchorOfOp(op: Op): Anchor | null {
  return "anchor" in op.object ? op.object.anchor : null;
}
