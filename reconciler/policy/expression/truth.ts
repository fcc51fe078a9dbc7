/** When a value counts as true, for CBool and IIF. */
import type { Call } from "./call.js";
import type { Evaluate } from "./signature.js";
import { isDateTime, isTextList, parseWholeNumber, quoteValue } from "./value.js";

/** The truth of the first argument: a boolean, `True` or `False` in any case, a number other than 0; null for null. */
export function compileTruth(call: Call): Evaluate<boolean | null> {
  const evaluate = call.any(0);
  return (context) => {
    const value = evaluate(context);
    if (typeof value === "boolean" || value === null) return value;
    if (typeof value === "bigint") return value !== 0n;
    if (isTextList(value) || isDateTime(value)) return call.fail("a list or a date is neither true nor false");
    return textTruth(value, call);
  };
}

function textTruth(text: string, call: Call): boolean {
  const lower = text.trim().toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  const number = parseWholeNumber(lower);
  return number === null ? call.fail(`${quoteValue(text)} is neither True nor False`) : number !== 0n;
}
