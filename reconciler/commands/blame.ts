/** Which commit brought the version of a file that a reason names: for people, never part of a plan. */
import type { PlanBody } from "../model/plan.js";
import { askGit } from "../repo/git.js";
import type { Repository } from "../repo/state.js";

/** More files than this are not looked up: a first load names every worker, and all came with one commit. */
const MAX_FILES = 200;

/** A look-up from blob and file to the short id of the last commit that touched the file. */
export async function commitOfBlob(
  repository: Repository,
  body: PlanBody,
  commit: string,
): Promise<(blob: string, file: string) => string | null> {
  const files = [
    ...new Set(body.ops.flatMap((op) => op.reasons.flatMap((reason) => reason.source?.file ?? []))),
  ].sort();
  const known = new Map<string, string>();
  if (files.length > 0 && files.length <= MAX_FILES && commit !== "worktree") {
    const log = await askGit(repository.git, ["log", "--format=%x00%h", "--name-only", commit, "--", ...files]);
    for (const record of (log ?? "").split("\0")) {
      const [id, ...paths] = record.split("\n").filter((line) => line !== "");
      for (const path of paths) if (id !== undefined && !known.has(path)) known.set(path, id);
    }
  }
  return (_blob, file) => known.get(file) ?? null;
}
