/**
 * Deleting for good. A deleted account can be brought back until its target forgets it, and nothing brings back one that was
 * purged. So it is never inferred: the Lifecycle says after how many days, the Target allows it, it is an account that Muster
 * itself deleted and that is still among the deleted ones by its anchor, and nobody of whom HR knows that the person works,
 * or will, is concerned.
 */
import type { IdentityKey, WorkerKey } from "../model/identity.js";
import type { LedgerEntry } from "../model/ledger.js";
import type { WorkerFile } from "../model/worker.js";
import { addDuration, endOfDay, formatInstant, parseDuration, parseInstant } from "../policy/time.js";
import { type Draft, draftFor } from "./drafts.js";
import type { ResolveContext } from "./resolve.js";
import type { PlanInput, Subject, TargetView } from "./subject.js";

type Former = LedgerEntry["former"][number];

/**
 * All records of HR of the people whom workers are. They are sorted by person when somebody first asks, once for a plan, and
 * not for each account that is due.
 */
export function recordsByPerson({ snapshot, desire }: PlanInput): (workers: readonly WorkerKey[]) => WorkerFile[] {
  const personOf = (worker: WorkerKey) => desire.identityOf(worker, "person");
  let index: Map<IdentityKey | undefined, WorkerFile[]> | null = null;
  return (workers) => {
    if (index === null) {
      index = new Map();
      for (const file of snapshot.workers) {
        const person = personOf(file.key);
        const known = index.get(person);
        if (known === undefined) index.set(person, [file]);
        else known.push(file);
      }
    }
    return [...new Set(workers.map(personOf))].flatMap((person) => index?.get(person) ?? []);
  };
}

export function draftPurges(
  input: PlanInput,
  view: TargetView,
  subject: Subject,
  { recordsOf }: ResolveContext,
): Draft[] {
  const { mapping, entry, target } = subject;
  const after = mapping.lifecycle.delete?.purge;
  if (after === undefined || entry === null || entry.current !== null || mapping.link !== null) return [];
  if (target.document.value.allow?.includes("purge") !== true) return [];
  const due = entry.former.filter((old) => isDue(input, view, subject, old, after));
  if (due.length === 0 || mayReturn(input, subject, recordsOf)) return [];
  return due.map((old) => draftPurge(subject, old, after));
}

function isDue({ asOf }: PlanInput, view: TargetView, { intent }: Subject, old: Former, after: string): boolean {
  if (old.why !== "deleted") return false;
  const deleted = view.observed.deleted.find(({ anchor }) => anchor === old.anchor);
  if (deleted === undefined || deleted.obstacle !== null) return false;
  return asOf >= addDuration(parseInstant(old.until), parseDuration(after), intent.timezone);
}

/** Whether the person works, will work, or has no leaving date: by any record of HR, in whatever scope. */
function mayReturn({ asOf }: PlanInput, { intent }: Subject, recordsOf: ResolveContext["recordsOf"]): boolean {
  if (!["left", "rescinded"].includes(intent.stage.stage) || intent.create) return true;
  return recordsOf(intent.workers).some((file) => works(file, asOf));
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
