/** Date-times as text: the forms that CDate reads, and the one form in which a date-time flows into an attribute. */
import { toCivil, toInstant } from "./calendar.js";
import type { DateTimeValue } from "./value.js";

export const DATE_FORMS = "2031-04-02, 2031-04-02T09:30:00Z, 2031-04-02T09:30:00+02:00 or 4/2/2031 9:30:00 AM";

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/;
const GENERAL = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) (AM|PM)$/;

/** Minutes east of UTC of `Z`, `+02`, `+0200` or `+02:00`; null beyond the 14 hours that exist. */
export function parseOffset(text: string | undefined): number | null {
  if (text === undefined || text === "Z") return 0;
  const minutes = Number(text.slice(3).replace(":", ""));
  const total = Number(text.slice(1, 3)) * 60 + minutes;
  if (minutes > 59 || total > 14 * 60) return null;
  return text.startsWith("-") ? -total : total;
}

/**
 * Reads an ISO date or date-time (without offset: UTC) or the form that a date-time prints as. The order of day and
 * month is never guessed: null for anything else.
 */
export function parseDateTime(text: string): DateTimeValue | null {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso === null) return parseGeneral(trimmed);
  const [, year, month, day, hour, minute, second, decimals, offset] = iso;
  const offsetMinutes = parseOffset(offset);
  if (offsetMinutes === null) return null;
  const civil = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    fraction: decimals === undefined ? 0 : Number(decimals.padEnd(7, "0")),
  };
  return toInstant(civil, offsetMinutes);
}

function parseGeneral(text: string): DateTimeValue | null {
  const general = GENERAL.exec(text);
  if (general === null) return null;
  const [, month, day, year, hour, minute, second, half] = general;
  if (Number(hour) < 1 || Number(hour) > 12) return null;
  const civil = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: (Number(hour) % 12) + (half === "PM" ? 12 : 0),
    minute: Number(minute),
    second: Number(second),
    fraction: 0,
  };
  return toInstant(civil, 0);
}

/** `M/d/yyyy h:mm:ss tt` in UTC with English AM and PM, the form in which a date-time becomes text. */
export function dateTimeText(value: DateTimeValue): string {
  const { year, month, day, hour, minute, second } = toCivil(value);
  const clock = `${hour % 12 === 0 ? 12 : hour % 12}:${twoDigits(minute)}:${twoDigits(second)}`;
  return `${month}/${day}/${String(year).padStart(4, "0")} ${clock} ${hour < 12 ? "AM" : "PM"}`;
}

/** "2026-12-01T17:00:00Z" of a date-time in the form in which it becomes text; null for any other text. */
export function isoOfPrinted(text: string): string | null {
  const value = parseGeneral(text);
  if (value === null) return null;
  const { year, month, day, hour, minute, second } = toCivil(value);
  const date = `${String(year).padStart(4, "0")}-${twoDigits(month)}-${twoDigits(day)}`;
  return `${date}T${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}Z`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
