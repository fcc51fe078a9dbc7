/** A real git repository in a temporary folder, deaf to the user's git configuration. */
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

const made: string[] = [];

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "muster-test-")));
  made.push(folder);
  return folder;
}

export function git(folder: string, ...args: string[]): string {
  const settings = ["user.name=Test", "user.email=test@localhost", "commit.gpgsign=false", "core.hooksPath=/dev/null"];
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  };
  return execFileSync("git", [...settings.flatMap((each) => ["-c", each]), ...args], options).trimEnd();
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A repository on branch main with these files committed. */
export function createRepository(files: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  git(folder, "init", "-q", "-b", "main");
  git(folder, "config", "user.name", "Tester");
  git(folder, "config", "user.email", "tester@localhost");
  if (Object.keys(files).length > 0) commitFiles(folder, files);
  return folder;
}

/** Writes files and commits everything; returns the commit's id. */
export function commitFiles(folder: string, files: Readonly<Record<string, string>>): string {
  writeFiles(folder, files);
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", "files");
  return git(folder, "rev-parse", "HEAD");
}
