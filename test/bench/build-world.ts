/**
 * The world that plans are measured on: a repository whose workers all have the accounts, names and memberships that the
 * policies want, made by Muster itself. Two runs, in August and today, so that some have left since they got an account.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runImport } from "../../reconciler/commands/import.js";
import { applyOnce } from "./apply-once.js";
import { benchContext, EXPORTED_AGAIN_AT, EXPORTED_AT } from "./bench-context.js";
import { POLICY_FILES, SOURCE } from "./policies.js";
import { loadDirectory, saveDirectory } from "./stored-directory.js";
import { CHANGED, type WorldPaths } from "./world-paths.js";

const RUNS = ["2026-08-15T09:00:00Z", "2026-11-21T08:00:00Z"];

/** An empty repository with the policies committed. */
export function createRepository(folder: string, policies: Readonly<Record<string, string>> = POLICY_FILES): void {
  mkdirSync(folder, { recursive: true });
  runGit(folder, ["init", "-q", "-b", "main"]);
  // Git packs of itself, in the background, when it sees fit: that would be in the middle of a measurement.
  runGit(folder, ["config", "gc.auto", "0"]);
  for (const [path, content] of Object.entries(policies)) {
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
  for (const at of RUNS) {
    await applyOnce({ folder: world.repository, target, at });
    // The writes of a run are kept for tests; here they would only fill the memory.
    target.directory.writes.length = 0;
  }
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

function commitAll(folder: string, message: string): void {
  runGit(folder, ["add", "-A"]);
  runGit(folder, ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", message]);
}

export function runGit(folder: string, args: readonly string[]): void {
  execFileSync("git", [...args], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}
