/**
 * Values of one row: evaluates the fields of a Source over its cells and collects what is wrong instead of stopping.
 * An empty cell (blanks count as nothing) is null. A problem quotes the cell only where the field is an id, a date or of a
 * small vocabulary; elsewhere the row and the column must do, because messages reach logs and pull requests.
 */
import { type ExpressionValue, toText } from "../policy/expression/index.js";
import type { ErrorCode } from "../support/codes/index.js";
import { formatWhere, MusterError } from "../support/errors.js";
import type { CompiledSource, Constant, SourceField } from "./compile-source.js";
import { rowProblem } from "./row-problem.js";
import type { CsvRow } from "./sources/csv.js";

export interface RowReader {
  readonly row: CsvRow;
  readonly problems: MusterError[];
  /** Undefined: not mapped, dropped by the expression, or failed (which is recorded). */
  value(field: SourceField | undefined): ExpressionValue | Constant | undefined;
  /** The same as a single text; an empty text is null. */
  text(field: SourceField | undefined): string | null | undefined;
  /** A text that must be there; records MUS-2008 and gives null when it is empty. */
  required(field: SourceField | undefined): string | null;
  report(code: ErrorCode, field: SourceField, what: string): void;
  /** Whether a problem with this field was recorded. */
  hasFailed(field: SourceField): boolean;
}

/** Ids, dates and small vocabularies: what a message may quote. */
const SHOWN = /^(?:id|personId|type|manager|timezone|employment\..*|job\.country)$/;
/** UTF-8 that was read as windows-1252 and saved again: "Ã¶" for "ö". */
const MOJIBAKE =
  /[ÃÂ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be found
const CONTROL = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** `index` gives the position of each column; `asOf` is what Now() gives in epoch milliseconds. */
export function createRowReader(
  compiled: CompiledSource,
  index: ReadonlyMap<string, number>,
  row: CsvRow,
  asOf: number,
): RowReader {
  const get = (column: string): string | null => {
    const cell = row.cells[index.get(column) ?? -1] ?? "";
    return cell.trim() === "" ? null : cell;
  };
  const damaged = damagedCells(compiled, get, row);
  const problems = [...damaged.values()];
  const failed = new Set<SourceField>();
  const reader: RowReader = {
    row,
    problems,
    hasFailed: (field) => failed.has(field),
    report(code, field, what) {
      failed.add(field);
      problems.push(rowProblem(code, row, { columns: field.columns, what }));
    },
    value(field) {
      if (field === undefined) return undefined;
      if ("constant" in field.rule) return field.rule.constant;
      try {
        if (!field.columns.some((column) => damaged.has(column))) return field.rule.expression.evaluate({ get, asOf });
      } catch (cause) {
        if (!(cause instanceof MusterError)) throw cause;
        problems.push(expressionProblem(row, field, cause));
      }
      failed.add(field);
      return undefined;
    },
    text(field) {
      const value = reader.value(field);
      if (field === undefined || value === undefined) return undefined;
      const text = typeof value === "number" ? String(value) : toText(value);
      if (text === null || typeof text === "string") return text === "" ? null : text;
      reader.report("MUS-2017", field, `${field.label} is a list and must be one text`);
      return undefined;
    },
    required(field) {
      const text = reader.text(field) ?? null;
      if (text === null && field !== undefined && !failed.has(field))
        reader.report("MUS-2008", field, `${field.label} is empty`);
      return text;
    },
  };
  return reader;
}

/** What is wrong with the text of a cell, by column. A field that reads such a cell is not evaluated. */
function damagedCells(
  compiled: CompiledSource,
  get: (column: string) => string | null,
  row: CsvRow,
): Map<string, MusterError> {
  const damaged = new Map<string, MusterError>();
  for (const column of compiled.columns) {
    const cell = get(column) ?? "";
    const columns = [column];
    if (MOJIBAKE.test(cell)) {
      const what = "letters are garbled, as by reading UTF-8 as windows-1252";
      damaged.set(column, rowProblem("MUS-2004", row, { columns, what }));
    } else if (CONTROL.test(cell)) {
      damaged.set(column, rowProblem("MUS-2017", row, { columns, what: "the value holds a control character" }));
    }
  }
  return damaged;
}

/** Without the cause where its text may quote the cell. */
function expressionProblem(row: CsvRow, field: SourceField, cause: MusterError): MusterError {
  const what = `the expression of ${field.label} (${formatWhere(field.where)}) fails`;
  const columns = field.columns;
  if (!SHOWN.test(field.label)) return rowProblem(cause.code, row, { columns, what });
  return rowProblem(cause.code, row, { columns, what: `${what}: ${cause.what}`, cause });
}
