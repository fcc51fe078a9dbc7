/**
 * Names: who gets which sAMAccountName, userPrincipalName, mail and cn, solved for the whole population at once.
 *
 * What is hard: names are unique across objects that we do not manage, across targets of a forest, and across
 * attributes that share a space (a userPrincipalName may not be another person's mail); and adding a person must never
 * rename another. So:
 *  1. Taken is what the directories hold, of anybody; what the ledger retains for people who are gone; what policy
 *     reserves.
 *  2. Holders are settled first. An account keeps its name while policy says `onRename: keep`, or while the name is
 *     still one of its candidates (a counted form included). A name that somebody changed by hand is put back when it
 *     is still free. Only a holder whose candidates changed lets go; what it lets go is free in this plan.
 *  3. Then those who need a name are served by start date and identity key: candidates in the order of the policy, then
 *     counters on the first candidate that can carry one. The same identity may have its retained name back.
 *  4. No candidate left is a finding, not a half-made account.
 * Rules that read other names ([account.sAMAccountName]) come later in the compiled order; the steps run per attribute,
 * over all mappings of a target at once: a name that one mapping's people let go of is free for those of another.
 */
import { compareText } from "../model/identity.js";
import type { Operand } from "../model/intent.js";
import type { Ledger } from "../model/ledger.js";
import type { Value } from "../model/value.js";
import type { CompiledAttribute, CompiledMapping, CompiledPolicy, CompiledUnique } from "../policy/compiled.js";
import { isAccountPath, splitAccountPath } from "../policy/compiled.js";
import { type Expression, toText } from "../policy/expression/index.js";
import { countedForms, foldName, isFormOf, shapeCandidate } from "../policy/names.js";
import { parseInstant } from "../policy/time.js";
import type { Findings, Subject, TargetView } from "./subject.js";

/** Names by subject and attribute. A missing attribute: none could be allotted, or none is wanted. */
export interface Allotment {
  /** Epoch milliseconds: what Now() is. */
  readonly asOf: number;
  of(subject: Subject): ReadonlyMap<string, string>;
  /** Subjects that lack a name they need. */
  readonly failed: ReadonlySet<Subject>;
  /** For deferred rules: what `account.X` and `target:T.X` read. */
  read(subject: Subject, path: string): Operand | undefined;
}

