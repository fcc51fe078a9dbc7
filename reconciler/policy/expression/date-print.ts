/** A date-time to text, by a .NET custom format. */
import { type CivilTime, dayOfWeek, daysFromCivil, toCivil } from "./calendar.js";
import { type DateToken, MONTHS, WEEKDAYS } from "./date-format.js";
import type { DateTimeValue } from "./value.js";

/** What the text that was read said of its offset: nothing, `Z`, or hours and minutes (then .NET prints `+00:00`). */
export type OffsetKind = "none" | "zulu" | "numeric";

/** Prints in UTC. */
export function printDate(tokens: readonly DateToken[], value: DateTimeValue, offset: OffsetKind): string {
  const civil = toCivil(value);
  let result = "";
  for (const token of tokens) {
    if (token.letter === undefined) result += token.literal;
    else if (token.letter === "F") result = appendShortFraction(result, civil.fraction, token.count);
    else result += printToken(token.letter, token.count, civil, offset);
  }
  return result;
}

function printToken(letter: string, count: number, civil: CivilTime, offset: OffsetKind): string {
  switch (letter) {
    case "d":
      return count > 2 ? name(WEEKDAYS, weekdayOf(civil), count) : pad(civil.day, count);
    case "M":
      return count > 2 ? name(MONTHS, civil.month - 1, count) : pad(civil.month, count);
    case "y":
      return pad(count > 2 ? civil.year : civil.year % 100, count);
    case "h":
      return pad(civil.hour % 12 === 0 ? 12 : civil.hour % 12, Math.min(count, 2));
    case "H":
      return pad(civil.hour, Math.min(count, 2));
    case "m":
      return pad(civil.minute, Math.min(count, 2));
    case "s":
      return pad(civil.second, Math.min(count, 2));
    case "f":
      return pad(civil.fraction, 7).slice(0, count);
    case "t":
      return (civil.hour < 12 ? "AM" : "PM").slice(0, count);
    case "K":
      return OFFSET_TEXT[offset];
    default:
      return count > 2 ? "+00:00" : `+${pad(0, count)}`;
  }
}

const OFFSET_TEXT: { readonly [K in OffsetKind]: string } = { none: "", zulu: "Z", numeric: "+00:00" };

function weekdayOf({ year, month, day }: CivilTime): number {
  return dayOfWeek(daysFromCivil(year, month, day));
}

/** F drops zeros at the end, and the point before it when nothing is left. */
function appendShortFraction(printed: string, fraction: number, count: number): string {
  const digits = pad(fraction, 7).slice(0, count).replace(/0+$/, "");
  return digits === "" && printed.endsWith(".") ? printed.slice(0, -1) : printed + digits;
}

function name(names: readonly string[], index: number, count: number): string {
  const full = names[index] ?? "";
  return count === 3 ? full.slice(0, 3) : full;
}

function pad(value: number, digits: number): string {
  const text = String(value);
  return text.length >= digits ? text : text.padStart(digits, "0");
}
