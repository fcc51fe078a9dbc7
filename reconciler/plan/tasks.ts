/** Tasks of a stage: one-off actions, run once per entry into it. */
import type { LedgerCurrent } from "../model/ledger.js";
import type { OpObject } from "../model/op.js";
import { formatInstant, parseInstant } from "../policy/time.js";
import { isSynced } from "./authority.js";
import { type Draft, draftFor, stageReason } from "./drafts.js";
import type { Links } from "./link.js";
import type { Subject } from "./subject.js";

/**
 * `ran` is the entry that each task was last run for. A new account has entered its stage when it is created. What the
 * target cannot do, or not for an account that is mastered elsewhere, is not planned there.
 */
export function draftTasks(subject: Subject, ran: LedgerCurrent["tasks"], object: OpObject, links: Links): Draft[] {
  const { intent } = subject;
  if (intent.tasks.length === 0) return [];
  const { tasks, tasksWhenSynced = [] } = subject.target.capabilities;
  const able = subject.mapping.link !== null || isSynced(subject.account) ? tasksWhenSynced : tasks;
  return intent.tasks
    .filter((task) => able.includes(task) && !(task === PASS && wasThereBefore(subject, links)))
    .flatMap((task) => {
      const entry = entryOf(subject, task);
      if (ran[task] === entry || ran[task] === `${entry}${SHOWN_DISABLED}`) return [];
      const parts = { verb: "run-task", object, slot: task, before: { entry: ran[task] ?? null } } as const;
      return [draftFor(subject, { ...parts, after: { task, entry }, reasons: [stageReason(subject)] })];
    });
}

const PASS = "temporary-access-pass";
const SHOWN_DISABLED = ", disabled";

/**
 * Sessions of a linked account are revoked twice: at once, and again when synchronisation has disabled the account, since
 * until then its holder could sign in anew.
 */
function entryOf({ intent, mapping, account }: Subject, task: string): string {
  const { stage, since } = intent.stage;
  const entry = `${stage}@${since === null ? "" : formatInstant(since)}`;
  const again = mapping.link !== null && task === "revoke-sessions" && account?.enabled === false;
  return again ? `${entry}${SHOWN_DISABLED}` : entry;
}

/** Whoever had the account before it was adopted, and has been in the stage since, can sign in and needs no pass. */
function wasThereBefore(subject: Subject, links: Links): boolean {
  const { intent, mapping } = subject;
  const own = subject.entry?.current ?? null;
  const made = mapping.link === null ? own : (links.originOf(intent, mapping)?.current ?? null);
  if (own === null || made?.claim != null) return false;
  return intent.stage.since === null || intent.stage.since < parseInstant((made ?? own).boundAt);
}
