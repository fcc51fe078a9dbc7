/**
 * The checked-out work tree and index follow a commit that Muster made on the branch they are on: only the paths of that
 * commit, and of those only what nobody changed. A file or index entry that differs from what the old commit held is
 * somebody's uncommitted work and stays as it is; git shows it as a change.
 *
 * The ref moves first, because the commit is the truth. A crash before the files followed would look like an uncommitted
 * reversal of the record, so a marker is written before and the next commit finishes what it names.
 */
import { mkdirSync, readFileSync, realpathSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { askGit, blobId, feedGit, type Git, readBlobs, runGit } from "./git.js";

const EMPTY_TREE = {
  sha1: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  sha256: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
};

interface Step {
  readonly from: string;
  readonly to: string;
}

interface Difference {
  readonly path: string;
  /** Blob ids, null where the file does not exist. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Whether the work tree of this repository is on the branch. */
export async function isCheckedOut(git: Git, branch: string): Promise<boolean> {
  return !git.bare && (await askGit(git, ["symbolic-ref", "--quiet", "HEAD"])) === `refs/heads/${branch}`;
}

/** Notes, before the branch moves from one commit (null for none) to another, that the files must follow. */
export function noteStep(git: Git, from: string | null, to: string): void {
  mkdirSync(join(git.gitDir, "muster"), { recursive: true });
  writeFileSync(markerOf(git), JSON.stringify({ from: from ?? EMPTY_TREE[git.objectFormat], to }));
}

/** Lets the files follow the step that was noted, if the branch really took it. Does nothing when none is noted. */
export async function finishStep(git: Git): Promise<void> {
  const step = readMarker(git);
  if (step === null) return;
  const taken = await askGit(git, ["merge-base", "--is-ancestor", step.to, "HEAD"]);
  if (taken !== null) {
    const differences = await differencesOf(git, step);
    await followFiles(git, differences);
    await followIndex(git, differences);
  }
  rmSync(markerOf(git), { force: true });
}

function markerOf(git: Git): string {
  return join(git.gitDir, "muster", "follow.json");
}

function readMarker(git: Git): Step | null {
  try {
    const step = JSON.parse(readFileSync(markerOf(git), "utf8")) as Partial<Step>;
    return typeof step.from === "string" && typeof step.to === "string" ? { from: step.from, to: step.to } : null;
  } catch {
    return null;
  }
}

async function differencesOf(git: Git, step: Step): Promise<Difference[]> {
  const fields = (await feedGit(git, ["diff-tree", "-r", "-z", "--no-renames", step.from, step.to], [])).split("\0");
  const differences: Difference[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, , before = "", after = ""] = (fields[i] ?? "").split(" ");
    differences.push({ path: fields[i + 1] ?? "", before: idOf(before), after: idOf(after) });
  }
  return differences;
}

function idOf(text: string): string | null {
  return /^0+$/.test(text) ? null : text;
}

async function followFiles(git: Git, differences: readonly Difference[]): Promise<void> {
  const untouched = differences.filter(({ path, before }) => presentBlob(git, path) === before && isInside(git, path));
  const contents = readBlobs(
    git,
    untouched.flatMap(({ after }) => (after === null ? [] : [after])),
  );
  for (const { path, after } of untouched) {
    const file = join(git.root, path);
    if (after === null) removeFile(git, file);
    else {
      const content = await contents.next();
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content.value as Buffer);
    }
  }
}

function presentBlob(git: Git, path: string): string | null {
  try {
    return blobId(git, readFileSync(join(git.root, path)));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" || code === "ENOTDIR" ? null : "unreadable";
  }
}

/** A folder of the work tree may be a link that leads elsewhere: nothing is written through it. */
function isInside(git: Git, path: string): boolean {
  const root = realpathSync(git.root);
  for (let folder = dirname(join(git.root, path)); ; folder = dirname(folder)) {
    try {
      const real = realpathSync(folder);
      return real === root || real.startsWith(root + sep);
    } catch {
      if (folder === git.root) return false;
    }
  }
}

function removeFile(git: Git, file: string): void {
  rmSync(file, { force: true });
  try {
    for (let folder = dirname(file); folder !== git.root; folder = dirname(folder)) rmdirSync(folder);
  } catch {
    // A folder that still holds something stays.
  }
}

async function followIndex(git: Git, differences: readonly Difference[]): Promise<void> {
  const indexed = new Map<string, string>();
  for (const record of (await feedGit(git, ["ls-files", "-s", "-z"], [])).split("\0")) {
    const tab = record.indexOf("\t");
    if (tab > 0) indexed.set(record.slice(tab + 1), record.slice(0, tab).split(" ")[1] ?? "");
  }
  const untouched = differences.filter(({ path, before }) => (indexed.get(path) ?? null) === before);
  if (untouched.length === 0) return;
  await feedGit(git, ["update-index", "-z", "--index-info"], indexLines(git, untouched));
  await runGit(git, ["update-index", "-q", "--refresh"]).catch(() => undefined);
}

/** Input of `git update-index --index-info`. */
export function indexLines(git: Git, files: readonly Pick<Difference, "path" | "after">[]): string[] {
  const none = "0".repeat(EMPTY_TREE[git.objectFormat].length);
  return files.map(({ path, after }) => `${after === null ? `0 ${none}` : `100644 ${after}`}\t${path}\0`);
}
