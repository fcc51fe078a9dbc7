/**
 * Git, read through its objects. Short commands go through simple-git; what streams (thousands of blobs out, thousands
 * of files in) runs a git process of its own with back pressure on both pipes. Git gets a small environment of its own:
 * a GIT_DIR or an index of a surrounding hook must not lead it to another repository.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { resolve } from "node:path";
import { simpleGit } from "simple-git";
import { MusterError } from "../support/errors.js";

/** A git repository on disk. Paths are absolute. */
export interface Git {
  /** Top of the work tree; of a bare repository the repository itself. */
  readonly root: string;
  /** Of this work tree. */
  readonly gitDir: string;
  /** Shared by all work trees: here Muster keeps its lease, journal and cache. */
  readonly commonDir: string;
  readonly bare: boolean;
  readonly objectFormat: "sha1" | "sha256";
}

/** A file at a commit. */
export interface TreeFile {
  readonly path: string;
  /** Git's: "100644", "100755", "120000" for a link, "160000" for a submodule. */
  readonly mode: string;
  readonly blob: string;
}

export type GitEnvironment = Readonly<Record<string, string>>;

const PASSED_ON = ["PATH", "HOME", "USERPROFILE", "XDG_CONFIG_HOME", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP"];
const ALLOWED = [
  "GIT_OPTIONAL_LOCKS",
  "GIT_INDEX_FILE",
  "GIT_AUTHOR_NAME",
  "GIT_AUTHOR_EMAIL",
  "GIT_COMMITTER_NAME",
  "GIT_COMMITTER_EMAIL",
  "GIT_AUTHOR_DATE",
  "GIT_COMMITTER_DATE",
];
/** Objects and refs are on disk before a command returns: a crash of the machine loses no record. */
const DURABLE = ["-c", "core.fsync=all"];

/** Opens the repository that holds a path. Throws MUS-1009 when there is none. */
export async function openGit(path: string): Promise<Git> {
  const folder = resolve(path);
  try {
    const asked = [
      "rev-parse",
      "--is-bare-repository",
      "--absolute-git-dir",
      "--git-common-dir",
      "--show-object-format",
    ];
    const [bare, gitDir, commonDir, format] = (await raw(folder, asked)).split("\n");
    if (gitDir === undefined || commonDir === undefined) throw new Error("git answered nothing");
    const root = bare === "true" ? gitDir : (await raw(folder, ["rev-parse", "--show-toplevel"])).trimEnd();
    return {
      root,
      gitDir,
      commonDir: resolve(folder, commonDir),
      bare: bare === "true",
      objectFormat: format === "sha256" ? "sha256" : "sha1",
    };
  } catch (cause) {
    throw new MusterError("MUS-1009", { what: `${folder} is not in a git repository: ${messageOf(cause)}`, cause });
  }
}

/** Output of a git command. Throws MUS-1012 when it fails. */
export async function runGit(git: Git, args: readonly string[], env: GitEnvironment = {}): Promise<string> {
  try {
    return await raw(git.root, [...DURABLE, ...args], env);
  } catch (cause) {
    throw gitFailed(args, messageOf(cause), cause);
  }
}

/** Output of a git command without its line end, null when it fails. */
export async function askGit(git: Git, args: readonly string[]): Promise<string | null> {
  try {
    return (await raw(git.root, args)).trimEnd();
  } catch {
    return null;
  }
}

/** Full id of the commit that a revision names; null when there is none. */
export async function resolveCommit(git: Git, revision: string): Promise<string | null> {
  if (revision.startsWith("-")) return null;
  return askGit(git, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
}

/** Output of a git command that is fed its input. Throws MUS-1012 when it fails. */
export async function feedGit(
  git: Git,
  args: readonly string[],
  input: Iterable<string | Uint8Array>,
  env: GitEnvironment = {},
): Promise<string> {
  const child = start(git, [...DURABLE, ...args], env);
  const closed = once(child, "close");
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  await write(child, input);
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw gitFailed(args, (await errors).toString("utf8"));
  return (await output).toString("utf8");
}

/** All files of a commit at or below these paths, in the order of git; their sizes git would have to look up. Throws MUS-1012. */
export async function listTree(git: Git, commit: string, paths: readonly string[]): Promise<TreeFile[]> {
  const output = await feedGit(git, ["ls-tree", "-r", "-z", "--full-tree", commit, "--", ...paths], []);
  const files: TreeFile[] = [];
  for (const record of output.split("\0")) {
    const tab = record.indexOf("\t");
    if (tab < 0) continue;
    // Mode, type and id before the tab, none of them with a blank in it.
    const afterMode = record.indexOf(" ");
    const beforeId = record.indexOf(" ", afterMode + 1);
    files.push({
      path: record.slice(tab + 1),
      mode: record.slice(0, afterMode),
      blob: record.slice(beforeId + 1, tab),
    });
  }
  return files;
}

/** Sizes of blobs in bytes, in the order asked for; NaN for one that is missing. Throws MUS-1012. */
export async function sizesOfBlobs(git: Git, blobs: readonly string[]): Promise<number[]> {
  if (blobs.length === 0) return [];
  const output = await feedGit(git, ["cat-file", "--batch-check=%(objectsize)", "--buffer"], requests(blobs));
  return output.trimEnd().split("\n").map(Number);
}

/**
 * Contents of blobs in the order asked for, from one `git cat-file --batch`: a slow consumer holds git back, and no more
 * than a pipe full is in memory. Throws MUS-1012 when an object is missing.
 */
export async function* readBlobs(git: Git, blobs: readonly string[]): AsyncGenerator<Buffer> {
  if (blobs.length === 0) return;
  const child = start(git, ["cat-file", "--batch", "--buffer"], {});
  const errors = collect(child.stderr);
  const feeding = write(child, requests(blobs));
  const reader = new PipeReader(child.stdout);
  try {
    for (const blob of blobs) {
      const header = (await reader.line()) ?? "";
      const [, type, size] = header.split(" ");
      if (size === undefined || type === "missing")
        throw gitFailed(["cat-file"], header === "" ? (await errors).toString("utf8") : `object ${blob} is missing`);
      const content = await reader.take(Number(size));
      await reader.take(1);
      yield content;
    }
    await feeding;
  } finally {
    child.kill();
  }
}

/** The id that git gives these bytes. */
export function blobId(git: Pick<Git, "objectFormat">, bytes: Uint8Array): string {
  return createHash(git.objectFormat).update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");
}

function* requests(blobs: readonly string[]): Generator<string> {
  for (let at = 0; at < blobs.length; at += 500) yield `${blobs.slice(at, at + 500).join("\n")}\n`;
}

/** Takes lines and counted bytes from a stream of chunks. */
class PipeReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.chunks = stream[Symbol.asyncIterator]();
  }

  async line(): Promise<string | null> {
    for (;;) {
      const end = this.rest.indexOf(0x0a);
      if (end >= 0) {
        const line = this.rest.toString("utf8", 0, end);
        this.rest = this.rest.subarray(end + 1);
        return line;
      }
      if (!(await this.more())) return null;
    }
  }

  async take(size: number): Promise<Buffer> {
    if (this.rest.length >= size) {
      const taken = this.rest.subarray(0, size);
      this.rest = this.rest.subarray(size);
      return taken;
    }
    const whole = Buffer.alloc(size);
    let filled = this.rest.copy(whole);
    this.rest = Buffer.alloc(0);
    while (filled < size) {
      if (!(await this.more())) throw gitFailed(["cat-file"], "the output ends early");
      const copied = this.rest.copy(whole, filled);
      this.rest = this.rest.subarray(copied);
      filled += copied;
    }
    return whole;
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done === true) return false;
    this.rest = this.rest.length === 0 ? next.value : Buffer.concat([this.rest, next.value]);
    return true;
  }
}

