/**
 * npm run bench:entra [-- --users 10000 --storm 4000 --delta 100000 --latency 200 --keep FOLDER]: Muster makes a company in
 * the embedded tenant with Microsoft's quotas on, in simulated time; then the same, smaller, while others use up the
 * quota; then a run that finds nothing to do. docs/benchmarks.md says what the figures mean. --latency: milliseconds that
 * a request is assumed to take. Exit code 1 when an aim was missed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isMet, judge } from "../aims.js";
import { aimsOf, minimumLine, type Results, table } from "./judge.js";
import { addStrangers, type Measured, run, runInStorm } from "./measure.js";
import { makeWorld, type World } from "./world.js";

const USUAL = { users: 10_000, storm: 4_000, delta: 100_000, latency: 200 } as const;

type Sizes = Readonly<Record<keyof typeof USUAL, number>>;

async function measure(folder: string, { users, storm, delta, latency }: Sizes): Promise<Results> {
  const stormed = await inWorld(join(folder, "storm"), storm, latency, (world) => runInStorm(world));
  say("storm", stormed);
  return inWorld(join(folder, "company"), users, latency, async (world) => {
    const creates = await run(world);
    say("creates", creates);
    addStrangers(world, delta);
    const full = await run(world);
    say("full", full);
    const unchanged = await run(world);
    return { creates, storm: stormed, full, unchanged, users: world.tenant.state.store.count("user") };
  });
}

async function inWorld<T>(folder: string, people: number, latency: number, work: (world: World) => Promise<T>) {
  const world = await makeWorld({ folder, people, latency });
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}

function say(what: string, { simulated, planning, applying }: Measured): void {
  const seconds = [simulated, planning, applying].map((each) => each.toFixed(1));
  process.stderr.write(`${what}: simulated ${seconds[0]} s; planned in ${seconds[1]} s, applied in ${seconds[2]} s\n`);
}

function sizeOf(text: string | undefined, usual: number): number {
  const size = text === undefined ? usual : Number(text);
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError("sizes and --latency take whole numbers");
  return size;
}

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { users: text, storm: text, delta: text, latency: text, keep: text } });
const sizes: Sizes = {
  users: sizeOf(values.users, USUAL.users),
  storm: sizeOf(values.storm, USUAL.storm),
  delta: sizeOf(values.delta, USUAL.delta),
  latency: sizeOf(values.latency, USUAL.latency),
};
const root = values.keep ?? mkdtempSync(join(tmpdir(), "muster-bench-entra-"));
try {
  const results = await measure(root, sizes);
  const aims = aimsOf(results);
  const lines = [
    `Muster on Node.js ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${sizes.latency} ms a request assumed`,
    ...["", ...table(results), "", ...minimumLine(results.creates), "", ...judge(aims)],
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  if (!isMet(aims)) process.exitCode = 1;
} finally {
  if (values.keep === undefined) rmSync(root, { recursive: true, force: true });
}
