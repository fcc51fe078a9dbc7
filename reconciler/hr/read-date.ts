/**
 * Dates of an export: text of the Source's Luxon format to a local date, ISO 8601. Exact: no blanks around it, no day
 * that does not exist. Two spellings of "none" that HR systems export are read as empty: all digits zero (00.00.0000)
 * and the open end 9999-12-31.
 */
import { DateTime } from "luxon";
import { MusterError, type Where } from "../support/errors.js";

export type DateResult = { readonly date: string | null } | { readonly reason: string };
export type DateReader = (text: string) => DateResult;

const OPEN_END = "9999-12-31";
const FIRST_YEAR = 1900;
const LAST_YEAR = 2999;
/** English month names, and the zone that a format without one has; the date never moves (`setZone`). */
const READING = { zone: "utc", setZone: true, locale: "en" } as const;
const CACHE_LIMIT = 100_000;

/** A reader for one format. Throws MUS-1110 for a format that does not give back the date that it prints. */
export function compileDateFormat(format: string, where: Where): DateReader {
  const parser = buildParser(format, where);
  const known = new Map<string, DateResult>();
  return (text) => {
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    const result = readDate(text, format, parser);
    if (known.size >= CACHE_LIMIT) known.clear();
    known.set(text, result);
    return result;
  };
}

type Parser = ReturnType<typeof DateTime.buildFormatParser>;

function buildParser(format: string, where: Where): Parser {
  const sample = DateTime.utc(2026, 11, 30, { locale: "en" });
  const unusable = new MusterError("MUS-1110", {
    what: `dateFormat ${JSON.stringify(format)} does not give year, month and day`,
    where,
    next: "Write a Luxon format such as yyyy-MM-dd, dd.MM.yyyy or M/d/yyyy.",
  });
  try {
    const parser = DateTime.buildFormatParser(format, { locale: "en" });
    const again = DateTime.fromFormatParser(sample.toFormat(format), parser, READING);
    if (again.toISODate() === sample.toISODate()) return parser;
  } catch {
    throw unusable;
  }
  throw unusable;
}

function readDate(text: string, format: string, parser: Parser): DateResult {
  if (/\d/.test(text) && !/[1-9A-Za-z]/.test(text)) return { date: null };
  const parsed = DateTime.fromFormatParser(text, parser, READING);
  if (!parsed.isValid)
    return {
      reason: parsed.invalidReason === "unit out of range" ? "there is no such day" : `it is not written as ${format}`,
    };
  const date = parsed.toISODate();
  if (date === OPEN_END) return { date: null };
  if (parsed.year < FIRST_YEAR || parsed.year > LAST_YEAR) return { reason: `its year is ${parsed.year}` };
  return { date };
}
