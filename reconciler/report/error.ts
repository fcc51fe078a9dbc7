/** Errors as people meet them: code, what, where, who must act, and the next step. */
import { formatWhere, MusterError, MusterErrors } from "../support/errors.js";
import { MAX_LISTED_ERRORS } from "../support/limits.js";
import { createPage, type Page, tone } from "./page.js";
import { count, grouped } from "./words.js";

export interface ErrorTextOptions {
  readonly color: boolean;
  /** Columns; default 80. */
  readonly width?: number;
  readonly unicode?: boolean;
  /** Prints the stack of an error that is not one of ours, and of its causes. */
  readonly stack?: boolean;
}

const ACTORS: Readonly<Record<string, string>> = {
  hr: "HR",
  "policy-author": "the author of the policy",
  operator: "whoever runs Muster",
  "directory-admin": "the administrator of the directory",
  developer: "the developers of Muster",
};

export function renderError(error: unknown, options: ErrorTextOptions): string {
  const page = createPage({ width: options.width ?? 80, color: options.color, unicode: options.unicode ?? true });
  if (error instanceof MusterErrors) writeMany(page, error.errors);
  else if (error instanceof MusterError) writeOne(page, error, 0, "alone");
  else writeUnknown(page, error);
  if (options.stack === true) writeStack(page, error);
  return page.text();
}

function writeMany(page: Page, errors: readonly MusterError[]): void {
  page.line(0, [tone("danger", count(errors.length, "error"))]);
  const shown = errors.slice(0, MAX_LISTED_ERRORS);
  shown.forEach((error, index) => {
    page.blank();
    writeOne(page, error, 2, sameAdvice(error, shown[index + 1]) ? "followed by its like" : "alone");
  });
  if (shown.length === errors.length) return;
  page.blank();
  page.line(2, [tone("dim", `and ${grouped(errors.length - shown.length)} more`)]);
}

function sameAdvice(a: MusterError, b: MusterError | undefined): boolean {
  return b !== undefined && a.code === b.code && a.next === b.next;
}

/** The advice is printed once for neighbours that share it. */
function writeOne(page: Page, error: MusterError, indent: number, place: "alone" | "followed by its like"): void {
  page.line(indent, [tone("danger", error.code), "  ", error.what], indent + error.code.length + 2);
  const where = formatWhere(error.where);
  if (where !== "") page.line(indent + 2, [tone("dim", "at    "), where], indent + 8);
  if (place !== "alone") return;
  page.line(indent + 2, [tone("dim", "who   "), ACTORS[error.who] ?? error.who], indent + 8);
  // A next step may show what to write, line by line.
  const [next = "", ...lines] = error.next.split("\n");
  page.line(indent + 2, [tone("dim", "next  "), next], indent + 8);
  for (const line of lines) page.line(indent + 10, [line.trimEnd()], indent + 12);
}

function writeUnknown(page: Page, error: unknown): void {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  page.line(0, [tone("danger", "Unexpected error"), "  ", what], 2);
  page.line(2, [tone("dim", "who   "), ACTORS.developer ?? ""], 8);
  page.line(2, [tone("dim", "next  "), "Report it with the command that led here."], 8);
}

function writeStack(page: Page, error: unknown): void {
  const seen = new Set<unknown>();
  let current = error;
  while (current instanceof Error && !seen.has(current)) {
    seen.add(current);
    page.blank();
    for (const line of (current.stack ?? current.message).split("\n")) page.line(2, [tone("dim", line.trim())], 4);
    current = current.cause;
  }
}
