/** The employment of one row: its period, leave, immediate end of access, and whether the status says that it is over. */
import type { Worker } from "../model/files/worker.js";
import type { CompiledSource, SourceField } from "./compile-source.js";
import type { Period } from "./employment-periods.js";
import { readExportInstant } from "./instant.js";
import { quoteCell } from "./row-problem.js";
import type { RowReader } from "./row-reader.js";

interface RowEmployment {
  /** With the row's own period only; null when it has no first day. */
  readonly employment: Worker["employment"] | null;
  /** The status says that the employment has ended, whatever the dates say. */
  readonly ended: boolean;
}

export function readEmployment(compiled: CompiledSource, reader: RowReader): RowEmployment {
  const status = reader.text(compiled.fields.get("employment.status"))?.toLowerCase() ?? "";
  const rescinded = compiled.rescinded.has(status);
  const ended = !rescinded && compiled.ended.has(status);
  const period = readPeriod(compiled, reader, rescinded ? "rescinded" : "normal");
  const leave = readLeave(compiled, reader);
  const accessEnds = readAccessEnds(reader, compiled.fields.get("employment.accessEnds"));
  if (period === null) return { employment: null, ended };
  return {
    employment: {
      periods: [period],
      ...(leave === undefined ? {} : { leave }),
      ...(accessEnds === undefined ? {} : { accessEnds }),
    },
    ended,
  };
}

function readPeriod(compiled: CompiledSource, reader: RowReader, status: Period["status"]): Period | null {
  const start = compiled.fields.get("employment.from");
  const end = compiled.fields.get("employment.lastDay");
  const from = readDate(compiled, reader, start) ?? null;
  const lastDay = readDate(compiled, reader, end) ?? null;
  if (from === null) {
    if (start !== undefined && !reader.hasFailed(start)) reader.report("MUS-2008", start, `${start.label} is empty`);
    return null;
  }
  // A withdrawn hire is often closed on the day before it would have begun.
  if (end !== undefined && lastDay !== null && lastDay < from && status === "normal")
    reader.report("MUS-2017", end, `the last day ${lastDay} is before the first day ${from}`);
  return { from, lastDay, status };
}

/** A local date; null when it is empty, undefined when it is not mapped or failed. A date-time counts as its day in UTC. */
function readDate(
  compiled: CompiledSource,
  reader: RowReader,
  field: SourceField | undefined,
): string | null | undefined {
  const value = reader.value(field);
  if (field === undefined || value === undefined) return undefined;
  if (value === null || value === "") return null;
  if (typeof value === "object" && "epochMs" in value) return new Date(value.epochMs).toISOString().slice(0, 10);
  const text = String(value);
  const result = compiled.readDate(text);
  if ("date" in result) return result.date;
  reader.report("MUS-2007", field, `${quoteCell(text)} is not a date: ${result.reason}`);
  return undefined;
}

/** Undefined when the Source does not map a leave; an empty list when the row has none. */
function readLeave(compiled: CompiledSource, reader: RowReader): Worker["employment"]["leave"] {
  const start = compiled.fields.get("employment.leaveFrom");
  const end = compiled.fields.get("employment.leaveTo");
  const from = readDate(compiled, reader, start);
  const to = readDate(compiled, reader, end) ?? null;
  if (from === undefined) return undefined;
  if (end !== undefined && to !== null && from === null)
    reader.report("MUS-2017", end, "a leave has a last day and no first day");
  if (end !== undefined && to !== null && from !== null && to < from)
    reader.report("MUS-2017", end, `the leave ends on ${to}, before its first day ${from}`);
  return from === null ? [] : [{ from, to }];
}

function readAccessEnds(reader: RowReader, field: SourceField | undefined): string | null | undefined {
  const text = reader.text(field);
  if (field === undefined || text === undefined || text === null) return text;
  const instant = readExportInstant(text);
  if (instant !== null) return instant.text;
  const what = `${quoteCell(text)} is not an instant with an offset, such as 2026-11-20T17:00:00+01:00`;
  reader.report("MUS-2017", field, what);
  return undefined;
}
