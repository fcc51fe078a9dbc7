/**
 * Authority: an account that synchronisation brings is mastered where it comes from. Its target refuses to have most of its
 * attributes, its name and its state written, so nothing of that is planned. What differs is told once per attribute.
 */
import type { ObservedAccount } from "../model/observed.js";
import type { Verb } from "../model/op.js";
import type { CompiledTarget } from "../policy/compiled.js";
import type { Draft } from "./drafts.js";
import { listNames } from "./findings.js";
import type { Findings, Subject, TargetView } from "./subject.js";

/** Whether the account is mastered in another directory. */
export function isSynced(account: ObservedAccount | null): boolean {
  return account?.authority === "on-premises";
}

/** Whether an attribute of the account may be written in this target. */
export function isWritable(target: CompiledTarget, account: ObservedAccount | null, attribute: string): boolean {
  return !isSynced(account) || target.capabilities.writableWhenSynced?.includes(attribute) === true;
}

const STATE: readonly Verb[] = ["enable", "delete", "move"];

/** What differs and is mastered elsewhere: names of people, by attribute or verb. */
export type Mastered = Map<string, Set<string>>;

export function noteMastered(mastered: Mastered, subject: Subject, what: string): void {
  mastered.set(what, (mastered.get(what) ?? new Set()).add(subject.intent.label));
}

/** Drafts without those that the account's master would have to do. A disable stays: what holds it back is told per person. */
export function withoutMastered(subject: Subject, drafts: readonly Draft[], mastered: Mastered): readonly Draft[] {
  if (!isSynced(subject.account)) return drafts;
  return drafts.filter(({ op }) => {
    if (STATE.includes(op.verb)) noteMastered(mastered, subject, op.verb);
    return !STATE.includes(op.verb);
  });
}

/** Why a draft cannot be carried out in this target, or null. */
export function masterObjection(subject: Subject, verb: Verb): string | null {
  if (!isSynced(subject.account) || ![...STATE, "disable"].includes(verb)) return null;
  return "the account is mastered on-premises, where this has to be done";
}

export function reportMastered(view: TargetView, mastered: Mastered, findings: Findings): void {
  for (const [what, people] of mastered) {
    const isState = (STATE as readonly string[]).includes(what);
    const verb = isState ? `${what} is wanted` : `${what} differs`;
    findings.add({
      kind: "mastered-elsewhere",
      severity: "info",
      identity: null,
      target: view.target.name,
      object: what,
      what: `${verb} and is not written, since the accounts are mastered on-premises (${people.size}): ${listNames([...people])}`,
      next: isState
        ? "Do it in the directory that they come from."
        : "Map it in the Target that they come from, or take the accounts out of the mapping's scope.",
    });
  }
}

/** Accounts whose master is another one than the mapping says. */
export function reportMasters(view: TargetView, subjects: readonly Subject[], findings: Findings): void {
  const differing = new Map<string, Subject[]>();
  for (const subject of subjects) {
    if (subject.account?.authority === undefined || subject.entry?.current == null) continue;
    if (isSynced(subject.account) === (subject.mapping.link !== null)) continue;
    differing.set(subject.mapping.name, [...(differing.get(subject.mapping.name) ?? []), subject]);
  }
  for (const [mapping, list] of differing) {
    const link = list[0]?.mapping.link ?? null;
    const says = link === null ? "says that Muster makes its accounts" : `says that its accounts come from ${link}`;
    const shows = link === null ? "mastered on-premises" : "mastered in the cloud";
    findings.add({
      kind: "master-differs",
      severity: "warning",
      identity: null,
      target: view.target.name,
      object: mapping,
      what: `mapping ${mapping} ${says}, and the tenant that they are ${shows} (${list.length}): ${listNames(list.map((one) => one.intent.label))}`,
      next:
        link === null
          ? "Link them by a mapping of their own (account: link), or end their synchronisation."
          : "Look whether their synchronisation was ended; then a mapping with account: provision may take them over.",
    });
  }
}
