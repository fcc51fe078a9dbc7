#!/usr/bin/env node
/** argv and environment to a command; the only file that sets the exit code. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { runApply } from "./commands/apply.js";
import type { Context, ExitCode, Outlet } from "./commands/context.js";
import { runDoctor } from "./commands/doctor.js";
import { runImport } from "./commands/import.js";
import { runLedgerRebuild } from "./commands/ledger.js";
import { runPlan } from "./commands/plan.js";
import { runShow } from "./commands/show.js";
import { runValidate } from "./commands/validate.js";
import { parseInstant } from "./policy/time.js";
import { musterVersion } from "./repo/schemas.js";
import { renderError } from "./report/error.js";
import { MusterError, MusterErrors } from "./support/errors.js";

interface GlobalOptions {
  readonly repo: string;
  readonly environment?: string;
  readonly cache?: string | false;
  readonly clock?: string;
  readonly color: boolean;
  readonly width?: number;
}

/** Columns of a page when nobody is looking at a terminal, and the most that is comfortable to read. */
const PIPE_WIDTH = 80;
const MAX_WIDTH = 120;

const { stdout, stderr, env } = process;

const OF_PROCESS: Outlet = {
  variable: (name) => env[name],
  print: (text) => stdout.write(text),
  remark: (text) => stderr.write(text),
  columns: stdout.isTTY ? stdout.columns : null,
  color: stdout.isTTY === true && env.NO_COLOR === undefined,
  terminal: stderr.isTTY === true,
};

function contextOf(options: GlobalOptions, outlet: Outlet): Context {
  const fixed = options.clock === undefined ? null : parseInstant(options.clock);
  return {
    folder: options.repo,
    environment: options.environment ?? null,
    cache: options.cache === false ? null : options.cache,
    clock: { now: () => fixed ?? Date.now() },
    clockGiven: fixed !== null,
    variable: outlet.variable,
    print: outlet.print,
    remark: outlet.remark,
    page: {
      width: options.width ?? (outlet.columns === null ? PIPE_WIDTH : Math.min(outlet.columns, MAX_WIDTH)),
      color: options.color && outlet.color,
      unicode: env.TERM !== "dumb",
    },
    terminal: outlet.terminal,
  };
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is not a whole number.");
  return Number(text);
}

const FORMAT = () => new Option("--format <format>", "how to print").choices(["text", "json"]).default("text");

function buildProgram(outlet: Outlet, finish: (code: ExitCode) => void): Command {
  const program = new Command("muster");
  program
    .description("A declarative GitOps reconciler for identities.")
    .version(musterVersion())
    .option("--repo <folder>", "the state repository", ".")
    .option("--environment <name>", "the environment; needed where there are several")
    .option("--cache <folder>", "where to keep what was parsed; default: inside the git directory")
    .option("--no-cache", "keep nothing")
    .option("--clock <instant>", "the time it is, with offset; only where every target is a sandbox")
    .option("--width <columns>", "columns of text output", wholeNumber)
    .option("--no-color", "plain text on a terminal too")
    .exitOverride()
    .configureOutput({ writeOut: outlet.print, writeErr: outlet.remark })
    .showHelpAfterError();
  const run = (work: (context: Context) => Promise<ExitCode>) => async () =>
    finish(await work(contextOf(program.opts(), outlet)));
  addReading(program, run);
  addDoctor(program, run);
  addWriting(program, run);
  return program;
}

type Run = (work: (context: Context) => Promise<ExitCode>) => () => Promise<void>;

function addReading(program: Command, run: Run): void {
  program
    .command("validate")
    .description("check files, policies and workers; no target is asked")
    .option("--worktree", "the files as they lie here, committed or not", false)
    .action((options) => run((context) => runValidate(context, options))());
  program
    .command("plan")
    .description("show what would be done, and why")
    .option("--as-of <instant>", "the instant that decides desired state, with offset; default: now")
    .option("--out <file>", "save the plan for apply")
    .option("--only <worker>", "show one worker's part; guards and counts stay those of the whole plan")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "markdown", "json"]).default("text"))
    .option("--full", "fold nothing", false)
    .option("--unmasked", "markdown with names and values; by default people are keys and values masked", false)
    .option("--worktree", "plan on uncommitted files; such a plan cannot be saved", false)
    .option("--exit-code", "exit 2 when there are changes", false)
    .option("--fail-on-findings", "exit 9 when there are findings beyond information", false)
    .action((options) => {
      const { asOf = null, out = null, only = null } = options;
      return run((context) => runPlan(context, { ...options, asOf, out, only }))();
    });
  program
    .command("show")
    .description("tell all about one identity")
    .argument("<worker>", "an id, or source:id")
    .option("--as-of <instant>", "as it will be, or was, at an instant")
    .addOption(FORMAT())
    .action((worker, options) =>
      run((context) => runShow(context, { worker, asOf: options.asOf ?? null, format: options.format }))(),
    );
}

