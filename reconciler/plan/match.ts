/**
 * Matching: which object belongs to which identity.
 *
 * What is hard: a wrong bind hands one person's account to another, and a missed bind makes a second account for
 * somebody who has one. So the rules are strict and nothing is guessed:
 *  1. The ledger's anchor decides. An object that is gone is reported, never replaced by a look-alike.
 *  2. An object that carries the claim of this identity's create is our own, whatever became of the reply.
 *  3. Otherwise the match rules are tried in order, over HR data only and over the values of every worker of the
 *     identity. The first rule that finds anything decides; it must find exactly one object. That object must be inside
 *     the managed containers, not be bound or claimed by anybody else, not be a former account of anybody, and every
 *     earlier key on it must be unset or ours. Anything else is a finding that blocks bind and create.
 *  4. Two identities that find the same object both get a finding.
 */
import { digestOf } from "../model/hash.js";
import { compareText, type IdentityKey, type WorkerKey } from "../model/identity.js";
import type { Intent } from "../model/intent.js";
import { entryOfWorker, type Ledger, type LedgerEntry, ledgerKey } from "../model/ledger.js";
import type { DeletedObject, ObservedAccount } from "../model/observed.js";
import type { Value } from "../model/value.js";
import type { CompiledMapping } from "../policy/compiled.js";
import { deletedAccount, isWantedBack } from "./deleted.js";
import type { Links } from "./link.js";
import type { Binding, Findings, Subject, TargetView } from "./subject.js";

/** The claim of a create: one that no account carries, so that the create cannot be taken for one that is done. */
export function freeClaim(view: TargetView, identity: IdentityKey, generation: number): string {
  const claim = claimOf(view.target.name, identity, generation);
  return view.byClaim.has(claim) ? freeClaim(view, identity, generation + 1) : claim;
}

/** What our own create made. An account that went to another key took its claim along: bound or given up there, not ours. */
function findClaimed(
  index: MatchIndex,
  view: TargetView,
  identity: IdentityKey,
  generation: number,
): ObservedAccount | null {
  const found = view.byClaim.get(claimOf(view.target.name, identity, generation));
  if (found === undefined) return null;
  const isTheirs = view.boundTo.has(found.anchor) || index.former.has(found.anchor);
  return isTheirs ? findClaimed(index, view, identity, generation + 1) : found;
}

/** The claim that the create of this identity's next account writes: stable until that account is bound and gone again. */
function claimOf(target: string, identity: IdentityKey, generation: number): string {
  return `muster-${digestOf([target, identity, generation]).slice(0, 24)}`;
}

interface Found {
  readonly binding: Binding;
  readonly account: ObservedAccount | null;
}

export function matchSubjects(
  view: TargetView,
  intents: readonly { intent: Intent; mapping: CompiledMapping }[],
  ledger: Ledger,
  links: Links,
  findings: Findings,
): Subject[] {
  const index = new MatchIndex(view, ledger);
  const present = new Set(intents.map(({ intent }) => intent.identity));
  const subjects = intents.flatMap(({ intent, mapping }): Subject[] => {
    const { entry, rekeyed, rivals } = findEntry(view, ledger, intent, present, findings);
    const common = { intent, mapping, target: view.target };
    if (rivals.length > 0) return contestedSubjects(view, intent, rivals).map((parts) => ({ ...common, ...parts }));
    const isRetired = entry !== null && links.isRetired(view, entry, intent, mapping);
    const found = isRetired
      ? RETIRED
      : mapping.link !== null && entry?.current == null
        ? findLinked(index, view, links, { intent, mapping, entry }, findings)
        : findAccount(index, view, intent, entry, findings);
    return [{ identity: intent.identity, ...common, entry, rekeyed, ...found }];
  });
  return blockDoubles(subjects, findings);
}

