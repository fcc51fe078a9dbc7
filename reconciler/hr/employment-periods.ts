/**
 * A row of a CSV export shows one employment: the current one, or the last. What came before is known from the snapshot
 * that the import starts from, so that a leaver who comes back under the same id keeps both periods (the rehire rules and
 * the "left in between" of a past as-of date read them).
 *
 * The row is the truth about its own period, and the question is only which of the known periods are other ones:
 * - A known period that is closed, and closed before the row's first day, is an earlier employment: kept. The row is then
 *   a second period (or a corrected last one: same `from`, other lastDay).
 * - A known period that begins on the row's first day is the same one: replaced.
 * - A known open period is the current one, and HR corrected its start: replaced. Were it kept, there would be two open ones.
 * - A known closed period that overlaps the row, or lies after it, is what HR has taken back (a rehire that was withdrawn, a
 *   corrected start): replaced. Kept, it would break "sorted, disjoint".
 * - A known rescinded period never was an employment: dropped as soon as the row speaks of another one.
 *
 * So one rule is enough: keep what is normal, closed, and closed before the row begins. A closed period whose start and
 * end HR moves behind its old end in one step looks the same as a return, and is taken for one.
 */
import type { Worker } from "../model/files/worker.js";

export type Period = Worker["employment"]["periods"][number];

/** The periods of a worker, sorted and disjoint, at most one of them open. ISO dates compare as text. */
export function mergePeriods(known: readonly Period[], row: Period): Period[] {
  const earlier = known.filter(
    (period) => period.status === "normal" && period.lastDay !== null && period.lastDay < row.from,
  );
  return [...earlier, row];
}
