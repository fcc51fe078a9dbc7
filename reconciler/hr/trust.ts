/**
 * Whether an export may be believed. A truncated file, a changed key or a lost column are well-formed CSV; only the
 * comparison with the last import shows them, and what they would do is disable hundreds of people. Every check looks at
 * the whole export before anything is written, and all of them are reported together.
 *
 * The population is the workers of the base that are present (not absent already). A row that cannot be mapped still shows
 * that its worker exists, so that bad rows never look like a shrunken export.
 */

import type { Source } from "../model/files/source.js";
import type { SourceRecord } from "../model/files/source-record.js";
import type { Worker } from "../model/files/worker.js";
import type { PolicyDocument } from "../model/policy.js";
import type { WorkerFile } from "../model/worker.js";
import { addDuration, parseDuration, parseInstant } from "../policy/time.js";
import type { ErrorCode } from "../support/codes/index.js";
import { MusterError } from "../support/errors.js";
import { exceedsShare } from "../support/percentage.js";
import type { CompiledSource } from "./compile-source.js";
import { exportZone } from "./exported-at.js";
import type { Instant } from "./instant.js";
import type { MappedRow } from "./map-row.js";
import { quoteCell, rowProblem } from "./row-problem.js";

/** What the last import of the source left: all its workers, absent ones too, and its record (null before the first). */
export interface SourceBase {
  /** `blob` is the git blob id of the file. */
  readonly workers: readonly WorkerFile[];
  readonly record: SourceRecord | null;
  /** How the repository names its blobs. */
  readonly objectFormat: "sha1" | "sha256";
}

export interface TrustInput {
  readonly document: PolicyDocument<Source>;
  readonly compiled: CompiledSource;
  readonly file: string;
  readonly rows: readonly MappedRow[];
  readonly base: SourceBase;
}

const DEFAULTS = { max: 20, maxShare: "5%", minPopulation: 20, keyChurn: "2%", maxAge: "3d" } as const;
/** Below minPopulation one person is more than 2 %; there, more than half of the keys must be other ones. */
const SMALL_CHURN = "50%";
/** A column counts as emptied when this many workers had a value ... */
const EMPTIED_MIN = 5;
/** ... and they were this share of those who are in the export still. Last days are few by nature: no share for them. */
const EMPTIED_SHARE = 0.2;

/** MUS-2009 duplicate keys, MUS-2010 shrink, MUS-2011 key churn, MUS-2012 emptied columns. */
export function checkTrust(input: TrustInput): MusterError[] {
  return [...duplicateKeys(input), ...lostWorkers(input), ...emptiedColumns(input)];
}

/** MUS-2013 too old, MUS-2014 older than the last import, MUS-2019 from the future. `now` in epoch milliseconds. */
export function checkExportTime(
  document: PolicyDocument<Source>,
  file: string,
  exportedAt: Instant,
  times: { readonly now: number; readonly last: string | null },
): MusterError[] {
  const problem = (code: ErrorCode, what: string) => new MusterError(code, { what, where: { file } });
  const maxAge = document.value.trust?.maxAge ?? DEFAULTS.maxAge;
  const expires = addDuration(exportedAt.epochMs, parseDuration(maxAge), exportZone(document));
  const problems: MusterError[] = [];
  if (exportedAt.epochMs > times.now)
    problems.push(problem("MUS-2019", `The export is of ${exportedAt.text}, which has not come yet`));
  if (expires < times.now)
    problems.push(problem("MUS-2013", `The export is of ${exportedAt.text}, more than ${maxAge} ago`));
  if (times.last !== null && exportedAt.epochMs < parseInstant(times.last))
    problems.push(problem("MUS-2014", `The export is of ${exportedAt.text}, the last one imported of ${times.last}`));
  return problems;
}

/** Keys that differ in case only are one key to most directories, and to whoever typed them. */
function foldKey(id: string): string {
  return id.normalize("NFC").toLowerCase();
}

