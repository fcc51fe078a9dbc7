/** Friday evening: accounts in the directory, their copies in the tenant, and a company that is in the tenant only. */
import type { Stage } from "./stage.js";
import { expect, expectEmpty, importContractors, importEmployees, planAndApply } from "./steps.js";

export async function firstLoad(stage: Stage): Promise<void> {
  stage.setClock("2026-11-20T20:00-08:00");
  stage.act("The first load");
  stage.tell(
    "Adventure Works, 290 employees. The directory has 15 accounts from before Muster: 13 of these people and 2 strangers. " +
      "Policies are committed; HR exported its data this morning. " +
      "Entra Connect was installed today: from half past eight on it copies the directory's users into the tenant.",
  );
  await stage.git(["init", "-q", "-b", "main"], { quiet: true });
  await stage.git(["add", "."], { quiet: true });
  await stage.git(["commit", "-q", "-m", "Policies of Adventure Works"], { quiet: true });
  await importEmployees(stage, "employees-2026-11-20.csv");
  stage.tell(
    "Plan 1 would bind those who have an account and create the rest. That many creates are more than the guards allow.",
  );
  const inDirectory = await stage.directory.countWrites();
  const inTenant = stage.tenant.countWrites();
  await stage.muster(["plan", "--out", "../plan-1.json"], 3);
  await stage.muster(["apply", "--plan", "../plan-1.json"], 3);
  const written = (await inDirectory()) + inTenant();
  expect(written === 0, "a refused plan writes nothing");
  stage.tell(
    `Directory and tenant saw ${written} writes. A first load is a decision, so it is a reviewed, expiring file:`,
  );
  await stage.commitFile("policies/exceptions/first-load.yaml", BOOTSTRAP, "Let the first load through");
  stage.tell("Plan 2 binds and creates. An account that is bound gets no other change in the same plan.");
  await planAndApply(stage, "plan-2");
  stage.tell("Plan 3 updates the accounts that were bound: outdated titles, missing managers and groups.");
  await planAndApply(stage, "plan-3");
  stage.tell("Plan 4 is empty. In the tenant nobody has arrived yet.");
  const plan = await expectEmpty(stage);
  expect(plan.includes("awaiting-sync"), "the tenant's accounts are awaited");
}

const BOOTSTRAP = `apiVersion: muster/v1
kind: Bootstrap
name: first-load
environment: sandbox
lets:
  create: 300
  bind: 350
  update: 2000
expires: "2026-11-22"
reason: first load of corp-ad and corp-entra
`;

export async function arrivalInTheTenant(stage: Stage): Promise<void> {
  stage.setClock("2026-11-20T20:35-08:00");
  stage.act("Half an hour later: the tenant has the accounts");
  stage.tell("Each is bound by the id of its account in the directory, which nobody can edit.");
  await planAndApply(stage, "plan-5");
  stage.tell("Now they get what the cloud alone knows: the country of use, cloud groups, a licence.");
  await planAndApply(stage, "plan-6");
  const terri = await stage.tenant.read("employeeId eq '2'");
  expect(
    terri.synced && terri.licences.join() === "ENTERPRISEPACK" && terri.groups.length === 2,
    "Terri Duffy has a licence and two cloud groups",
  );
}

export async function contractors(stage: Stage): Promise<void> {
  stage.setClock("2026-11-20T21:00-08:00");
  stage.act("A company beside it: contractors, in the cloud only");
  stage.tell(
    "Fabrikam sends a list of its own, with other columns. Its people get no account in the directory; " +
      "in the tenant Muster makes theirs. Their managers are employees.",
  );
  await importContractors(stage, "contractors-2026-11-20.csv");
  await planAndApply(stage, "plan-7");
  const mirela = await stage.tenant.read("employeeId eq 'F-2041'");
  expect(
    !mirela.synced && mirela.manager === "Rob Walters" && mirela.licences.join() === "STANDARDPACK",
    "a contractor has a manager and a licence",
  );
  await expectEmpty(stage);
}
