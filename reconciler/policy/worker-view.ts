/**
 * A worker at an instant: scheduled changes merged, the current period chosen, and every value reachable by a path such
 * as `job.title`. `undefined` is "the source does not supply it", null is "the source says it is empty".
 */
import type { Worker } from "../model/files/index.js";
import type { Operand } from "../model/intent.js";
import type { WorkerFile } from "../model/worker.js";
import { endOfDay, startOfDay } from "./time.js";

export type Period = Worker["employment"]["periods"][number];

export interface WorkerView {
  readonly file: WorkerFile;
  /** With the scheduled changes that are effective. */
  readonly worker: Worker;
  /** The current period, else the next, else the last one. */
  readonly period: Period | null;
  get(path: string): Operand | undefined;
}

/** The worker as it stands at `asOf` (epoch milliseconds). */
export function viewWorker(file: WorkerFile, asOf: number): WorkerView {
  const worker = applyScheduled(file.worker, asOf);
  const period = choosePeriod(worker, asOf);
  return { file, worker, period, get: (path) => readPath(worker, period, path) };
}

function applyScheduled(worker: Worker, asOf: number): Worker {
  const due = (worker.scheduled ?? []).filter((change) => startOfDay(change.effective, worker.timezone) <= asOf);
  if (due.length === 0) return worker;
  due.sort((a, b) => (a.effective < b.effective ? -1 : a.effective > b.effective ? 1 : 0));
  let merged: Record<string, unknown> = { ...worker };
  for (const change of due) merged = mergeLeaves(merged, change.set);
  return merged as unknown as Worker;
}

function mergeLeaves(base: Record<string, unknown>, change: Record<string, unknown>): Record<string, unknown> {
  const out = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const nested = typeof value === "object" && value !== null && !Array.isArray(value);
    out[key] = nested ? mergeLeaves(asRecord(out[key]), value as Record<string, unknown>) : value;
  }
  return out;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Rescinded periods count only when there is no other. */
function choosePeriod(worker: Worker, asOf: number): Period | null {
  const all = worker.employment.periods;
  if (all.length <= 1) return all[0] ?? null;
  const normal = all.filter((period) => period.status === "normal");
  const periods = normal.length > 0 ? normal : all;
  const begun = periods.filter((period) => startOfDay(period.from, worker.timezone) <= asOf);
  const last = begun.at(-1);
  const next = periods[begun.length];
  if (last !== undefined && (next === undefined || last.lastDay === null)) return last;
  if (last?.lastDay !== undefined && last.lastDay !== null) {
    if (asOf < endOfDay(last.lastDay, worker.timezone)) return last;
  }
  return next ?? last ?? null;
}

const paths = new Map<string, readonly string[]>();

function readPath(worker: Worker, period: Period | null, path: string): Operand | undefined {
  if (path === "employment.from") return period === null ? null : period.from;
  if (path === "employment.lastDay") return period === null ? null : period.lastDay;
  let parts = paths.get(path);
  if (parts === undefined) {
    parts = splitPath(path);
    paths.set(path, parts);
  }
  let value: unknown = worker;
  for (const part of parts) {
    if (value === null || typeof value !== "object") return undefined;
    if (!Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value as Operand | undefined;
}

/** Everything behind `attributes.` is one key: attribute names may hold dots. */
function splitPath(path: string): readonly string[] {
  return path.startsWith("attributes.") ? ["attributes", path.slice("attributes.".length)] : path.split(".");
}
