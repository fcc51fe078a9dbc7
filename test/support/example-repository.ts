/** A state repository with the example's policies, for tests that put something wrong into it. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Finished, startCli } from "./cli-process.js";

const ROOT = resolve(import.meta.dirname, "../..");
const CLOCK = "2026-11-20T20:00-08:00";

export interface StateRepository {
  readonly folder: string;
  /** Runs muster here, on the story's clock. No target can be reached. */
  muster(args: readonly string[]): Promise<Finished>;
  git(...args: string[]): string;
  read(path: string): string;
  write(path: string, content: string | Uint8Array): void;
  commit(message: string): void;
  remove(): void;
}

/** The example's policies, and the first `people` rows of its export (id 1 is the chief executive), committed. */
export function makeRepository(people: number): StateRepository {
  const folder = mkdtempSync(join(tmpdir(), "muster-e2e-"));
  cpSync(join(ROOT, "policies"), join(folder, "policies"), { recursive: true });
  const who = ["-c", "user.name=Ida", "-c", "user.email=ida@example.com", "-c", "commit.gpgsign=false"];
  const repository: StateRepository = {
    folder,
    muster: (args) => startCli(folder, ["--repo", folder, "--clock", CLOCK, ...args]).finished,
    git: (...args) => execFileSync("git", [...who, ...args], { cwd: folder, encoding: "utf8" }),
    read: (path) => readFileSync(join(folder, path), "utf8"),
    write: (path, content) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    commit: (message) => {
      repository.git("add", "-A");
      repository.git("commit", "-q", "-m", message);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  repository.git("init", "-q", "-b", "main");
  repository.write("import/adventureworks/employees-2026-11-20.csv", exportOf(people));
  repository.commit("Policies and the first export");
  return repository;
}

/** Header and the first rows of the example's export. */
export function exportOf(people: number): string {
  const file = join(ROOT, "import/adventureworks/employees-2026-11-20.csv");
  const lines = readFileSync(file, "utf8").split("\n");
  return `${lines.slice(0, people + 1).join("\n")}\n`;
}
