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

/** Ratios are taken of processor time: it says the same on a machine that has other work to do. */
function cpu(runs: readonly Measurement[]): number {
  return median(runs.map((run) => run.cpuSeconds));
}

function wall(runs: readonly Measurement[]): number {
  return median(runs.map((run) => run.seconds));
}

export function table(results: readonly SizeResult[]): string[] {
  const header = row(["workers", "", "seconds", "cpu s", "of parse", "peak MB", "exponent"]);
  const lines = results.flatMap((result, i) => [
    ...JOBS.map((job) => {
      const runs = result[job];
      const ratio = job === "import" || job === "parse" ? "" : (cpu(runs) / cpu(result.parse)).toFixed(2);
      const peak = Math.max(...runs.map((run) => run.peakBytes)) / 1e6;
      return row([
        job === "import" ? grouped(result.size) : "",
        TITLES[job],
        wall(runs).toFixed(2),
        cpu(runs).toFixed(2),
        ratio,
        peak.toFixed(0),
        exponent(results[i - 1], result, job),
      ]);
    }),
  ]);
  return [header, ...lines];
}

function row([workers, title, ...figures]: readonly string[]): string {
  return `${(workers ?? "").padStart(8)}  ${(title ?? "").padEnd(18)}${figures.map((each) => each.padStart(10)).join("")}`;
}

/** e where time grows as size^e, from the size before; 1 is linear. */
function exponent(before: SizeResult | undefined, result: SizeResult, job: (typeof JOBS)[number]): string {
  if (before === undefined) return "";
  return (Math.log(cpu(result[job]) / cpu(before[job])) / Math.log(result.size / before.size)).toFixed(2);
}

/** One line per aim and size. Sizes below 10,000 are shown, not judged: there the start of the program decides. */
export function judge(results: readonly SizeResult[]): string[] {
  const judged = results.filter((result) => result.size >= 10_000);
  const plans = judged.flatMap((result) =>
    (["cold", "warm"] as const).map((job) =>
      verdict(`${job} plan of ${grouped(result.size)}, to parsing`, cpu(result[job]) / cpu(result.parse), AIMS[job]),
    ),
  );
  const small = results.find((result) => result.size === 10_000);
  const large = results.find((result) => result.size === 50_000);
  if (small === undefined || large === undefined) return plans;
  const growth = (["import", "cold", "warm", "changed"] as const).map((job) =>
    verdict(`${TITLES[job]}: 50,000 to 10,000`, cpu(large[job]) / cpu(small[job]), AIMS.growth),
  );
  return [...plans, ...growth];
}

function verdict(what: string, value: number, aim: number): string {
  return `${value <= aim ? "met   " : "MISSED"}  ${what}: ${value.toFixed(2)}, aim at most ${aim}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function grouped(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}
