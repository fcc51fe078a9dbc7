/**
 * Three-way diff of attributes: the ledger (what was last confirmed), the desired and the observed value.
 * Ledger = observed, desired differs: HR or policy changed. Ledger = desired, observed differs: somebody else changed
 * it (drift). All differ: both. A rule with `onDrift: notify` reports pure drift instead of correcting it.
 */
import { fromStored } from "../model/ledger.js";
import type { Op } from "../model/op.js";
import { displayValue, isReference, sameValue, type Value } from "../model/value.js";
import type { CompiledAttribute } from "../policy/compiled.js";
import { CONSISTENCY_GUID, stampsGuid } from "../policy/consistency-guid.js";
import { guidBytes } from "../support/guid.js";
import { primaryOf } from "./address-list.js";
import { isWritable } from "./authority.js";
import { attributeReason, type Draft, draftFor, driftOf, resourceOf } from "./drafts.js";
import { type ResolveContext, resolveAttribute } from "./resolve.js";
import { collectFindings, type Subject, type TargetView } from "./subject.js";
import { resolveObserved, sameReference } from "./view.js";

export interface AttributeDiff {
  /** Update drafts, one per attribute, and one rename draft for all names that change. */
  readonly drafts: readonly Draft[];
  /** Values that are as wanted while the ledger says something else, or nothing: to be confirmed. null: has none. */
  readonly found: Readonly<Record<string, Value | null>>;
  /** Attributes that differ and are mastered elsewhere. */
  readonly mastered: readonly string[];
}

export function diffAttributes(context: ResolveContext, view: TargetView, subject: Subject): AttributeDiff {
  const drafts: Draft[] = [];
  const renamed: Renamed[] = [];
  const found: Record<string, Value | null> = {};
  const mastered: string[] = [];
  const silent = { ...context, findings: collectFindings() };
  for (const rule of subject.mapping.attributes) {
    if (isHeld(rule, subject)) continue;
    if (!isWritable(subject.target, subject.account, rule.name)) {
      const change = diffAttribute(silent, view, subject, rule);
      if (change !== null && change.origin !== "found") mastered.push(rule.name);
      continue;
    }
    const change = diffAttribute(context, view, subject, rule);
    if (change === null) continue;
    if (change.origin === "found") found[rule.name] = change.after;
    else if (rule.unique !== null) renamed.push({ rule, ...(change as Written) });
    else drafts.push(draftUpdate(subject, rule, change as Written));
  }
  const rename = draftRename(subject, renamed);
  drafts.push(...draftStamp(subject));
  return { drafts: rename === null ? drafts : [rename, ...drafts], found, mastered };
}

/** mS-DS-ConsistencyGuid of an account that has none becomes its objectGUID; one that is there is never changed. */
function draftStamp(subject: Subject): Draft[] {
  const { account, target } = subject;
  if (account === null || !stampsGuid(target) || account.attributes[CONSISTENCY_GUID] !== undefined) return [];
  const { file, line, positions } = target.document;
  const policy = { file, line: positions["/consistencyGuid"]?.line ?? line };
  return [
    draftFor(subject, {
      verb: "update",
      slot: CONSISTENCY_GUID,
      before: { [CONSISTENCY_GUID]: null },
      after: { [CONSISTENCY_GUID]: guidBytes(account.anchor) },
      origin: "policy",
      reasons: [{ because: "the account has no anchor for synchronization yet", policy }],
    }),
  ];
}

interface Change {
  readonly before: Value | null;
  readonly after: Value | null;
  /** found: nothing to write, but the ledger does not know it. */
  readonly origin: NonNullable<Op["origin"]> | "found";
}
/** A change that is written. */
type Written = Change & { readonly origin: NonNullable<Op["origin"]> };
type Renamed = Written & { readonly rule: CompiledAttribute };

/** create-only values are written when Muster creates, binds or re-binds: when nothing was confirmed for this worker. */
function isHeld(rule: CompiledAttribute, subject: Subject): boolean {
  if (!rule.createOnly) return false;
  const current = subject.entry?.current;
  if (current == null) return false;
  return rule.name in current.managed && current.primary === subject.intent.primary;
}

