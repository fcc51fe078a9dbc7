/** plan and apply through the command line, against the embedded directory: what is done and what is recorded. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  accountsOf,
  CANARY,
  commit,
  editByHand,
  type Organisation,
  openOrganisation,
  PEOPLE,
  POLICIES,
  reconcile,
  succeed,
} from "../support/organisation.js";
import { readLedger, readRuns } from "../support/records.js";

let organisation: Organisation;
beforeEach(async () => {
  organisation = await openOrganisation();
  await organisation.importPeople(PEOPLE);
});
afterEach(() => organisation.close());

async function titles(): Promise<Record<string, string>> {
  return Object.fromEntries((await accountsOf(organisation)).map(({ employeeID, title }) => [employeeID, title]));
}

function promoted(...ids: string[]): string[] {
  return PEOPLE.map((row) => (ids.some((id) => row.startsWith(id)) ? row.replace(/Engineer|Clerk/, "Manager") : row));
}

/** The plan has no changes, and making it leaves no trace. */
async function expectSettled(): Promise<void> {
  const before = organisation.traces();
  const again = await organisation.muster("plan", "--exit-code");
  expect([again.code, again.stderr]).toEqual([0, ""]);
  expect(organisation.traces()).toEqual(before);
}

describe("plan and apply", { timeout: 240_000 }, () => {
  it("create everybody once, record it in one commit, and then there is nothing to do", async () => {
    const before = organisation.git("rev-parse", "HEAD");
    const plan = await organisation.plan("first");
    expect(organisation.git("rev-parse", "HEAD")).toBe(before);
    succeed(await organisation.muster("apply", "--plan", plan));
    expect((await accountsOf(organisation)).map((each) => [each.employeeID, each.sAMAccountName])).toEqual([
      ["0010001", "ahopper"],
      ["0010002", "bkovacs"],
      ["0010003", "cmartin"],
      ["0010004", "dolsen"],
      ["0010005", "eolsen"],
    ]);
    expect(organisation.git("rev-list", "--count", `${before}..HEAD`)).toBe("1");
    expect(organisation.git("log", "-1", "--format=%B")).toMatch(/^muster test: 5 created[\s\S]*^Muster-Run: /m);
    expect(organisation.git("status", "--porcelain")).toBe("");
    await expectSettled();

    const empty = await organisation.plan("empty");
    const head = organisation.git("rev-parse", "HEAD");
    const { writes } = organisation.sandbox.counters;
    succeed(await organisation.muster("apply", "--plan", empty));
    expect(organisation.git("rev-parse", "HEAD")).toBe(head);
    expect(organisation.sandbox.counters.writes).toBe(writes);
  });

  it("apply the rest when one op fails, and the next run makes up for it", async () => {
    const plan = await organisation.plan("failing");
    organisation.faults.before = ({ kind, dn }) =>
      kind === "add" && dn.startsWith("CN=Dag") ? { do: "refuse", code: 50 } : undefined;
    const failed = await organisation.muster("apply", "--plan", plan);
    organisation.faults.before = undefined;
    expect(failed.code).toBe(4);
    expect(Object.keys(await titles())).toEqual(["0010001", "0010002", "0010003", "0010005"]);
    const outcomes = readRuns(organisation.folder).flatMap((run) => run.outcomes);
    const create = outcomes.find(({ op }) => op.verb === "create" && op.identity?.endsWith("0010004"));
    expect(create).toMatchObject({ outcome: "failed", code: "MUS-5006" });
    expect(outcomes.filter(({ outcome }) => outcome === "refused").length).toBeGreaterThan(0);
    expect(readLedger(organisation.folder).map(({ workers }) => workers)).not.toContainEqual(["hr:0010004"]);
    await reconcile(organisation, "again");
    expect(Object.keys(await titles())).toHaveLength(5);
    await expectSettled();
  });

  it("refuse what somebody else changed after the plan, and apply the rest", async () => {
    await reconcile(organisation, "first");
    organisation.clock = "2026-11-21T12:00:00Z";
    await organisation.importPeople(promoted("0010002", "0010004"));
    const plan = await organisation.plan("promotions");
    await editByHand(organisation, "0010002", "title", "Wizard");
    const applied = await organisation.muster("apply", "--plan", plan);
    expect(applied.code).toBe(4);
    expect(await titles()).toMatchObject({ "0010002": "Wizard", "0010004": "Manager" });
    const last = readRuns(organisation.folder).at(-1);
    expect(last?.outcomes.map(({ op, outcome, code }) => [op.identity?.slice(-7), outcome, code]).sort()).toEqual(
      expect.arrayContaining([
        ["0010002", "refused", "MUS-5005"],
        ["0010004", "done", null],
      ]),
    );
  });

  it("record on a branch that is not checked out", async () => {
    const environment = (POLICIES["policies/environment.yaml"] ?? "").replace("branch: main", "branch: records");
    const head = commit(organisation, { "policies/environment.yaml": environment });
    await reconcile(organisation, "first");
    expect(organisation.git("rev-parse", "HEAD")).toBe(head);
    expect(organisation.git("status", "--porcelain")).toBe("");
    expect(existsSync(join(organisation.folder, "state/environments"))).toBe(false);
    const recorded = organisation.git("ls-tree", "-r", "--name-only", "records", "state/environments/test/accounts");
    expect(recorded.split("\n")).toHaveLength(5);
    await expectSettled();
  });

  it("say loudly that a record could not be committed, keep it, and commit it first the next time", async () => {
    const plan = await organisation.plan("first");
    const head = organisation.git("rev-parse", "HEAD");
    const lock = join(organisation.folder, ".git/refs/heads/main.lock");
    writeFileSync(lock, "");
    const unrecorded = await organisation.muster("apply", "--plan", plan);
    expect(unrecorded.code).toBe(1);
    expect(unrecorded.stderr).toContain("MUS-6001");
    expect(unrecorded.stderr).toContain("NOT committed");
    expect(organisation.git("rev-parse", "HEAD")).toBe(head);
    expect(await accountsOf(organisation)).toHaveLength(5);
    const journals = join(organisation.folder, ".git/muster/test");
    const [journal = ""] = readdirSync(journals).filter((name) => name.endsWith(".jsonl"));
    expect(readdirSync(journals)).not.toContain(journal.replace(".jsonl", ".done"));

    rmSync(lock);
    await reconcile(organisation, "second");
    const runs = readRuns(organisation.folder);
    expect(runs.map(({ id }) => `${id}.jsonl`)).toContain(journal);
    expect(readLedger(organisation.folder)).toHaveLength(5);
    expect(await accountsOf(organisation)).toHaveLength(5);
    await expectSettled();
  });
});

