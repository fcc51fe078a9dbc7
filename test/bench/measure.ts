/**
 * One measurement, in a process of its own: `measure.js JOB FOLDER [CACHE]` prints one line of JSON. The clock runs from
 * when everything outside Muster is ready (the directory is loaded, the bytes to be parsed are in memory).
 */
import { resourceUsage } from "node:process";
import { parse } from "yaml";
import { observeAll, openDesk, planFrom } from "../../reconciler/commands/desk.js";
import { environmentFolder, SOURCES, WORKERS } from "../../reconciler/model/paths.js";
import { parseInstant } from "../../reconciler/policy/time.js";
import { filesAt } from "../../reconciler/repo/files.js";
import { openGit } from "../../reconciler/repo/git.js";
import { benchContext, PLANNED_AT } from "./bench-context.js";
import { buildWorld, importInto } from "./build-world.js";
import { ENVIRONMENT } from "./policies.js";
import { loadDirectory } from "./stored-directory.js";
import { type WorldPaths, worldPaths } from "./world-paths.js";

export type Job = "import" | "build" | "parse" | "plan";

export interface Measurement {
  readonly seconds: number;
  /** Of the process, all threads; git's own processes are not in it. */
  readonly cpuSeconds: number;
  /** Largest resident set of the process, in bytes. */
  readonly peakBytes: number;
  /** What was done, for the reader to check: files, bytes, ops. */
  readonly counts: Readonly<Record<string, number>>;
}

type Counts = Measurement["counts"];

async function prepare(job: Job, world: WorldPaths, cache: string | null): Promise<() => Promise<Counts>> {
  switch (job) {
    case "import":
      return async () => {
        await importInto(world.repository, world.export);
        return {};
      };
    case "build":
      return async () => {
        await buildWorld(world);
        return {};
      };
    case "parse":
      return prepareParse(world);
    case "plan":
      return preparePlan(world, cache);
  }
}

/** The files that a plan reads, through the `yaml` package alone: no validation, no positions, nothing kept. */
async function prepareParse(world: WorldPaths): Promise<() => Promise<Counts>> {
  const git = await openGit(world.repository);
  const folder = environmentFolder(ENVIRONMENT);
  const files = await filesAt(git, { commit: "HEAD" }, [WORKERS, SOURCES, `${folder}/accounts`, `${folder}/groups`]);
  const texts: string[] = [];
  for await (const content of files.contents(files.list)) texts.push(Buffer.from(content).toString("utf8"));
  return async () => {
    let documents = 0;
    for (const text of texts) if (parse(text) !== null) documents++;
    return { files: documents, bytes: texts.reduce((sum, text) => sum + text.length, 0) };
  };
}

async function preparePlan(world: WorldPaths, cache: string | null): Promise<() => Promise<Counts>> {
  const target = loadDirectory(world.directory);
  return async () => {
    const desk = await openDesk(benchContext(world.repository, PLANNED_AT, cache), { openPort: () => target });
    const now = parseInstant(PLANNED_AT);
    const { body } = planFrom(desk, await observeAll(desk, "reader"), { asOf: now, now });
    await desk.close();
    const bound = Object.values(body.counts.bound).reduce((sum, each) => sum + each, 0);
    return { workers: body.counts.workers, accounts: bound, ops: body.ops.length, findings: body.findings.length };
  };
}

const [job = "plan", folder = "", cache] = process.argv.slice(2);
const run = await prepare(job as Job, worldPaths(folder), cache ?? null);
const cpuBefore = process.cpuUsage();
const begun = performance.now();
const counts = await run();
const seconds = (performance.now() - begun) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const measurement: Measurement = {
  seconds,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  peakBytes: resourceUsage().maxRSS * 1024,
  counts,
};
process.stdout.write(`${JSON.stringify(measurement)}\n`);
