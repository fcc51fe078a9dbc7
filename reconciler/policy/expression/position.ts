/** Where an expression stands in its file, and where its characters do. */
import type { Where } from "../../support/errors.js";

/** The place of the first character of the text; line and column count from 1. */
export interface ExpressionPosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The place of the character at an offset. A text of several lines comes from a block scalar, whose lines all begin
 * at the column of the first one, so the column of the start is added on every line.
 */
export function locate(text: string, at: ExpressionPosition, offset: number): Where {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = at.line;
  for (let i = before.indexOf("\n"); i !== -1; i = before.indexOf("\n", i + 1)) line++;
  return { file: at.file, line, column: at.column + offset - lineStart };
}
