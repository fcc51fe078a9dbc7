/** Calendar arithmetic in UTC on the proleptic Gregorian calendar, for the years 1 to 9999 that .NET knows. No clock. */
import type { DateTimeValue } from "./value.js";

export interface CivilTime {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 100-nanosecond units within the second, 0 to 9,999,999 */
  readonly fraction: number;
}

export const DAY_MS = 86_400_000;
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_999;
/** Ticks of 100 ns between 1601-01-01 (the epoch of FILETIME) and 1970-01-01. */
const FILETIME_OFFSET = 116_444_736_000_000_000n;
const TICKS_PER_MS = 10_000n;

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function daysInMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && leap ? 29 : (MONTH_DAYS[month - 1] ?? 0);
}

/** Days since 1970-01-01 of a date (years counted from March, so that the leap day ends the year). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** 0 is Sunday. */
export function dayOfWeek(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}

/** The instant, or null outside the years 1 to 9999. */
export function instant(epochMs: number, ticks: number): DateTimeValue | null {
  return epochMs >= FIRST_MS && epochMs <= LAST_MS ? { epochMs, ticks } : null;
}

/** The instant of a civil time at an offset in minutes; null when the date or time does not exist. */
export function toInstant(civil: CivilTime, offsetMinutes: number): DateTimeValue | null {
  const { year, month, day, hour, minute, second, fraction } = civil;
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const seconds = daysFromCivil(year, month, day) * 86_400 + hour * 3600 + (minute - offsetMinutes) * 60 + second;
  return instant(seconds * 1000 + Math.floor(fraction / 10_000), fraction % 10_000);
}

/** The civil time of an instant in UTC; the inverse of daysFromCivil, on days counted from 0000-03-01. */
export function toCivil(value: DateTimeValue): CivilTime {
  const days = Math.floor(value.epochMs / DAY_MS);
  const ms = value.epochMs - days * DAY_MS;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  return {
    year: yearOfEra + era * 400 + (fromMarch >= 10 ? 1 : 0),
    month: fromMarch < 10 ? fromMarch + 3 : fromMarch - 9,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
    hour: Math.floor(ms / 3_600_000),
    minute: Math.floor(ms / 60_000) % 60,
    second: Math.floor(ms / 1000) % 60,
    fraction: (ms % 1000) * 10_000 + value.ticks,
  };
}

/** Adds months; a day that the month does not have becomes its last day. */
export function addMonths(value: DateTimeValue, months: number): DateTimeValue | null {
  const civil = toCivil(value);
  const index = civil.year * 12 + civil.month - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  return toInstant({ ...civil, year, month, day: Math.min(civil.day, daysInMonth(year, month)) }, 0);
}

/** Active Directory's FILETIME: ticks of 100 ns since 1601-01-01 UTC. */
export function toFileTime(value: DateTimeValue): bigint {
  return BigInt(value.epochMs) * TICKS_PER_MS + BigInt(value.ticks) + FILETIME_OFFSET;
}

/** The instant of a FILETIME; null outside the years 1601 to 9999. */
export function fromFileTime(fileTime: bigint): DateTimeValue | null {
  if (fileTime < 0n) return null;
  const sinceEpoch = fileTime - FILETIME_OFFSET;
  const ticks = ((sinceEpoch % TICKS_PER_MS) + TICKS_PER_MS) % TICKS_PER_MS;
  return instant(Number((sinceEpoch - ticks) / TICKS_PER_MS), Number(ticks));
}
