/** The files of the repository, at a commit or in the work tree: the same list and contents either way. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareText } from "../model/identity.js";
import { MusterError } from "../support/errors.js";
import { blobId, type Git, listTree, readBlobs, resolveCommit, sizesOfBlobs } from "./git.js";

/** A commit (any revision that git knows), or the files as they lie in the work tree, committed or not. */
export type At = { readonly commit: string } | { readonly worktree: true };

export interface RepoFile {
  readonly path: string;
  /** Git blob id, in a work tree computed as git does (of the bytes as they are: no line ends are converted). */
  readonly blob: string;
  /** Links and submodules are not. */
  readonly regular: boolean;
}

export interface Files {
  /** Sorted by path. */
  readonly list: readonly RepoFile[];
  /** Sizes in bytes of some files of the list, in their order. */
  sizes(files: readonly RepoFile[]): Promise<readonly number[]>;
  /** Contents of some files of the list, in their order. */
  contents(files: readonly RepoFile[]): AsyncIterable<Uint8Array>;
}

/** All files below these folders. A folder that does not exist is empty. Throws MUS-1012 when there is no such commit. */
export async function filesAt(git: Git, at: At, folders: readonly string[]): Promise<Files> {
  if ("worktree" in at) return worktreeFiles(git, folders);
  const commit = await resolveCommit(git, at.commit);
  if (commit === null) throw new MusterError("MUS-1012", { what: `there is no commit ${at.commit}` });
  const list = (await listTree(git, commit, folders)).map(({ path, blob, mode }) => ({
    path,
    blob,
    regular: mode.startsWith("100"),
  }));
  list.sort((a, b) => compareText(a.path, b.path));
  return {
    list,
    sizes: (files) =>
      sizesOfBlobs(
        git,
        files.map((file) => file.blob),
      ),
    contents: (files) =>
      readBlobs(
        git,
        files.map((file) => file.blob),
      ),
  };
}

function worktreeFiles(git: Git, folders: readonly string[]): Files {
  const found: RepoFile[] = [];
  for (const folder of folders) walk(git, folder, found);
  found.sort((a, b) => compareText(a.path, b.path));
  return {
    list: found,
    sizes: async (files) => files.map((file) => lstatSync(join(git.root, file.path)).size),
    contents: async function* (files) {
      for (const file of files) {
        const bytes = readFileSync(join(git.root, file.path));
        if (blobId(git, bytes) !== file.blob)
          throw new MusterError("MUS-1012", { what: "the file changed while it was read", where: { file: file.path } });
        yield bytes;
      }
    },
  };
}

function walk(git: Git, folder: string, found: RepoFile[]): void {
  for (const name of namesIn(join(git.root, folder))) {
    const path = `${folder}/${name}`;
    const stats = lstatSync(join(git.root, path));
    if (stats.isDirectory()) walk(git, path, found);
    else if (!stats.isFile()) found.push({ path, blob: "", regular: false });
    else found.push({ path, blob: blobId(git, readFileSync(join(git.root, path))), regular: true });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
