/** Ops as people read them: changes (ops of one verb on one object), counted, and grouped per person. */
import { compareText, type IdentityKey, type WorkerKey } from "../model/identity.js";
import { type Op, objectKey, ownerKey, type Verb } from "../model/op.js";
import { type Change, type Finding, isRefused, type PlanBody } from "../model/plan.js";
import { isDestructive, riskOf, VERBS_BY_RISK } from "./words.js";

export interface VerbCount {
  readonly verb: Verb;
  readonly changes: number;
  readonly people: number;
  readonly ops: number;
  /** Ops among them that leave an attribute empty. */
  readonly clears: number;
  /** Ops among them that are written to the ledger only. */
  readonly recorded: number;
}

/** All figures of a plan: text, markdown and JSON print these and count nothing themselves. */
export interface Summary {
  readonly verdict: "nothing to do" | "changes" | "refused";
  readonly changes: number;
  readonly ops: number;
  readonly people: number;
  /** Riskiest first, only verbs that occur. */
  readonly verbs: readonly VerbCount[];
  readonly findings: { readonly critical: number; readonly warning: number; readonly info: number };
  readonly refusedGuards: number;
}

/** All that one person, or an object that is nobody's, gets, riskiest first. */
export interface PersonGroup {
  readonly identity: IdentityKey | null;
  readonly label: string;
  readonly leaver: boolean;
  readonly changes: readonly Change[];
}

/** Ops to changes, in the order of their first op. */
export function groupChanges(ops: readonly Op[]): Change[] {
  const byKey = new Map<string, { first: Op; ops: Op[] }>();
  for (const op of ops) {
    const key = `${op.verb}|${op.target}|${objectKey(op.object)}`;
    const found = byKey.get(key);
    if (found === undefined) byKey.set(key, { first: op, ops: [op] });
    else found.ops.push(op);
  }
  return [...byKey.values()].map(({ first, ops: list }) => ({
    verb: first.verb,
    target: first.target,
    object: objectKey(first.object),
    label: first.label,
    ops: list,
  }));
}

export function summarize(body: PlanBody): Summary {
  const changes = groupChanges(body.ops);
  const refusedGuards = body.guards.filter((guard) => guard.verdict === "refuse").length;
  return {
    verdict: isRefused(body) ? "refused" : changes.length === 0 ? "nothing to do" : "changes",
    changes: changes.length,
    ops: body.ops.length,
    people: countPeople(body.ops),
    verbs: VERBS_BY_RISK.flatMap((verb) => countVerb(verb, changes)),
    findings: {
      critical: body.findings.filter((finding) => finding.severity === "critical").length,
      warning: body.findings.filter((finding) => finding.severity === "warning").length,
      info: body.findings.filter((finding) => finding.severity === "info").length,
    },
    refusedGuards,
  };
}

function countVerb(verb: Verb, changes: readonly Change[]): VerbCount[] {
  const mine = changes.filter((change) => change.verb === verb);
  if (mine.length === 0) return [];
  const ops = mine.flatMap((change) => change.ops);
  return [
    {
      verb,
      changes: mine.length,
      people: countPeople(ops),
      ops: ops.length,
      clears: ops.filter(isClear).length,
      recorded: ops.filter((op) => op.ledgerOnly).length,
    },
  ];
}

export function countPeople(ops: readonly Op[]): number {
  return new Set(ops.map(ownerKey)).size;
}

/** An update that leaves the attribute empty. */
export function isClear(op: Op): boolean {
  return op.verb === "update" && Object.values(op.after).every((value) => value === null);
}

/** Takes away an account, access or a value. */
export function takesAway(op: Op): boolean {
  return isDestructive(op.verb) || isClear(op);
}

/** Ops per person: leavers first, then by the riskiest change, then by name. */
export function groupPeople(ops: readonly Op[]): PersonGroup[] {
  const byOwner = new Map<string, Op[]>();
  for (const op of ops) {
    const found = byOwner.get(ownerKey(op));
    if (found === undefined) byOwner.set(ownerKey(op), [op]);
    else found.push(op);
  }
  const groups = [...byOwner].map(([owner, list]) => ({
    identity: list[0]?.identity ?? null,
    label: list[0]?.label ?? owner,
    leaver: list.some(endsAccess),
    changes: groupChanges([...list.filter(isClear), ...list.filter((op) => !isClear(op))])
      .map((change) => ({ ...change, ops: [...change.ops].sort(compareSlots) }))
      .sort(compareChanges),
  }));
  return groups.sort(comparePeople);
}

/** Reasons begin with the stage where a stage is the reason ("left: last day was 2026-11-30"). */
function endsAccess(op: Op): boolean {
  return op.reasons.some((reason) => /^(?:left|vanished|rescinded|out-of-scope)\b/.test(reason.because));
}

function comparePeople(a: PersonGroup, b: PersonGroup): number {
  if (a.leaver !== b.leaver) return a.leaver ? -1 : 1;
  return (
    rankOfPerson(a) - rankOfPerson(b) ||
    compareText(a.label, b.label) ||
    compareText(a.identity ?? "", b.identity ?? "")
  );
}

function rankOfPerson(group: PersonGroup): number {
  return Math.min(...group.changes.map(rankOfChange));
}

/** Clears stand just before the other updates. */
function rankOfChange(change: Change): number {
  return change.ops.some(isClear) ? riskOf("update") - 0.5 : riskOf(change.verb);
}

function compareChanges(a: Change, b: Change): number {
  return compareText(a.target, b.target) || rankOfChange(a) - rankOfChange(b) || compareText(a.object, b.object);
}

/** Attributes, groups and licences of one change, by name; clears stay in front. */
function compareSlots(a: Op, b: Op): number {
  return Number(isClear(b)) - Number(isClear(a)) || compareText(slotName(a), slotName(b));
}

function slotName(op: Op): string {
  return op.slotLabel ?? op.slot ?? "";
}

/** The part of a plan that concerns one worker; guards, digests and counts stay those of the whole plan. */
export function selectWorker(body: PlanBody, worker: WorkerKey, identities: readonly IdentityKey[]): PlanBody {
  const known = new Set<string>([...identities, `worker:${worker}`]);
  for (const finding of body.findings) if (finding.worker === worker && finding.identity) known.add(finding.identity);
  const concerns = (finding: Finding): boolean =>
    finding.worker === worker || (finding.identity !== null && known.has(finding.identity));
  return {
    ...body,
    ops: body.ops.filter((op) => op.identity !== null && known.has(op.identity)),
    findings: body.findings.filter(concerns),
  };
}

/** A name for an identity: of an op of the plan, else what the resolver knows, else its key. */
export type Labels = (identity: IdentityKey) => string;

export function labelsOf(ops: readonly Op[], resolve?: (identity: IdentityKey) => string | null): Labels {
  const known = new Map(ops.flatMap((op) => (op.identity === null ? [] : [[op.identity, op.label] as const])));
  return (identity) => known.get(identity) ?? resolve?.(identity) ?? identity;
}
