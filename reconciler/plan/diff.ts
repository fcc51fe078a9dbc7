/** Diff: for every subject of one target, the drafts that lead from what is observed to what is wanted. */
import type { Verb } from "../model/op.js";
import { type Mastered, noteMastered, reportMastered, reportMasters, withoutMastered } from "./authority.js";
import {
  type Creation,
  diffDeletion,
  diffState,
  draftBind,
  draftConfirm,
  draftCreate,
  draftPrimary,
  draftRekey,
  draftRetire,
  draftUnbind,
  reportChildren,
} from "./diff-account.js";
import { diffAttributes } from "./diff-attributes.js";
import { diffMembers, resolveGroups } from "./diff-members.js";
import { diffPlace } from "./diff-place.js";
import type { Draft } from "./drafts.js";
import type { Exceptions } from "./exceptions.js";
import { diffExclusive, gatherExclusive } from "./exclusive.js";
import { awaitAttributes, refusesShortage, reportMissing, shareSeats } from "./licences.js";
import { reportSoftMatch } from "./link.js";
import { withoutTakenPlaces } from "./places.js";
import { draftPurges } from "./purge.js";
import type { ResolveContext } from "./resolve.js";
import { draftRestore } from "./restore.js";
import { type Restraint, restrain } from "./restrain.js";
import { isReprovisioned, type PlanInput, type Subject, type TargetView } from "./subject.js";
import { draftTasks, type TaskContext } from "./tasks.js";

/** Drafts of all subjects of a target. */
export function diffTarget(
  input: PlanInput,
  view: TargetView,
  subjects: readonly Subject[],
  context: ResolveContext,
  exceptions: Exceptions,
  restraint: Restraint,
): Draft[] {
  const groups = resolveGroups(input, view, context.findings);
  const exclusive = gatherExclusive(input, view, groups);
  const memberSets = new Map([...view.groupByAnchor].map(([anchor, group]) => [anchor, new Set(group.members)]));
  const members = (subject: Subject, object: Draft["op"]["object"], needs: readonly Draft[]) =>
    diffMembers(view, { groups, memberSets, exclusive }, subject, object, needs, context.findings);
  const creations = new Map<string, Creation>();
  const pending = new Set(subjects.filter(needsCreate).map((subject) => subject.identity as string));
  const drafts: Draft[] = [];
  for (const subject of subjects) {
    if (!needsCreate(subject)) continue;
    const creation = draftCreate(context, view, subject, (identity) => pending.has(identity));
    if (creation !== null && !wouldBeJoined(context, subject, creation)) creations.set(subject.identity, creation);
  }
  const mastered: Mastered = new Map();
  const lacking = new Map<string, Set<string>>();
  for (const subject of subjects) {
    const own = diffSubject(input, view, subject, context, exceptions, members, creations, mastered);
    const ready = awaitAttributes(subject, own, lacking);
    drafts.push(...restrain(restraint, exceptions, subject, ready, context.findings));
  }
  drafts.push(...diffExclusive(input, view, subjects, exclusive, restraint, context.findings));
  const shortage = refusesShortage(input) ? "refuse" : "wait";
  const placed = withoutTakenPlaces(view, drafts, context.findings);
  const seated = shareSeats(view, placed, subjects, { shortage, findings: context.findings });
  reportMasters(view, subjects, context.findings);
  reportMastered(view, mastered, context.findings);
  reportMissing(view, lacking, context.findings);
  return linkReferences(seated, creations, pending);
}

/** Synchronisation would make one of the new account and a cloud account, whoever's that is: nothing is created. */
function wouldBeJoined({ links, findings }: ResolveContext, subject: Subject, { create }: Creation): boolean {
  const joined = links.softMatch(subject.target.name, subject.identity, create.op.after);
  if (joined !== null) reportSoftMatch(subject.intent, joined, findings);
  return joined !== null;
}

function needsCreate(subject: Subject): boolean {
  return (subject.binding === "none" && subject.intent.create) || isReprovisioned(subject);
}

type MemberDiff = (subject: Subject, object: Draft["op"]["object"], needs: readonly Draft[]) => Draft[];

/** The ledger entry changes its key first, so that every other outcome finds it. */
function diffSubject(
  input: PlanInput,
  view: TargetView,
  subject: Subject,
  context: ResolveContext,
  exceptions: Exceptions,
  members: MemberDiff,
  creations: ReadonlyMap<string, Creation>,
  mastered: Mastered,
): Draft[] {
  if (subject.binding === "bind" || subject.binding === "claim") return [draftBind(subject, input.unconfirmed)];
  if (subject.binding === "retired") return [draftRetire(subject)];
  const rekey = draftRekey(subject);
  if (subject.binding === "restore") {
    const drafts = draftRestore(view, subject, context.allotment, context.findings);
    for (const draft of drafts) draft.needs.push(...rekey);
    return [...rekey, ...drafts];
  }
  if (subject.binding === "none" && !needsCreate(subject)) return draftPurges(input, view, subject, context);
  const rest = needsCreate(subject)
    ? draftAll(subject, creations.get(subject.identity), members, { links: context.links, asOf: input.asOf })
    : [...withoutMastered(subject, diffBound(input, view, subject, context, exceptions, members, mastered), mastered)];
  for (const draft of rest) draft.needs.push(...rekey);
  return [...rekey, ...rest];
}

