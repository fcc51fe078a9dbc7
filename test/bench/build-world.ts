/**
 * The world that plans are measured on: a repository whose workers all have the accounts, names and memberships that the
 * policies want, made by Muster itself. Two runs, in August and today, so that some have left since they got an account.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildRun } from "../../reconciler/apply/build-run.js";
import { execute } from "../../reconciler/apply/execute.js";
import { anchorFrom, type Desk, observeAll, openDesk, type Planned, planFrom } from "../../reconciler/commands/desk.js";
import { runImport } from "../../reconciler/commands/import.js";
import { sealPlan } from "../../reconciler/commands/plan.js";
import { parseInstant } from "../../reconciler/policy/time.js";
import { nextLedger } from "../../reconciler/record/next-ledger.js";
import { ledgerFiles } from "../../reconciler/record/record.js";
import { commitChanges } from "../../reconciler/repo/commit.js";
import type { MemoryTarget } from "../../reconciler/targets/memory/target.js";
import { benchContext, EXPORTED_AGAIN_AT, EXPORTED_AT } from "./bench-context.js";
import { ENVIRONMENT, POLICY_FILES, SOURCE } from "./policies.js";
import { loadDirectory, saveDirectory } from "./stored-directory.js";
import { CHANGED, type WorldPaths } from "./world-paths.js";

const RUNS = ["2026-08-15T09:00:00Z", "2026-11-21T08:00:00Z"];
const NO_JOURNAL = { append: async () => {}, close: async () => {} };

/** An empty repository with the policies committed. */
export function createRepository(folder: string): void {
  mkdirSync(folder, { recursive: true });
  runGit(folder, ["init", "-q", "-b", "main"]);
  // Git packs of itself, in the background, when it sees fit: that would be in the middle of a measurement.
  runGit(folder, ["config", "gc.auto", "0"]);
  for (const [path, content] of Object.entries(POLICY_FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  commitAll(folder, "policies");
}

/** Imports an export into the work tree, as `muster import` does. */
export async function importInto(folder: string, file: string, exportedAt = EXPORTED_AT): Promise<void> {
  const context = benchContext(folder, exportedAt, null);
  await runImport(context, { source: SOURCE, file, exportedAt, commit: false, format: "json" });
}

/** From a repository with imported, uncommitted workers to a world in which nothing is to be done. */
export async function buildWorld(world: WorldPaths): Promise<void> {
  commitAll(world.repository, "import");
  const target = loadDirectory(world.directory);
  for (const at of RUNS) await runOnce(world.repository, target, at);
  saveDirectory(world.directory, target);
  await commitChangedWorker(world);
  // As a clone would be.
  runGit(world.repository, ["gc", "-q"]);
}

/** One worker gets another title, on a branch of its own beside main. */
async function commitChangedWorker(world: WorldPaths): Promise<void> {
  runGit(world.repository, ["checkout", "-q", "-b", CHANGED]);
  await importInto(world.repository, world.changedExport, EXPORTED_AGAIN_AT);
  commitAll(world.repository, "import again");
  runGit(world.repository, ["checkout", "-q", "main"]);
}

/** Plan, apply and commit the ledger. The guards are not asked: a first load is what a Bootstrap is for. */
async function runOnce(folder: string, target: MemoryTarget, at: string): Promise<void> {
  const desk = await openDesk(benchContext(folder, at, null), { openPort: () => target });
  const now = parseInstant(at);
  const planned = planFrom(desk, await observeAll(desk, "writer"), { asOf: now, now });
  const { ops } = planned.body;
  const executed = await execute({
    ops,
    targets: desk.targets,
    anchorOf: anchorFrom(desk.ledger),
    journal: NO_JOURNAL,
    clock: { now: () => now },
    onOutcome: () => {},
  });
  const failed = executed.find(({ outcome }) => outcome.kind !== "done");
  if (failed !== undefined) throw new Error(`${failed.op.verb} of ${failed.op.label}: ${failed.outcome.detail}`);
  await commitLedger(desk, planned, executed, now);
  // The writes of a run are kept for tests; here they would only fill the memory.
  target.directory.writes.length = 0;
}

async function commitLedger(
  desk: Desk,
  planned: Planned,
  outcomes: Awaited<ReturnType<typeof execute>>,
  now: number,
): Promise<void> {
  const plan = sealPlan(desk, planned, now);
  const parts = { id: "bench", plan, outcomes, started: now, finished: now };
  const run = buildRun(parts, { policy: desk.policy, desire: planned.desire, ledger: desk.ledger });
  const change = nextLedger(desk.ledger, run.outcomes, run.asOf);
  const changes = ledgerFiles(ENVIRONMENT, change);
  await commitChanges(desk.repository.git, { branch: "main", changes, subject: "ledger" });
}

function commitAll(folder: string, message: string): void {
  runGit(folder, ["add", "-A"]);
  runGit(folder, ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", message]);
}

export function runGit(folder: string, args: readonly string[]): void {
  execFileSync("git", [...args], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}
