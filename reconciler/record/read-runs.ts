/** Reads run records back: for the guards' window, for the chain of digests, for rebuilding the ledger. */
import type { RunFile } from "../model/files/index.js";
import { sha256 } from "../model/hash.js";
import { compareText } from "../model/identity.js";
import { environmentFolder, runPath } from "../model/paths.js";
import type { RecentOp, Run } from "../model/run.js";
import { parseInstant } from "../policy/time.js";
import { Cache } from "../repo/cache.js";
import { type Files, filesAt, type RepoFile } from "../repo/files.js";
import { type ParseOptions, parseFiles } from "../repo/parse-files.js";
import type { Repository } from "../repo/state.js";
import { MusterError, throwAll } from "../support/errors.js";
import { MAX_RECORD_BYTES } from "../support/limits.js";
import { isFurtherPart, readRunFiles, runFileName } from "./run-file.js";

/** Runs of an environment at a commit that started at or after `since` (epoch milliseconds), oldest first. */
export async function readRuns(
  repository: Repository,
  commit: string,
  environment: string,
  since: number,
): Promise<Run[]> {
  const files = await filesAt(repository.git, { commit }, [runsFolder(environment)]);
  const month = new Date(since).toISOString().slice(0, 7).replace("-", "/");
  const recent = files.list.filter((file) => monthOf(file) >= month);
  const errors: MusterError[] = [];
  const pathOf = (run: RunFile) => runPath(environment, run.started, runFileName(run.id, run.part));
  const how: ParseOptions<RunFile, null> = {
    kind: "Run",
    maxBytes: MAX_RECORD_BYTES,
    cache: Cache.open(null, "runs", ""),
    pathOf,
    outlineOf: () => null,
  };
  const { placed, misplaced } = await parseFiles(files, recent, how, errors);
  for (const { file } of misplaced)
    errors.push(
      new MusterError("MUS-1008", {
        what: "a run record lies at another path than its own",
        where: { file: file.path },
      }),
    );
  throwAll(
    errors.map(
      (e) =>
        new MusterError("MUS-6002", { what: e.what, ...(e.where === undefined ? {} : { where: e.where }), cause: e }),
    ),
  );
  const digests = await digestsOfParts(files, recent);
  const read = placed.map(({ file, value }) => ({ file: value, sha256: digests.get(file.path) ?? null }));
  const runs = readRunFiles(read).filter((run) => parseInstant(run.started) >= since);
  return runs.sort((a, b) => parseInstant(a.started) - parseInstant(b.started) || compareText(a.id, b.id));
}

/** SHA-256 of the newest run's file, null when there is none: what the next record names as its predecessor. */
export async function digestOfLastRun(
  repository: Repository,
  commit: string | null,
  environment: string,
): Promise<string | null> {
  if (commit === null) return null;
  const files = await filesAt(repository.git, { commit }, [runsFolder(environment)]);
  const firsts = files.list.filter((file) => !isFurtherPart(file.path));
  const last = firsts.sort((a, b) => compareText(monthOf(a) + a.path, monthOf(b) + b.path)).at(-1);
  if (last === undefined) return null;
  for await (const content of files.contents([last])) return sha256(content);
  return null;
}

async function digestsOfParts(files: Files, list: readonly RepoFile[]): Promise<ReadonlyMap<string, string>> {
  const parts = list.filter((file) => isFurtherPart(file.path));
  const digests = new Map<string, string>();
  let at = 0;
  for await (const content of files.contents(parts)) digests.set(parts[at++]?.path ?? "", sha256(content));
  return digests;
}

/** Claims of creates whose outcome nobody knows: sent and unanswered, or cut off by a crash. */
export function unconfirmedClaims(runs: readonly Pick<Run, "outcomes">[]): Set<string> {
  const claims = new Set<string>();
  for (const { op, outcome } of runs.flatMap((run) => run.outcomes)) {
    if (op.verb !== "create" || !("claim" in op.object)) continue;
    if (outcome.kind === "done" || outcome.kind === "already") claims.delete(op.object.claim);
    else claims.add(op.object.claim);
  }
  return claims;
}

/** What guards and fights count. */
export function recentOps(runs: readonly Run[]): RecentOp[] {
  return runs.flatMap((run) => {
    const letThrough = new Map(run.guards.flatMap((guard) => guard.ops.map((id) => [id, guard.by] as const)));
    return run.outcomes
      .filter(({ outcome }) => outcome.kind === "done")
      .map(({ op, outcome, at }): RecentOp => {
        const { target, verb, slot, origin } = op;
        const clear = verb === "update" && Object.values(op.after).every((value) => value === null);
        const by = letThrough.get(op.id) ?? null;
        return { at: parseInstant(at), target, verb, slot, object: outcome.anchor, origin, clear, letThrough: by };
      });
  });
}

function runsFolder(environment: string): string {
  return `${environmentFolder(environment)}/runs`;
}

/** "2026/11" of .../runs/2026/11/<id>.yaml */
function monthOf(file: RepoFile): string {
  return file.path.split("/").slice(-3, -1).join("/");
}
