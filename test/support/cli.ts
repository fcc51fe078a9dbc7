/** The built command line as a child process, and small state repositories for it to work on. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Sandbox } from "../../reconciler/sandbox/directory-server.js";

const ROOT = resolve(import.meta.dirname, "../..");
export const CLI = join(ROOT, "dist/reconciler/cli.js");
export const CLOCK = "2026-11-20T20:00-08:00";

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface StateRepository {
  readonly folder: string;
  /** Runs muster here, on the story's clock unless another is given. */
  muster(args: readonly string[], options?: { readonly clock?: string }): Promise<Result>;
  /** Starts muster and leaves it running. */
  start(args: readonly string[]): { readonly child: ChildProcess; readonly done: Promise<Result> };
  git(...args: string[]): string;
  read(path: string): string;
  write(path: string, content: string | Uint8Array): void;
  commit(message: string): void;
  remove(): void;
}

/** The example's policies, and the first `people` rows of its export (id 1 is the chief executive), committed. */
export function makeRepository(sandbox: Sandbox | null, people = 8): StateRepository {
  if (!existsSync(CLI)) throw new Error("the command line is not built: npm test builds it");
  const folder = mkdtempSync(join(tmpdir(), "muster-e2e-"));
  cpSync(join(ROOT, "policies"), join(folder, "policies"), { recursive: true });
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_AUTHOR_NAME: "Ida",
    GIT_AUTHOR_EMAIL: "ida@example.com",
    GIT_COMMITTER_NAME: "Ida",
    GIT_COMMITTER_EMAIL: "ida@example.com",
    ...sandboxVariables(sandbox),
  };
  const start = (args: readonly string[], clock: string) => {
    const child = spawn(process.execPath, [CLI, "--repo", folder, "--clock", clock, ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { child, done: finish(child) };
  };
  const repository: StateRepository = {
    folder,
    muster: (args, options = {}) => start(args, options.clock ?? CLOCK).done,
    start: (args) => start(args, CLOCK),
    git: (...args) => execFileSync("git", args, { cwd: folder, env, encoding: "utf8" }),
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
  return `${readFileSync(file, "utf8")
    .split("\n")
    .slice(0, people + 1)
    .join("\n")}\n`;
}

function sandboxVariables(sandbox: Sandbox | null): NodeJS.ProcessEnv {
  if (sandbox === null) return { MUSTER_AD_URL: "", MUSTER_AD_CA: "", MUSTER_AD_USER: "", MUSTER_AD_PASSWORD: "" };
  return {
    MUSTER_AD_URL: sandbox.url,
    MUSTER_AD_CA: sandbox.caFile,
    MUSTER_AD_USER: sandbox.bindUser,
    MUSTER_AD_PASSWORD: readFileSync(sandbox.bindPasswordFile, "utf8").trim(),
  };
}

function finish(child: ChildProcess): Promise<Result> {
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, out, err }));
  });
}
