/** The words of reports: one place for verbs, counts, instants and short ids, so that text and markdown say the same. */
import type { Drift } from "../model/drift.js";
import type { IdentityKey } from "../model/identity.js";
import type { OutcomeKind, Verb } from "../model/op.js";

/** Riskiest first: the order of every summary. */
export const VERBS_BY_RISK: readonly Verb[] = [
  "purge",
  "delete",
  "disable",
  "remove-member",
  "remove-licence",
  "unbind",
  "run-task",
  "bind",
  "restore",
  "rename",
  "move",
  "update",
  "create",
  "enable",
  "add-member",
  "assign-licence",
];

/** What takes an account, access or a value away. */
const DESTRUCTIVE: ReadonlySet<Verb> = new Set([
  "purge",
  "delete",
  "disable",
  "remove-member",
  "remove-licence",
  "unbind",
]);

const OBJECT_OF_VERB: Readonly<Record<Verb, string>> = {
  create: "create account",
  bind: "bind account",
  unbind: "unbind account",
  update: "update",
  rename: "rename account",
  move: "move account",
  enable: "enable account",
  disable: "disable account",
  delete: "delete account",
  restore: "restore account",
  purge: "delete account for good",
  "add-member": "add to group",
  "remove-member": "remove from group",
  "assign-licence": "assign licence",
  "remove-licence": "remove licence",
  "run-task": "run task",
};

/** Gravest first: the order in which outcomes are listed. */
export const OUTCOMES_BY_GRAVITY: readonly OutcomeKind[] = [
  "unknown",
  "failed",
  "refused",
  "deferred",
  "skipped",
  "already",
  "done",
];

export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, string>> = {
  done: "done",
  already: "already as wanted",
  deferred: "deferred to the next plan",
  skipped: "skipped, no longer wanted",
  refused: "refused",
  failed: "failed",
  unknown: "unknown",
};

export function isDestructive(verb: Verb): boolean {
  return DESTRUCTIVE.has(verb);
}

export function riskOf(verb: Verb): number {
  return VERBS_BY_RISK.indexOf(verb);
}

/** "disable account", "add to group". */
export function verbPhrase(verb: Verb): string {
  return OBJECT_OF_VERB[verb];
}

/** "5 groups": what the ops of a change are, for verbs that may have several on one object. */
export function opsWords(verb: Verb, ops: number): string {
  if (verb === "update") return count(ops, "attribute");
  if (verb === "add-member" || verb === "remove-member") return count(ops, "group");
  if (verb === "assign-licence" || verb === "remove-licence") return count(ops, "licence");
  return verb === "run-task" ? count(ops, "task") : count(ops, "op");
}

/** How drift is told: who changed the value besides Muster; shorter where it is followed by when and where. */
export function driftText(origin: "drift" | "both", when: string | null = null): string {
  if (when !== null)
    return origin === "both" ? "changed by HR or policy and by somebody else" : "changed by somebody else";
  return origin === "both"
    ? "HR or policy changed it, and somebody else changed it in the directory"
    : "changed by somebody else in the directory";
}

/** "Fri 20 Nov 2026, 09:12 (UTC), on DC1"; with the attributes where they differ; null where nothing is known. */
export function lastChangeText(drift: readonly Drift[] = []): string | null {
  const byText = new Map<string, string[]>();
  for (const { attribute, changed } of drift) {
    if (changed === undefined) continue;
    const text = `${instant(changed.at)}, on ${changed.by}`;
    byText.set(text, [...(byText.get(text) ?? []), attribute]);
  }
  if (byText.size === 0) return null;
  const [only] = byText.keys();
  if (byText.size === 1 && drift.every(({ changed }) => changed !== undefined)) return only ?? null;
  return [...byText].map(([text, attributes]) => `${attributes.join(", ")} ${text}`).join("; ");
}

/** "1 change", "1,204 changes". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

/** Digits in groups of three. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

export function people(n: number): string {
  return count(n, "person", "people");
}

/** First twelve characters of a digest or commit: enough to recognise it. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

/** "hr-export:10031" of "person:hr-export:10031"; what belongs to nobody is called so. */
export function shortKey(identity: IdentityKey | null): string {
  return identity === null ? "nobody's" : identity.replace(/^(?:person|worker):/, "");
}

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "Tue 1 Dec 2026, 06:00 (+01:00)": an ISO instant in its own offset; seconds only where they are not zero. */
export function instant(iso: string): string {
  const match = INSTANT.exec(iso);
  if (match === null) return iso;
  const [, year, month, day, time, seconds, offset] = match as unknown as [string, ...string[]];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const clock = seconds === undefined || seconds === "00" ? time : `${time}:${seconds}`;
  const zone = offset === "Z" ? "UTC" : offset;
  return `${DAYS[date.getUTCDay()]} ${Number(day)} ${MONTHS[Number(month) - 1]} ${year}, ${clock} (${zone})`;
}

/** "1 Dec 2026" of an ISO date or instant. */
export function day(iso: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  if (match === null) return iso;
  return `${Number(match[3])} ${MONTHS[Number(match[2]) - 1] ?? match[2]} ${match[1]}`;
}
