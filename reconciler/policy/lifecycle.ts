/**
 * Stages: where one worker stands at an instant (DESIGN section 7). The rules are tried in a fixed order and the first
 * that holds wins: rescinded, left, vanished, out-of-scope, leave, active, prehire, future. "Left" comes before
 * "out-of-scope" because HR blanks fields on exit; a rescinded hire is "left" from its first day on.
 *
 * A worker can have several periods (a leaver who came back under the same id). Between two of them the worker is left
 * until the pre-hire lead of the next one begins; a first hire is future until then.
 */
import type { Lifecycle, SourceRecord } from "../model/files/index.js";
import type { Stage } from "../model/identity.js";
import type { StageResult } from "../model/intent.js";
import { addDays, addDuration, endOfDay, parseDuration, parseInstant, startOfDay } from "./time.js";
import type { Period, WorkerView } from "./worker-view.js";

export interface WorkerStage extends StageResult {
  readonly inScope: boolean;
  /** End of work of a leaver, epoch milliseconds. */
  readonly leftAt: number | null;
  /** First day of the current period (ISO date), "" when there is none. */
  readonly start: string;
  /** End of the last employment before the current one, epoch milliseconds. */
  readonly previousEnd: number | null;
  /** When the pre-hire lead of the current period begins, epoch milliseconds. */
  readonly leadStart: number;
  /** A finding kind that goes with the stage, or null. */
  readonly finding: "rescinded-after-start" | "vanished" | "ended-without-date" | null;
}

/** The lead before a start at which a worker becomes prehire, in days. */
export function prehireLead(lifecycle: Lifecycle): number {
  return Number.parseInt(lifecycle.prehire?.from ?? "0d", 10);
}

interface Facts {
  readonly zone: string;
  readonly start: number;
  /** When work has ended for good (grace included), null while open. */
  readonly end: number | null;
  readonly endWhy: string;
  readonly leadStart: number;
  readonly previousEnd: number | null;
}

/** The stage of one worker for a lifecycle; `inScope` is the mapping's scope evaluated over this worker. */
export function stageOfWorker(
  view: WorkerView,
  lifecycle: Lifecycle,
  inScope: boolean,
  record: SourceRecord | undefined,
  asOf: number,
): WorkerStage {
  const period = view.period;
  if (period === null) return result("out-of-scope", "no employment period", { inScope, start: "" });
  const facts = gatherFacts(view, period, lifecycle, record);
  const boundaries = [facts.start, facts.leadStart, facts.end, ...leaveBoundaries(view), ...scheduledBoundaries(view)];
  const absent = absence(view, lifecycle, facts);
  if (absent !== null) boundaries.push(absent.until);
  const { previousEnd, leadStart } = facts;
  const common = { inScope, start: period.from, previousEnd, leadStart, nextAt: nextAfter(boundaries, asOf) };
  const decided = decide(view, period, facts, absent, inScope, record, asOf);
  return result(decided.stage, decided.because, { ...common, ...decided });
}

type Decision = { stage: Stage; because: string } & Partial<Omit<WorkerStage, "stage" | "because">>;

function decide(
  view: WorkerView,
  period: Period,
  facts: Facts,
  absent: { since: number; until: number } | null,
  inScope: boolean,
  record: SourceRecord | undefined,
  asOf: number,
): Decision {
  if (period.status === "rescinded") {
    if (asOf < facts.start) return { stage: "rescinded", because: "the hire was withdrawn", since: null };
    const because = `the hire of ${period.from} was withdrawn`;
    return { stage: "left", because, since: facts.start, leftAt: facts.start, finding: "rescinded-after-start" };
  }
  if (facts.end !== null && asOf >= facts.end) {
    const dateless = period.lastDay === null && record?.ended?.includes(view.worker.id) === true;
    const finding = dateless ? "ended-without-date" : null;
    return { stage: "left", because: facts.endWhy, since: facts.end, leftAt: facts.end, finding };
  }
  if (facts.previousEnd !== null && asOf < facts.leadStart) {
    const because = `left, and comes back on ${period.from}`;
    return { stage: "left", because, since: facts.previousEnd, leftAt: facts.previousEnd };
  }
  if (absent !== null) return decideAbsent(view, absent, asOf);
  if (!inScope) return { stage: "out-of-scope", because: "not in the scope of the mapping", since: null };
  return decidePresent(view, period, facts, asOf);
}

function decideAbsent(view: WorkerView, absent: { since: number; until: number }, asOf: number): Decision {
  const because = `no longer exported since ${view.worker.absentSince}`;
  if (asOf < absent.until) return { stage: "vanished", because, since: absent.since, finding: "vanished" };
  return { stage: "left", because, since: absent.until, leftAt: absent.until };
}

