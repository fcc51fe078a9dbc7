/**
 * A CSV export to rows, all or nothing: whatever cannot be read exactly as written is an error with its row and line,
 * because a row that is guessed at becomes somebody's account. RFC 4180 with the delimiter and quote of the Source.
 * Departures: CR, LF and CRLF all end a row; empty lines at the end are dropped; Excel's `sep=;` in the first line
 * names the delimiter and is not a row (a spreadsheet does not show it), but a line.
 */
import { CsvError, type Options } from "csv-parse";
import { parse } from "csv-parse/sync";
import { MusterError, throwAll, type Where } from "../../support/errors.js";
import { quoteCell, type RowPlace, rowProblem } from "../row-problem.js";
import { decodeExport } from "./decode.js";
import { sniffBytes, sniffText } from "./sniff.js";

export interface CsvFormat {
  /** A name that iconv-lite knows. */
  readonly encoding: string;
  /** One character. */
  readonly delimiter: string;
  /** One character; doubled inside a quoted value. */
  readonly quote: string;
  /** Where the Source says so, for mistakes of the policy. */
  readonly policy: Where;
}

export interface CsvRow extends RowPlace {
  /** As many as there are columns. */
  readonly cells: readonly string[];
}

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

/**
 * Reads a whole export. Throws MUS-1110 for a format that makes no sense, MUS-2001 too large, MUS-2002 empty or only a
 * header, MUS-2003 not CSV, MUS-2004 encoding, MUS-2006 ragged rows (all of them), MUS-2020 an unusable header,
 * MUS-2021 a misplaced or unclosed quote (the first one; what follows it cannot be told).
 */
export function readCsv(bytes: Uint8Array, format: CsvFormat, file: string): CsvTable {
  checkFormat(format);
  if (bytes.length === 0) throw new MusterError("MUS-2002", { what: "The export has no bytes", where: { file } });
  refuseOther(sniffBytes(bytes), file);
  const text = decodeExport(bytes, { ...format, file });
  refuseOther(sniffText(text), file);
  const separator = /^sep=([^\r\n])(?:\r\n|\n|\r|$)/i.exec(text);
  const delimiter = separator?.[1] ?? format.delimiter;
  const body = separator === null ? text : text.slice(separator[0].length);
  const rows = parseRows(body, { ...format, delimiter }, { file, row: 1, line: separator === null ? 1 : 2 });
  while (isBlank(rows.at(-1))) rows.pop();
  const header = rows.shift();
  if (header === undefined || isBlank(header))
    throw new MusterError("MUS-2002", { what: "The export has no header row", where: { file } });
  if (rows.length === 0)
    throw new MusterError("MUS-2002", { what: "The export has a header and no rows", where: { file } });
  throwAll([...headerProblems(header), ...raggedRows(header, rows)]);
  return { columns: header.cells, rows };
}

function checkFormat(format: CsvFormat): void {
  const { delimiter, quote, policy } = format;
  if (delimiter === quote || /[\r\n]/.test(delimiter + quote))
    throw new MusterError("MUS-1110", {
      what: "Delimiter and quote must differ, and cannot be line breaks",
      where: policy,
    });
}

function refuseOther(found: string | null, file: string): void {
  if (found !== null) throw new MusterError("MUS-2003", { what: `The export is ${found}`, where: { file } });
}

function isBlank(row: CsvRow | undefined): boolean {
  return row !== undefined && row.cells.length === 1 && row.cells[0] === "";
}

function parseRows(text: string, format: CsvFormat, first: RowPlace): CsvRow[] {
  const bytes = Buffer.from(text, "utf8");
  const rows: CsvRow[] = [];
  let end = 0;
  let line = first.line;
  const options: Options<string[]> = {
    delimiter: format.delimiter,
    quote: format.quote,
    escape: format.quote,
    record_delimiter: ["\r\n", "\n", "\r"],
    // Ragged rows are listed here, all of them; csv-parse would stop at the first.
    relax_column_count: true,
    on_record: (cells, context) => {
      rows.push({ file: first.file, row: first.row + rows.length, line, cells });
      line += countLineBreaks(bytes, end, context.bytes);
      end = context.bytes;
      return undefined;
    },
  };
  try {
    parse(bytes, options);
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw quoteProblem(cause, { file: first.file, row: first.row + rows.length, line });
  }
  return rows;
}

/** csv-parse counts CRLF inside quotes twice, so lines are counted here. */
function countLineBreaks(bytes: Buffer, from: number, to: number): number {
  let breaks = 0;
  for (let i = from; i < to; i++) {
    if (bytes[i] === 0x0a || (bytes[i] === 0x0d && bytes[i + 1] !== 0x0a)) breaks++;
  }
  return breaks;
}

function quoteProblem(cause: CsvError, place: RowPlace): MusterError {
  const what =
    cause.code === "CSV_QUOTE_NOT_CLOSED"
      ? "a quoted value that begins in this row is never closed"
      : "a quote stands inside a value that is not quoted, or a quoted value goes on after its closing quote";
  return rowProblem("MUS-2021", place, { what });
}

function headerProblems(header: CsvRow): MusterError[] {
  const seen = new Map<string, number>();
  const problems: MusterError[] = [];
  header.cells.forEach((name, i) => {
    const earlier = seen.get(name);
    if (name.trim() === "")
      problems.push(rowProblem("MUS-2020", header, { what: `column number ${i + 1} has no name` }));
    else if (earlier !== undefined)
      problems.push(
        rowProblem("MUS-2020", header, {
          what: `columns ${earlier + 1} and ${i + 1} are both named ${quoteCell(name)}`,
        }),
      );
    else seen.set(name, i);
  });
  return problems;
}

function raggedRows(header: CsvRow, rows: readonly CsvRow[]): MusterError[] {
  const expected = header.cells.length;
  return rows
    .filter((row) => row.cells.length !== expected)
    .map((row) =>
      rowProblem("MUS-2006", row, {
        what: isBlank(row) ? "the line is empty" : `${row.cells.length} fields, the header has ${expected}`,
      }),
    );
}