/** Every account that a person has by mistake, under the key that the ledger knows it by; the person itself is blocked. */
function contestedSubjects(
  view: TargetView,
  intent: Intent,
  rivals: readonly LedgerEntry[],
): Pick<Subject, "identity" | "entry" | "rekeyed" | "binding" | "account">[] {
  const own = rivals.some((entry) => entry.identity === intent.identity);
  const blocked = { identity: intent.identity, entry: null, rekeyed: false, ...BLOCKED };
  const contested = rivals.map((entry) => {
    const account = view.byAnchor.get(entry.current?.anchor ?? "") ?? null;
    const binding: Binding = account === null ? "gone" : "contested";
    return { identity: entry.identity as IdentityKey, entry, rekeyed: false, binding, account };
  });
  return own ? contested : [blocked, ...contested];
}

const BLOCKED: Found = { binding: "blocked", account: null };
const NONE: Found = { binding: "none", account: null };
const RETIRED: Found = { binding: "retired", account: null };
const RESTORE: Found = { binding: "restore", account: null };

/** The entry of the identity; else that of one of its workers, when HR has meanwhile given it another personId. */
function findEntry(
  view: TargetView,
  ledger: Ledger,
  intent: Intent,
  present: ReadonlySet<IdentityKey>,
  findings: Findings,
): { entry: LedgerEntry | null; rekeyed: boolean; rivals: readonly LedgerEntry[] } {
  const target = view.target.name;
  const own = ledger.entries.get(ledgerKey(target, intent.identity)) ?? null;
  let others: Set<LedgerEntry> | null = null;
  for (const worker of intent.workers) {
    for (const entry of entryOfWorker(ledger, target, worker))
      if (entry !== own) others = (others ?? new Set()).add(entry);
  }
  if (others === null) return { entry: own, rekeyed: false, rivals: [] };
  // Where HR has split a person, the account goes with the worker whose values it carries.
  const claimants = [...others].filter(
    ({ identity, current }) =>
      current !== null &&
      !present.has(identity as IdentityKey) &&
      intent.workers.includes(current.primary as WorkerKey),
  );
  if (claimants.length === 1 && own?.current == null) return { entry: claimants[0] ?? null, rekeyed: true, rivals: [] };
  if (claimants.length === 0) return { entry: own, rekeyed: false, rivals: [] };
  const rivals = [own, ...claimants]
    .flatMap((entry) => (entry?.current == null ? [] : [entry]))
    .sort((a, b) => compareText(a.identity, b.identity));
  const names = rivals.map((entry) => entry.identity);
  findings.add({
    kind: "two-claimants",
    severity: "critical",
    identity: intent.identity,
    target,
    what: `${intent.label} has more than one account in the ledger (${names.join(", ")}): only access is taken away`,
    next: `Decide which account stays, retire the other by hand, and remove its ledger entry: ${names.map(view.ledgerFile).join(", ")}.`,
  });
  return { entry: own, rekeyed: false, rivals };
}

function findAccount(
  index: MatchIndex,
  view: TargetView,
  intent: Intent,
  entry: LedgerEntry | null,
  findings: Findings,
): Found {
  if (entry?.current != null) {
    const account = view.byAnchor.get(entry.current.anchor);
    if (account !== undefined) return { binding: "bound", account };
    const deleted = deletedAccount(view, entry);
    if (deleted?.obstacle === null && isWantedBack(view, intent, entry)) return RESTORE;
    return reportGone(view, intent, entry, deleted, findings);
  }
  const own = findClaimed(index, view, intent.identity, entry?.former.length ?? 0);
  if (own !== null) return { binding: "claim", account: own };
  if (!intent.bind && !intent.create) return NONE;
  const found = matchByRules(index, view, intent, entry, findings);
  return found === NONE && isWantedBack(view, intent, entry) ? findFormer(view, intent, entry, findings) : found;
}

