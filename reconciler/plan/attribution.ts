/**
 * Who changed it. The planner knows from ledger and picture which values somebody else changed; when, and on which server,
 * only the target knows. Asking is done at the edge, between these two functions, which are pure. What comes back changes
 * no op id and no digest: a plan that apply makes again, without asking, is the same plan.
 */
import type { Drift } from "../model/drift.js";
import { compareText, type IdentityKey } from "../model/identity.js";
import type { Anchor } from "../model/observed.js";
import type { Op } from "../model/op.js";
import type { Finding, PlanBody } from "../model/plan.js";
import type { ChangeQuery, LastChanges } from "../model/ports.js";
import { MAX_ATTRIBUTED_OBJECTS } from "../support/limits.js";
import { sortFindings } from "./findings.js";

/** What a target is asked. */
export interface DriftQuestions {
  readonly queries: readonly ChangeQuery[];
  /** Drifted objects that are left out, beyond MAX_ATTRIBUTED_OBJECTS. */
  readonly omitted: number;
}

export type AnchorOf = (target: string, identity: IdentityKey) => Anchor | null;

/** By target, objects in the order of their anchors. `anchorOf` gives the object of a finding. */
export function askAboutDrift(body: PlanBody, anchorOf: AnchorOf): Map<string, DriftQuestions> {
  const wanted = new Map<string, Map<Anchor, Set<string>>>();
  const want = (target: string | null, anchor: Anchor | null, drift: readonly Drift[] = []) => {
    if (target === null || anchor === null || drift.length === 0) return;
    const objects = wanted.get(target) ?? new Map<Anchor, Set<string>>();
    const attributes = objects.get(anchor) ?? new Set<string>();
    for (const { attribute } of drift) attributes.add(attribute);
    wanted.set(target, objects.set(anchor, attributes));
  };
  for (const op of body.ops) want(op.target, anchorOfOp(op), op.drift);
  for (const finding of body.findings) want(finding.target, anchorOfFinding(finding, anchorOf), finding.drift);
  return new Map(
    [...wanted].map(([target, objects]) => {
      const queries = [...objects]
        .sort(([a], [b]) => compareText(a, b))
        .map(([anchor, attributes]) => ({ anchor, attributes: [...attributes].sort(compareText) }));
      const omitted = Math.max(0, queries.length - MAX_ATTRIBUTED_OBJECTS);
      return [target, { queries: queries.slice(0, MAX_ATTRIBUTED_OBJECTS), omitted }];
    }),
  );
}

/** The plan with what the targets answered, and a finding where not all of them were asked. */
export function attributeDrift(
  body: PlanBody,
  questions: ReadonlyMap<string, DriftQuestions>,
  answers: ReadonlyMap<string, LastChanges>,
  anchorOf: AnchorOf,
): PlanBody {
  const fill = <T extends { readonly drift?: readonly Drift[] }>(
    of: T,
    target: string | null,
    anchor: Anchor | null,
  ): T => {
    const known = target === null || anchor === null ? undefined : answers.get(target)?.get(anchor);
    if (of.drift === undefined || known === undefined) return of;
    return { ...of, drift: of.drift.map(({ attribute }) => changeOf(attribute, known)) };
  };
  const omitted = [...questions].flatMap(([target, { omitted }]) => (omitted === 0 ? [] : [leftOut(target, omitted)]));
  const findings = body.findings.map((finding) => fill(finding, finding.target, anchorOfFinding(finding, anchorOf)));
  return {
    ...body,
    ops: body.ops.map((op) => fill(op, op.target, anchorOfOp(op))),
    findings: omitted.length === 0 ? findings : sortFindings([...findings, ...omitted]),
  };
}

function changeOf(attribute: string, known: Readonly<Record<string, NonNullable<Drift["changed"]>>>): Drift {
  const changed = Object.hasOwn(known, attribute) ? known[attribute] : undefined;
  return changed === undefined ? { attribute } : { attribute, changed };
}

function anchorOfOp(op: Op): Anchor | null {
  return "anchor" in op.object ? op.object.anchor : null;
}

function anchorOfFinding(finding: Finding, anchorOf: AnchorOf): Anchor | null {
  return finding.target === null || finding.identity === null ? null : anchorOf(finding.target, finding.identity);
}

function leftOut(target: string, omitted: number): Finding {
  return {
    kind: "drift-not-attributed",
    severity: "info",
    identity: null,
    worker: null,
    target,
    object: null,
    what: `when and where somebody else changed them was asked for ${MAX_ATTRIBUTED_OBJECTS} objects, not for ${omitted} more`,
    next: "Look for one cause of so much drift: another tool that writes the same attributes.",
  };
}
