/** muster demo: the main job from the first load to a truncated export, told on the clock of the story. */
import { MusterError } from "../../support/errors.js";
import type { Context, ExitCode } from "../context.js";
import { type Administrator, openAdministrator } from "./administrator.js";
import { openStage, type Stage, type StageOptions } from "./stage.js";

const IMPORTS = "import/adventureworks";
const SOURCE = ["import", "--source", "adventureworks", "--commit"];

export interface DemoOptions {
  readonly keep: boolean;
  /** Of a real domain that is there for tests; the password is in MUSTER_DEMO_DIRECTORY_PASSWORD. */
  readonly directory?: string;
  readonly directoryCa?: string;
  readonly directoryUser?: string;
  /** The OU that is made for the story, and removed. */
  readonly directoryBase?: string;
}

export async function runDemo(context: Context, options: DemoOptions): Promise<ExitCode> {
  const stage = await openStage(context, { keep: options.keep, real: realDirectory(context, options) });
  try {
    const administrator = await openAdministrator(stage.directory);
    try {
      await firstLoad(stage);
      await firstWeek(stage);
      await drift(stage, administrator);
      await rehireAndRescind(stage, administrator);
      await truncatedExport(stage);
      await history(stage);
    } finally {
      await administrator.close();
    }
    return 0;
  } finally {
    await stage.close();
  }
}

function realDirectory(context: Context, options: DemoOptions): StageOptions["real"] {
  const { directory: url, directoryCa: caFile, directoryUser: user, directoryBase: base } = options;
  if (url === undefined) return null;
  const password = context.variable("MUSTER_DEMO_DIRECTORY_PASSWORD");
  if (user === undefined || base === undefined || password === undefined) {
    const what = "--directory needs --directory-user, --directory-base and the variable MUSTER_DEMO_DIRECTORY_PASSWORD";
    throw new MusterError("MUS-7001", { what });
  }
  return { access: { url, caFile, user, password }, base };
}

/** Plans, saves, applies. */
async function planAndApply(stage: Stage, name: string): Promise<string> {
  const plan = await stage.muster(["plan", "--out", `../${name}.json`]);
  await stage.muster(["apply", "--plan", `../${name}.json`]);
  return plan;
}

async function firstLoad(stage: Stage): Promise<void> {
  stage.setClock("2026-11-20T20:00-08:00");
  stage.act("The first load");
  stage.tell(
    "Adventure Works, 290 employees. The directory has 15 accounts from before Muster: 13 of these people and 2 strangers. " +
      "Policies are committed; HR exported its data this morning.",
  );
  await stage.git(["init", "-q", "-b", "main"], { quiet: true });
  await stage.git(["add", "."], { quiet: true });
  await stage.git(["commit", "-q", "-m", "Policies of Adventure Works"], { quiet: true });
  await stage.muster([...SOURCE, `${IMPORTS}/employees-2026-11-20.csv`]);
  stage.tell(
    "Plan 1 would bind those who have an account and create the rest. That many creates are more than the guards allow.",
  );
  const writes = await stage.directory.countWrites();
  await stage.muster(["plan", "--out", "../plan-1.json"], 3);
  await stage.muster(["apply", "--plan", "../plan-1.json"], 3);
  const written = await writes();
  if (written !== 0) throw new MusterError("MUS-9001", { what: "a refused plan wrote to the directory" });
  stage.tell(`The directory saw ${written} writes. A first load is a decision, so it is a reviewed, expiring file:`);
  await stage.commitFile("policies/exceptions/first-load.yaml", BOOTSTRAP, "Let the first load of corp-ad through");
  stage.tell("Plan 2 binds and creates. An account that is bound gets no other change in the same plan.");
  await planAndApply(stage, "plan-2");
  stage.tell("Plan 3 updates the accounts that were bound: outdated titles, missing managers and groups.");
  await planAndApply(stage, "plan-3");
  stage.tell("Plan 4 is empty.");
  await expectEmpty(stage);
}

const BOOTSTRAP = `apiVersion: muster/v1
kind: Bootstrap
name: first-load
environment: sandbox
lets:
  create: 300
  bind: 50
  update: 2000
expires: "2026-11-22"
reason: first load of corp-ad
`;

