/**
 * Names: who gets which sAMAccountName, userPrincipalName, mail and cn, solved for the whole population at once.
 *
 * What is hard: names are unique across objects that we do not manage, across targets of a forest, and across
 * attributes that share a space (a userPrincipalName may not be another person's mail); and adding a person must never
 * rename another. So:
 *  1. Taken is what the directories hold, of anybody; what the ledger retains for people who are gone; what policy
 *     reserves.
 *  2. Accounts that are restored bring their names with them. Holders are settled next. An account keeps its name while policy says `onRename: keep`, or while the name is
 *     still one of its candidates (a counted form included). A name that somebody changed by hand is put back when it
 *     is still free. What a holder lets go, since its candidates changed or its own name comes back, is free in this plan.
 *  3. Then those who need a name are served by start date and identity key: candidates in the order of the policy, then
 *     counters on the first candidate that can carry one. The same identity may have its retained name back.
 *  4. No candidate left is a finding, not a half-made account.
 * Rules that read other names ([account.sAMAccountName]) come later in the compiled order; the steps run per attribute,
 * over all mappings of a target at once: a name that one mapping's people let go of is free for those of another.
 */
import type { Ledger } from "../model/ledger.js";
import type { CompiledAttribute, CompiledMapping, CompiledPolicy, CompiledUnique } from "../policy/compiled.js";
import { countedForms, isFormOf, shapeCandidate } from "../policy/names.js";
import { type Links, reportSoftMatch } from "./link.js";
import { type Allotment, type NameScope, NameState, textOf } from "./name-state.js";
import { lackingValues, reportLacking } from "./required.js";
import { blockReturning, compareTurn, isNamedByRestore, type Returning, reserveReturning } from "./returning.js";
import { type Findings, isReprovisioned, type Subject, type TargetView } from "./subject.js";

export function allot(
  policy: CompiledPolicy,
  views: Readonly<Record<string, TargetView>>,
  subjects: readonly Subject[],
  ledger: Ledger,
  asOf: number,
  mayRename: (subject: Subject) => boolean,
  links: Links,
  findings: Findings,
): Allotment {
  const state = new NameState(policy, views, subjects, ledger, asOf, links);
  const returning = reserveReturning(state, views, subjects);
  const takers = subjects.filter(takesNames);
  const fixed = new Set(takers.filter((subject) => !mayRename(subject)));
  const all = [...takers, ...returning.keys()];
  const targets = new Set(policy.mappings.map((mapping) => mapping.target));
  for (const target of targets) {
    const mappings = policy.mappings.filter((mapping) => mapping.target === target);
    for (const round of roundsOf(mappings)) allotRound(state, round, all, { fixed, returning }, findings);
  }
  blockReturning(state, returning);
  for (const subject of takers) {
    const isMade = subject.binding === "none" || isReprovisioned(subject);
    const lacking = isMade ? lackingValues(subject) : [];
    if (lacking.length === 0) continue;
    state.failed.add(subject);
    reportLacking(subject, lacking, findings);
  }
  return state;
}

/** Rules of one attribute, at most one for each mapping. */
type Round = ReadonlyMap<CompiledMapping, NameRule>;

interface NameRule {
  readonly rule: CompiledAttribute;
  readonly unique: CompiledUnique;
}

/** The rules for names, attribute by attribute, in the order of each mapping. */
function* roundsOf(mappings: readonly CompiledMapping[]): Generator<Round> {
  const queues = mappings.map((mapping) => ({
    mapping,
    rules: mapping.attributes.flatMap((rule) => (rule.unique === null ? [] : [{ rule, unique: rule.unique }])),
  }));
  const nameAt = (queue: (typeof queues)[number], i: number) => queue.rules[i]?.rule.name;
  for (;;) {
    const heads = queues.flatMap((queue) => nameAt(queue, 0) ?? []);
    const everywhere = heads.find((name) =>
      queues.every((queue) => queue.rules.every(({ rule }, i) => i === 0 || rule.name !== name)),
    );
    const name = everywhere ?? heads[0];
    if (name === undefined) return;
    const ready = queues.filter((queue) => nameAt(queue, 0) === name);
    yield new Map(ready.flatMap(({ mapping, rules }) => rules.splice(0, 1).map((rule) => [mapping, rule] as const)));
  }
}

/** Somebody who may need another name than the account has: whom a rule concerns, and what must be kept clear of. */
interface Seeker extends NameRule, Wish {
  readonly subject: Subject;
  readonly scope: NameScope;
}

/** What an account would rather have than a new name. */
interface Wish {
  /** The confirmed name that somebody changed by hand: it is put back when it is free. */
  readonly restore: string | null;
  /** What the account keeps when the confirmed name is not free; null: it needs one of the candidates. */
  readonly keep: string | null;
}

const NEW_NAME: Wish = { restore: null, keep: null };

/** Subjects with an account, and those that are about to get one. */
function takesNames(subject: Subject): boolean {
  if (subject.binding === "bound" || subject.binding === "claim" || subject.binding === "bind") return true;
  return subject.binding === "none" && subject.intent.create;
}

