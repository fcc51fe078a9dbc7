/**
 * What holds ops of one account back: protected principals, holds, and verbs that the target does not allow. Everything
 * held back is a finding; where it is the removal of access, a critical one that names the person and the blocker.
 */
import type { Guards } from "../model/files/index.js";
import type { Verb } from "../model/op.js";
import type { PolicyDocument } from "../model/policy.js";
import { resolveWorkerReference } from "../model/worker.js";
import { DEFAULT_ALLOW } from "../policy/needs.js";
import { MusterError } from "../support/errors.js";
import { isWritable, masterObjection } from "./authority.js";
import type { Draft } from "./drafts.js";
import type { Exceptions } from "./exceptions.js";
import type { Findings, Subject, TargetView } from "./subject.js";
import { sameAddress } from "./view.js";

export interface Restraint {
  /** Anchor to why it is protected, from Guards and from the target. */
  readonly protectedAnchors: ReadonlyMap<string, string>;
  readonly protectedWorkers: ReadonlySet<string>;
}

const ACCESS_REMOVAL: readonly Verb[] = ["disable", "remove-member", "remove-licence"];
/** Verbs that a Target's `allow` speaks of; bind, memberships and tasks have rules of their own. */
const GATED: readonly Verb[] = [...DEFAULT_ALLOW, "delete", "restore", "purge"];

/** Throws MUS-5003 where the members of a group that Guards protect cannot be read. */
export function gatherRestraint(view: TargetView, guards: readonly PolicyDocument<Guards>[]): Restraint {
  const anchors = new Map<string, string>();
  const workers = new Set<string>();
  for (const account of view.observed.accounts) {
    if (account.protected !== null) anchors.set(account.anchor, account.protected);
  }
  const same = sameAddress(view.target);
  for (const entry of guards.flatMap((document) => document.value.protected ?? [])) {
    if ("worker" in entry) workers.add(resolveWorkerReference(entry.worker, ""));
    else if (entry.target !== view.target.name) continue;
    else if ("group" in entry) {
      const group = view.groupByName.get(same(entry.group));
      if (group?.unreadable === true) throw hidden(view, entry.group);
      for (const member of group?.members ?? []) anchors.set(member, `member of ${entry.group}`);
    } else {
      const account = view.accountAt(entry.account);
      if (account !== undefined) anchors.set(account.anchor, "named in Guards");
    }
  }
  return { protectedAnchors: anchors, protectedWorkers: workers };
}

/** Nobody knows whom the group protects: no plan is made from that. */
function hidden(view: TargetView, group: string): MusterError {
  const what = `the members of ${group}, which Guards protect, are hidden`;
  const next = "Let Muster read the members of the group, or name the accounts in Guards.";
  return new MusterError("MUS-5003", { what, where: { target: view.target.name }, next });
}

/** The drafts that may go on. Dropping one drops what needs it. */
export function restrain(
  restraint: Restraint,
  exceptions: Exceptions,
  subject: Subject,
  drafts: readonly Draft[],
  findings: Findings,
): Draft[] {
  if (drafts.length === 0) return [];
  const blocker = protection(restraint, subject);
  const holds = exceptions.holdsOn(subject);
  const allowed = subject.target.document.value.allow ?? DEFAULT_ALLOW;
  const dropped = new Map<Draft, string>();
  for (const draft of drafts) {
    if (isBookkeeping(draft)) continue;
    const why =
      blocker ?? heldBy(holds, draft) ?? masterObjection(subject, draft.op.verb) ?? notAllowed(allowed, subject, draft);
    if (why !== null) dropped.set(draft, why);
  }
  if (dropped.size === 0) return [...drafts];
  reportDropped(subject, dropped, findings);
  return drafts.filter((draft) => !dropped.has(draft) && !draft.needs.some((need) => dropped.has(need)));
}

/** Whether a rename of the account would go on. An account that keeps its name whatever policy wants gives none up. */
export function mayRename(restraint: Restraint, exceptions: Exceptions, subject: Subject): boolean {
  if (subject.account === null) return true;
  const names = subject.mapping.attributes.filter((rule) => rule.unique !== null);
  if (names.some((rule) => !isWritable(subject.target, subject.account, rule.name))) return false;
  if (!subject.account.managed || protection(restraint, subject) !== null) return false;
  const allowed = subject.target.document.value.allow ?? DEFAULT_ALLOW;
  const onNames = exceptions.holdsOn(subject).filter(({ value: { attribute } }) => {
    return attribute === undefined || subject.mapping.attribute.get(attribute)?.unique != null;
  });
  return allowed.includes("rename") && onNames.length === 0;
}

/** A bind of what is bound already writes to the ledger only; a disable may depend on it, so nothing holds it back. */
function isBookkeeping({ op }: Draft): boolean {
  return op.verb === "bind" && op.slot !== null;
}

function protection(restraint: Restraint, subject: Subject): string | null {
  const worker = subject.intent.workers.find((key) => restraint.protectedWorkers.has(key));
  if (worker !== undefined) return `worker ${worker} is protected by Guards`;
  const anchor = subject.account?.anchor;
  const why = anchor === undefined ? undefined : restraint.protectedAnchors.get(anchor);
  return why === undefined ? null : `the account is protected (${why})`;
}

function heldBy(holds: ReturnType<Exceptions["holdsOn"]>, draft: Draft): string | null {
  const removal = ACCESS_REMOVAL.includes(draft.op.verb);
  for (const { value: hold } of holds) {
    if (removal && hold.blocksDisable !== true) continue;
    const names = Object.keys(draft.op.after);
    if (hold.attribute !== undefined && !names.includes(hold.attribute)) continue;
    return `Hold ${hold.name}: ${hold.reason}`;
  }
  return null;
}

function notAllowed(allowed: readonly string[], subject: Subject, draft: Draft): string | null {
  const { verb } = draft.op;
  if (!subject.target.capabilities.verbs.includes(verb)) return `${subject.target.name} cannot ${verb}`;
  if (!GATED.includes(verb) || allowed.includes(verb)) return null;
  return `the Target does not allow ${verb}`;
}

function reportDropped(subject: Subject, dropped: ReadonlyMap<Draft, string>, findings: Findings): void {
  const byReason = new Map<string, Set<Verb>>();
  for (const [draft, why] of dropped) {
    const verbs = byReason.get(why) ?? new Set();
    verbs.add(draft.op.verb);
    byReason.set(why, verbs);
  }
  for (const [why, verbs] of byReason) {
    const critical = [...verbs].some((verb) => ACCESS_REMOVAL.includes(verb));
    findings.add({
      kind: "held-back",
      severity: critical ? "critical" : "info",
      identity: subject.identity,
      target: subject.target.name,
      object: subject.account?.address ?? null,
      what: `${[...verbs].sort().join(", ")} of ${subject.intent.label} held back: ${why}`,
      next: critical
        ? "Access that should end is still there: lift the protection or act by hand."
        : "Nothing, if this is meant.",
    });
  }
}
