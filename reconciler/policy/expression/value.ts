/**
 * Values of the expression language: text, whole number, boolean, date-time, list of text, null (absent).
 * Whole numbers are bigints because directory time stamps (FILETIME) do not fit a double.
 */

/** An instant in UTC; `ticks` are the 100-nanosecond units within the millisecond (0 to 9,999). */
export interface DateTimeValue {
  readonly epochMs: number;
  readonly ticks: number;
}

export type ExpressionValue = string | bigint | boolean | DateTimeValue | readonly string[] | null;

/** What an environment may hand in: a number that is whole becomes a bigint, any other its digits. */
export type OperandValue = ExpressionValue | number;

/** Where the operands of an evaluation come from. */
export interface Environment {
  /** The value of a path as it stands between the brackets; null: known to be empty; undefined: not supplied at all. */
  get(path: string): OperandValue | undefined;
  /** The as-of instant that Now() gives, in milliseconds since 1970-01-01 UTC. */
  readonly asOf: number;
}

export function isTextList(value: ExpressionValue): value is readonly string[] {
  return Array.isArray(value);
}

export function isDateTime(value: ExpressionValue): value is DateTimeValue {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A number of the environment in the evaluator's form. */
export function fromOperand(value: OperandValue): ExpressionValue {
  if (typeof value !== "number") return value;
  return Number.isInteger(value) ? BigInt(value) : String(value);
}

/** Longer digits are text: no number of a directory has them. */
const WHOLE_NUMBER = /^-?[0-9]{1,40}$/;
const HEXADECIMAL = /^&H[0-9A-Fa-f]{1,32}$/;

/** A whole number written in decimal digits or as `&H` hexadecimal, blanks around it allowed; null for anything else. */
export function parseWholeNumber(text: string): bigint | null {
  const trimmed = text.trim();
  if (WHOLE_NUMBER.test(trimmed)) return BigInt(trimmed);
  return HEXADECIMAL.test(trimmed) ? BigInt(`0x${trimmed.slice(2)}`) : null;
}

/** A boolean as text: `True` or `False`, as .NET prints it. */
export function booleanText(value: boolean): string {
  return value ? "True" : "False";
}

/** A value shortened for an error message. */
export function quoteValue(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(shown);
}
