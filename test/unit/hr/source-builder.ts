import { type ImportResult, importExport } from "../../../reconciler/hr/import.js";
import type { SourceBase } from "../../../reconciler/hr/trust.js";
import type { Source } from "../../../reconciler/model/files/index.js";
import type { PolicyDocument } from "../../../reconciler/model/policy.js";
import { applyChanges, EMPTY_BASE } from "./repository.js";

type SourceWorker = Source["worker"];

/** A small Source over the columns ID, First, Last, From, To, Status, Boss, Title; `patch` replaces whole parts. */
export function buildSource(
  patch: Partial<Omit<Source, "worker">> = {},
  worker: Partial<SourceWorker> = {},
): PolicyDocument<Source> {
  const value: Source = {
    apiVersion: "muster/v1",
    kind: "Source",
    name: "hr",
    type: "csv",
    worker: {
      id: { value: "[ID]" },
      type: { constant: "employee" },
      name: { given: { value: "[First]" }, family: { value: "[Last]" } },
      employment: {
        from: { value: "[From]" },
        lastDay: { value: "[To]" },
        status: { value: "[Status]", ended: ["Left"], rescinded: ["Withdrawn"] },
      },
      timezone: { constant: "Europe/Berlin" },
      job: { title: { value: "[Title]" } },
      manager: { value: "[Boss]" },
      ...worker,
    },
    ...patch,
  };
  return { value, file: "policies/hr.yaml", blob: "b", line: 3, positions: {} };
}

const HEADER = ["ID", "First", "Last", "From", "To", "Status", "Boss", "Title"] as const;
type Column = (typeof HEADER)[number];

/** A CSV text; what a row leaves out has a value that is fine. */
export function buildCsv(rows: readonly Partial<Record<Column, string>>[]): string {
  const lines = rows.map((row, i) => {
    const all = { ID: `${i + 1}`, First: "Ann", Last: "Lee", From: "2020-01-01", ...row } as Partial<
      Record<Column, string>
    >;
    return HEADER.map((column) => all[column] ?? "").join(",");
  });
  return [HEADER.join(","), ...lines, ""].join("\n");
}

/** Rows with the ids from `first` to `last`. */
export function rowsOf(first: number, last: number): { ID: string }[] {
  return Array.from({ length: last - first + 1 }, (_, i) => ({ ID: `${first + i}` }));
}

export interface ImportOptions {
  readonly source?: PolicyDocument<Source>;
  readonly base?: SourceBase;
  /** Default 2026-11-20T06:00:00Z; `now` is an hour later unless given. */
  readonly exportedAt?: string;
  readonly now?: string;
}

export function importCsv(csv: string | Uint8Array, options: ImportOptions = {}): ImportResult {
  const exportedAt = options.exportedAt ?? "2026-11-20T06:00:00Z";
  return importExport({
    source: options.source ?? buildSource(),
    bytes: typeof csv === "string" ? Buffer.from(csv) : csv,
    fileName: "export.csv",
    exportedAt,
    now: options.now === undefined ? Date.parse(exportedAt) + 3_600_000 : Date.parse(options.now),
    base: options.base ?? EMPTY_BASE,
  });
}

/** Imports the texts one after the other, a day apart from 2026-11-01T06:00:00Z on. */
export function importSeries(texts: readonly string[], source?: PolicyDocument<Source>): SourceBase {
  return texts.reduce<SourceBase>((base, text, i) => {
    const exportedAt = `2026-11-${String(i + 1).padStart(2, "0")}T06:00:00Z`;
    return applyChanges(base, importCsv(text, { base, exportedAt, ...(source === undefined ? {} : { source }) }));
  }, EMPTY_BASE);
}
