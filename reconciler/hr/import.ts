/**
 * Import: one export of one source to the changes of its worker files. A full snapshot in, a full snapshot out, and pure:
 * the caller reads the export and the base, and writes and commits what comes back. Any error means that nothing is
 * written; all errors of a run come together.
 *
 * Nobody is deleted. A worker that is no longer exported keeps its last values and gets `absentSince`, the instant of the
 * first export without it; one that is exported again loses it. A row in quarantine leaves its worker as it was.
 */
import { DateTime } from "luxon";
import type { FileChange } from "../model/file-change.js";
import type { Source } from "../model/files/source.js";
import type { SourceRecord } from "../model/files/source-record.js";
import { canonicalJson } from "../model/hash.js";
import { compareText } from "../model/identity.js";
import { sourceRecordPath } from "../model/paths.js";
import type { PolicyDocument } from "../model/policy.js";
import { writeYaml } from "../repo/yaml.js";
import { attempt } from "../support/collect-errors.js";
import { assert, MusterError, throwAll } from "../support/errors.js";
import { MAX_WORKER_BYTES } from "../support/limits.js";
import { compileSource, placeOf } from "./compile-source.js";
import { resolveExportedAt } from "./exported-at.js";
import { endedFindings, type ImportFinding, managerFindings, quarantineFindings } from "./findings.js";
import type { Instant } from "./instant.js";
import { listErrors } from "./list-errors.js";
import { type MappedRow, mapRows, missingColumns } from "./map-row.js";
import { countFates, type FateCounts, type NextFile, nextState, recordOf } from "./next-state.js";
import { rowProblem } from "./row-problem.js";
import { type CsvTable, readCsv } from "./sources/csv.js";
import { checkExportTime, checkTrust, type SourceBase } from "./trust.js";

export interface ImportInput {
  readonly source: PolicyDocument<Source>;
  readonly bytes: Uint8Array;
  /** Name or path of the export: for messages, and for its date. */
  readonly fileName: string;
  /** --exported-at: an instant with offset, or null. */
  readonly exportedAt: string | null;
  /** The wall clock, epoch milliseconds. */
  readonly now: number;
  readonly base: SourceBase;
}

/** rows = added + changed + returned + unchanged + quarantined. */
export interface ImportSummary extends FateCounts {
  /** Rows of the export. */
  readonly rows: number;
  readonly quarantined: number;
  /** No worker changed; only the record of the import did, because the export is newer. */
  readonly recordOnly: boolean;
}

export interface ImportResult {
  /** Only files whose content changes; worker files by path, then the source record. */
  readonly changes: readonly FileChange[];
  readonly record: SourceRecord;
  readonly findings: readonly ImportFinding[];
  readonly summary: ImportSummary;
}

/**
 * Throws MusterError or MusterErrors: MUS-20xx for the export, MUS-11xx and MUS-12xx for the Source. Of each code at most
 * MAX_LISTED_ERRORS are listed and the rest counted.
 */
export function importExport(input: ImportInput): ImportResult {
  const compiled = compileSource(input.source);
  const { table, exportedAt } = readInputs(input);
  const base = ownBase(input);
  throwAll(listErrors(missingColumns(compiled, table, input.fileName)));
  const rows = mapRows(compiled, table, exportedAt.epochMs);
  const times = { now: input.now, last: base.record?.exportedAt ?? null };
  const next = nextState(compiled.name, rows, base, exportedAt);
  const record = recordOf(compiled.name, { rows, next, base, exportedAt });
  const trust = { document: input.source, compiled, file: input.fileName, rows, base };
  throwAll(
    listErrors([
      ...checkExportTime(input.source, input.fileName, exportedAt, times),
      ...checkTrust(trust),
      ...badRows(input.source, rows),
      ...oversizedWorkers(rows, next),
      ...sameInstant(input, record, base.record),
    ]),
  );
  const quarantined = rows.filter((row) => row.problems.length > 0);
  const present = [...next.values()].flatMap(({ worker }) => (worker.absentSince == null ? [worker] : []));
  const changes = changesOf(next, record, base);
  const exportDate = (zone: string) => DateTime.fromMillis(exportedAt.epochMs, { zone }).toISODate() ?? "";
  return {
    changes,
    record,
    findings: [
      ...quarantineFindings(compiled.name, quarantined),
      ...endedFindings(rows, exportDate),
      ...managerFindings(compiled.name, present, new Set(next.keys())),
    ],
    summary: {
      ...countFates(next),
      rows: rows.length,
      quarantined: quarantined.length,
      recordOnly: isRecordOnly(changes),
    },
  };
}

