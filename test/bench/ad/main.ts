/**
 * npm run bench:ad [-- --quick --people 2000 --pairs 5 --domain FOLDER --keep FOLDER]: Muster's writes to a real domain
 * against ldapmodify, which is fed with the same writes over one connection, and a run in which nothing is to be done.
 * Every measurement begins with the same database and a server that has just been started. docs/benchmarks.md says what
 * the figures mean. --domain: where Samba's database lies, --keep: where the repositories stay. Exit code 1 when an aim was missed.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { decodeGuid, guidDn } from "../../../reconciler/targets/active-directory/codec.js";
import { freeAddress, whatIsMissing } from "../../real/samba.js";
import { isMet, judge } from "../aims.js";
import { DomainFolder, picture } from "./domain-folder.js";
import {
  countedAims,
  type Pair,
  type PlanRound,
  planningAims,
  processorTable,
  rivalTable,
  type StageResult,
  table,
  timedAims,
} from "./judge.js";
import type { PlanMeasurement } from "./measure.js";
import { BASE, STAGES, type Stage } from "./policies.js";
import { ldapmodify, onePersonAtATime, sambaTool } from "./rivals.js";
import { World } from "./world.js";
import type { Write } from "./writes.js";

/** Plans without a change are measured this often, with and without a server in turn. */
const PLANS = 5;
/** `client`, `tool`: people whom the slow ways treat, enough to tell their pace. */
const FULL = { people: 2000, pairs: 5, client: 200, tool: 20 } as const;
/** To see that all of it works. Its times say nothing: most of them is the start of processes. */
const QUICK = { people: 20, pairs: 1, client: 5, tool: 2 } as const;
/** A file system in memory, on Linux. */
const MEMORY = "/dev/shm";

type Sizes = Readonly<Record<keyof typeof FULL, number>>;

async function measureStage(world: World, stage: Stage, sizes: Sizes): Promise<StageResult> {
  const { people, pairs } = sizes;
  await world.commitStage(stage, people);
  await world.domain.serve(async () => world.measure("plan", world.planOf(stage)));
  world.save(stage);
  const results: Pair[] = [];
  for (let pair = 1; pair <= pairs; pair++) {
    const { muster, server, after } = await applyOnce(world, stage);
    if (pair === 1) world.save("end");
    const rival = await modifyOnce(world, stage);
    if (rival.after !== after) throw new Error(`${stage}: the two ways lead to different directories`);
    results.push({ muster, ldapmodify: rival.seconds, server: { muster: server, ldapmodify: rival.server } });
    say(`${stage} ${pair} of ${pairs}: ${muster.writing.toFixed(2)} s, ldapmodify ${rival.seconds.toFixed(2)} s`);
  }
  const slow = await measureSlow(world, stage, sizes);
  const writes = writesOf(world, stage);
  world.restore("end");
  return { stage, people, pairs: results, records: writes.length, ...slow };
}

async function applyOnce(world: World, stage: Stage) {
  world.restore(stage);
  return world.domain.serve(async () => {
    const { domain } = world;
    const before = domain.processorTime();
    const muster = world.measure("apply", world.planOf(stage));
    const server = domain.processorTime() - before;
    return { muster, server, after: await domain.asAdmin(picture) };
  });
}

async function modifyOnce(world: World, stage: Stage) {
  world.restore(stage);
  return world.domain.serve(async () => {
    const { domain } = world;
    const file = join(world.folder, `${stage}.ldif`);
    const before = domain.processorTime();
    const seconds = await ldapmodify(domain.access, writesOf(world, stage), file);
    const server = domain.processorTime() - before;
    return { seconds, server, after: await domain.asAdmin(picture) };
  });
}