function diffAttribute(
  context: ResolveContext,
  view: TargetView,
  subject: Subject,
  rule: CompiledAttribute,
): Change | null {
  const wanted = resolveAttribute(context, subject, rule);
  if (wanted === undefined) return null;
  const raw = subject.account?.attributes[rule.name];
  const observed = raw === undefined ? null : resolveObserved(view, raw);
  const value = wantedValue(context, subject, rule, wanted, observed);
  if (value === undefined) return null;
  const desired = meansSame(subject, rule, observed, value) ? observed : value;
  const stale = pointsAtReplaced(context, subject, observed);
  if (raw !== undefined && stale && sameValue(observed, desired))
    return { before: raw, after: desired, origin: "policy" };
  const stored = subject.entry?.current?.managed[rule.name];
  const confirmed = stored == null ? null : fromStored(stored);
  if (equal(view, observed, desired)) {
    if (equal(view, confirmed, desired) || (rule.primary && sameOwn(rule, confirmed, desired))) return null;
    if (rule.unique?.onRename === "keep" && stored !== undefined) {
      reportDrift(context, subject, rule, observed, confirmed);
      return null;
    }
    return { before: confirmed, after: desired, origin: "found" };
  }
  const [last, now, next] = [confirmed, observed, desired].map((one) => ownPart(rule, one)) as Triple;
  const origin = originOf(view, last, now, next, stored !== undefined);
  if (origin === "drift" && rule.onDrift === "notify") {
    reportDrift(context, subject, rule, observed, desired);
    return null;
  }
  return { before: stale && raw !== undefined ? raw : observed, after: desired, origin };
}

type Triple = [Value | null, Value | null, Value | null];

/** What of a value is ours: of an address list only the primary address. */
function ownPart(rule: CompiledAttribute, value: Value | null): Value | null {
  return rule.primary ? primaryOf(value) : value;
}

function sameOwn(rule: CompiledAttribute, a: Value | null, b: Value | null): boolean {
  return sameValue(ownPart(rule, a), ownPart(rule, b));
}

/** Different values with one meaning in this target: accountExpires 0, 9223372036854775807 and none are "never". */
function meansSame(subject: Subject, rule: CompiledAttribute, a: Value | null, b: Value | null): boolean {
  const alike = subject.target.capabilities.sameMeaning?.[rule.name];
  const isAlike = (value: Value | null) => alike?.some((one) => one === value) === true;
  return isAlike(a) && isAlike(b);
}

/** None; or, where the target never goes without a value, the one that means none. */
function clearedValue(subject: Subject, rule: CompiledAttribute): string | null {
  const alike = subject.target.capabilities.sameMeaning?.[rule.name] ?? [];
  return alike.includes(null) ? (alike.find((value) => value !== null) ?? null) : null;
}

/**
 * A reference to the account that this plan replaces. It is expected by its address: the person means the new account by
 * the time the update is executed. A reference to the right person follows to the new account.
 */
function pointsAtReplaced(context: ResolveContext, subject: Subject, observed: Value | null): boolean {
  if (context.replaced.size === 0 || observed === null) return false;
  if (!isReference(observed) || !("ref" in observed)) return false;
  return context.replaced.has(`${subject.target.name}|${observed.ref}`);
}

function wantedValue(
  context: ResolveContext,
  subject: Subject,
  rule: CompiledAttribute,
  wanted: NonNullable<ReturnType<typeof resolveAttribute>>,
  observed: Value | null,
): Value | null | undefined {
  if (wanted.kind === "set") return wanted.value;
  if (wanted.kind === "clear") return clearedValue(subject, rule);
  const keep = rule.reference?.onUnresolved !== "clear";
  context.findings.add({
    kind: "unresolved-reference",
    severity: "info",
    identity: subject.identity,
    target: subject.target.name,
    what: `${rule.name} of ${subject.intent.label} (worker ${wanted.worker}) has no account: ${
      keep ? "left as it is" : "cleared"
    }`,
    next: "Nothing, if that worker is not in scope; otherwise look at the worker with muster show.",
  });
  return keep ? undefined : observed === null ? undefined : null;
}

