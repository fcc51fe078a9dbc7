/**
 * Accounts that are restored come with the names that they had: nobody else is given one of these in that plan. Where the
 * directory would refuse, or policy says that a name is unique, and somebody has it, the restore is not planned.
 */
import { compareText } from "../model/identity.js";
import { returningNames } from "./deleted.js";
import { resourceOf } from "./drafts.js";
import type { NameState } from "./name-state.js";
import type { Subject, TargetView } from "./subject.js";

/** Accounts that are restored, with the names that they have. */
export type Returning = ReadonlyMap<Subject, readonly (readonly [attribute: string, name: string])[]>;

/** Names are given by start date and identity key. */
export function compareTurn(a: Subject, b: Subject): number {
  return compareText(a.intent.start, b.intent.start) || compareText(a.identity, b.identity);
}

/** Whether a restore can give it another name: it says the cn where there are containers, and policy has candidates for one. */
export function isNamedByRestore({ target, mapping, intent }: Subject, attribute: string): boolean {
  if (attribute !== "cn" || target.capabilities.containers !== "dn" || !("cn" in intent.attributes)) return false;
  return mapping.attribute.get("cn")?.unique != null && target.document.value.allow?.includes("rename") === true;
}

/** Before any name is given: gives those who are restored theirs, but for what the restore says (allotRound gives that). */
export function reserveReturning(
  state: NameState,
  views: Readonly<Record<string, TargetView>>,
  subjects: readonly Subject[],
): Returning {
  const returning = new Map<Subject, readonly (readonly [string, string])[]>();
  for (const subject of subjects.filter(({ binding }) => binding === "restore").sort(compareTurn)) {
    const view = views[subject.target.name];
    returning.set(subject, view === undefined ? [] : returningNames(view, subject.entry));
  }
  for (const [subject, names] of returning) {
    const retained = exclusive(subject, names).find(([name, value]) => state.isPromised(subject, name, value));
    if (retained !== undefined) state.blocked.set(subject, { attribute: retained[0], by: "retained" });
  }
  for (const [subject, names] of returning)
    for (const [name, value] of names) if (!isNamedByRestore(subject, name)) state.give(subject, name, value);
  return returning;
}

/** After all names are given: an object that keeps a name blocks, and of two that bring back one name the first comes. */
export function blockReturning(state: NameState, returning: Returning): void {
  const comes = new Set<string>();
  for (const [subject, names] of returning) {
    if (state.blocked.has(subject)) continue;
    const own = exclusive(subject, names);
    const keys = own.map(([name, value]) => resourceOf(subject, name, value));
    const held = own.find(([name, value]) => state.isHeld(subject, name, value));
    const second = own[keys.findIndex((key) => comes.has(key))];
    if (held !== undefined) state.blocked.set(subject, { attribute: held[0], by: "object" });
    else if (second !== undefined) state.blocked.set(subject, { attribute: second[0], by: "restore" });
    else for (const key of keys) comes.add(key);
  }
}

/** Names that nobody else may have: the directory refuses, or policy says so. */
function exclusive<T extends readonly [string, string]>(subject: Subject, names: readonly T[]): T[] {
  const { target, mapping } = subject;
  return names.filter(([name]) => {
    if (isNamedByRestore(subject, name)) return false;
    return target.capabilities.refusedTwice.includes(name) || mapping.attribute.get(name)?.unique != null;
  });
}
