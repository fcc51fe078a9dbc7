/**
 * Comparisons, in IIF and CBool. With a null operand every comparison is false, `<>` included. Numbers compare where both sides
 * are numbers, instants where one side is a date-time, else text: ordinal and case-sensitive.
 */
import { parseDateTime } from "./date-text.js";
import type { Evaluate } from "./signature.js";
import type { ComparisonOperator } from "./syntax.js";
import { singleText } from "./to-text.js";
import {
  type DateTimeValue,
  type ExpressionValue,
  isDateTime,
  isTextList,
  parseWholeNumber,
  quoteValue,
} from "./value.js";

type Single = Exclude<ExpressionValue, null | readonly string[]>;
type Fail = (what: string) => never;

/** `fail` is told of a list, and of a text that is no date where a date-time stands on the other side. */
export function compileComparison(
  operator: ComparisonOperator,
  left: Evaluate,
  right: Evaluate,
  fail: Fail,
): Evaluate<boolean> {
  const holds = TESTS[operator];
  return (context) => {
    const a = left(context);
    const b = right(context);
    if (a === null || b === null) return false;
    return holds(order(a, b, fail));
  };
}

const TESTS: { readonly [O in ComparisonOperator]: (order: number) => boolean } = {
  "=": (n) => n === 0,
  "<>": (n) => n !== 0,
  ">": (n) => n > 0,
  ">=": (n) => n >= 0,
  "<": (n) => n < 0,
  "<=": (n) => n <= 0,
};

function order(a: NonNullable<ExpressionValue>, b: NonNullable<ExpressionValue>, fail: Fail): number {
  if (isTextList(a) || isTextList(b)) return fail("a list cannot be compared; use Item, Count or Join");
  if (isDateTime(a) || isDateTime(b)) {
    const x = instantOf(a, fail);
    const y = instantOf(b, fail);
    return x.epochMs - y.epochMs || x.ticks - y.ticks;
  }
  const x = numberOf(a);
  const y = x === null ? null : numberOf(b);
  if (x !== null && y !== null) return x < y ? -1 : x > y ? 1 : 0;
  return orderText(singleText(a), singleText(b));
}

function orderText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function instantOf(value: Single, fail: Fail): DateTimeValue {
  if (isDateTime(value)) return value;
  const parsed = typeof value === "string" ? parseDateTime(value) : null;
  return parsed ?? fail(`${quoteValue(singleText(value))} is not a date`);
}

function numberOf(value: Single): bigint | null {
  if (typeof value === "bigint") return value;
  return typeof value === "string" ? parseWholeNumber(value) : null;
}
