/** The days after the first load, to the truncated export, and what git has kept of them. */
import type { Administrator } from "./administrator.js";
import type { Stage } from "./stage.js";
import { expect, expectEmpty, importContractors, importEmployees, planAndApply } from "./steps.js";

export async function firstWeek(stage: Stage): Promise<void> {
  stage.setClock("2026-11-23T09:00-08:00");
  stage.act("Monday: hires, transfers, a new surname, leavers");
  stage.tell(
    "Three hires: Zoë Lindqvist and David Liu start today (there is a David Liu already), Siobhán O'Connor starts on 14 December. " +
      "Two people change department and manager, and William Vong his licence with it, Elizabeth Keyser is Elizabeth Novák now, Christopher Hill has left, Jay Adams leaves on the 30th. " +
      "Idris Blackwood starts at Fabrikam.",
  );
  await importEmployees(stage, "day-2-2026-11-23.csv");
  await importContractors(stage, "contractors-2026-11-23.csv");
  await planAndApply(stage, "plan-8");
  const christopher = await stage.tenant.read("employeeId eq '107'");
  expect(christopher.licences.length === 0 && christopher.groups.length === 0, "a leaver has no licence and no group");
}

export async function hiresInTheTenant(stage: Stage): Promise<void> {
  stage.setClock("2026-11-23T09:40-08:00");
  stage.act("Forty minutes later: the hires have arrived in the tenant");
  stage.tell(
    "So has Christopher Hill's disabled state. Until then he could have signed in anew, so his sessions are ended once more.",
  );
  await planAndApply(stage, "plan-9");
  stage.tell(
    "David Liu is due an Office 365 E3, and there is none left. A plan is refused as a whole, before the first write:",
  );
  const refused = await stage.muster(["plan", "--only", "292"], 3);
  expect(refused.includes("seats:ENTERPRISEPACK"), "the seats are counted");
  stage.tenant.buySeats("ENTERPRISEPACK", 5);
  stage.tell("Five seats are bought, and the same plan passes.");
  await planAndApply(stage, "plan-10");
  await stage.muster(["show", "292"]);
  const david = await stage.tenant.read("employeeId eq '292'");
  expect(david.licences.join() === "ENTERPRISEPACK", "a hire has a licence");
}

export async function drift(stage: Stage, administrator: Administrator): Promise<void> {
  stage.setClock("2026-11-30T09:00-08:00");
  stage.act("A week later: somebody else was here");
  stage.tell(
    "Somebody changed Terri Duffy's title by hand, and disabled the account of Gigi Matthew. " +
      "Siobhán O'Connor starts in 14 days: she becomes a pre-hire. Jay Adams works until tonight. " +
      "Tomasz Wilk's contract ended on Friday.",
  );
  await administrator.edit("terri0", "title", "Chief Happiness Officer");
  await administrator.disable("gigi0");
  const plan = await planAndApply(stage, "plan-11");
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
  stage.tell("Tomasz Wilk's account is disabled, and his seat is free for somebody else.");
  const tomasz = await stage.tenant.read("employeeId eq 'F-2042'");
  expect(
    !tomasz.accountEnabled && tomasz.licences.length === 0 && tomasz.groups.length === 0,
    "a contract that ended leaves no access",
  );
  stage.tell("Jay Adams, one minute before the end of his last day where he works, and at its end:");
  await stage.muster(["plan", "--only", "67", "--as-of", "2026-11-30T23:59-08:00"]);
  await stage.muster(["plan", "--only", "67", "--as-of", "2026-12-01T00:00-08:00"]);
}

export async function rehireAndRescind(stage: Stage, administrator: Administrator): Promise<void> {
  stage.setClock("2026-12-01T09:00-08:00");
  stage.act("Tuesday: a rehire, a withdrawn hire, a leaver");
  stage.tell(
    "Christopher Hill is back under a new number, 294; his old record, 107, is still left. The hire of Siobhán O'Connor was withdrawn.",
  );
  const before = await administrator.read("(employeeID=107)", ["objectGUID", "employeeID"]);
  await importEmployees(stage, "day-3-2026-12-01.csv");
  await planAndApply(stage, "plan-12");
  const after = await administrator.read("(employeeID=294)", ["objectGUID", "employeeID"]);
  stage.tell(
    `It is the same account: employeeID ${before.employeeID} is ${after.employeeID} now, and its objectGUID did not change.`,
  );
  expect(before.objectGUID === after.objectGUID, "the rehire has the same objectGUID");
  const { licences } = await stage.tenant.read("employeeId eq '107'");
  expect(licences.join() === "STANDARDPACK", "the rehire has a licence again");
  stage.tell(
    "In the tenant he has his licence and group again; synchronisation enables him there within half an hour.",
  );
  await stage.muster(["show", "294"]);
  await expectEmpty(stage);
}

export async function truncatedExport(stage: Stage): Promise<void> {
  stage.setClock("2026-12-02T09:00-08:00");
  stage.act("Wednesday: a truncated export");
  stage.tell("The export lost 40 % of its rows. It is well-formed CSV: only a count can tell.");
  await importEmployees(stage, "day-4-2026-12-02-truncated.csv", 7);
  const status = await stage.git(["status", "--porcelain"]);
  expect(status === "", "a refused import changes no file");
  stage.tell("No file changed.");
}

export async function history(stage: Stage): Promise<void> {
  stage.act("The audit log is git");
  await stage.git(["log", "--oneline"]);
  const file = (await stage.git(["ls-files", "*corp-ad/*person%3Aadventureworks%3A107.yaml"], { quiet: true })).trim();
  stage.tell("What became of Christopher Hill's account, newest first:");
  await stage.git(["log", "-p", "--format=%n%h %ad %s", "--date=iso", "--unified=0", "--", file], { lines: 120 });
  stage.tell(
    "That was the demo. What it made, in a temporary folder, in the directory and in the tenant, is removed now.",
  );
}
