/**
 * The one error class of Muster. An error is data first: a stable code from the registry (see codes/), what happened,
 * where, who must act and what to do next. Prose may change, codes may not; tests and scripts read the code.
 */
import { CODES, type ErrorCode } from "./codes/index.js";

/** A place in a file (line and column count from 1), or an object of a target, or both parts that are known. */
export interface Where {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly target?: string;
  readonly object?: string;
}

export interface ErrorDetail {
  /** One sentence: what happened, with the values that matter. Never a secret, never more personal data than needed. */
  readonly what: string;
  readonly where?: Where;
  /** Overrides the registry's next step where the case knows better. */
  readonly next?: string;
  readonly cause?: unknown;
}

export class MusterError extends Error {
  readonly code: ErrorCode;
  readonly what: string;
  readonly where: Where | undefined;
  readonly next: string;

  constructor(code: ErrorCode, detail: ErrorDetail) {
    super(`${code} ${detail.what}`, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "MusterError";
    this.code = code;
    this.what = detail.what;
    this.where = detail.where;
    this.next = detail.next ?? CODES[code].next;
  }

  /** Who must act: hr, policy-author, operator, directory-admin or developer. */
  get who(): string {
    return CODES[this.code].who;
  }

  /** The exit code of DESIGN section 10 that this error leads to. */
  get exit(): number {
    return CODES[this.code].exit;
  }
}

/** Several errors found in one pass (all bad rows, all policy mistakes). Never empty. */
export class MusterErrors extends Error {
  readonly errors: readonly MusterError[];

  constructor(errors: readonly MusterError[]) {
    super(errors.map((e) => e.message).join("\n"));
    this.name = "MusterErrors";
    this.errors = errors;
  }

  /** The exit code of the gravest error: input errors (7) first, else the first error's. */
  get exit(): number {
    return this.errors.some((e) => e.exit === 7) ? 7 : (this.errors[0]?.exit ?? 1);
  }
}

/** Throws one MusterError, or MusterErrors for several; does nothing for none. */
export function throwAll(errors: readonly MusterError[]): void {
  const first = errors[0];
  if (first === undefined) return;
  if (errors.length === 1) throw first;
  throw new MusterErrors(errors);
}

/** "file:line:column" or "target object", whichever parts are known; "" when nothing is. */
export function formatWhere(where: Where | undefined): string {
  if (where === undefined) return "";
  const place = [where.file, where.line, where.line === undefined ? undefined : where.column]
    .filter((part) => part !== undefined)
    .join(":");
  return [place, where.target, where.object].filter((part) => part !== undefined && part !== "").join(" ");
}

/** An invariant of our own code is broken: stop before the next write. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new MusterError("MUS-9001", { what });
}

/** For exhaustive switches over closed unions. */
export function unreachable(value: never): never {
  throw new MusterError("MUS-9001", { what: `unexpected value ${JSON.stringify(value)}` });
}