function duplicateKeys(input: TrustInput): MusterError[] {
  const known = new Map(input.base.workers.map(({ worker }) => [foldKey(worker.id), worker.id]));
  const first = new Map<string, MappedRow>();
  const columns = input.compiled.fields.get("id")?.columns ?? [];
  return input.rows.flatMap((mapped) => {
    if (mapped.id === null) return [];
    const key = foldKey(mapped.id);
    const earlier = first.get(key);
    if (earlier !== undefined) {
      const twin = earlier.id === mapped.id ? "" : ` (${quoteCell(earlier.id ?? "")}, the same but for case)`;
      const what = `${quoteCell(mapped.id)} is the key of row ${earlier.row.row}, too${twin}`;
      return [rowProblem("MUS-2009", mapped.row, { columns, what })];
    }
    first.set(key, mapped);
    const before = known.get(key);
    if (before === undefined || before === mapped.id) return [];
    const what = `${quoteCell(mapped.id)} is known as ${quoteCell(before)}, the same but for case`;
    return [rowProblem("MUS-2009", mapped.row, { columns, what })];
  });
}

function lostWorkers(input: TrustInput): MusterError[] {
  const { shrink, keyChurn = DEFAULTS.keyChurn } = input.document.value.trust ?? {};
  const { max, maxShare, minPopulation } = { ...DEFAULTS, ...shrink };
  const present = input.base.workers.filter(({ worker }) => worker.absentSince == null);
  const known = new Set(input.base.workers.map(({ worker }) => worker.id));
  const seen = new Set(input.rows.flatMap((row) => row.id ?? []));
  const unreadable = input.rows.filter((row) => row.id === null).length;
  const population = present.length;
  const lost = Math.max(0, present.filter(({ worker }) => !seen.has(worker.id)).length - unreadable);
  const added = [...seen].filter((id) => !known.has(id)).length;
  const where = { file: input.file };
  const problems: MusterError[] = [];
  if (lost > max || (population >= minPopulation && exceedsShare(lost, population, maxShare)))
    problems.push(
      new MusterError("MUS-2010", {
        what: `${lost} of ${population} workers are no longer in the export; at most ${max} may be lost at once, and ${maxShare} of ${minPopulation} or more`,
        where,
      }),
    );
  const bound = population >= minPopulation ? keyChurn : SMALL_CHURN;
  if (exceedsShare(lost, population, bound) && exceedsShare(added, population, bound))
    problems.push(
      new MusterError("MUS-2011", {
        what: `${lost} of ${population} keys are gone and ${added} are new, both more than ${bound}`,
        where,
      }),
    );
  return problems;
}

function emptiedColumns(input: TrustInput): MusterError[] {
  if (input.document.value.trust?.columnEmptied === "allow") return [];
  const now = new Map(input.rows.flatMap(({ worker }) => (worker === null ? [] : [[worker.id, worker] as const])));
  const both = input.base.workers.filter(({ worker }) => now.has(worker.id));
  const fields = [...input.compiled.fields.values(), ...input.compiled.attributes.map(([, field]) => field)];
  return fields.flatMap((field) => {
    if (field.columns.length === 0) return [];
    const had = both.filter(({ worker }) => isFilled(worker, field.label)).length;
    const share = field.label === "employment.lastDay" ? 0 : EMPTIED_SHARE;
    if (had < EMPTIED_MIN || had < share * both.length) return [];
    if ([...now.values()].some((worker) => isFilled(worker, field.label))) return [];
    const what = `${field.label} (column ${field.columns.join(", ")}) was filled for ${had} of ${both.length} workers and is empty for all now`;
    return [new MusterError("MUS-2012", { what, where: { file: input.file } })];
  });
}

/** Whether a worker has a value at a label of a SourceField. The status leaves no value of its own in a worker. */
function isFilled(worker: Worker, label: string): boolean {
  const [section = "", ...rest] = label.split(".");
  const key = rest.join(".");
  if (section === "employment") return employmentValue(worker, key) !== null;
  const value: unknown = worker[section as keyof Worker];
  const leaf: unknown = key === "" ? value : (value as Record<string, unknown> | undefined)?.[key];
  return leaf !== undefined && leaf !== null;
}

function employmentValue({ employment }: Worker, key: string): string | null {
  const last = employment.periods.at(-1);
  if (key === "from") return last?.from ?? null;
  if (key === "lastDay") return last?.lastDay ?? null;
  if (key === "leaveFrom") return employment.leave?.[0]?.from ?? null;
  if (key === "leaveTo") return employment.leave?.[0]?.to ?? null;
  return key === "accessEnds" ? (employment.accessEnds ?? null) : null;
}
