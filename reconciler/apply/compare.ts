/**
 * The apply rule (DESIGN section 8): what is executed is what was approved and is planned again. Approved and already
 * true: already. Approved and neither: refused, with everything that depends on it. Planned but not approved: deferred.
 * A disable, removal or delete that is no longer wanted at the present instant is skipped.
 */
import type { Environment } from "../model/files/index.js";
import { type Op, type OpId, type Outcome, type OutcomeKind, objectKey, opId, type Verb } from "../model/op.js";
import type { PlanBody } from "../model/plan.js";
import { MusterError } from "../support/errors.js";
import { exceedsShare } from "../support/percentage.js";

export interface ApprovedAgainstCurrent {
  /** In plan order. */
  readonly execute: readonly Op[];
  /** Decided without touching a target. */
  readonly decided: readonly { readonly op: Op; readonly outcome: Outcome }[];
}

const REMOVALS: readonly Verb[] = ["disable", "remove-member", "remove-licence", "delete", "purge"];

export function isRemoval(op: Op): boolean {
  return REMOVALS.includes(op.verb);
}

/**
 * `current` is the plan made again with the approved as-of, `present` the plan for the present instant (null when no
 * removal is approved). `isTrue` says whether what an op wants is so already, `whyStale` why one that is not so is refused.
 */
export function compareWithApproved(
  approved: PlanBody,
  current: PlanBody,
  present: PlanBody | null,
  { isTrue, whyStale }: { readonly isTrue: (op: Op) => boolean; readonly whyStale: (op: Op) => string },
): ApprovedAgainstCurrent {
  const again = new Set(current.ops.map((op) => op.id));
  const wanted = present === null ? null : new Set(present.ops.map((op) => op.id));
  const verdicts = new Map<OpId, OutcomeKind>();
  const decided: { op: Op; outcome: Outcome }[] = [];
  const decide = (op: Op, kind: OutcomeKind, code: string | null, detail: string | null) => {
    verdicts.set(op.id, kind);
    decided.push({ op, outcome: { op: op.id, kind, anchor: anchorOf(op), code, detail } });
  };
  const execute: Op[] = [];
  for (const op of approved.ops) {
    const blocker = op.needs.find((need) => ["refused", "skipped"].includes(verdicts.get(need) ?? ""));
    if (again.has(op.id)) {
      if (blocker !== undefined) decide(op, "refused", "MUS-5005", "depends on an op that is not executed");
      else if (isRemoval(op) && wanted?.has(op.id) === false)
        decide(op, "skipped", null, "no longer wanted at the present instant");
      else execute.push(op);
    } else if (isTrue(op)) decide(op, "already", null, null);
    else decide(op, "refused", "MUS-5005", whyStale(op));
  }
  const known = new Set(approved.ops.map((op) => op.id));
  const already = decided.flatMap(({ op, outcome }) => (outcome.kind === "already" ? [op] : []));
  for (const op of current.ops) {
    if (!known.has(op.id) && !isRecordedBy(already, op)) decided.push({ op, outcome: deferred(op) });
  }
  return { execute, decided };
}

/**
 * A plan that is resumed: accounts that its creates made are bound meanwhile, so what it wants of them is planned again
 * by anchor and no longer by claim. The approved ops are written so too; their meaning does not change, their ids do.
 */
export function rebaseClaims(
  approved: PlanBody,
  boundAnchor: (target: string, claim: string) => string | null,
): PlanBody {
  const renamed = new Map<OpId, OpId>();
  const rebased = approved.ops.map((op): Op => {
    const anchor = "claim" in op.object && op.verb !== "create" ? boundAnchor(op.target, op.object.claim) : null;
    if (anchor === null) return op;
    const { id: _old, needs: _needs, ...draft } = { ...op, object: { anchor } };
    const id = opId(draft);
    renamed.set(op.id, id);
    return { ...op, id, object: { anchor } };
  });
  if (renamed.size === 0) return approved;
  return {
    ...approved,
    ops: rebased.map((op) => ({ ...op, needs: op.needs.map((need) => renamed.get(need) ?? need) })),
  };
}

/** Whether a planned op would only record what ops that are true already record: then the next plan does not have it. */
function isRecordedBy(already: readonly Op[], op: Op): boolean {
  if (!op.ledgerOnly) return false;
  const same = already.filter(
    (other) => other.target === op.target && objectKey(other.object) === objectKey(op.object),
  );
  if (op.verb !== "bind") return same.some((other) => other.verb === op.verb && other.slot === op.slot);
  return op.slot === "found" && Object.keys(op.after).every((name) => same.some((other) => name in other.after));
}

function deferred(op: Op): Outcome {
  return { op: op.id, kind: "deferred", anchor: anchorOf(op), code: null, detail: "not part of the approved plan" };
}

function anchorOf(op: Op): string | null {
  return "anchor" in op.object ? op.object.anchor : null;
}

/** MUS-4001 when workers or policies are others than those the plan was made from. */
export function assertSameDesire(approved: PlanBody, current: PlanBody): void {
  if (approved.digests.desired === current.digests.desired) return;
  throw new MusterError("MUS-4001", {
    what: "workers or policies changed since the plan was made; nothing was written",
  });
}

/** MUS-4008 when more ops went stale than the environment allows. */
export function assertWithinStaleLimit(
  limit: Environment["staleLimit"],
  approved: number,
  decided: ApprovedAgainstCurrent["decided"],
): void {
  const refused = decided.filter(({ outcome }) => outcome.kind === "refused").length;
  const max = limit?.max ?? 50;
  const share = limit?.maxShare ?? "10%";
  const minOps = limit?.minOps ?? 50;
  const tooMany = refused > max || (approved >= minOps && exceedsShare(refused, approved, share));
  if (!tooMany) return;
  const what = `${refused} of ${approved} approved ops went stale; the limit is ${max} or ${share} of at least ${minOps}`;
  throw new MusterError("MUS-4008", { what: `${what}; nothing was written` });
}
