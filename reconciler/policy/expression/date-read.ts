/**
 * Text to a date-time, by a .NET custom format (DateTime.ParseExact with the invariant culture on a host in UTC).
 * A format is strict: `dd` takes exactly two digits, `d` one or two; names of months and days ignore case.
 */
import { DAY_MS, dayOfWeek, toInstant } from "./calendar.js";
import { type DateToken, MONTHS, WEEKDAYS } from "./date-format.js";
import type { OffsetKind } from "./date-print.js";
import { parseOffset } from "./date-text.js";
import type { DateTimeValue } from "./value.js";

export interface ReadDate {
  readonly value: DateTimeValue;
  readonly offset: OffsetKind;
}

export interface ReadStyles {
  readonly leading: boolean;
  readonly trailing: boolean;
  readonly inner: boolean;
}

/** Two-digit years up to this one belong to this century, as in .NET since version 8. */
const TWO_DIGIT_YEAR_MAX = 2049;

interface Fields {
  year?: number;
  month?: number;
  day?: number;
  weekday?: number;
  hour?: number;
  hour12?: true;
  half?: "A" | "P";
  minute?: number;
  second?: number;
  fraction?: number;
  offsetMinutes?: number;
  offset?: OffsetKind;
}

/** The date-time that the text names, or null when it does not have the format. */
export function readDate(tokens: readonly DateToken[], source: string, styles: ReadStyles): ReadDate | null {
  let text = styles.leading ? source.trimStart() : source;
  if (styles.trailing) text = text.trimEnd();
  const fields: Fields = {};
  let position = 0;
  for (const token of tokens) {
    if (styles.inner) while (/\s/.test(text.charAt(position)) && token.literal.trim() !== "") position++;
    const length =
      token.letter === undefined
        ? literalLength(text, position, token)
        : readToken(text.slice(position), token, fields);
    if (length === null) return null;
    position += length;
  }
  return position === text.length ? assemble(fields) : null;
}

function literalLength(text: string, position: number, { literal }: DateToken): number | null {
  return text.startsWith(literal, position) ? literal.length : null;
}

/** Notes the field that a token reads; gives the number of characters taken, or null when they do not fit. */
function readToken(rest: string, { letter, count }: DateToken, fields: Fields): number | null {
  switch (letter) {
    case "y":
      return readYear(rest, count, fields);
    case "M":
      return count > 2
        ? note(fields, "month", readName(rest, MONTHS, count), 1)
        : note(fields, "month", readDigits(rest, count));
    case "d":
      return count > 2
        ? note(fields, "weekday", readName(rest, WEEKDAYS, count))
        : note(fields, "day", readDigits(rest, count));
    case "h":
      fields.hour12 = true;
      return note(fields, "hour", readDigits(rest, count));
    case "H":
      return note(fields, "hour", readDigits(rest, count));
    case "m":
      return note(fields, "minute", readDigits(rest, count));
    case "s":
      return note(fields, "second", readDigits(rest, count));
    case "f":
      return readFraction(rest, count, count, fields);
    case "F":
      return readFraction(rest, 0, count, fields);
    case "t":
      return readHalf(rest, count, fields);
    default:
      return readOffset(rest, letter === "K", fields);
  }
}

interface Found {
  readonly value: number;
  readonly length: number;
}

function note(
  fields: Fields,
  key: "month" | "weekday" | "day" | "hour" | "minute" | "second",
  found: Found | null,
  base = 0,
) {
  if (found === null) return null;
  fields[key] = found.value + base;
  return found.length;
}

/** One digit letter takes one or two digits, two take exactly two. */
function readDigits(rest: string, count: number): Found | null {
  const digits = (count === 1 ? /^[0-9]{1,2}/ : /^[0-9]{2}/).exec(rest)?.[0];
  return digits === undefined ? null : { value: Number(digits), length: digits.length };
}

function readName(rest: string, names: readonly string[], count: number): Found | null {
  const lower = rest.toLowerCase();
  const shown = names.map((name) => (count === 3 ? name.slice(0, 3) : name));
  const value = shown.findIndex((name) => lower.startsWith(name.toLowerCase()));
  return value === -1 ? null : { value, length: shown[value]?.length ?? 0 };
}

function readYear(rest: string, count: number, fields: Fields): number | null {
  const pattern = count === 1 ? /^[0-9]{1,2}/ : new RegExp(`^[0-9]{${count}}`);
  const digits = pattern.exec(rest)?.[0];
  if (digits === undefined) return null;
  const century = Math.floor(TWO_DIGIT_YEAR_MAX / 100) * 100;
  const short = Number(digits) > TWO_DIGIT_YEAR_MAX % 100 ? century - 100 : century;
  fields.year = count > 2 ? Number(digits) : short + Number(digits);
  return digits.length;
}

function readFraction(rest: string, least: number, most: number, fields: Fields): number | null {
  const digits = new RegExp(`^[0-9]{${least},${most}}`).exec(rest)?.[0];
  if (digits === undefined) return null;
  fields.fraction = Number(digits.padEnd(7, "0"));
  return digits.length;
}

function readHalf(rest: string, count: number, fields: Fields): number | null {
  const half = (count === 1 ? /^[AP]/i : /^[AP]M/i).exec(rest)?.[0];
  if (half === undefined) return null;
  fields.half = half.toUpperCase().startsWith("A") ? "A" : "P";
  return half.length;
}

function readOffset(rest: string, optional: boolean, fields: Fields): number | null {
  const text = /^(Z|[+-][0-9]{2}(:?[0-9]{2})?)/.exec(rest)?.[0];
  if (text === undefined) return optional ? 0 : null;
  const minutes = parseOffset(text);
  if (minutes === null) return null;
  fields.offsetMinutes = minutes;
  fields.offset = text === "Z" ? "zulu" : "numeric";
  return text.length;
}

/** Fields left out are the first moment of the year 1, month and day 1, midnight. */
function assemble(fields: Fields): ReadDate | null {
  const hour = hourOf(fields);
  if (hour === null) return null;
  const { year = 1, month = 1, day = 1, minute = 0, second = 0, fraction = 0, offsetMinutes = 0 } = fields;
  const civil = { year, month, day, hour, minute, second, fraction };
  const local = toInstant(civil, 0);
  const value = toInstant(civil, offsetMinutes);
  if (local === null || value === null) return null;
  const weekday = dayOfWeek(Math.floor(local.epochMs / DAY_MS));
  if (fields.weekday !== undefined && fields.weekday !== weekday) return null;
  return { value, offset: fields.offset ?? "none" };
}

/** `h` without AM or PM is the morning; AM and PM must agree with `H`. */
function hourOf({ hour = 0, hour12, half }: Fields): number | null {
  if (hour12 !== true) return (half === "A" && hour >= 12) || (half === "P" && hour < 12) ? null : hour;
  if (hour > 12) return null;
  return (hour % 12) + (half === "P" ? 12 : 0);
}
