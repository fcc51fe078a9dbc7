/** The built command line as a child process, as people run it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CLI = join(ROOT, "dist/reconciler/cli.js");
const METER = join(ROOT, "test/support/measure-memory.mjs");
const LOCK = join(ROOT, "dist", ".building");

export interface Finished {
  /** null: ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, for what must be nowhere. */
  readonly output: string;
  /** What the process used up; null when it was killed. Processor time, since a busy machine is nobody's fault. */
  readonly used: { readonly seconds: number; readonly peakBytes: number } | null;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Builds dist/ where a source is newer than the last build; test files that run at the same time build once. */
export async function ensureBuilt(): Promise<void> {
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  for (;;) {
    if (isFresh()) return;
    try {
      mkdirSync(LOCK);
      break;
    } catch {
      await sleep(200);
      // A lock that a killed test left behind.
      if (existsSync(LOCK) && Date.now() - statSync(LOCK).mtimeMs > 300_000) rmSync(LOCK, { recursive: true });
    }
  }
  try {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: ROOT, stdio: "pipe" });
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function isFresh(): boolean {
  const info = join(ROOT, "dist/.tsbuildinfo");
  if (existsSync(LOCK) || !existsSync(info) || !existsSync(CLI)) return false;
  const built = statSync(info).mtimeMs;
  return readdirSync(join(ROOT, "reconciler"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .every((name) => statSync(join(ROOT, "reconciler", name)).mtimeMs <= built);
}

/** Starts muster in a folder with no more of the environment than it needs. */
export function startCli(
  folder: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Running {
  const meter = join(tmpdir(), `muster-peak-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    MUSTER_TEST_METER: meter,
    ...variables,
  };
  const child = spawn(process.execPath, ["--import", METER, CLI, ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const used = existsSync(meter) ? (JSON.parse(readFileSync(meter, "utf8")) as Finished["used"]) : null;
      rmSync(meter, { force: true });
      resolve({ code, stdout, stderr, output: stdout + stderr, used });
    });
  });
  return { child, finished };
}