export function allot(
  policy: CompiledPolicy,
  views: Readonly<Record<string, TargetView>>,
  subjects: readonly Subject[],
  ledger: Ledger,
  asOf: number,
  mayRename: (subject: Subject) => boolean,
  findings: Findings,
): Allotment {
  const state = new AllotState(policy, views, subjects, ledger, asOf);
  const takers = subjects.filter(takesNames);
  const fixed = new Set(takers.filter((subject) => !mayRename(subject)));
  const targets = new Set(policy.mappings.map((mapping) => mapping.target));
  for (const target of targets) {
    const mappings = policy.mappings.filter((mapping) => mapping.target === target);
    for (const round of roundsOf(mappings)) allotRound(state, round, takers, fixed, findings);
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

/** Somebody whom a rule concerns, with the rule and the names that it must keep clear of. */
interface Seeker extends NameRule {
  readonly subject: Subject;
  readonly scope: NameScope;
}

/** Subjects with an account, and those that are about to get one. */
function takesNames(subject: Subject): boolean {
  if (subject.binding === "bound" || subject.binding === "claim" || subject.binding === "bind") return true;
  return subject.binding === "none" && subject.intent.create;
}

/**
 * An account that is about to be replaced keeps its names; the new one needs its own. Only an account that Muster disabled
 * between the two employments is replaced: one that was still in use when the person came back serves on, also when the
 * pre-hire stage of the return disables it.
 */
export function isReprovisioned(subject: Subject): boolean {
  const { rehire } = subject.intent;
  const current = subject.entry?.current;
  if (subject.binding !== "bound" || rehire?.action !== "reprovision" || current == null || !subject.intent.create)
    return false;
  if (current.disabledBy !== "muster" || current.disabledAt === null) return false;
  return parseInstant(current.boundAt) < rehire.previousEnd && parseInstant(current.disabledAt) < rehire.since;
}

function allotRound(
  state: AllotState,
  round: Round,
  subjects: readonly Subject[],
  fixed: ReadonlySet<Subject>,
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
    const observed = textOf(subject.account?.attributes[rule.name]);
    const settle = () => (fixed.has(subject) ? observed : settleHolder(state, scope, rule, unique, subject, observed));
    const kept = isReprovisioned(subject) ? null : settle();
    if (kept !== null) state.give(subject, rule.name, kept);
    else if (rule.name in subject.intent.attributes) waiting.push({ subject, scope, rule, unique });
  }
  waiting.sort(
    ({ subject: a }, { subject: b }) =>
      compareText(a.intent.start, b.intent.start) || compareText(a.identity, b.identity),
  );
  const chosen = chooseNames(state, waiting);
  for (const { subject, rule, unique } of waiting) {
    const name = chosen.get(subject);
    if (name !== undefined) {
      state.give(subject, rule.name, name);
      continue;
    }
    state.failed.add(subject);
    findings.add({
      kind: "no-name-left",
      severity: "warning",
      identity: subject.identity,
      target: subject.target.name,
      what: `no ${rule.name} is left for ${subject.intent.label}: ${tried(state, rule, unique, subject)}`,
      next: `Add a candidate to ${rule.name} in ${rule.file}:${rule.line}, or free a name.`,
    });
  }
}

/**
 * Names for those who wait, in their order. Somebody who lets go of a name and finds no other one keeps it after all: then
 * it was never free, and the choice is made again without it.
 */
function chooseNames(state: AllotState, waiting: readonly Seeker[]): Map<Subject, string> {
  const keepers = new Set<Subject>();
  for (;;) {
    const undo: (() => void)[] = [];
    const chosen = new Map<Subject, string>();
    for (const { subject, scope, rule } of waiting)
      if (!isReprovisioned(subject) && !keepers.has(subject)) undo.push(state.release(scope, subject, rule.name));
    for (const { subject, scope, rule, unique } of waiting) {
      const name = chooseName(state, scope, rule, unique, subject);
      if (name === null) continue;
      undo.push(state.take(scope, subject, name));
      chosen.set(subject, name);
    }
    const without = waiting
      .map(({ subject }) => subject)
      .filter((subject) => subject.account !== null && !chosen.has(subject) && !keepers.has(subject));
    if (without.length === 0) return chosen;
    for (const back of undo.reverse()) back();
    for (const subject of without) keepers.add(subject);
  }
}

/** The name the account keeps, or null when it needs a new one. */
function settleHolder(
  state: AllotState,
  scope: NameScope,
  rule: CompiledAttribute,
  unique: CompiledUnique,
  subject: Subject,
  observed: string | null,
): string | null {
  const confirmed = subject.entry?.current?.names[rule.name] ?? null;
  const wanted = subject.intent.attributes[rule.name];
  if (subject.account === null) return null;
  if (wanted === undefined || subject.binding !== "bound") return observed;
  const held = restorable(state, scope, rule, subject, observed, confirmed) ? confirmed : observed;
  if (held === null) return null;
  if (unique.onRename === "keep") return held;
  const texts = state.candidates(subject, rule, unique);
  const fits = texts.some((text) => isFormOf(held, text, unique, scope.limit));
  return fits ? held : null;
}

/** A name changed by hand is put back when policy corrects drift and nobody else has it now. */
function restorable(
  state: AllotState,
  scope: NameScope,
  rule: CompiledAttribute,
  subject: Subject,
  observed: string | null,
  confirmed: string | null,
): boolean {
  if (confirmed === null || observed === confirmed) return false;
  if (observed !== null && rule.onDrift === "notify") return false;
  return state.isFree(scope, subject, confirmed);
}

function chooseName(
  state: AllotState,
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

function tried(state: AllotState, rule: CompiledAttribute, unique: CompiledUnique, subject: Subject): string {
  const texts = state.candidates(subject, rule, unique);
  return texts.length === 0 ? "every candidate is empty" : `tried ${texts.join(", ")}`;
}

interface NameScope {
  readonly space: string;
  /** Targets whose names count as taken. */
  readonly targets: readonly string[];
  readonly limit: number;
}

type Holder = `anchor:${string}` | `identity:${string}`;
type TakenNames = Map<string, Holder[]>;

class AllotState implements Allotment {
  readonly asOf: number;
  readonly failed = new Set<Subject>();
  readonly #policy: CompiledPolicy;
  readonly #views: Readonly<Record<string, TargetView>>;
  readonly #names = new Map<Subject, Map<string, string>>();
  readonly #byIdentity = new Map<string, Subject>();
  /** Target to space to folded name to holders; a holder stands there once for each of its attributes with the name. */
  readonly #taken = new Map<string, Map<string, TakenNames>>();
  readonly #none: ReadonlyMap<string, string> = new Map();

  constructor(
    policy: CompiledPolicy,
    views: Readonly<Record<string, TargetView>>,
    subjects: readonly Subject[],
    ledger: Ledger,
    asOf: number,
  ) {
    this.#policy = policy;
    this.asOf = asOf;
    this.#views = views;
    for (const subject of subjects) this.#byIdentity.set(`${subject.target.name}|${subject.identity}`, subject);
    for (const view of Object.values(views)) {
      for (const { space, value, anchor } of view.observed.names)
        this.#hold(view.target.name, space, value, `anchor:${anchor}`);
    }
    for (const entry of ledger.entries.values()) {
      for (const kept of entry.retained) {
        if (parseInstant(kept.until) > asOf)
          this.#hold(entry.target, kept.space, kept.value, `identity:${entry.identity}`);
      }
    }
  }

  of(subject: Subject): ReadonlyMap<string, string> {
    return this.#names.get(subject) ?? this.#none;
  }

  read(subject: Subject, path: string): Operand | undefined {
    const { target, attribute } = splitAccountPath(path);
    const other = target === null ? subject : this.#byIdentity.get(`${target}|${subject.identity}`);
    if (other === undefined) return undefined;
    const name = this.of(other).get(attribute);
    if (name !== undefined) return name;
    const intent = other.intent.attributes[attribute];
    if (intent?.kind === "set") return asOperand(intent.value);
    return textOf(other.account?.attributes[attribute]) ?? undefined;
  }

  scopeOf(mapping: CompiledMapping, rule: CompiledAttribute, unique: CompiledUnique): NameScope {
    const own = this.#views[mapping.target]?.target;
    const space = own?.capabilities.spaces[rule.name] ?? rule.name;
    const sharing = this.#policy.targets.filter((target) => {
      if (unique.within === "all" || target.name === mapping.target) return true;
      return unique.within === "forest" && target.forest === own?.forest;
    });
    const limit = Math.min(unique.maxLength ?? 1024, own?.capabilities.maxLength[rule.name] ?? 1024);
    return { space, targets: sharing.map((target) => target.name), limit };
  }

  candidates(subject: Subject, rule: CompiledAttribute, unique: CompiledUnique): string[] {
    const intent = subject.intent.attributes[rule.name];
    if (intent?.kind !== "candidates") return [];
    const texts = intent.list.map((candidate, i) => {
      if ("text" in candidate) return candidate.text;
      const expression = unique.candidates[i];
      return expression === undefined
        ? ""
        : (asText(evaluateDeferred(expression, candidate.inputs, this, subject)) ?? "");
    });
    return [...new Set(texts.filter((text) => text !== ""))];
  }

  isFree(scope: NameScope, subject: Subject, name: string): boolean {
    const folded = foldName(name);
    return scope.targets.every((target) => {
      const holders = this.#tableOf(target, scope.space).get(folded);
      if (holders === undefined) return true;
      return holders.every((holder) => this.#isOwn(holder, subject));
    });
  }

  give(subject: Subject, attribute: string, name: string): void {
    const names = this.#names.get(subject) ?? new Map<string, string>();
    names.set(attribute, name);
    this.#names.set(subject, names);
    const space = subject.target.capabilities.spaces[attribute] ?? attribute;
    this.#hold(subject.target.name, space, name, `identity:${subject.identity}`);
  }

  /** Takes a name; the result gives it back. */
  take(scope: NameScope, subject: Subject, name: string): () => void {
    const { name: target } = subject.target;
    const holder: Holder = `identity:${subject.identity}`;
    this.#hold(target, scope.space, name, holder);
    return () => this.#letGo(target, scope.space, name, holder);
  }

  /**
   * The name that a holder lets go is free in this plan, unless another of its attributes keeps it (the mail address that
   * stays when the login changes). The result takes it back.
   */
  release(scope: NameScope, subject: Subject, attribute: string): () => void {
    const old = textOf(subject.account?.attributes[attribute]);
    if (old === null || subject.account === null) return () => {};
    const { name: target, capabilities } = subject.target;
    const holder: Holder = `anchor:${subject.account.anchor}`;
    const same = Object.entries(capabilities.spaces).filter(([name, space]) => {
      const value = textOf(subject.account?.attributes[name]);
      return space === scope.space && value !== null && foldName(value) === foldName(old);
    });
    const leaving = same.filter(([name]) => name === attribute || changesWith(subject, name, old));
    for (const _ of leaving) this.#letGo(target, scope.space, old, holder);
    return () => {
      for (const _ of leaving) this.#hold(target, scope.space, old, holder);
    };
  }

  #isOwn(holder: Holder, subject: Subject): boolean {
    if (holder === `identity:${subject.identity}`) return true;
    return subject.account !== null && !isReprovisioned(subject) && holder === `anchor:${subject.account.anchor}`;
  }

  #hold(target: string, space: string, name: string, holder: Holder): void {
    const table = this.#tableOf(target, space);
    const folded = foldName(name);
    const holders = table.get(folded);
    if (holders === undefined) table.set(folded, [holder]);
    else holders.push(holder);
  }

  #tableOf(target: string, space: string): TakenNames {
    const known = this.#taken.get(target)?.get(space);
    if (known !== undefined) return known;
    const table: TakenNames = new Map();
    this.#taken.set(target, (this.#taken.get(target) ?? new Map<string, TakenNames>()).set(space, table));
    return table;
  }

  #letGo(target: string, space: string, name: string, holder: Holder): void {
    const holders = this.#tableOf(target, space).get(foldName(name)) ?? [];
    const at = holders.indexOf(holder);
    if (at >= 0) holders.splice(at, 1);
  }
}

