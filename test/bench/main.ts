/**
 * npm run bench [-- --sizes 1000,10000] [--keep FOLDER]: how long Muster takes to import and to plan, for companies of
 * several sizes, against the time in which the `yaml` package merely parses the files that the plan is made from. Every
 * measurement is a process of its own; those that are compared follow each other directly, so that they meet the same
 * machine. docs/benchmarks.md says what the figures mean.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createRepository, runGit } from "./build-world.js";
import { generateWorkers, type Row, readWorkers, TODAY, toCsv } from "./generate-workers.js";
import { judge, type SizeResult, table } from "./judge.js";
import type { Job, Measurement } from "./measure.js";
import { CHANGED, type WorldPaths, worldPaths } from "./world-paths.js";

/** How often each size is measured; the median counts. */
const REPEATS = 3;

function measure(job: Job, folder: string, cache?: string): Measurement {
  const script = fileURLToPath(new URL("./measure.js", import.meta.url));
  const args = [...process.execArgv, script, job, folder, ...(cache === undefined ? [] : [cache])];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Measurement;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function rowsOf(size: number): Row[] {
  const file = process.env.MUSTER_BENCH_DATA;
  return file === undefined || file === "" ? generateWorkers(size) : readWorkers(file, size);
}

/** Writes the exports: the second differs in one title, of somebody who works. */
function writeExports(world: WorldPaths, rows: readonly Row[]): void {
  const index = rows.findIndex((row) => row.LastDay === "" && row.HireDate < TODAY);
  writeFileSync(world.export, toCsv(rows));
  writeFileSync(
    world.changedExport,
    toCsv(rows.map((row, i) => (i === index ? { ...row, JobTitle: "Director" } : row))),
  );
}

function measureSize(folder: string, size: number): SizeResult {
  const world = worldPaths(folder);
  const repeats = Array.from({ length: REPEATS }, (_, i) => i);
  mkdirSync(folder, { recursive: true });
  writeExports(world, rowsOf(size));
  const imports = repeats.map(() => {
    rmSync(world.repository, { recursive: true, force: true });
    createRepository(world.repository);
    return measure("import", folder);
  });
  say(`${size}: imported`);
  measure("build", folder);
  say(`${size}: built a world to plan on`);
  const rounds = repeats.map(() => measureRound(folder, world));
  say(`${size}: planned`);
  return {
    size,
    import: imports,
    parse: rounds.map((round) => round.parse),
    cold: rounds.map((round) => round.cold),
    warm: rounds.map((round) => round.warm),
    changed: rounds.map((round) => round.changed),
  };
}

/** The plans and what they are compared with, one after the other. */
function measureRound(folder: string, world: WorldPaths): Record<"parse" | "cold" | "warm" | "changed", Measurement> {
  rmSync(world.cache, { recursive: true, force: true });
  const parse = measure("parse", folder);
  const cold = expectOps(measure("plan", folder, world.cache), 0);
  const warm = expectOps(measure("plan", folder, world.cache), 0);
  const before = `${world.cache}-before`;
  cpSync(world.cache, before, { recursive: true });
  runGit(world.repository, ["symbolic-ref", "HEAD", `refs/heads/${CHANGED}`]);
  const changed = expectOps(measure("plan", folder, before), 1);
  runGit(world.repository, ["symbolic-ref", "HEAD", "refs/heads/main"]);
  rmSync(before, { recursive: true });
  return { parse, cold, warm, changed };
}

/** A plan that finds something else to do was not the one that should be measured. */
function expectOps(measurement: Measurement, ops: number): Measurement {
  if (measurement.counts.ops === ops) return measurement;
  throw new Error(`the plan has ${measurement.counts.ops} ops where ${ops} were expected`);
}

const { values } = parseArgs({ options: { sizes: { type: "string" }, keep: { type: "string" } } });
const sizes = (values.sizes ?? "1000,10000,50000").split(",").map(Number);
if (sizes.some((size) => !Number.isSafeInteger(size) || size < 10)) throw new RangeError("--sizes takes numbers");
const root = values.keep ?? mkdtempSync(join(tmpdir(), "muster-bench-"));
try {
  const results = sizes.map((size) => measureSize(join(root, String(size)), size));
  const lines = [
    `Muster on Node.js ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"})`,
    "",
    ...table(results),
    "",
    ...judge(results),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
} finally {
  if (values.keep === undefined) rmSync(root, { recursive: true, force: true });
}