/** Both are tried, so that a wrong file name does not hide a wrong file. */
function readInputs(input: ImportInput): { table: CsvTable; exportedAt: Instant } {
  const { source, bytes, fileName } = input;
  const file = source.value.file;
  const format = {
    encoding: file?.encoding ?? "utf-8",
    delimiter: file?.delimiter ?? ",",
    quote: file?.quote ?? '"',
    policy: placeOf(source, "/file/encoding"),
  };
  const errors: MusterError[] = [];
  const exportedAt = attempt(() => resolveExportedAt(source, fileName, input.exportedAt), errors);
  const table = attempt(() => readCsv(bytes, format, fileName), errors);
  throwAll(listErrors(errors));
  assert(table !== null && exportedAt !== null, "an import went on without its export");
  return { table, exportedAt };
}

function ownBase({ source, base }: ImportInput): SourceBase {
  return { ...base, workers: base.workers.filter(({ worker }) => worker.source === source.value.name) };
}

/** Under `refuse` every problem; under quarantine those of rows whose key is unreadable, or all when there are too many. */
function badRows(document: PolicyDocument<Source>, rows: readonly MappedRow[]): MusterError[] {
  const bad = rows.filter((row) => row.problems.length > 0);
  const policy = document.value.badRows ?? "refuse";
  if (policy === "refuse") return bad.flatMap((row) => row.problems);
  const { max } = policy.quarantine;
  if (bad.length <= max) return bad.filter((row) => row.id === null).flatMap((row) => row.problems);
  const what = `${bad.length} rows are bad, and the quarantine of source ${document.value.name} takes ${max}`;
  const file = bad[0]?.row.file;
  const where = file === undefined ? {} : { where: { file } };
  return [new MusterError("MUS-2018", { what, ...where }), ...bad.flatMap((row) => row.problems)];
}

function oversizedWorkers(rows: readonly MappedRow[], next: ReadonlyMap<string, NextFile>): MusterError[] {
  return rows.flatMap(({ row, worker }) => {
    const size = worker === null ? 0 : Buffer.byteLength(next.get(worker.id)?.content ?? "");
    if (size <= MAX_WORKER_BYTES) return [];
    return [
      rowProblem("MUS-2017", row, { what: `the worker would have ${size} bytes, more than ${MAX_WORKER_BYTES}` }),
    ];
  });
}

/** Two different exports of one instant: which of them is true cannot be told. */
function sameInstant(input: ImportInput, record: SourceRecord, last: SourceRecord | null): MusterError[] {
  if (last === null || record.exportedAt !== last.exportedAt || canonicalJson(record) === canonicalJson(last))
    return [];
  const what = `The last export imported is of ${last.exportedAt}, too, and has other content`;
  return [new MusterError("MUS-2014", { what, where: { file: input.fileName } })];
}

function changesOf(next: ReadonlyMap<string, NextFile>, record: SourceRecord, base: SourceBase): FileChange[] {
  const workers = [...next.values()]
    .filter(({ blob, before }) => blob !== before)
    .map(({ path, content }) => ({ path, content }))
    .sort((a, b) => compareText(a.path, b.path));
  if (base.record !== null && canonicalJson(base.record) === canonicalJson(record)) return workers;
  return [...workers, { path: sourceRecordPath(record.source), content: writeYaml(record) }];
}

function isRecordOnly(changes: readonly FileChange[]): boolean {
  return changes.length === 1 && changes[0]?.path.startsWith("state/sources/") === true;
}
