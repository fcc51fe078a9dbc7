/** From measurements to a table of 80 columns, and a line for every aim: met or missed. */
import type { Measurement } from "./measure.js";

export const JOBS = ["import", "parse", "cold", "warm", "changed"] as const;

/** All runs of one size, by job. `parse`: the yaml package alone, over the files that a plan reads. */
export interface SizeResult extends Readonly<Record<(typeof JOBS)[number], readonly Measurement[]>> {
  readonly size: number;
}

const TITLES: Readonly<Record<(typeof JOBS)[number], string>> = {
  import: "import",
  parse: "parse, yaml alone",
  cold: "plan, cold",
  warm: "plan, warm",
  changed: "plan, one changed",
};

/** The largest ratios that are aimed at: a plan to parsing, and 50,000 workers to 10,000. */
const AIMS = { cold: 3, warm: 0.2, growth: 5.5 } as const;

type Clock = (runs: readonly Measurement[]) => number;

/** Processor time of all threads, those of the garbage collector too: shown beside, for a machine that has other work. */
const cpu: Clock = (runs) => median(runs.map((run) => run.cpuSeconds));

/** What somebody waits for: the aims are judged by it. */
const wall: Clock = (runs) => median(runs.map((run) => run.seconds));

export function table(results: readonly SizeResult[]): string[] {
  const header = row(["workers", "", "seconds", "of parse", "cpu s", "of parse", "peak MB", "exponent"]);
  const lines = results.flatMap((result, i) => [
    ...JOBS.map((job) => {
      const runs = result[job];
      const isPlan = job !== "import" && job !== "parse";
      const ratio = (clock: Clock) => (isPlan ? (clock(runs) / clock(result.parse)).toFixed(2) : "");
      const peak = Math.max(...runs.map((run) => run.peakBytes)) / 1e6;
      return row([
        job === "import" ? grouped(result.size) : "",
        TITLES[job],
        wall(runs).toFixed(2),
        ratio(wall),
        cpu(runs).toFixed(2),
        ratio(cpu),
        peak.toFixed(0),
        exponent(results[i - 1], result, job),
      ]);
    }),
  ]);
  return [header, ...lines];
}

function row([workers, title, ...figures]: readonly string[]): string {
  return `${(workers ?? "").padStart(7)}  ${(title ?? "").padEnd(17)}${figures.map((each) => each.padStart(9)).join("")}`;
}

/** e where time grows as size^e, from the size before; 1 is linear. */
function exponent(before: SizeResult | undefined, result: SizeResult, job: (typeof JOBS)[number]): string {
  if (before === undefined) return "";
  return (Math.log(wall(result[job]) / wall(before[job])) / Math.log(result.size / before.size)).toFixed(2);
}

/** One line per aim and size. Sizes below 10,000 are shown, not judged: there the start of the program decides. */
export function judge(results: readonly SizeResult[]): string[] {
  const judged = results.filter((result) => result.size >= 10_000);
  const plans = judged.flatMap((result) =>
    (["cold", "warm"] as const).map((job) => {
      const ratio = (clock: Clock) => clock(result[job]) / clock(result.parse);
      return verdict(`${job} plan of ${grouped(result.size)}, to parsing`, ratio, AIMS[job]);
    }),
  );
  const small = results.find((result) => result.size === 10_000);
  const large = results.find((result) => result.size === 50_000);
  if (small === undefined || large === undefined) return plans;
  const growth = (["import", "cold", "warm", "changed"] as const).map((job) => {
    const ratio = (clock: Clock) => clock(large[job]) / clock(small[job]);
    return verdict(`${TITLES[job]}, 50,000 to 10,000`, ratio, AIMS.growth);
  });
  return [...plans, ...growth];
}

function verdict(what: string, ratio: (clock: Clock) => number, aim: number): string {
  const value = ratio(wall);
  const byCpu = ratio(cpu).toFixed(2);
  return `${value <= aim ? "met   " : "MISSED"}  ${what}: ${value.toFixed(2)} of at most ${aim} (processor: ${byCpu})`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function grouped(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}
