/** Which names are taken in which directory, who holds them, and what each subject has been given so far. */
import type { Operand } from "../model/intent.js";
import type { Ledger } from "../model/ledger.js";
import type { Value } from "../model/value.js";
import type { CompiledAttribute, CompiledMapping, CompiledPolicy, CompiledUnique } from "../policy/compiled.js";
import { isAccountPath, splitAccountPath } from "../policy/compiled.js";
import { type Expression, toText } from "../policy/expression/index.js";
import { foldName } from "../policy/names.js";
import { parseInstant } from "../policy/time.js";
import { Holders } from "./holders.js";
import type { Links, SoftMatch } from "./link.js";
import { isReprovisioned, type Subject, type TargetView } from "./subject.js";

/** Why an account cannot be restored: who has the value of one of its attributes. */
export interface Blocked {
  readonly attribute: string;
  readonly by: "object" | "retained" | "restore";
}

/** Names by subject and attribute. A missing attribute: none could be allotted, or none is wanted. */
export interface Allotment {
  /** Epoch milliseconds: what Now() is. */
  readonly asOf: number;
  of(subject: Subject): ReadonlyMap<string, string>;
  /** One of them. */
  name(subject: Subject, attribute: string): string | undefined;
  /** Subjects that lack a name they need. */
  readonly failed: ReadonlySet<Subject>;
  /** Subjects that cannot be restored. */
  readonly blocked: ReadonlyMap<Subject, Blocked>;
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

/** Who holds the names of a space: objects that have them, and identities that were given or retain them. */
interface TakenNames {
  readonly anchors: Holders;
  readonly identities: Holders;
}

export class NameState implements Allotment {
  readonly asOf: number;
  readonly failed = new Set<Subject>();
  readonly blocked = new Map<Subject, Blocked>();
  readonly #policy: CompiledPolicy;
  readonly #views: Readonly<Record<string, TargetView>>;
  readonly #subjects: readonly Subject[];
  readonly #links: Links;
  /** By attribute. */
  readonly #names = new Map<string, Map<Subject, string>>();
  /** Made when a rule first reads a name in another target. */
  #byIdentity: ReadonlyMap<string, Subject> | null = null;
  readonly #ledger: Ledger;
  /** By target and space, made when somebody first needs a name there: where everybody keeps theirs, none is. */
  readonly #taken = new Map<string, Map<string, TakenNames>>();

  constructor(
    policy: CompiledPolicy,
    views: Readonly<Record<string, TargetView>>,
    subjects: readonly Subject[],
    ledger: Ledger,
    asOf: number,
    links: Links,
  ) {
    this.#policy = policy;
    this.#links = links;
    this.asOf = asOf;
    this.#views = views;
    this.#subjects = subjects;
    this.#ledger = ledger;
  }

  of(subject: Subject): ReadonlyMap<string, string> {
    const given = subject.mapping.attributes.flatMap((rule): [string, string][] => {
      const name = this.name(subject, rule.name);
      return name === undefined ? [] : [[rule.name, name]];
    });
    return new Map(given);
  }

  name(subject: Subject, attribute: string): string | undefined {
    return this.#names.get(attribute)?.get(subject);
  }