async function measureSlow(world: World, stage: Stage, sizes: Sizes): Promise<Pick<StageResult, "client" | "tool">> {
  const { domain } = world;
  const writes = writesOf(world, stage);
  world.restore(stage);
  const client = await domain.serve(() => onePersonAtATime(domain.access, writes, sizes.client));
  world.restore(stage);
  const tool = await domain.serve(async () => {
    const logins = await loginsOf(domain);
    return sambaTool(domain.access, writes, sizes.tool, (address) => logins.get(address) ?? address);
  });
  return { client, tool };
}

/** What samba-tool calls objects: login names by the addresses that writes use. */
async function loginsOf(domain: DomainFolder): Promise<Map<string, string>> {
  const { searchEntries } = await domain.asAdmin((client) =>
    client.search(BASE, {
      filter: "(sAMAccountName=*)",
      attributes: ["sAMAccountName", "objectGUID"],
      explicitBufferAttributes: ["objectGUID"],
      paged: true,
    }),
  );
  return new Map(
    searchEntries.flatMap(({ dn, objectGUID, sAMAccountName }) => {
      const login = String(sAMAccountName);
      return [[dn, login] as const, [guidDn(decodeGuid(objectGUID as Buffer)), login] as const];
    }),
  );
}

function writesOf(world: World, stage: Stage): Write[] {
  return JSON.parse(readFileSync(`${world.planOf(stage)}.writes`, "utf8")) as Write[];
}

/** After the last stage nothing is left to do. The first plan brings the memory up to date and is not counted. */
async function measurePlans(world: World): Promise<PlanRound[]> {
  const file = join(world.folder, "picture.json");
  return world.domain.serve(async () => {
    const plan = (job: "incremental" | "offline") => {
      const measured = world.measure<PlanMeasurement>(job, file);
      if (measured.ops !== 0) throw new Error(`the ${job} plan has ${measured.ops} ops where none were expected`);
      return measured;
    };
    plan("incremental");
    return Array.from({ length: PLANS }, () => ({ incremental: plan("incremental"), offline: plan("offline") }));
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function sizeOf(text: string | undefined, otherwise: number): number {
  const size = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError("--people and --pairs take numbers");
  return size;
}

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const quick = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    options: { quick, people: text, pairs: text, keep: text, address: text, domain: text },
  });
  const usual = values.quick ? QUICK : FULL;
  const sizes = { ...usual, people: sizeOf(values.people, usual.people), pairs: sizeOf(values.pairs, usual.pairs) };
  const missing = whatIsMissing();
  if (missing !== null) throw new Error(missing);
  const root = values.keep ?? mkdtempSync(join(tmpdir(), "muster-bench-ad-"));
  // In memory where that can be: the server's own disk is as slow for both ways, and hides what they differ in.
  const domainFolder = mkdtempSync(join(values.domain ?? (existsSync(MEMORY) ? MEMORY : root), "muster-bench-dc-"));
  // Ctrl-C must not leave a domain in memory.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  process.once("exit", () => {
    rmSync(domainFolder, { recursive: true, force: true });
    if (values.keep === undefined) rmSync(root, { recursive: true, force: true });
  });
  const domain = await DomainFolder.create(domainFolder, values.address ?? (await freeAddress()));
  const world = new World(root, domain, fileURLToPath(new URL("./measure.js", import.meta.url)));
  const loads = [loadavg()[0] ?? 0];
  const results: StageResult[] = [];
  for (const stage of STAGES) {
    results.push(await measureStage(world, stage, sizes));
    loads.push(loadavg()[0] ?? 0);
  }
  const plans = await measurePlans(world);
  const aims = values.quick
    ? countedAims(plans)
    : [...timedAims(results), ...countedAims(plans), ...planningAims(plans)];
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), load ${loads.map((load) => load.toFixed(1)).join(" ")}`;
  const lines = [
    `Muster on Node.js ${process.versions.node}, ${machine}`,
    ...["", ...table(results), "", ...processorTable(results), "", ...rivalTable(results), "", ...judge(aims)],
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  if (!isMet(aims)) process.exitCode = 1;
}

await main();