function addDoctor(program: Command, run: Run): void {
  const doctor = program.command("doctor").description("look for what is not as it must be, without changing anything");
  doctor
    .command("target")
    .description("connection, certificate, rights, schema: with what to do about each")
    .argument("<name>", "the Target")
    .addOption(
      new Option("--role <role>", "for what the account is used").choices(["reader", "writer"]).default("writer"),
    )
    .addOption(
      new Option("--delegation [style]", "print the commands that give the rights").choices([
        "dsacls",
        "samba",
        "graph-powershell",
        "az",
      ]),
    )
    .option("--account <name>", "whom --delegation is for; default: the user, or the client id, of the Target")
    .addOption(FORMAT())
    .action((target, { role, format, delegation: style = null, account = null }) => {
      const delegation = style === true ? "usual" : style;
      return run((context) => runDoctor(context, { target, role, format, delegation, account }))();
    });
}

function addWriting(program: Command, run: Run): void {
  program
    .command("import")
    .description("turn an export of an HR system into worker files")
    .requiredOption("--source <name>", "the Source policy")
    .argument("[file]", "the export; default: file.path of the Source")
    .option("--exported-at <instant>", "when it was exported; default: from its name")
    .option("--commit", "commit the files", false)
    .addOption(FORMAT())
    .action((file, options) => {
      const { source, commit, format } = options;
      const exportedAt = options.exportedAt ?? null;
      return run((context) => runImport(context, { source, file: file ?? null, exportedAt, commit, format }))();
    });
  program
    .command("apply")
    .description("execute an approved plan and commit the record")
    .requiredOption("--plan <file>", "the plan, as saved by plan --out")
    .addOption(FORMAT())
    .action((options) => run((context) => runApply(context, { plan: options.plan, format: options.format }))());
  const ledger = program.command("ledger").description("the ledger of what is bound, allotted and confirmed");
  ledger
    .command("rebuild")
    .description("restore the ledger from the run records")
    .action(() => run((context) => runLedgerRebuild(context))());
  addSandbox(program, run);
}

/** Their code is loaded when it is asked for: every other command would wait for it. */
function addSandbox(program: Command, run: Run): void {
  const sandbox = program
    .command("sandbox")
    .description("the embedded directory and tenant, to try Muster without one");
  sandbox
    .command("start")
    .requiredOption("--folder <folder>", "where its data lives")
    .option("--port <port>", "default: any free port", wholeNumber, 0)
    .option("--empty", "without the people from before Muster", false)
    .option("--tenant-port <port>", "of the tenant; default: any free port", wholeNumber, 0)
    .option("--connect <seconds>", "copy the directory's users into the tenant, so often", wholeNumber)
    .action((options) =>
      run(async (context) => {
        const { runSandbox } = await import("./commands/sandbox.js");
        return await runSandbox(context, options);
      })(),
    );
  program
    .command("demo")
    .description("the whole story on the embedded sandbox, in a temporary folder")
    .option("--keep", "keep the temporary folder", false)
    .option(
      "--directory <url>",
      "play on a real domain that was made for tests; password: MUSTER_DEMO_DIRECTORY_PASSWORD",
    )
    .option("--directory-ca <file>", "PEM of the authority that the domain controller's certificate is from")
    .option("--directory-user <user>", "who may make and remove the OU")
    .option("--directory-base <dn>", "the OU to make for the story; it must not exist, and is removed at the end")
    .action((options) =>
      run(async (context) => {
        const { runDemo } = await import("./commands/demo/story.js");
        return await runDemo(context, options, runMuster);
      })(),
    );
}

async function main(): Promise<void> {
  // A closed pipe (`muster plan | head`) is no error.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });
  process.exitCode = await runMuster(process.argv.slice(2), OF_PROCESS);
}

/** One command line, without the program's name; gives its exit code. Never throws. */
async function runMuster(args: readonly string[], outlet: Outlet): Promise<number> {
  let code: number = 0;
  try {
    const finish = (found: ExitCode) => {
      code = found;
    };
    await buildProgram(outlet, finish).parseAsync(args, { from: "user" });
  } catch (error) {
    return report(error, outlet);
  }
  return code;
}

function report(error: unknown, outlet: Outlet): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 7;
  const color = outlet.terminal && env.NO_COLOR === undefined;
  outlet.remark(renderError(error, { color, width: PIPE_WIDTH, unicode: true }));
  return error instanceof MusterError || error instanceof MusterErrors ? error.exit : 1;
}

await main();
