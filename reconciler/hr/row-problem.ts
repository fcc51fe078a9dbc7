/** How import speaks of a row: the row as a spreadsheet counts it in the text, the line of the text file in `where`. */
import type { ErrorCode } from "../support/codes/index.js";
import { MusterError } from "../support/errors.js";

/** A place in an export. Row 1 is the header; a row that holds quoted line breaks begins at `line`. */
export interface RowPlace {
  readonly file: string;
  readonly row: number;
  readonly line: number;
}

/** An error about a row, or about one column of it. `what` must not quote a cell that may hold personal data. */
export function rowProblem(
  code: ErrorCode,
  place: RowPlace,
  detail: {
    readonly columns?: readonly string[];
    readonly what: string;
    readonly next?: string;
    readonly cause?: unknown;
  },
): MusterError {
  const columns = detail.columns ?? [];
  const label = columns.length === 0 ? "" : `, column ${columns.join(", ")}`;
  return new MusterError(code, {
    what: `Row ${place.row}${label}: ${detail.what}`,
    where: { file: place.file, line: place.line },
    ...(detail.next === undefined ? {} : { next: detail.next }),
    ...(detail.cause === undefined ? {} : { cause: detail.cause }),
  });
}

/** A cell shortened for a message; only for ids, dates and values of a small vocabulary. */
export function quoteCell(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