/** Whether an attribute gives up a value because policy wants another one in this plan. */
function changesWith(subject: Subject, attribute: string, value: string): boolean {
  const intent = subject.intent.attributes[attribute];
  const unique = subject.mapping.attribute.get(attribute)?.unique;
  switch (intent?.kind) {
    case "clear":
    case "deferred":
      return true;
    case "set":
      return intent.value !== value;
    case "candidates":
      return unique?.onRename === "follow";
    default:
      return false;
  }
}

/**
 * Evaluates an expression that reads names of accounts. A name that is not known makes the whole unmanaged: a half-built
 * value ("@corp.example" without its name) must never reach a directory.
 */
export function evaluateDeferred(
  expression: Expression,
  inputs: Readonly<Record<string, Operand>>,
  names: Pick<Allotment, "read" | "asOf">,
  subject: Subject,
): Value | null | undefined {
  const unknown = expression.paths.some((path) => isAccountPath(path) && names.read(subject, path) === undefined);
  if (unknown) return undefined;
  const result = expression.evaluate({
    get: (path) => (isAccountPath(path) ? names.read(subject, path) : inputs[path]),
    asOf: names.asOf,
  });
  return result === undefined ? undefined : toText(result);
}

function asText(value: Value | null | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function textOf(value: Value | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function asOperand(value: Value): Operand | undefined {
  if (typeof value === "string" || typeof value === "boolean") return value;
  return Array.isArray(value) ? value : undefined;
}
