/**
 * Bringing a deleted account back. The ledger's object is gone, or a `delete` of the lifecycle took it and the person came
 * back within the rehire period: the object itself returns, with its identifier (and so its rights on files and mailboxes),
 * its attributes and its memberships. Nothing else is planned for the account before that is recorded.
 */
import { containerExists } from "./containers.js";
import { deletedAccount, returningNames } from "./deleted.js";
import { reportContainer } from "./diff-place.js";
import { type Draft, draftFor, resourceOf, stageReason } from "./drafts.js";
import type { Allotment, Blocked } from "./name-state.js";
import type { Findings, Subject, TargetView } from "./subject.js";

export function draftRestore(view: TargetView, subject: Subject, allotment: Allotment, findings: Findings): Draft[] {
  const deleted = deletedAccount(view, subject.entry);
  if (deleted === null) return [];
  const { intent, target } = subject;
  if (allotment.failed.has(subject) || reportTaken(view, subject, allotment, findings)) return [];
  const places = target.capabilities.containers === "dn";
  if (places && (intent.container === null || !containerExists(view, intent.container))) {
    reportContainer(subject, intent.container ?? "(no container)", findings);
    return [];
  }
  const names = new Map(returningNames(view, subject.entry));
  const cn = allotment.name(subject, "cn") ?? names.get("cn") ?? null;
  if (places && cn !== null) names.set("cn", cn);
  const reason = stageReason(subject);
  return [
    draftFor(subject, {
      verb: "restore",
      object: { anchor: deleted.anchor },
      before: { deleted: true },
      after: {
        deleted: false,
        ...(places && cn !== null ? { cn } : {}),
        ...(places && intent.container !== null ? { container: intent.container } : {}),
      },
      claims: [...names].map(([name, value]) => resourceOf(subject, name, value)),
      reasons: [{ ...reason, because: `${reason.because}; the account was deleted and can be restored` }],
    }),
  ];
}

/** A name that somebody else has meanwhile would make the directory refuse the restore. */
function reportTaken(view: TargetView, subject: Subject, { blocked }: Allotment, findings: Findings): boolean {
  const taken = blocked.get(subject);
  if (taken === undefined) return false;
  const own = view.ledgerFile(subject.entry?.identity ?? subject.identity);
  const [who, what] = HOW_TAKEN[taken.by];
  findings.add({
    kind: "restore-blocked",
    severity: "critical",
    identity: subject.identity,
    target: subject.target.name,
    object: deletedAccount(view, subject.entry)?.anchor ?? null,
    what: `the deleted account of ${subject.intent.label} cannot be restored: its ${taken.attribute} ${who}`,
    next: `${what}, or remove the ledger entry to have a new account made: ${own}.`,
  });
  return true;
}

const HOW_TAKEN: Readonly<Record<Blocked["by"], readonly [who: string, what: string]>> = {
  object: ["belongs to somebody else now", "Give the other object another name"],
  retained: [
    "is kept for somebody else whose account was deleted",
    "Wait until that is over, take the name out of `retained` in that ledger entry",
  ],
  restore: ["comes back with another account in this plan", "Give that account another name once it is back"],
};
