/** Which names are taken in which directory, who holds them, and what each subject has been given so far. */
import type { Operand } from "../model/intent.js";
import type { Ledger } from "../model/ledger.js";
import type { Value } from "../model/value.js";
import type { CompiledAttribute, CompiledMapping, CompiledPolicy, CompiledUnique } from "../policy/compiled.js";
import { isAccountPath, splitAccountPath } from "../policy/compiled.js";
import { type Expression, toText } from "../policy/expression/index.js";
import { foldName } from "../policy/names.js";
import { parseInstant } from "../policy/time.js";
import { isReprovisioned, type Subject, type TargetView } from "./subject.js";

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

/** The directories and the space within which a name must be unique, and how long it may be. */
export interface NameScope {
  readonly space: string;
  /** Targets whose names count as taken. */
  readonly targets: readonly string[];
  readonly limit: number;
}

type Holder = `anchor:${string}` | `identity:${string}`;
type TakenNames = Map<string, Holder[]>;

export class NameState implements Allotment {
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

export function textOf(value: Value | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function asOperand(value: Value): Operand | undefined {
  if (typeof value === "string" || typeof value === "boolean") return value;
  return Array.isArray(value) ? value : undefined;
}
