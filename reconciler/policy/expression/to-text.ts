/** How a value flows into an attribute, a comparison or a text argument. */
import { dateTimeText } from "./date-text.js";
import { booleanText, type ExpressionValue, isDateTime, isTextList } from "./value.js";

/** The text of a single value: `True`/`False`, digits, `M/d/yyyy h:mm:ss tt` in UTC. */
export function singleText(value: Exclude<ExpressionValue, null | readonly string[]>): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return booleanText(value);
  return isDateTime(value) ? dateTimeText(value) : value.toString();
}

/** A value as an attribute receives it: text, list of text, or null (to be cleared or kept, as the mapping says). */
export function toText(value: ExpressionValue): string | readonly string[] | null {
  return value === null || isTextList(value) ? value : singleText(value);
}