async function firstWeek(stage: Stage): Promise<void> {
  stage.setClock("2026-11-23T09:00-08:00");
  stage.act("Monday: hires, transfers, a new surname, leavers");
  stage.tell(
    "Three hires: Zoë Lindqvist and David Liu start today (there is a David Liu already), Siobhán O'Connor starts on 14 December. " +
      "Two people change department and manager, Elizabeth Keyser is Elizabeth Novák now, Christopher Hill has left, Jay Adams leaves on the 30th.",
  );
  await stage.muster([...SOURCE, `${IMPORTS}/day-2-2026-11-23.csv`]);
  await planAndApply(stage, "plan-5");
  await stage.muster(["show", "292"]);
}

async function drift(stage: Stage, administrator: Administrator): Promise<void> {
  stage.setClock("2026-11-30T09:00-08:00");
  stage.act("A week later: somebody else was here");
  stage.tell(
    "Somebody changed Terri Duffy's title by hand, and disabled the account of Gigi Matthew. " +
      "Siobhán O'Connor starts in 14 days: she becomes a pre-hire. Jay Adams works until tonight.",
  );
  await administrator.edit("terri0", "title", "Chief Happiness Officer");
  await administrator.disable("gigi0");
  const plan = await planAndApply(stage, "plan-6");
  expect(plan.includes("somebody else"), "the drift is found");
  const { title } = await administrator.read("(sAMAccountName=terri0)", ["title"]);
  const { userAccountControl } = await administrator.read("(sAMAccountName=gigi0)", ["userAccountControl"]);
  stage.tell(
    `The title is "${title}" again. The account that somebody disabled stays disabled (userAccountControl ${userAccountControl}).`,
  );
  expect(
    title === "Vice President of Engineering" && userAccountControl === "514",
    "drift is corrected, the disable stays",
  );
  stage.tell("Jay Adams, one minute before the end of his last day where he works, and at its end:");
  await stage.muster(["plan", "--only", "67", "--as-of", "2026-11-30T23:59-08:00"]);
  await stage.muster(["plan", "--only", "67", "--as-of", "2026-12-01T00:00-08:00"]);
}

async function rehireAndRescind(stage: Stage, administrator: Administrator): Promise<void> {
  stage.setClock("2026-12-01T09:00-08:00");
  stage.act("Tuesday: a rehire, a withdrawn hire, a leaver");
  stage.tell(
    "Christopher Hill is back under a new number, 294; his old record, 107, is still left. The hire of Siobhán O'Connor was withdrawn.",
  );
  const before = await administrator.read("(employeeID=107)", ["objectGUID", "employeeID"]);
  await stage.muster([...SOURCE, `${IMPORTS}/day-3-2026-12-01.csv`]);
  await planAndApply(stage, "plan-7");
  const after = await administrator.read("(employeeID=294)", ["objectGUID", "employeeID"]);
  stage.tell(
    `It is the same account: employeeID ${before.employeeID} is ${after.employeeID} now, and its objectGUID did not change.`,
  );
  expect(before.objectGUID === after.objectGUID, "the rehire has the same objectGUID");
  await stage.muster(["show", "294"]);
  await expectEmpty(stage);
}

async function truncatedExport(stage: Stage): Promise<void> {
  stage.setClock("2026-12-02T09:00-08:00");
  stage.act("Wednesday: a truncated export");
  stage.tell("The export lost 40 % of its rows. It is well-formed CSV: only a count can tell.");
  await stage.muster([...SOURCE, `${IMPORTS}/day-4-2026-12-02-truncated.csv`], 7);
  const status = await stage.git(["status", "--porcelain"]);
  expect(status === "", "a refused import changes no file");
  stage.tell("No file changed.");
}

async function history(stage: Stage): Promise<void> {
  stage.act("The audit log is git");
  await stage.git(["log", "--oneline"]);
  const file = (await stage.git(["ls-files", "*person%3Aadventureworks%3A107.yaml"], { quiet: true })).trim();
  stage.tell("What became of Christopher Hill's account, newest first:");
  await stage.git(["log", "-p", "--format=%n%h %ad %s", "--date=iso", "--unified=0", "--", file], { lines: 120 });
  stage.tell("That was the demo. What it made, in a temporary folder and in the directory, is removed now.");
}

async function expectEmpty(stage: Stage): Promise<void> {
  await stage.muster(["plan", "--exit-code"], 0);
}

function expect(condition: boolean, what: string): void {
  if (!condition) throw new MusterError("MUS-9001", { what: `the demo went another way than its story: ${what}` });
}
