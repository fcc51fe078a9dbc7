/**
 * Text to a date-time, by a .NET custom format (DateTime.ParseExact with the invariant culture on a host in UTC).
 * A format is strict: `dd` takes exactly two digits, `d` one or two; names of months and days ignore case.
 */
import { dayOfWeek, daysFromCivil, toInstant } from "./calendar.js";
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
const BLANK = /\s/;
const OFFSET = /^(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)/;

interface Fields {
  year: number;
  month: number;
  day: number;
  weekday: number | undefined;
  hour: number;
  uses12Hours: boolean;
  half: "A" | "P" | undefined;
  minute: number;
  second: number;
  fraction: number;
  offsetMinutes: number;
  offset: OffsetKind;
}

/** What a format leaves out: the first moment of the year 1. */
function emptyFields(): Fields {
  return {
    year: 1,
    month: 1,
    day: 1,
    weekday: undefined,
    hour: 0,
    uses12Hours: false,
    half: undefined,
    minute: 0,
    second: 0,
    fraction: 0,
    offsetMinutes: 0,
    offset: "none",
  };
}

/** The date-time that the text names, or null when it does not have the format. */
export function readDate(tokens: readonly DateToken[], source: string, styles: ReadStyles): ReadDate | null {
  let text = styles.leading ? source.trimStart() : source;
  if (styles.trailing) text = text.trimEnd();
  const fields = emptyFields();
  let position = 0;
  for (const token of tokens) {
    if (styles.inner) {
      while (BLANK.test(text.charAt(position))) position++;
      if (token.letter === undefined && token.literal.trim() === "") continue;
    }
    const end =
      token.letter === undefined ? readLiteral(text, position, token) : readToken(text, position, token, fields);
    if (end === MISFIT) return null;
    position = end;
  }
  return position === text.length ? assemble(fields) : null;
}

/** Readers give the position behind what they took, or this. */
const MISFIT = -1;

function readLiteral(text: string, position: number, { literal }: DateToken): number {
  return text.startsWith(literal, position) ? position + literal.length : MISFIT;
}

function readToken(text: string, position: number, { letter, count }: DateToken, fields: Fields): number {
  switch (letter) {
    case "y":
      return readYear(text, position, count, fields);
    case "M":
      return count > 2
        ? readName(text, position, MONTHS, count, (index) => (fields.month = index + 1))
        : readNumber(text, position, count, (value) => (fields.month = value));
    case "d":
      return count > 2
        ? readName(text, position, WEEKDAYS, count, (index) => (fields.weekday = index))
        : readNumber(text, position, count, (value) => (fields.day = value));
    case "h":
      fields.uses12Hours = true;
      return readNumber(text, position, count, (value) => (fields.hour = value));
    case "H":
      return readNumber(text, position, count, (value) => (fields.hour = value));
    case "m":
      return readNumber(text, position, count, (value) => (fields.minute = value));
    case "s":
      return readNumber(text, position, count, (value) => (fields.second = value));
    case "f":
      return readFraction(text, position, count, count, fields);
    case "F":
      return readFraction(text, position, 0, count, fields);
    case "t":
      return readHalf(text, position, count, fields);
    default:
      return readOffset(text, position, letter === "K", fields);
  }
}

/** How many digits stand at a position, up to the most wanted. */
function countDigits(text: string, position: number, most: number): number {
  let count = 0;
  while (count < most && isDigit(text.charCodeAt(position + count))) count++;
  return count;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** One letter takes one or two digits, more letters exactly two. */
function readNumber(text: string, position: number, letters: number, note: (value: number) => void): number {
  const digits = countDigits(text, position, 2);
  if (digits < Math.min(letters, 2)) return MISFIT;
  note(Number(text.slice(position, position + digits)));
  return position + digits;
}

function readName(
  text: string,
  position: number,
  names: readonly string[],
  letters: number,
  note: (index: number) => void,
): number {
  const lengths = names.map((name) => (letters === 3 ? 3 : name.length));
  const index = names.findIndex((name, i) => {
    const length = lengths[i] ?? 0;
    return text.slice(position, position + length).toLowerCase() === name.slice(0, length).toLowerCase();
  });
  if (index === -1) return MISFIT;
  note(index);
  return position + (lengths[index] ?? 0);
}

function readYear(text: string, position: number, letters: number, fields: Fields): number {
  const digits = countDigits(text, position, Math.max(letters, 2));
  if (digits < letters || digits === 0) return MISFIT;
  const year = Number(text.slice(position, position + digits));
  const century = Math.floor(TWO_DIGIT_YEAR_MAX / 100) * 100 - (year > TWO_DIGIT_YEAR_MAX % 100 ? 100 : 0);
  fields.year = letters > 2 ? year : century + year;
  return position + digits;
}

function readFraction(text: string, position: number, least: number, most: number, fields: Fields): number {
  const digits = countDigits(text, position, most);
  if (digits < least) return MISFIT;
  fields.fraction = Number(text.slice(position, position + digits).padEnd(7, "0"));
  return position + digits;
}

function readHalf(text: string, position: number, letters: number, fields: Fields): number {
  const half = text.slice(position, position + Math.min(letters, 2)).toUpperCase();
  if (half !== "AM".slice(0, letters) && half !== "PM".slice(0, letters)) return MISFIT;
  fields.half = half.startsWith("A") ? "A" : "P";
  return position + half.length;
}

function readOffset(text: string, position: number, optional: boolean, fields: Fields): number {
  const written = OFFSET.exec(text.slice(position))?.[0];
  if (written === undefined) return optional ? position : MISFIT;
  const minutes = parseOffset(written);
  if (minutes === null) return MISFIT;
  fields.offsetMinutes = minutes;
  fields.offset = written === "Z" ? "zulu" : "numeric";
  return position + written.length;
}

/** The instant, where date, time, weekday and half of the day agree. */
function assemble(fields: Fields): ReadDate | null {
  const hour = hourOf(fields);
  if (hour === null) return null;
  const { year, month, day, minute, second, fraction, offsetMinutes, offset } = fields;
  const value = toInstant({ year, month, day, hour, minute, second, fraction }, offsetMinutes);
  if (value === null) return null;
  if (fields.weekday !== undefined && fields.weekday !== dayOfWeek(daysFromCivil(year, month, day))) return null;
  return { value, offset };
}

/** `h` without AM or PM is the morning; AM and PM must agree with `H`. */
function hourOf({ hour, uses12Hours, half }: Fields): number | null {
  if (!uses12Hours) return (half === "A" && hour >= 12) || (half === "P" && hour < 12) ? null : hour;
  if (hour > 12) return null;
  return (hour % 12) + (half === "P" ? 12 : 0);
}
