/**
 * A plan without personal data, for surfaces that cannot be erased (comments, logs, issues). What may be shown is
 * listed, everything else is masked, so that a new attribute or sentence is never shown by oversight. That a value
 * changes stays visible; people are named by their key. Ids and digests stay, so that both forms can be told to be one plan.
 */
import type { Reason } from "../model/intent.js";
import type { Op, Values } from "../model/op.js";
import type { Finding, GuardVerdict, Plan } from "../model/plan.js";
import { shortKey } from "./words.js";

export const MASK = "•••";

export interface MaskRules {
  /** Attributes whose values may be shown; `enabled`, `member` and `deleted` always may. */
  readonly show: readonly string[];
}

const HARMLESS = ["enabled", "member", "deleted"];

export function maskPlan(plan: Plan, rules: MaskRules): Plan {
  const show = new Set([...HARMLESS, ...rules.show]);
  const { body } = plan;
  return {
    ...plan,
    body: {
      ...body,
      ops: body.ops.map((op) => maskOp(op, show)),
      findings: body.findings.map(maskFinding),
      guards: body.guards.map(maskGuard),
    },
  };
}

function maskOp(op: Op, show: ReadonlySet<string>): Op {
  return {
    ...op,
    label: shortKey(op.identity),
    address: op.address === null ? null : MASK,
    before: maskValues(op.before, show),
    after: maskValues(op.after, show),
    ...(op.newContainers === undefined ? {} : { newContainers: op.newContainers.map(() => MASK) }),
    claims: op.claims.map(() => MASK),
    releases: op.releases.map(() => MASK),
    reasons: op.reasons.map(maskReason),
  };
}

function maskValues(values: Values, show: ReadonlySet<string>): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === null || show.has(name) ? value : MASK]),
  );
}

/** Of the sentence only the stage, where it begins with one ("left: last day was ..."); the place in the policy stays. */
function maskReason(reason: Reason): Reason {
  const stage = /^(?:left|vanished|rescinded|out-of-scope|leave|active|prehire|future)(?=:)/.exec(reason.because);
  return { ...reason, because: stage === null ? "" : stage[0] };
}

function maskFinding(finding: Finding): Finding {
  return { ...finding, what: MASK, next: "", object: finding.object === null ? null : MASK };
}

/** The sentence may name people: the figures say the same. */
function maskGuard(guard: GuardVerdict): GuardVerdict {
  const of = guard.population === null ? "" : ` of ${guard.population}`;
  return { ...guard, what: `${guard.value}${of}` };
}