function decidePresent(view: WorkerView, period: Period, facts: Facts, asOf: number): Decision {
  if (asOf >= facts.start) {
    for (const leave of view.worker.employment.leave ?? []) {
      const from = startOfDay(leave.from, facts.zone);
      const to = leave.to === null ? Number.POSITIVE_INFINITY : endOfDay(leave.to, facts.zone);
      if (asOf >= from && asOf < to) return { stage: "leave", because: `on leave from ${leave.from}`, since: from };
    }
    return { stage: "active", because: `works since ${period.from}`, since: facts.start };
  }
  if (asOf >= facts.leadStart) return { stage: "prehire", because: `starts on ${period.from}`, since: facts.leadStart };
  return { stage: "future", because: `starts on ${period.from}`, since: null };
}

function gatherFacts(view: WorkerView, period: Period, lifecycle: Lifecycle, record: SourceRecord | undefined): Facts {
  const worker = view.worker;
  const zone = worker.timezone;
  const start = startOfDay(period.from, zone);
  const lead = prehireLead(lifecycle);
  const leadStart = startOfDay(addDays(period.from, -lead), zone);
  const index = worker.employment.periods.indexOf(period);
  const earlier = worker.employment.periods.slice(0, Math.max(index, 0)).filter((p) => p.status === "normal");
  const before = earlier.at(-1);
  const previousEnd = before?.lastDay == null ? null : endOfDay(before.lastDay, zone, graceDays(lifecycle));
  return { zone, start, leadStart, previousEnd, ...endOfWork(view, period, lifecycle, record, start) };
}

function endOfWork(
  view: WorkerView,
  period: Period,
  lifecycle: Lifecycle,
  record: SourceRecord | undefined,
  start: number,
): { end: number | null; endWhy: string } {
  const worker = view.worker;
  const zone = worker.timezone;
  const ends: { at: number; why: string }[] = [];
  if (period.lastDay !== null) {
    const after = lifecycle.left?.after;
    const lastDayEnd = endOfDay(period.lastDay, zone);
    const at = after === undefined ? lastDayEnd : addDuration(lastDayEnd, parseDuration(after), zone);
    ends.push({ at, why: `last day was ${period.lastDay}` });
  } else if (record?.ended?.includes(worker.id) === true) {
    ends.push({ at: parseInstant(record.exportedAt), why: "HR says ended, without a last day" });
  }
  const cut = worker.employment.accessEnds;
  if (cut !== undefined && cut !== null && parseInstant(cut) >= start) {
    ends.push({ at: parseInstant(cut), why: `access ended at ${cut}` });
  }
  ends.sort((a, b) => a.at - b.at);
  const first = ends[0];
  return first === undefined ? { end: null, endWhy: "" } : { end: first.at, endWhy: first.why };
}

function graceDays(lifecycle: Lifecycle): number {
  const after = lifecycle.left?.after;
  if (after === undefined) return 0;
  const duration = parseDuration(after);
  return duration.unit === "d" ? duration.amount : 0;
}

/** Vanished is for people without a leaving date; with one, the dates decide. */
function absence(view: WorkerView, lifecycle: Lifecycle, facts: Facts): { since: number; until: number } | null {
  const absentSince = view.worker.absentSince;
  if (absentSince === undefined || absentSince === null || facts.end !== null) return null;
  const since = parseInstant(absentSince);
  return { since, until: addDuration(since, parseDuration(lifecycle.vanished?.after ?? "72h"), facts.zone) };
}

function leaveBoundaries(view: WorkerView): number[] {
  const zone = view.worker.timezone;
  return (view.worker.employment.leave ?? []).flatMap((leave) => {
    const from = startOfDay(leave.from, zone);
    return leave.to === null ? [from] : [from, endOfDay(leave.to, zone)];
  });
}

function scheduledBoundaries(view: WorkerView): number[] {
  const worker = view.file.worker;
  const periods = worker.employment.periods.flatMap((p) => [startOfDay(p.from, worker.timezone)]);
  return [...(worker.scheduled ?? []).map((s) => startOfDay(s.effective, worker.timezone)), ...periods];
}

function nextAfter(boundaries: readonly (number | null)[], asOf: number): number | null {
  let next: number | null = null;
  for (const at of boundaries) if (at !== null && at > asOf && (next === null || at < next)) next = at;
  return next;
}

function result(stage: Stage, because: string, rest: Partial<WorkerStage>): WorkerStage {
  const defaults = {
    nextAt: null,
    since: null,
    inScope: false,
    leftAt: null,
    start: "",
    previousEnd: null,
    leadStart: 0,
  };
  return { ...defaults, finding: null, ...rest, stage, because };
}