describe("ledger rebuild", { timeout: 240_000 }, () => {
  it("restores a deleted ledger byte by byte", async () => {
    await reconcile(organisation, "first");
    organisation.clock = "2026-11-21T12:00:00Z";
    await organisation.importPeople([
      ...promoted("0010002", "0010003").map((row) => (row.startsWith("0010005") ? `${row}2026-11-20` : row)),
      "0010006,Finn,Berg,Clerk,Sales,0010004,2026-11-21,",
    ]);
    await reconcile(organisation, "second");
    const accounts = "state/environments/test/accounts";
    const tree = () => organisation.git("ls-tree", "-r", "HEAD", "state/environments/test/");
    const before = tree();
    organisation.git("rm", "-rq", accounts);
    organisation.git("commit", "-qm", "lose the ledger");
    expect(tree()).not.toBe(before);
    succeed(await organisation.muster("ledger", "rebuild"));
    expect(tree()).toBe(before);
    expect(before.split("\n").filter((line) => line.includes(accounts))).toHaveLength(6);
    await expectSettled();
  });
});

describe("secrets", { timeout: 240_000 }, () => {
  it("are in no output, journal, cache, plan or git object", async () => {
    await reconcile(organisation, "first");
    organisation.faults.before = ({ kind }) => (kind === "bind" ? { do: "refuse", code: 49 } : undefined);
    expect((await organisation.muster("plan")).code).toBe(1);
    organisation.faults.before = undefined;
    const password = readFileSync(organisation.sandbox.bindPasswordFile, "utf8").trim();
    expect(password.length).toBeGreaterThan(8);
    const objects = organisation.git("cat-file", "--batch-all-objects", "--batch");
    expect(objects).toContain("kind: Run");
    const own = join(organisation.folder, ".git/muster");
    const files = readdirSync(own, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
    expect(files.length).toBeGreaterThan(0);
    const plan = readFileSync(await organisation.plan("second"), "utf8");
    for (const text of [...organisation.printed, objects, ...files, plan]) {
      expect(text.includes(password)).toBe(false);
      expect(text.includes(CANARY)).toBe(false);
      expect(/unicodePwd/i.test(text)).toBe(false);
    }
  });
});