function equal(view: TargetView, a: Value | null, b: Value | null): boolean {
  if (a === b) return true;
  if (typeof a === "string" && typeof b === "string") return false;
  if (sameValue(a, b)) return true;
  return a !== null && b !== null && isReference(a) && isReference(b) && sameReference(view, a, b);
}

function originOf(
  view: TargetView,
  confirmed: Value | null,
  observed: Value | null,
  desired: Value | null,
  known: boolean,
): NonNullable<Op["origin"]> {
  if (!known || equal(view, confirmed, observed)) return "policy";
  return equal(view, confirmed, desired) ? "drift" : "both";
}

function reportDrift(
  context: ResolveContext,
  subject: Subject,
  rule: CompiledAttribute,
  observed: Value | null,
  desired: Value | null,
): void {
  context.findings.add({
    kind: "drift",
    severity: "info",
    identity: subject.identity,
    target: subject.target.name,
    object: subject.account?.address ?? null,
    what: `${rule.name} of ${subject.intent.label} was changed in the directory from ${displayValue(desired)} to ${displayValue(observed)}; policy says notify`,
    next: "Change it in HR, change it back, or set onDrift: correct.",
    drift: driftOf(rule.name),
  });
}

function draftUpdate(subject: Subject, rule: CompiledAttribute, change: Written): Draft {
  // A value in a space of unique names (mail beside userPrincipalName) is claimed and released as a name is.
  const isName = subject.target.capabilities.spaces[rule.name] !== undefined;
  const resource = (value: Value | null) =>
    isName && typeof value === "string" ? [resourceOf(subject, rule.name, value)] : [];
  const claims = resource(change.after);
  const releases = resource(change.before);
  return draftFor(subject, {
    verb: "update",
    claims: claims.filter((name) => !releases.includes(name)),
    releases: releases.filter((name) => !claims.includes(name)),
    slot: rule.name,
    before: { [rule.name]: change.before },
    after: { [rule.name]: change.after },
    origin: change.origin,
    drift: isForeign(change) ? [rule.name] : [],
    reasons: [attributeReason(subject, rule.name, becauseOf(subject, rule, change))],
  });
}

function isForeign(change: Written): boolean {
  return change.origin !== "policy";
}

export function becauseOf(subject: Subject, rule: CompiledAttribute, change: Written): string {
  if (change.origin === "drift") return "somebody else changed it in the directory";
  if (change.origin === "both") return "HR or policy and somebody else changed it";
  if (rule.when[subject.intent.stage.stage] !== undefined)
    return `${subject.intent.stage.stage}: ${subject.intent.stage.because}`;
  if (subject.entry?.current != null && rule.name in subject.entry.current.managed) return "HR or policy changed";
  return "not yet managed";
}

/** One op for all names of an object: half a rename must not exist. */
function draftRename(subject: Subject, renamed: readonly Renamed[]): Draft | null {
  if (renamed.length === 0) return null;
  const before = Object.fromEntries(renamed.map((change) => [change.rule.name, change.before]));
  const after = Object.fromEntries(renamed.map((change) => [change.rule.name, change.after]));
  const resources = (values: Readonly<Record<string, Value | null>>) =>
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === "string" ? [resourceOf(subject, name, value)] : [],
    );
  const claims = resources(after);
  const releases = resources(before);
  const origins = new Set(renamed.map((change) => change.origin));
  return draftFor(subject, {
    verb: "rename",
    before,
    after,
    claims: claims.filter((name) => !releases.includes(name)),
    releases: releases.filter((name) => !claims.includes(name)),
    origin: origins.size === 1 ? (renamed[0]?.origin ?? "policy") : "both",
    drift: renamed.filter(isForeign).map((change) => change.rule.name),
    reasons: renamed.map((change) =>
      attributeReason(subject, change.rule.name, becauseOf(subject, change.rule, change)),
    ),
  });
}