/** The account that synchronisation made from the identity's account in the linked target, once it is there. */
function findLinked(
  index: MatchIndex,
  view: TargetView,
  links: Links,
  { intent, mapping, entry }: { intent: Intent; mapping: CompiledMapping; entry: LedgerEntry | null },
  findings: Findings,
): Found {
  const found = intent.bind ? links.find(view, intent, mapping) : null;
  if (found === null) return NONE;
  const [first, second] = found;
  const by = view.target.capabilities.sourceAnchor ?? "";
  if (first === undefined) {
    links.reportAwaiting(intent, mapping, findings);
    return NONE;
  }
  if (second !== undefined) return reportAmbiguous(intent, by, found, findings);
  // One that came back with its source, after both were gone.
  const isOwn = entry?.former.some((old) => old.anchor === first.anchor) === true;
  const problem = isOwn ? null : objectionTo(index, view, intent, first, 0);
  if (problem === null) return { binding: "bind", account: first };
  return reportConflict(intent, first, by, problem, findings);
}

/** The account that the lifecycle deleted: still deleted, or somebody has restored it already. */
function findFormer(view: TargetView, intent: Intent, entry: LedgerEntry | null, findings: Findings): Found {
  const deleted = deletedAccount(view, entry);
  if (deleted?.obstacle === null) return RESTORE;
  if (deleted !== null) reportLost(intent, deleted, findings);
  const anchor = entry?.former.findLast((old) => old.why === "deleted")?.anchor;
  const account = view.byAnchor.get(anchor ?? "");
  return account?.managed === true && account.protected === null ? { binding: "bind", account } : NONE;
}

function reportLost(intent: Intent, deleted: DeletedObject, findings: Findings): void {
  findings.add({
    kind: "restore-impossible",
    severity: "warning",
    identity: intent.identity,
    target: intent.target,
    object: deleted.anchor,
    what: `${intent.label} comes back within the rehire period and gets a new account: the deleted one cannot be restored: ${deleted.obstacle}`,
    next: "Nothing, if a new account will do. Rights on files and mailboxes of the old one do not come with it.",
  });
}

function reportGone(
  view: TargetView,
  intent: Intent,
  entry: LedgerEntry,
  deleted: DeletedObject | null,
  findings: Findings,
): Found {
  const wanted = intent.account === "enabled" || intent.create;
  const obstacle = deleted?.obstacle == null ? "" : `, and it cannot be restored: ${deleted.obstacle}`;
  findings.add({
    kind: "object-gone",
    severity: wanted ? "critical" : "info",
    identity: intent.identity,
    target: intent.target,
    object: entry.current?.anchor ?? null,
    what: `the account of ${intent.label} is gone from the directory; it is not created anew${obstacle}`,
    next: `Restore the object (recycle bin), or remove its ledger entry to have a new account made: ${view.ledgerFile(entry.identity)}.`,
  });
  return { binding: "gone", account: null };
}

function matchByRules(
  index: MatchIndex,
  view: TargetView,
  intent: Intent,
  entry: LedgerEntry | null,
  findings: Findings,
): Found {
  const former = new Set(entry?.former.map((old) => old.anchor) ?? []);
  for (const [i, rule] of intent.match.entries()) {
    const candidates = index.find(rule.attribute, rule.values).filter((account) => !former.has(account.anchor));
    const first = candidates[0];
    if (first === undefined) continue;
    if (candidates.length > 1) return reportAmbiguous(intent, rule.attribute, candidates, findings);
    const problem = objectionTo(index, view, intent, first, i);
    if (problem === null) return { binding: "bind", account: first };
    return reportConflict(intent, first, rule.attribute, problem, findings);
  }
  return NONE;
}

function reportConflict(
  intent: Intent,
  account: ObservedAccount,
  attribute: string,
  problem: string,
  findings: Findings,
): Found {
  findings.add({
    kind: "match-conflict",
    severity: "warning",
    identity: intent.identity,
    target: intent.target,
    object: account.address,
    what: `${intent.label} matches ${account.address} by ${attribute}, but ${problem}: neither bound nor created`,
    next: "Correct the attribute in HR or in the directory, then plan again.",
  });
  return BLOCKED;
}