function start(git: Git, args: readonly string[], env: GitEnvironment): ChildProcessWithoutNullStreams {
  const options = { cwd: git.root, env: { ...ownEnvironment(), ...env }, windowsHide: true };
  const child = spawn("git", args, { ...options, stdio: "pipe" });
  child.on("error", () => {
    // A git that cannot be started closes with a code like one that failed.
  });
  return child;
}

/** Writes all and closes the pipe. A git that stopped reading says why by its exit code. */
async function write(child: ChildProcessWithoutNullStreams, input: Iterable<string | Uint8Array>): Promise<void> {
  let broken = false;
  child.stdin.on("error", () => {
    broken = true;
  });
  for (const part of input) {
    if (broken || child.exitCode !== null || child.signalCode !== null) break;
    if (!child.stdin.write(part)) await drained(child);
  }
  child.stdin.end();
}

/** Until the pipe takes more, or nobody reads it any longer. */
function drained(child: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((go) => {
    const done = () => {
      child.stdin.off("drain", done);
      child.off("close", done);
      go();
    };
    child.stdin.on("drain", done);
    child.on("close", done);
  });
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function raw(folder: string, args: readonly string[], env: GitEnvironment = {}): Promise<string> {
  const git = simpleGit({
    baseDir: folder,
    allowEnvironment: ALLOWED,
    errors: (error, result) => {
      if (result.exitCode === 0) return undefined;
      return error ?? Buffer.concat([...result.stdErr, Buffer.from(`git ended with ${result.exitCode}`)]);
    },
  });
  return git.env({ ...ownEnvironment(), ...env }).raw([...args]);
}

function ownEnvironment(): Record<string, string> {
  const own: Record<string, string> = { LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" };
  for (const name of PASSED_ON) {
    const value = process.env[name];
    if (value !== undefined) own[name] = value;
  }
  return own;
}

function gitFailed(args: readonly string[], message: string, cause?: unknown): MusterError {
  return new MusterError("MUS-1012", { what: `git ${args[0] ?? ""} failed: ${message.trim()}`, cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.trim() : String(cause);
}
