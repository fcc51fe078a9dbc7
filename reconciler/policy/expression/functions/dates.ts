/** Functions on date-times. Everything but EndOfDay is UTC; Now() is the as-of instant of the plan, never the clock. */
import { endOfDay, isZone } from "../../time.js";
import { addMonths, DAY_MS, fromFileTime, instant, toCivil, toFileTime } from "../calendar.js";
import type { Call, FunctionDefinition } from "../call.js";
import { optional, required } from "../signature.js";
import { type DateTimeValue, quoteValue } from "../value.js";
import { compileFormatDateTime } from "./format-date-time.js";
import { lift1, lift2 } from "./lift.js";

const INTERVALS = ["yyyy", "m", "d", "ww", "h", "n", "s"] as const;
type Interval = (typeof INTERVALS)[number];
const INTERVAL = required("interval", "enum", { words: { quoted: true, values: INTERVALS } });
const UNIT_MS = { d: DAY_MS, ww: 7 * DAY_MS, h: 3_600_000, n: 60_000, s: 1000 };
/** 1970-01-01 was a Thursday; weeks are counted from Sunday. */
const EPOCH_WEEKDAY_MS = 4 * DAY_MS;

function intervalOf(call: Call): Interval {
  return INTERVALS.find((interval) => interval === call.constantText(0)) ?? "d";
}

function addInterval(interval: Interval, amount: number, date: DateTimeValue): DateTimeValue | null {
  if (interval === "yyyy") return addMonths(date, amount * 12);
  if (interval === "m") return addMonths(date, amount);
  return instant(date.epochMs + amount * UNIT_MS[interval], date.ticks);
}

/** Boundaries crossed, as VBA counts: midnights, Sundays, changes of month and year. */
function boundariesBetween(interval: Interval, from: DateTimeValue, to: DateTimeValue): number {
  return boundaryIndex(interval, to) - boundaryIndex(interval, from);
}

function boundaryIndex(interval: Interval, date: DateTimeValue): number {
  if (interval === "yyyy") return toCivil(date).year;
  if (interval === "m") return toCivil(date).year * 12 + toCivil(date).month;
  if (interval === "ww") return Math.floor((date.epochMs + EPOCH_WEEKDAY_MS) / UNIT_MS.ww);
  return Math.floor(date.epochMs / UNIT_MS[interval]);
}

export const DATE_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "Now",
    parameters: [],
    returns: "date",
    summary: "The as-of instant of the plan, in UTC.",
    origin: "entra",
    neverNull: true,
    compile:
      () =>
      ({ environment }) => ({ epochMs: environment.asOf, ticks: 0 }),
  },
  {
    name: "DateAdd",
    parameters: [INTERVAL, required("value", "number"), required("dateTime", "date")],
    returns: "date",
    summary: "The date-time moved by a number of intervals; a day that the month lacks becomes its last.",
    origin: "entra",
    compile: (call) => {
      const interval = intervalOf(call);
      return lift2(call.number(1), call.date(2), (amount, date) => {
        return addInterval(interval, Number(amount), date) ?? call.fail("the result is outside the years 1 to 9999");
      });
    },
  },
  {
    name: "DateDiff",
    parameters: [INTERVAL, required("date1", "date"), required("date2", "date")],
    returns: "number",
    summary: "How many boundaries of the interval lie between the dates; positive when the second is later.",
    origin: "entra",
    compile: (call) => {
      const interval = intervalOf(call);
      return lift2(call.date(1), call.date(2), (from, to) => BigInt(boundariesBetween(interval, from, to)));
    },
  },
  {
    name: "DateFromNum",
    parameters: [required("value", "number")],
    returns: "date",
    summary: "The instant of an Active Directory time stamp (100 ns since 1601-01-01 UTC).",
    origin: "entra",
    compile: (call) =>
      lift1(call.number(0), (ticks) => fromFileTime(ticks) ?? call.fail(`${ticks} is no time stamp of a date`)),
  },
  {
    name: "NumFromDate",
    parameters: [required("value", "date")],
    returns: "number",
    summary: "The Active Directory time stamp of an instant, for instance for accountExpires.",
    origin: "entra",
    compile: (call) =>
      lift1(call.date(0), (date) => {
        const ticks = toFileTime(date);
        return ticks < 0n ? call.fail("a time stamp cannot be before 1601") : ticks;
      }),
  },
  {
    name: "EndOfDay",
    parameters: [required("date", "date"), required("timeZone", "text")],
    returns: "date",
    summary: "The instant at which a calendar day is over in an IANA time zone: the first one of the next day there.",
    origin: "muster",
    compile: (call) => {
      const zone = call.arguments[1]?.constant;
      if (typeof zone === "string" && !isZone(zone)) call.reject("MUS-1204", `"${zone}" is no IANA time zone`, 1);
      return lift2(call.date(0), call.text(1), (date, timeZone) => {
        if (!isZone(timeZone)) return call.fail(`${quoteValue(timeZone)} is no IANA time zone`);
        const { year, month, day } = toCivil(date);
        if (year === 9999) return call.fail("the result is outside the years 1 to 9999");
        const text = [String(year).padStart(4, "0"), ...[month, day].map((part) => String(part).padStart(2, "0"))];
        return { epochMs: endOfDay(text.join("-"), timeZone), ticks: 0 };
      });
    },
  },
  {
    name: "FormatDateTime",
    parameters: [
      required("source", "text"),
      optional("dateTimeStyles", "text", { constant: true }),
      required("inputFormat", "text", { constant: true }),
      required("outputFormat", "text", { constant: true }),
    ],
    returns: "text",
    summary: "A date read by one .NET format and written by another; without styles also with three arguments.",
    origin: "entra",
    shortFormLacks: "dateTimeStyles",
    compile: compileFormatDateTime,
  },
];