  read(subject: Subject, path: string): Operand | undefined {
    const { target, attribute } = splitAccountPath(path);
    const other = target === null ? subject : this.#counterpart(target, subject);
    if (other === undefined) return undefined;
    const name = this.name(other, attribute);
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

  /** The cloud account that has a name which a new account would have: synchronisation would make one of the two. */
  joined(subject: Subject, rule: CompiledAttribute, unique: CompiledUnique): SoftMatch | null {
    if (subject.account !== null) return null;
    for (const text of this.candidates(subject, rule, unique)) {
      const found = this.#links.softMatch(subject.target.name, subject.identity, { [rule.name]: text });
      if (found !== null) return found;
    }
    return null;
  }

  isFree(scope: NameScope, subject: Subject, name: string): boolean {
    const folded = foldName(name);
    return scope.targets.every((target) => {
      const { anchors, identities } = this.#tableOf(target, scope.space);
      const own = isReprovisioned(subject) ? null : this.#ownIn(target, subject);
      return anchors.areOnly(folded, own) && identities.areOnly(folded, subject.identity);
    });
  }

  /** Whether another identity was given the name in this plan, or retains it. */
  isPromised(subject: Subject, attribute: string, name: string): boolean {
    const { identities } = this.#tableOf(subject.target.name, spaceOf(subject, attribute));
    return !identities.areOnly(foldName(name), subject.identity);
  }

  /** Whether an object has the name and does not let it go in this plan; in the forest too, where policy wants it unique there. */
  isHeld(subject: Subject, attribute: string, name: string): boolean {
    const rule = subject.mapping.attribute.get(attribute);
    const unique = rule?.unique ?? null;
    const scope = rule === undefined || unique === null ? null : this.scopeOf(subject.mapping, rule, unique);
    // What synchronisation made of the account, in a tenant, has the name until it is told that the account is gone.
    const isNear = (target: string) => this.#views[target]?.target.forest === subject.target.forest;
    return [subject.target.name, ...(scope?.targets ?? [])].filter(isNear).some((target) => {
      const { anchors } = this.#tableOf(target, spaceOf(subject, attribute));
      return !anchors.areOnly(foldName(name), null);
    });
  }

  /** The account, or what synchronisation made of it in another target: a copy does not take the name from its source. */
  #ownIn(target: string, { account, target: own }: Subject): string | null {
    if (account === null || target === own.name) return account?.anchor ?? null;
    const view = this.#views[target];
    return view === undefined ? null : (this.#links.comingFrom(view, account)[0]?.anchor ?? null);
  }

  give(subject: Subject, attribute: string, name: string): void {
    const names = this.#names.get(attribute);
    if (names === undefined) this.#names.set(attribute, new Map([[subject, name]]));
    else names.set(subject, name);
    const table = this.#taken.get(subject.target.name)?.get(spaceOf(subject, attribute));
    table?.identities.add(foldName(name), subject.identity);
  }

  /** Takes a name; the result gives it back. */
  take(scope: NameScope, subject: Subject, name: string): () => void {
    const { identities } = this.#tableOf(subject.target.name, scope.space);
    const folded = foldName(name);
    identities.add(folded, subject.identity);
    return () => identities.remove(folded, subject.identity);
  }

  /**
   * The name that a holder lets go is free in this plan, unless another of its attributes keeps it (the mail address that
   * stays when the login changes). The result takes it back.
   */
  release(scope: NameScope, subject: Subject, attribute: string): () => void {
    const old = textOf(subject.account?.attributes[attribute]);
    if (old === null || subject.account === null) return () => {};
    const { name: target, capabilities } = subject.target;
    const { anchor } = subject.account;
    const { anchors } = this.#tableOf(target, scope.space);
    const folded = foldName(old);
    const same = Object.entries(capabilities.spaces).filter(([name, space]) => {
      const value = textOf(subject.account?.attributes[name]);
      return space === scope.space && value !== null && foldName(value) === folded;
    });
    const leaving = same.filter(
      ([name]) => !staysAsAlias(subject, name) && (name === attribute || changesWith(subject, name, old)),
    );
    for (const _ of leaving) anchors.remove(folded, anchor);
    return () => {
      for (const _ of leaving) anchors.add(folded, anchor);
    };
  }

  #counterpart(target: string, subject: Subject): Subject | undefined {
    this.#byIdentity ??= new Map(this.#subjects.map((each) => [`${each.target.name}|${each.identity}`, each]));
    return this.#byIdentity.get(`${target}|${subject.identity}`);
  }

  #tableOf(target: string, space: string): TakenNames {
    const known = this.#taken.get(target)?.get(space);
    if (known !== undefined) return known;
    const table = this.#gatherTaken(target, space);
    this.#taken.set(target, (this.#taken.get(target) ?? new Map<string, TakenNames>()).set(space, table));
    return table;
  }

  /** What the directory holds, what the ledger retains, and what was given so far. */
  #gatherTaken(target: string, space: string): TakenNames {
    const anchors = new Holders();
    const identities = new Holders();
    for (const name of this.#views[target]?.observed.names ?? [])
      if (name.space === space) anchors.add(foldName(name.value), name.anchor);
    for (const entry of this.#ledger.entries.values()) {
      if (entry.target !== target) continue;
      for (const kept of entry.retained) {
        if (kept.space === space && parseInstant(kept.until) > this.asOf)
          identities.add(foldName(kept.value), entry.identity);
      }
    }
    for (const [attribute, names] of this.#names) {
      for (const [subject, name] of names) {
        if (subject.target.name === target && spaceOf(subject, attribute) === space)
          identities.add(foldName(name), subject.identity);
      }
    }
    return { anchors, identities };
  }
}

/** The space of an attribute's names in the subject's target. */
function spaceOf(subject: Subject, attribute: string): string {
  return subject.target.capabilities.spaces[attribute] ?? attribute;
}

/** Where policy keeps an address list, the mail address that is replaced stays in it. */
function staysAsAlias(subject: Subject, attribute: string): boolean {
  return attribute === "mail" && subject.mapping.attributes.some((rule) => rule.primary);
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
