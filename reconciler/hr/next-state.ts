/** The worker files of a source after an import, and the record of it. */
import type { SourceRecord } from "../model/files/source-record.js";
import type { Worker } from "../model/files/worker.js";
import { canonicalJson } from "../model/hash.js";
import { compareText } from "../model/identity.js";
import { workerPath } from "../model/paths.js";
import { parseInstant } from "../policy/time.js";
import { blobId } from "../repo/git.js";
import { treeDigest } from "../repo/read-snapshot.js";
import { writeYaml } from "../repo/yaml.js";
import { mergePeriods } from "./employment-periods.js";
import type { Instant } from "./instant.js";
import type { MappedRow } from "./map-row.js";
import type { SourceBase } from "./trust.js";

export interface FateCounts {
  readonly added: number;
  readonly changed: number;
  /** Workers that this export no longer has and the last one had. */
  readonly absent: number;
  /** Workers that were absent and are back. */
  readonly returned: number;
  readonly unchanged: number;
}

export interface NextFile {
  readonly path: string;
  readonly worker: Worker;
  readonly content: string;
  readonly blob: string;
  /** Blob in the base; null for a new file. */
  readonly before: string | null;
  readonly fate: keyof FateCounts | "kept";
}

/** All worker files of the source after the import, by id. */
export function nextState(
  source: string,
  rows: readonly MappedRow[],
  base: SourceBase,
  exportedAt: Instant,
): ReadonlyMap<string, NextFile> {
  const known = new Map(base.workers.map((file) => [file.worker.id, file]));
  const mapped = new Map(rows.flatMap((row) => (row.id === null ? [] : [[row.id, row] as const])));
  const ids = [...new Set([...known.keys(), ...mapped.keys()])].sort(compareText);
  const next = new Map<string, NextFile>();
  for (const id of ids) {
    const file = known.get(id);
    const before = file?.worker ?? null;
    const row = mapped.get(id);
    const worker = row === undefined ? withAbsence(before, exportedAt) : (withHistory(row.worker, before) ?? before);
    if (worker === null) continue;
    const content = writeYaml(worker);
    const blob = blobId(base, Buffer.from(content));
    const kept = worker === before && row?.worker == null;
    const fate = kept ? "kept" : fateOf(before, worker, blob === file?.blob);
    next.set(id, {
      path: file?.file ?? workerPath(source, id),
      worker,
      content,
      blob,
      before: file?.blob ?? null,
      fate,
    });
  }
  return next;
}

function withHistory(worker: Worker | null, before: Worker | null): Worker | null {
  const period = worker?.employment.periods.at(-1);
  if (worker === null || period === undefined || before === null) return worker;
  const periods = mergePeriods(before.employment.periods, period);
  return { ...worker, employment: { ...worker.employment, periods } };
}

/** The first instant stays. */
function withAbsence(before: Worker | null, exportedAt: Instant): Worker | null {
  if (before === null || before.absentSince != null) return before;
  const { absentSince: _, ...rest } = before;
  return { ...rest, absentSince: exportedAt.text };
}

/** A file that was written by hand differs in its text and may say the same. */
function fateOf(before: Worker | null, worker: Worker, sameText: boolean): NextFile["fate"] {
  if (before === null) return "added";
  if (worker.absentSince != null) return "absent";
  if (before.absentSince != null) return "returned";
  return sameText || canonicalJson(before) === canonicalJson(worker) ? "unchanged" : "changed";
}

interface RecordInput {
  readonly rows: readonly MappedRow[];
  readonly next: ReadonlyMap<string, NextFile>;
  readonly base: SourceBase;
  readonly exportedAt: Instant;
}

/** An ended worker that is exported no more, or whose row is in quarantine, stays ended. */
export function recordOf(source: string, { rows, next, base, exportedAt }: RecordInput): SourceRecord {
  const mapped = new Map(
    rows.flatMap(({ worker, ended }) => (worker === null ? [] : [[worker.id, { worker, ended }]])),
  );
  const before = (base.record?.ended ?? []).filter((id) => next.has(id) && !mapped.has(id));
  const now = [...mapped.values()].filter(
    ({ worker, ended }) => ended && worker.employment.periods[0]?.lastDay === null,
  );
  const ended = [...before, ...now.map(({ worker }) => worker.id)].sort(compareText);
  const last = base.record;
  const sameTime = last !== null && parseInstant(last.exportedAt) === exportedAt.epochMs;
  return {
    apiVersion: "muster/v1",
    kind: "SourceRecord",
    source,
    exportedAt: sameTime ? last.exportedAt : exportedAt.text,
    rows: rows.length,
    workers: next.size,
    digest: treeDigest([...next.values()]),
    ...(ended.length === 0 ? {} : { ended }),
  };
}

/** How many workers met each fate; "kept" ones (absent already, or in quarantine) are not counted. */
export function countFates(next: ReadonlyMap<string, NextFile>): FateCounts {
  const of = (fate: NextFile["fate"]) => [...next.values()].filter((file) => file.fate === fate).length;
  return {
    added: of("added"),
    changed: of("changed"),
    absent: of("absent"),
    returned: of("returned"),
    unchanged: of("unchanged"),
  };
}
