/**
 * Commits made by Muster: through plumbing and a temporary index, so that neither a checkout nor anything uncommitted is
 * in the way, and the branch moves only from the commit the change was computed on (compare and swap). Plumbing runs no
 * hooks and signs nothing: a record of what already happened must not fail because a linter dislikes it. Protection
 * belongs to the remote (branch rules), where the push is checked.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FileChange } from "../model/file-change.js";
import { MusterError } from "../support/errors.js";
import { finishStep, indexLines, isCheckedOut, noteStep } from "./follow-checkout.js";
import { askGit, blobId, feedGit, type Git, type GitEnvironment, resolveCommit, runGit } from "./git.js";

export interface CommitRequest {
  /** Created from HEAD where it does not exist. */
  readonly branch: string;
  /** The files; as a function of the parent commit (null: there is none) they are computed again when the branch moved. */
  readonly changes: readonly FileChange[] | ((parent: string | null) => Promise<readonly FileChange[]>);
  readonly subject: string;
  readonly body?: string;
  readonly trailers?: Readonly<Record<string, string>>;
  /** ISO instant of the commit; default: now, by git's clock. */
  readonly at?: string;
  /** "Name <address>"; default: MUSTER_GIT_AUTHOR, then git's user.name and user.email, then Muster's own. */
  readonly author?: string;
}

const ATTEMPTS = 10;

/**
 * Commits files on a branch; the work tree follows where it is on that branch. Returns the commit's id, or null when the
 * files were so already. Throws MUS-1012 when git fails or the branch moves faster than we can follow.
 */
export async function commitChanges(git: Git, request: CommitRequest): Promise<string | null> {
  if (!git.bare) await finishStep(git);
  const dates = request.at === undefined ? {} : { GIT_AUTHOR_DATE: request.at, GIT_COMMITTER_DATE: request.at };
  const author = { ...(await authorOf(git, request.author)), ...dates };
  const ref = `refs/heads/${request.branch}`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const tip = await resolveCommit(git, ref);
    const parent = tip ?? (await resolveCommit(git, "HEAD"));
    const changes = typeof request.changes === "function" ? await request.changes(parent) : request.changes;
    const tree = await writeTree(git, parent, changes);
    if (changes.length === 0 || (parent !== null && tree === (await askGit(git, ["rev-parse", `${parent}^{tree}`]))))
      return null;
    const parents = parent === null ? [] : ["-p", parent];
    const commit = (await feedGit(git, ["commit-tree", tree, ...parents], [messageOf(request)], author)).trim();
    const follows = await isCheckedOut(git, request.branch);
    if (follows) noteStep(git, tip, commit);
    if (await moveRef(git, ref, commit, tip, request.subject)) {
      if (follows) await finishStep(git);
      return commit;
    }
  }
  throw new MusterError("MUS-1012", {
    what: `the branch ${request.branch} moved ${ATTEMPTS} times while it was written`,
  });
}

/** Whether the ref moved; false when another commit came first. */
async function moveRef(git: Git, ref: string, commit: string, tip: string | null, why: string): Promise<boolean> {
  const before = tip ?? "0".repeat(commit.length);
  try {
    await runGit(git, ["update-ref", "--create-reflog", "-m", why, ref, commit, before]);
    return true;
  } catch (error) {
    if ((await resolveCommit(git, ref)) !== tip) return false;
    throw error;
  }
}

async function writeTree(git: Git, parent: string | null, changes: readonly FileChange[]): Promise<string> {
  const folder = join(git.gitDir, "muster");
  mkdirSync(folder, { recursive: true });
  const index = join(folder, `index-${process.pid}-${randomBytes(6).toString("hex")}`);
  const env: GitEnvironment = { GIT_INDEX_FILE: index };
  try {
    const files = await writeBlobs(git, changes);
    await runGit(git, ["read-tree", parent ?? "--empty"], env);
    await feedGit(git, ["update-index", "-z", "--index-info"], indexLines(git, files), env);
    return (await runGit(git, ["write-tree"], env)).trim();
  } finally {
    rmSync(index, { force: true });
    rmSync(`${index}.lock`, { force: true });
  }
}

/** Stores all contents by one `git fast-import`: a process per file would take minutes for the first load. */
async function writeBlobs(git: Git, changes: readonly FileChange[]): Promise<{ path: string; after: string | null }[]> {
  const input: (string | Uint8Array)[] = [];
  const files = changes.map(({ path, content }) => {
    checkPath(path);
    if (content === null) return { path, after: null };
    const bytes = Buffer.from(content);
    input.push(`blob\ndata ${bytes.byteLength}\n`, bytes, "\n");
    return { path, after: blobId(git, bytes) };
  });
  if (input.length > 0) await feedGit(git, ["fast-import", "--quiet", "--done"], [...input, "done\n"]);
  return files;
}

function checkPath(path: string): void {
  const bad =
    path === "" || path.includes("\0") || path.split("/").some((part) => ["", ".", "..", ".git"].includes(part));
  if (bad) throw new MusterError("MUS-9001", { what: `"${path}" is not a path inside the repository` });
}

function messageOf(request: CommitRequest): string {
  const trailers = Object.entries(request.trailers ?? {}).map(
    ([key, value]) => `${key}: ${value.replace(/\s+/g, " ")}`,
  );
  return `${[request.subject, request.body, trailers.join("\n")].filter((part) => part !== undefined && part !== "").join("\n\n")}\n`;
}

async function authorOf(git: Git, asked: string | undefined): Promise<GitEnvironment> {
  const given = /^(.*\S)\s*<([^<>]*)>$/.exec(asked ?? process.env.MUSTER_GIT_AUTHOR ?? "");
  const name = given?.[1] ?? ((await askGit(git, ["config", "user.name"])) || "Muster");
  const email = given?.[2] ?? ((await askGit(git, ["config", "user.email"])) || "muster@localhost");
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}
