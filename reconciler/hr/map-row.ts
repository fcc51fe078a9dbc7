/**
 * One row to one worker, in the order of schemas/worker.schema.json. What the Source does not map is left out, what the
 * export leaves empty is null. All problems of a row are collected; a worker comes out only when there are none.
 */
import type { Worker } from "../model/files/worker.js";
import { MusterError } from "../support/errors.js";
import { CONTACT_FIELDS, type CompiledSource, JOB_FIELDS, NAME_FIELDS, type SourceField } from "./compile-source.js";
import { readEmployment } from "./read-employment.js";
import { quoteCell, rowProblem } from "./row-problem.js";
import { createRowReader, type RowReader } from "./row-reader.js";
import type { CsvRow, CsvTable } from "./sources/csv.js";

export interface MappedRow {
  readonly row: CsvRow;
  /** Null when the key itself cannot be read. */
  readonly id: string | null;
  /** With the row's own period only; null when the row has problems. */
  readonly worker: Worker | null;
  /** The status says that the employment has ended, whatever the dates say. */
  readonly ended: boolean;
  readonly problems: readonly MusterError[];
}

/** MUS-2005 for each column that the Source reads and the export lacks. */
export function missingColumns(compiled: CompiledSource, table: CsvTable, file: string): MusterError[] {
  const present = new Set(table.columns);
  const similar = new Map(table.columns.map((column) => [simplify(column), column]));
  return compiled.columns
    .filter((column) => !present.has(column))
    .map((column) => {
      const near = similar.get(simplify(column));
      const hint = near === undefined ? "" : `; it has ${JSON.stringify(near)}, which is written differently`;
      return new MusterError("MUS-2005", {
        what: `The export has no column ${JSON.stringify(column)}${hint}`,
        where: { file, line: 1 },
        ...(table.columns.length === 1
          ? { next: "The whole header is one column: check the delimiter of the Source." }
          : {}),
      });
    });
}

function simplify(column: string): string {
  return column
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s_-]/g, "");
}

/** Maps all rows. `asOf` is the instant of the export, so that the same file gives the same workers whenever it is read. */
export function mapRows(compiled: CompiledSource, table: CsvTable, asOf: number): MappedRow[] {
  const index = new Map(table.columns.map((column, i) => [column, i]));
  return table.rows.map((row) => mapRow(compiled, createRowReader(compiled, index, row, asOf)));
}

function mapRow(compiled: CompiledSource, reader: RowReader): MappedRow {
  const { fields } = compiled;
  const id = readId(reader, fields.get("id"));
  const personId = readReference(reader, fields.get("personId"));
  const type = reader.required(fields.get("type"));
  const name = readTexts(reader, fields, "name", NAME_FIELDS) ?? {};
  checkName(reader, compiled, name);
  const { employment, ended } = readEmployment(compiled, reader);
  const timezone = readZone(reader, compiled);
  const job = readTexts(reader, fields, "job", JOB_FIELDS);
  const manager = readReference(reader, fields.get("manager"));
  const contact = readTexts(reader, fields, "contact", CONTACT_FIELDS);
  const attributes = readAttributes(reader, compiled);
  const result = { row: reader.row, id, ended, problems: reader.problems };
  if (reader.problems.length > 0 || id === null || type === null || timezone === null || employment === null)
    return { ...result, worker: null };
  const worker: Worker = {
    apiVersion: "muster/v1",
    kind: "Worker",
    source: compiled.name,
    id,
    ...(personId === undefined ? {} : { personId }),
    type,
    name,
    employment,
    timezone,
    ...(job === undefined ? {} : { job }),
    ...(manager === undefined ? {} : { manager }),
    ...(contact === undefined ? {} : { contact }),
    ...(attributes === undefined ? {} : { attributes }),
  };
  return { ...result, worker };
}

function readId(reader: RowReader, field: SourceField | undefined): string | null {
  const id = reader.required(field);
  if (id === null || field === undefined) return null;
  if (!checkReference(reader, field, id)) return null;
  if (id.includes(":")) {
    reader.report("MUS-2017", field, `the key ${quoteCell(id)} holds a colon, which stands between source and key`);
    return null;
  }
  return id;
}

function checkName(reader: RowReader, compiled: CompiledSource, name: Worker["name"]): void {
  const fields = ["name.given", "name.family"].flatMap((label) => compiled.fields.get(label) ?? []);
  if (name.given != null || name.family != null || fields.some((field) => reader.hasFailed(field))) return;
  const columns = fields.flatMap((field) => field.columns);
  reader.problems.push(rowProblem("MUS-2008", reader.row, { columns, what: "the person has no name" }));
}

/** personId and manager: texts that are compared, so that a blank at an end would make another key of them. */
function readReference(reader: RowReader, field: SourceField | undefined): string | null | undefined {
  const text = reader.text(field);
  if (field === undefined || text === undefined || text === null) return text;
  return checkReference(reader, field, text) ? text : undefined;
}

function checkReference(reader: RowReader, field: SourceField, text: string): boolean {
  if (text === text.trim() && !/[\r\n\t]/.test(text)) return true;
  const what = `${field.label} ${quoteCell(text)} has blanks at an end or a line break in it`;
  reader.report("MUS-2017", field, what);
  return false;
}

function readTexts<K extends string>(
  reader: RowReader,
  fields: CompiledSource["fields"],
  section: string,
  keys: readonly K[],
): Partial<Record<K, string | null>> | undefined {
  const out: Partial<Record<K, string | null>> = {};
  for (const key of keys) {
    const text = reader.text(fields.get(`${section}.${key}`));
    if (text !== undefined) out[key] = text;
  }
  return Object.keys(out).length === 0 ? undefined : out;
}

function readZone(reader: RowReader, compiled: CompiledSource): string | null {
  const field = compiled.fields.get("timezone");
  const zone = reader.required(field);
  if (zone === null || field === undefined || compiled.isZone(zone)) return zone;
  reader.report("MUS-2017", field, `${quoteCell(zone)} is not an IANA time zone`);
  return null;
}

type Attributes = NonNullable<Worker["attributes"]>;

function readAttributes(reader: RowReader, compiled: CompiledSource): Attributes | undefined {
  const entries = compiled.attributes.flatMap(([name, field]) => {
    const value = toAttribute(reader.value(field));
    return value === undefined ? [] : [[name, value] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Whole numbers beyond what JSON holds exactly stay the digits they are. */
function toAttribute(value: ReturnType<RowReader["value"]>): Attributes[string] | undefined {
  if (value === undefined || value === null || value === "") return value === undefined ? undefined : null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value !== "object") return value;
  return "epochMs" in value ? new Date(value.epochMs).toISOString() : [...value];
}