function diffBound(
  input: PlanInput,
  view: TargetView,
  subject: Subject,
  context: ResolveContext,
  exceptions: Exceptions,
  members: MemberDiff,
  mastered: Mastered,
): Draft[] {
  if (subject.binding !== "bound" && subject.binding !== "contested") return [];
  const state = diffState(subject, { isReleased: exceptions.isReleased(subject) }, context.findings);
  const object = { anchor: subject.account?.anchor ?? "" };
  if (subject.binding === "contested") return [...state, ...members(subject, object, [])].filter(takesAccess);
  const deletion = subject.account?.managed === true ? diffDeletion(subject, input.asOf) : null;
  if (deletion !== null) return [deletion];
  if (subject.account?.managed !== true)
    return outside(view, subject, [...state, ...members(subject, object, [])], context);
  reportChildren(subject, input.asOf, context.findings);
  const attributes = diffAttributes(context, view, subject);
  for (const name of attributes.mastered) noteMastered(mastered, subject, name);
  return [
    ...draftPrimaryAfter(subject, attributes.drafts),
    ...draftConfirm(subject, attributes.found),
    ...state,
    ...members(subject, object, []),
    ...draftTasks(subject, subject.entry?.current?.tasks ?? {}, object, { links: context.links, asOf: input.asOf }),
    ...attributes.drafts,
    ...diffPlace(view, subject, context.findings),
  ];
}

/** A new primary is recorded after its create-only values are written: before, a refused one would never be planned again. */
function draftPrimaryAfter(subject: Subject, updates: readonly Draft[]): Draft[] {
  const createOnly = updates.filter(
    ({ op }) => op.verb === "update" && subject.mapping.attribute.get(op.slot ?? "")?.createOnly === true,
  );
  const drafts = draftPrimary(subject);
  for (const draft of drafts) draft.needs.push(...createOnly);
  return drafts;
}

function draftAll(
  subject: Subject,
  creation: Creation | undefined,
  members: MemberDiff,
  context: TaskContext,
): Draft[] {
  if (creation === undefined) return [];
  const { create, later } = creation;
  const before = isReprovisioned(subject) ? [draftUnbind(subject)] : [];
  create.needs.push(...before);
  for (const draft of later) draft.needs.push(create);
  const object = create.op.object;
  const fresh = { ...subject, entry: null, account: null };
  const tasks = draftTasks(fresh, {}, object, context);
  for (const draft of tasks) draft.needs.push(create);
  return [...before, create, ...later, ...members(fresh, object, [create]), ...tasks];
}

/** A bound object outside the managed containers: only access is taken away, the rest is a critical finding. */
function outside(view: TargetView, subject: Subject, drafts: readonly Draft[], context: ResolveContext): Draft[] {
  context.findings.add({
    kind: "outside-managed",
    severity: "critical",
    identity: subject.identity,
    target: subject.target.name,
    object: subject.account?.address ?? null,
    what: `the account of ${subject.intent.label} lies outside the managed containers: ${subject.account?.address}`,
    next: `Move it back; until then only access is taken away from it. To give it up, remove its ledger entry: ${view.ledgerFile(subject.entry?.identity ?? subject.identity)}.`,
  });
  return drafts.filter(takesAccess);
}

function takesAccess(draft: Draft): boolean {
  const removals: readonly Verb[] = ["disable", "remove-member", "remove-licence"];
  return removals.includes(draft.op.verb);
}

/**
 * An update that refers to somebody who is created in this plan waits for that create. Where the create is held back, or
 * lacks something, there is nobody to refer to yet: the update waits for a later plan.
 */
function linkReferences(
  drafts: readonly Draft[],
  creations: ReadonlyMap<string, Creation>,
  pending: ReadonlySet<string>,
): Draft[] {
  if (pending.size === 0) return [...drafts];
  const going = new Set(drafts.filter((draft) => draft.op.verb === "create"));
  return drafts.filter((draft) => {
    if (draft.op.verb !== "update") return true;
    for (const value of Object.values(draft.op.after)) {
      if (value === null || typeof value !== "object" || !("ref" in value) || !pending.has(value.ref)) continue;
      const create = creations.get(value.ref)?.create;
      if (create === undefined || !going.has(create)) return false;
      draft.needs.push(create);
    }
    return true;
  });
}
