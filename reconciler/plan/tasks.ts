/**
 * Tasks of a stage: one-off actions, run once per entry into it.
 *
 * What is hard: a task that is added to a stage must not be run for everybody who has been in it for years (a password reset,
 * or a pass with which to sign in, that nobody asked for), and one that failed or had to wait must be run all the same.
 * Whoever enters in this plan (an account is made, or Muster changes its state for the stage) gets the task. So does
 * whoever entered lately: a run that failed, a Hold or a freeze delays a task, and after a while nobody waits for it.
 */
import type { Stage } from "../model/identity.js";
import type { LedgerCurrent } from "../model/ledger.js";
import type { OpObject } from "../model/op.js";
import { formatInstant, parseInstant } from "../policy/time.js";
import { isSynced } from "./authority.js";
import { type Draft, draftFor, stageReason } from "./drafts.js";
import type { Links } from "./link.js";
import type { Subject } from "./subject.js";

export interface TaskContext {
  readonly links: Links;
  /** Epoch milliseconds. */
  readonly asOf: number;
}

/**
 * `ran` is the entry that each task was last run for. A new account has entered its stage when it is created. What the
 * target cannot do, or not for an account that is mastered elsewhere, is not planned there.
 */
export function draftTasks(
  subject: Subject,
  ran: LedgerCurrent["tasks"],
  object: OpObject,
  context: TaskContext,
): Draft[] {
  const { intent } = subject;
  if (intent.tasks.length === 0) return [];
  const { tasks, tasksWhenSynced = [] } = subject.target.capabilities;
  const able = subject.mapping.link !== null || isSynced(subject.account) ? tasksWhenSynced : tasks;
  const due = intent.tasks.filter((task) => able.includes(task));
  if (due.length === 0) return [];
  const enters = isEntering(subject, context);
  return due.flatMap((task) => {
    const first = firstEntry(subject);
    const entry = entryOf(subject, task);
    const last = ran[task];
    if (last === entry || last === `${entry}${SHOWN_DISABLED}`) return [];
    if (last !== first && !enters) return [];
    const parts = { verb: "run-task", object, slot: task, before: { entry: last ?? null } } as const;
    return [draftFor(subject, { ...parts, after: { task, entry }, reasons: [stageReason(subject)] })];
  });
}

const SHOWN_DISABLED = ", disabled";

function firstEntry({ intent }: Subject): string {
  const { stage, since } = intent.stage;
  return `${stage}@${since === null ? "" : formatInstant(since)}`;
}

/**
 * Sessions of a linked account are revoked twice: at once, and again when synchronisation has disabled the account, since
 * until then its holder could sign in anew.
 */
function entryOf(subject: Subject, task: string): string {
  const again = subject.mapping.link !== null && task === "revoke-sessions" && subject.account?.enabled === false;
  return again ? `${firstEntry(subject)}${SHOWN_DISABLED}` : firstEntry(subject);
}

const DAY = 24 * 3_600_000;
/** How long after the entry a task is still run: one of a leaver takes access away, and is made up for longer. */
const LATE = 7 * DAY;
const LATE_FOR_LEAVERS = 30 * DAY;

/** Stages that take access away: whoever is adopted in one enters it under Muster's eyes then. */
const WITHOUT_ACCESS: readonly Stage[] = ["left", "rescinded", "out-of-scope"];

/** Whether the person enters the stage in this plan, or has lately. Of a linked account its source is looked at. */
function isEntering(subject: Subject, { links, asOf }: TaskContext): boolean {
  const { intent, mapping } = subject;
  const own = subject.entry?.current ?? null;
  if (own === null) return true;
  const made = mapping.link === null ? own : (links.originOf(intent, mapping)?.current ?? own);
  if (changesState(subject, made)) return true;
  const { stage, since } = intent.stage;
  const bound = parseInstant(made.boundAt);
  const leaves = WITHOUT_ACCESS.includes(stage);
  // Whoever had the account before it was adopted, and has been in the stage since, can sign in and needs nothing.
  if (made.claim === null && !leaves && (since === null || since < bound)) return false;
  const disabled = leaves && made.disabledAt !== null ? parseInstant(made.disabledAt) : 0;
  return asOf < Math.max(since ?? 0, bound, disabled) + (leaves ? LATE_FOR_LEAVERS : LATE);
}

/** Whether the account is about to be enabled or disabled for the stage: what the ledger knows is another stage's state. */
function changesState({ intent, mapping }: Subject, made: LedgerCurrent): boolean {
  const { stage } = intent.stage;
  const byStage = stage === "active" ? "enabled" : stage === "prehire" ? "keep" : "disabled";
  const wanted = mapping.link === null ? intent.account : byStage;
  if (wanted === "enabled") return made.state === "disabled" && made.disabledBy === "muster";
  return wanted === "disabled" && made.state === "enabled";
}
