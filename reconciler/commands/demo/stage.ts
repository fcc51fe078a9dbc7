/** The stage of the demo: a temporary state repository, a sandbox, a clock, and a way to run muster and git in sight. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packageRoot } from "../../repo/schemas.js";
import { MusterError } from "../../support/errors.js";
import type { Context, RunMuster } from "../context.js";
import { type Access, type DemoDirectory, openEmbeddedDirectory } from "./directory.js";
import { openRealDirectory } from "./real-directory.js";
import { type DemoTenant, openTenant } from "./tenant.js";

export interface Stage {
  readonly folder: string;
  readonly repository: string;
  readonly directory: DemoDirectory;
  readonly tenant: DemoTenant;
  /** Sets the story's clock, for muster, the embedded directory and the tenant. */
  setClock(instant: string): void;
  /** A headline with the story's time. */
  act(title: string): void;
  /** A paragraph between commands. */
  tell(text: string): void;
  /** Runs muster in sight and checks its exit code. Returns what it printed. */
  muster(args: readonly string[], expected?: number): Promise<string>;
  /** Runs git in sight; `lines` cuts long output. */
  git(args: readonly string[], options?: { readonly lines?: number; readonly quiet?: boolean }): Promise<string>;
  /** Writes a file of the repository and commits it. */
  commitFile(path: string, content: string, message: string): Promise<void>;
  close(): Promise<void>;
}

const EXAMPLE_DOMAIN = "DC=corp,DC=example";

export interface StageOptions {
  readonly keep: boolean;
  /** An OU of a real domain to play in, to be made and removed; null: the embedded directory. */
  readonly real: { readonly access: Access; readonly base: string } | null;
  readonly runMuster: RunMuster;
}

/** Everything lives in one temporary folder; it is removed at the end unless `keep`. */
export async function openStage(context: Context, options: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "muster-demo-"));
  const repository = join(folder, "state-repository");
  mkdirSync(repository);
  const root = packageRoot();
  for (const part of ["policies", "import"]) cpSync(join(root, part), join(repository, part), { recursive: true });
  let clock = "2026-11-20T20:00-08:00";
  const directory =
    options.real === null
      ? await openEmbeddedDirectory(join(folder, "sandbox"), () => new Date(clock))
      : await openRealDirectory(options.real.access, options.real.base);
  const now = () => Date.parse(clock);
  const tenant = await openTenant(join(folder, "sandbox"), directory.connectSource, now).catch(async (error) => {
    await directory.close();
    throw error;
  });
  movePolicies(join(repository, "policies"), directory);
  const muster = musterIn(repository, options.runMuster, {
    MUSTER_AD_URL: directory.muster.url,
    MUSTER_AD_CA: directory.muster.caFile,
    MUSTER_AD_USER: directory.muster.user,
    MUSTER_AD_PASSWORD: directory.muster.password,
    ...tenant.variables,
  });
  const runGit = (args: readonly string[]) => runProcess("git", args, repository, gitEnvironment(clock));
  const echo = (line: string) => context.print(paint(context, "1", `$ ${line}\n`));
  const stage: Stage = {
    folder,
    repository,
    directory,
    tenant,
    setClock: (instant) => {
      clock = instant;
    },
    act: (title) =>
      context.print(`\n${paint(context, "1;36", `━━━ ${clock.slice(0, 16).replace("T", " ")}  ${title}`)}\n\n`),
    tell: (text) => context.print(`${paint(context, "36", wrap(text))}\n`),
    muster: async (args, expected = 0) => {
      echo(`muster ${args.join(" ")}`);
      await directory.refresh();
      const { output, code } = await muster(["--clock", clock, ...args]);
      context.print(`${output}${paint(context, "2", `(exit code ${code})`)}\n\n`);
      if (code !== expected) throw failed(`muster ${args.join(" ")} ended with ${code}, not ${expected}`);
      return output;
    },
    git: async (args, shown = {}) => {
      const { output, code } = await runGit(args);
      if (shown.quiet !== true) {
        echo(`git ${args.join(" ")}`);
        context.print(`${cut(output, shown.lines ?? 40)}\n`);
      }
      if (code !== 0) throw failed(`git ${args[0]} ended with ${code}: ${output}`);
      return output;
    },
    commitFile: async (path, content, message) => {
      mkdirSync(dirname(join(repository, path)), { recursive: true });
      writeFileSync(join(repository, path), content);
      await stage.git(["add", path], { quiet: true });
      await stage.git(["commit", "-q", "-m", message], { quiet: true });
      context.print(
        `${paint(context, "1", `$ git commit -m "${message}"`)}\n${content.replace(/^/gm, "  ").trimEnd()}\n\n`,
      );
    },
    close: async () => {
      await tenant.close();
      await directory.close();
      if (options.keep) context.print(`kept: ${folder}\n`);
      else rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

/** Within this process, where it is loaded already: half of the time of a command line this short is its start. */
function musterIn(folder: string, run: RunMuster, variables: Readonly<Record<string, string | undefined>>) {
  return async (args: readonly string[]): Promise<Finished> => {
    let output = "";
    const print = (text: string) => {
      output += text;
    };
    const variable = (name: string) => variables[name];
    const before = process.cwd();
    process.chdir(folder);
    try {
      const outlet = { variable, print, remark: print, terminal: false, columns: null, color: false };
      return { code: await run(args, outlet), output };
    } finally {
      process.chdir(before);
    }
  };
}

function gitEnvironment(clock: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    GIT_AUTHOR_NAME: "Ida Engineer",
    GIT_AUTHOR_EMAIL: "ida@adventure-works.com",
    GIT_COMMITTER_NAME: "Ida Engineer",
    GIT_COMMITTER_EMAIL: "ida@adventure-works.com",
    GIT_AUTHOR_DATE: clock,
    GIT_COMMITTER_DATE: clock,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_PAGER: "cat",
  };
}

/** The example's policies are written for one domain; its groups of administrators stay where the domain has them. */
function movePolicies(folder: string, { base, domain }: DemoDirectory): void {
  if (base === EXAMPLE_DOMAIN) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".yaml")) continue;
    const file = join(folder, name);
    const moved = readFileSync(file, "utf8")
      .replaceAll(EXAMPLE_DOMAIN, base)
      .replaceAll(`CN=Users,${base}`, `CN=Users,${domain}`);
    writeFileSync(file, moved);
  }
}

interface Finished {
  readonly output: string;
  readonly code: number;
}

/** Standard output and standard error, in the order they came. */
function runProcess(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ output, code: code ?? 1 }));
  });
}

function failed(what: string): MusterError {
  return new MusterError("MUS-9001", { what: `the demo went another way than its story: ${what}` });
}

function paint(context: Context, code: string, text: string): string {
  return context.page.color ? `\u001b[${code}m${text}\u001b[0m` : text;
}

function cut(text: string, lines: number): string {
  const all = text.trimEnd().split("\n");
  return all.length <= lines ? text : `${all.slice(0, lines).join("\n")}\n… ${all.length - lines} more lines\n`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line.length + word.length + 1 > 80) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