function objectionTo(
  index: MatchIndex,
  view: TargetView,
  intent: Intent,
  account: ObservedAccount,
  ruleIndex: number,
): string | null {
  const holder = view.boundTo.get(account.anchor);
  if (holder !== undefined) return `it is bound to ${holder}`;
  if (index.former.has(account.anchor)) return "it is a former account of somebody else";
  if (!account.managed) return "it lies outside the managed containers";
  if (account.protected !== null) return `it is protected (${account.protected})`;
  for (const earlier of intent.match.slice(0, ruleIndex)) {
    const have = textsOf(account.attributes[earlier.attribute]);
    const ours = new Set(earlier.values.map(fold));
    if (have.length > 0 && !have.some((text) => ours.has(fold(text)))) {
      return `its ${earlier.attribute} is another one`;
    }
  }
  return null;
}

function reportAmbiguous(
  intent: Intent,
  attribute: string,
  candidates: readonly ObservedAccount[],
  findings: Findings,
): Found {
  const names = candidates.map((account) => account.address).sort(compareText);
  findings.add({
    kind: "ambiguous-match",
    severity: "warning",
    identity: intent.identity,
    target: intent.target,
    object: names[0] ?? null,
    what: `${intent.label} matches ${names.length} objects by ${attribute}: ${names.join(" · ")}`,
    next: `Leave the right ${attribute} on one of them only.`,
  });
  return BLOCKED;
}

function blockDoubles(subjects: readonly Subject[], findings: Findings): Subject[] {
  const takers = new Map<string, Subject[]>();
  for (const subject of subjects) {
    if (subject.binding !== "bind" || subject.account === null) continue;
    const list = takers.get(subject.account.anchor) ?? [];
    list.push(subject);
    takers.set(subject.account.anchor, list);
  }
  if (takers.size === 0) return [...subjects];
  return subjects.map((subject) => {
    const rivals = subject.account === null ? undefined : takers.get(subject.account.anchor);
    if (subject.binding !== "bind" || rivals === undefined || rivals.length < 2) return subject;
    const names = rivals.map((rival) => rival.intent.label).sort(compareText);
    findings.add({
      kind: "match-conflict",
      severity: "warning",
      identity: subject.identity,
      target: subject.target.name,
      object: subject.account?.address ?? null,
      what: `${subject.account?.address} matches several people: ${names.join(", ")}`,
      next: "Correct the attribute that they share, in HR or in the directory.",
    });
    return { ...subject, binding: "blocked", account: null };
  });
}

/** Lookups by match attribute, built when a rule first asks for it. */
class MatchIndex {
  /** Anchors that were somebody's account once. */
  readonly former: ReadonlySet<string>;
  readonly #view: TargetView;
  readonly #byAttribute = new Map<string, Map<string, ObservedAccount[]>>();

  constructor(view: TargetView, ledger: Ledger) {
    this.#view = view;
    const former = new Set<string>();
    for (const entry of ledger.entries.values()) {
      if (entry.target === view.target.name) for (const { anchor } of entry.former) former.add(anchor);
    }
    this.former = former;
  }

  /** Accounts whose attribute has one of the values, without regard to case; each once, by anchor. */
  find(attribute: string, values: readonly string[]): ObservedAccount[] {
    const index = this.#indexOf(attribute);
    const found = new Map<string, ObservedAccount>();
    for (const value of values) {
      for (const account of index.get(fold(value)) ?? []) found.set(account.anchor, account);
    }
    return [...found.values()];
  }

  #indexOf(attribute: string): Map<string, ObservedAccount[]> {
    const known = this.#byAttribute.get(attribute);
    if (known !== undefined) return known;
    const index = new Map<string, ObservedAccount[]>();
    for (const account of this.#view.observed.accounts) {
      for (const text of textsOf(account.attributes[attribute])) {
        const key = fold(text);
        const list = index.get(key);
        if (list === undefined) index.set(key, [account]);
        else list.push(account);
      }
    }
    this.#byAttribute.set(attribute, index);
    return index;
  }
}

function textsOf(value: Value | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value : [];
}

function fold(text: string): string {
  return text.toLowerCase();
}