function allotRound(
  state: NameState,
  round: Round,
  subjects: readonly Subject[],
  { fixed, returning }: { readonly fixed: ReadonlySet<Subject>; readonly returning: Returning },
  findings: Findings,
): void {
  const scopes = new Map(
    [...round].map(([mapping, { rule, unique }]) => [mapping, state.scopeOf(mapping, rule, unique)]),
  );
  const waiting: Seeker[] = [];
  for (const subject of subjects) {
    const own = round.get(subject.mapping);
    const scope = scopes.get(subject.mapping);
    if (own === undefined || scope === undefined) continue;
    const { rule, unique } = own;
    const old = returning.get(subject);
    if (old !== undefined && !isNamedByRestore(subject, rule.name)) continue;
    const wish =
      old === undefined
        ? wishOf(state, scope, own, subject, fixed.has(subject))
        : { restore: new Map(old).get(rule.name) ?? null, keep: null };
    if (wish.restore === null && wish.keep !== null) state.give(subject, rule.name, wish.keep);
    else if (rule.name in subject.intent.attributes) waiting.push({ subject, scope, rule, unique, ...wish });
  }
  waiting.sort((a, b) => compareTurn(a.subject, b.subject));
  const chosen = chooseNames(state, waiting);
  for (const { subject, rule, unique, keep } of waiting) {
    const name = chosen.get(subject) ?? keep;
    if (name !== null) {
      state.give(subject, rule.name, name);
      continue;
    }
    state.failed.add(subject);
    const joined = state.joined(subject, rule, unique);
    if (joined !== null) reportSoftMatch(subject.intent, joined, findings);
    else reportNoName(state, rule, unique, subject, findings);
  }
}

function reportNoName(
  state: NameState,
  rule: CompiledAttribute,
  unique: CompiledUnique,
  subject: Subject,
  findings: Findings,
): void {
  findings.add({
    kind: "no-name-left",
    severity: "warning",
    identity: subject.identity,
    target: subject.target.name,
    what: `no ${rule.name} is left for ${subject.intent.label}: ${tried(state, rule, unique, subject)}`,
    next: `Add a candidate to ${rule.name} in ${rule.file}:${rule.line}, or free a name.`,
  });
}

/**
 * Names for those who wait: first the ones that are put back, then new ones, both in the order of those who wait. Somebody
 * who lets go of a name and finds no other one keeps it after all: then it was never free, and the choice is made again
 * without it.
 */
function chooseNames(state: NameState, waiting: readonly Seeker[]): Map<Subject, string> {
  const keepers = new Set<Subject>();
  for (;;) {
    const undo: (() => void)[] = [];
    const chosen = new Map<Subject, string>();
    const choose = ({ subject, scope }: Seeker, name: string | null) => {
      if (name === null) return;
      undo.push(state.take(scope, subject, name));
      chosen.set(subject, name);
    };
    for (const { subject, scope, rule } of waiting)
      if (!isReprovisioned(subject) && !keepers.has(subject)) undo.push(state.release(scope, subject, rule.name));
    for (const seeker of waiting) {
      const { subject, scope, restore } = seeker;
      if (restore !== null && state.isFree(scope, subject, restore)) choose(seeker, restore);
    }
    for (const seeker of waiting) {
      const { subject, scope, rule, unique, keep } = seeker;
      if (keep === null && !chosen.has(subject)) choose(seeker, chooseName(state, scope, rule, unique, subject));
    }
    const without = waiting
      .map(({ subject }) => subject)
      .filter((subject) => subject.account !== null && !chosen.has(subject) && !keepers.has(subject));
    if (without.length === 0) return chosen;
    for (const back of undo.reverse()) back();
    for (const subject of without) keepers.add(subject);
  }
}

/** What the account keeps, or has back: a name changed by hand is put back where policy corrects drift. `isFixed`: no renames. */
function wishOf(
  state: NameState,
  scope: NameScope,
  { rule, unique }: NameRule,
  subject: Subject,
  isFixed: boolean,
): Wish {
  const observed = textOf(subject.account?.attributes[rule.name]);
  if (isReprovisioned(subject)) return NEW_NAME;
  if (isFixed) return { restore: null, keep: observed };
  const confirmed = subject.entry?.current?.names[rule.name] ?? null;
  if (subject.account === null) return NEW_NAME;
  if (subject.intent.attributes[rule.name] === undefined || subject.binding !== "bound")
    return { restore: null, keep: observed };
  const texts = unique.onRename === "keep" ? null : state.candidates(subject, rule, unique);
  const fits = (name: string | null) =>
    name !== null && (texts === null || texts.some((text) => isFormOf(name, text, unique, scope.limit)));
  // Drift that is only reported stays as it is: the account lets nothing go.
  if (rule.onDrift === "notify" && observed !== null && observed !== confirmed && fits(confirmed))
    return { restore: null, keep: observed };
  const drifted = observed !== confirmed && (observed === null || rule.onDrift !== "notify");
  return { restore: drifted && fits(confirmed) ? confirmed : null, keep: fits(observed) ? observed : null };
}

function chooseName(
  state: NameState,
  scope: NameScope,
  rule: CompiledAttribute,
  unique: CompiledUnique,
  subject: Subject,
): string | null {
  const texts = state.candidates(subject, rule, unique);
  for (const text of texts) {
    const name = shapeCandidate(text, unique, scope.limit);
    if (name !== null && state.isFree(scope, subject, name)) return name;
  }
  if (!unique.counter) return null;
  for (const text of texts) {
    for (const name of countedForms(text, unique, scope.limit)) if (state.isFree(scope, subject, name)) return name;
  }
  return null;
}

function tried(state: NameState, rule: CompiledAttribute, unique: CompiledUnique, subject: Subject): string {
  const texts = state.candidates(subject, rule, unique);
  return texts.length === 0 ? "every candidate is empty" : `tried ${texts.join(", ")}`;
}
