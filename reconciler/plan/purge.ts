/**
 * Deleting for good. A deleted account can be brought back until its target forgets it, and nothing brings back one that was
 * purged. So it is never inferred: the Lifecycle says after how many days, the Target allows it, it is an account that Muster
 * itself deleted and that is still among the deleted ones by its anchor, and nobody of whom HR knows that the person works,
 * or will, is concerned.
 */
import type { WorkerKey } from "../model/identity.js";
import type { LedgerEntry } from "../model/ledger.js";
import type { WorkerFile } from "../model/worker.js";
import { addDuration, endOfDay, formatInstant, parseDuration, parseInstant } from "../policy/time.js";
import { type Draft, draftFor } from "./drafts.js";
import type { PlanInput, Subject, TargetView } from "./subject.js";

type Former = LedgerEntry["former"][number];

export function draftPurges(input: PlanInput, view: TargetView, subject: Subject): Draft[] {
  const { mapping, entry, target } = subject;
  const after = mapping.lifecycle.delete?.purge;
  if (after === undefined || entry === null || entry.current !== null || mapping.link !== null) return [];
  if (target.document.value.allow?.includes("purge") !== true) return [];
  const due = entry.former.filter((old) => isDue(input, view, subject, old, after));
  if (due.length === 0 || mayReturn(input, subject)) return [];
  return due.map((old) => draftPurge(subject, old, after));
}

function isDue({ asOf }: PlanInput, view: TargetView, { intent }: Subject, old: Former, after: string): boolean {
  if (old.why !== "deleted") return false;
  const deleted = view.observed.deleted.find(({ anchor }) => anchor === old.anchor);
  if (deleted === undefined || deleted.obstacle !== null) return false;
  return asOf >= addDuration(parseInstant(old.until), parseDuration(after), intent.timezone);
}

/** Whether the person works, will work, or has no leaving date: by any record of HR, in whatever scope. */
function mayReturn({ snapshot, desire, asOf }: PlanInput, { intent }: Subject): boolean {
  if (!["left", "rescinded"].includes(intent.stage.stage) || intent.create) return true;
  const person = (worker: WorkerKey) => desire.identityOf(worker, "person");
  const own = new Set(intent.workers.map(person));
  return snapshot.workers.some((file) => own.has(person(file.key)) && works(file, asOf));
}

function works({ worker }: WorkerFile, asOf: number): boolean {
  return worker.employment.periods.some(
    ({ status, lastDay }) => status === "normal" && (lastDay === null || asOf < endOfDay(lastDay, worker.timezone)),
  );
}

function draftPurge(subject: Subject, old: Former, after: string): Draft {
  const document = subject.mapping.lifecycleDocument;
  const line = document.positions["/delete/purge"]?.line ?? document.line;
  const because = `deleted on ${formatInstant(parseInstant(old.until)).slice(0, 10)}, ${after} ago or more; this cannot be undone`;
  return draftFor(subject, {
    verb: "purge",
    object: { anchor: old.anchor },
    before: { deleted: true },
    after: { deleted: null },
    reasons: [{ because, policy: { file: document.file, line }, source: subject.intent.source }],
  });
}
