/**
 * Local dates and durations. Every date of HR is a local date; it becomes an instant only through the worker's IANA
 * time zone, so that "last day 31 March" ends when that day ends there. Instants are epoch milliseconds.
 */
import { DateTime, IANAZone } from "luxon";
import { MusterError } from "../support/errors.js";
import { isoOfPrinted } from "./expression/date-text.js";

const DAY_CACHE_LIMIT = 200_000;
const starts = new Map<string, number>();

/** The instant at which a local date begins in a zone (daylight-saving gaps at midnight included). Cached: pure. */
export function startOfDay(date: string, zone: string): number {
  const key = `${zone}|${date}`;
  const known = starts.get(key);
  if (known !== undefined) return known;
  const local = DateTime.fromISO(date, { zone });
  if (!local.isValid) {
    throw new MusterError("MUS-1108", {
      what: `"${date}" in zone "${zone}" is not a date: ${local.invalidExplanation}`,
    });
  }
  const instant = local.startOf("day").toMillis();
  if (starts.size >= DAY_CACHE_LIMIT) starts.clear();
  starts.set(key, instant);
  return instant;
}

/** The instant at which a local date has ended in a zone, `days` calendar days later. */
export function endOfDay(date: string, zone: string, days = 0): number {
  return startOfDay(addDays(date, days + 1), zone);
}

/** Calendar days after (or, negative, before) an ISO date. */
export function addDays(date: string, days: number): string {
  const [year, month, day] = date.split("-").map(Number);
  return new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, (day ?? 1) + days)).toISOString().slice(0, 10);
}

export interface Duration {
  readonly amount: number;
  readonly unit: "y" | "d" | "h" | "m";
}

/** "90d", "72h", "5y", "30m". The schema has checked the form. */
export function parseDuration(text: string): Duration {
  const match = /^(\d+)\s*([ydhm])/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new MusterError("MUS-1110", { what: `"${text}" is not a duration such as 90d or 72h` });
  }
  return { amount: Number(match[1]), unit: match[2] as Duration["unit"] };
}

/** An instant plus a duration; years and days are calendar units in the zone, hours and minutes absolute. */
export function addDuration(instant: number, duration: Duration, zone: string): number {
  if (duration.unit === "h") return instant + duration.amount * 3_600_000;
  if (duration.unit === "m") return instant + duration.amount * 60_000;
  const local = DateTime.fromMillis(instant, { zone });
  return local.plus(duration.unit === "y" ? { years: duration.amount } : { days: duration.amount }).toMillis();
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Epoch milliseconds of an ISO 8601 instant with offset. Throws MUS-3002 for anything else. */
export function parseInstant(text: string): number {
  const value = readInstant(text);
  if (value === null) throw new MusterError("MUS-3002", { what: `"${text}" is not an instant with its offset` });
  return value;
}

/** As parseInstant, but null for anything else. Date.parse alone would take 30 February for 2 March. */
export function readInstant(text: string): number | null {
  const date = INSTANT.exec(text)?.[1];
  if (date === undefined || addDays(date, 0) !== date) return null;
  const value = Date.parse(text);
  return Number.isNaN(value) ? null : value;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The one spelling of an instant that values are compared in: UTC, whole seconds, "2026-12-01T17:00:00Z". A day alone is
 * its midnight in UTC, so that whoever reads the value there sees the day that HR gave. What
 * EndOfDay and other functions of dates give counts too. null: none of these, nor an instant with its offset.
 */
export function canonicalInstant(text: string): string | null {
  const printed = isoOfPrinted(text);
  if (printed !== null) return printed;
  const whole = text.replace(/(\.\d{3})\d+/, "$1");
  const at = readInstant(DAY.test(text) ? `${text}T00:00:00Z` : whole);
  return at === null ? null : `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** ISO text of an instant in UTC with seconds, "2026-12-01T17:00:00Z". */
export function formatInstant(instant: number): string {
  return new Date(instant).toISOString().replace(/\.000Z$/, "Z");
}

/** Whether an IANA zone name is known. */
export function isZone(zone: string): boolean {
  return IANAZone.isValidZone(zone);
}

/** Epoch milliseconds of a local time such as "2026-12-23T18:00" in a zone. */
export function parseLocal(text: string, zone: string): number {
  return DateTime.fromISO(text, { zone }).toMillis();
}
