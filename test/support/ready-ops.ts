/** Makes ops for tests of targets without a planner. */
import type { IdentityKey } from "../../reconciler/model/identity.js";
import type { Anchor } from "../../reconciler/model/observed.js";
import { type OpDraft, type OpObject, type Outcome, opId, type Values, type Verb } from "../../reconciler/model/op.js";
import type { ReadyOp, TargetPort } from "../../reconciler/model/ports.js";

export interface OpParts {
  readonly object: OpObject;
  readonly slot?: string;
  readonly before?: Values;
  readonly after?: Values;
  readonly references?: Readonly<Record<string, Anchor>>;
}

export function readyOp(verb: Verb, parts: OpParts): ReadyOp {
  const draft: OpDraft = {
    target: "t",
    verb,
    object: parts.object,
    identity: "person:hr:1" as IdentityKey,
    mapping: "m",
    slot: parts.slot ?? null,
    before: parts.before ?? {},
    after: parts.after ?? {},
    claims: [],
    releases: [],
    ledgerOnly: false,
    label: "somebody",
    address: null,
    slotLabel: null,
    reasons: [],
    origin: null,
  };
  const op = { ...draft, id: opId(draft), needs: [] };
  const anchor = "anchor" in parts.object ? parts.object.anchor : null;
  return { op, anchor, references: parts.references ?? {} };
}

export async function applyAll(target: TargetPort, ops: readonly ReadyOp[]): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const selection = { attributes: [], groups: [] };
  for await (const outcome of target.apply(ops, selection)) {
    if (outcomes.has(outcome.op)) throw new Error(`two outcomes for ${outcome.op}`);
    outcomes.set(outcome.op, outcome);
  }
  return outcomes;
}

/** Applies one op and returns its outcome. */
export async function applyOne(target: TargetPort, op: ReadyOp): Promise<Outcome> {
  const outcome = (await applyAll(target, [op])).get(op.op.id);
  if (outcome === undefined) throw new Error("no outcome");
  return outcome;
}
