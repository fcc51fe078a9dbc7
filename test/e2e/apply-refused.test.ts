/** Plans that may not be applied: each is refused with its code and exit code, and leaves no trace anywhere. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openLeases } from "../../reconciler/repo/lease.js";
import {
  commit,
  NOW,
  type Organisation,
  openOrganisation,
  PEOPLE,
  POLICIES,
  reconcile,
  resetTo,
} from "../support/organisation.js";

let organisation: Organisation;
let base: string;

beforeAll(async () => {
  organisation = await openOrganisation();
  await organisation.importPeople(PEOPLE);
  base = organisation.git("rev-parse", "HEAD");
});
afterAll(() => organisation.close());
beforeEach(() => {
  resetTo(organisation, base);
  organisation.clock = NOW;
});

/** Applies and expects a refusal that changes nothing. */
async function expectRefused(plan: string, code: string, exit: number): Promise<string> {
  const before = organisation.traces();
  const refused = await organisation.muster("apply", "--plan", plan);
  expect([refused.code, refused.stdout]).toEqual([exit, ""]);
  expect(refused.stderr).toContain(code);
  expect(refused.stderr).toMatch(/^ +next /m);
  expect(organisation.traces()).toEqual(before);
  return refused.stderr;
}

describe("apply refuses, and writes nothing:", { timeout: 240_000 }, () => {
  it("a plan made before a policy changed", async () => {
    const plan = await organisation.plan("stale");
    const people = POLICIES["policies/people.yaml"] ?? "";
    commit(organisation, { "policies/people.yaml": people.replace("onNull: clear", "onNull: keep") });
    await expectRefused(plan, "MUS-4001", 5);
  });

  it("a plan made before a worker changed", async () => {
    const plan = await organisation.plan("stale-worker");
    const [first = "", ...rest] = PEOPLE;
    organisation.clock = "2026-11-20T13:00:00Z";
    await organisation.importPeople([first.replace("Director", "President"), ...rest]);
    await expectRefused(plan, "MUS-4001", 5);
  });

  it("a plan that has expired", async () => {
    const plan = await organisation.plan("expired");
    organisation.clock = "2026-11-21T12:00:00Z";
    await expectRefused(plan, "MUS-4002", 5);
  });

  it("a plan for an instant that has not come", async () => {
    const file = organisation.beside("future.json");
    const args = ["plan", "--as-of", "2026-11-20T12:00:01Z", "--out", file];
    expect((await organisation.muster(...args)).code).toBe(0);
    await expectRefused(file, "MUS-4006", 5);
  });

  it("a plan that a guard refuses", async () => {
    const limit = "limits: [{ verb: create, max: 2, maxShare: 100%, minPopulation: 1, per: 24h }]";
    commit(organisation, { "policies/guards.yaml": `apiVersion: muster/v1\nkind: Guards\nname: tight\n${limit}\n` });
    const file = organisation.beside("refused.json");
    const before = organisation.traces();
    const plan = await organisation.muster("plan", "--out", file);
    expect(plan.code).toBe(3);
    expect(plan.stdout).toContain("limit:create");
    expect(organisation.traces()).toEqual(before);
    await expectRefused(file, "MUS-3001", 3);
  });

  it("while another live process holds the lease", async () => {
    const plan = await organisation.plan("locked");
    const lease = await openLeases({ commonDir: join(organisation.folder, ".git") }).acquire("test", "another run");
    try {
      expect(await expectRefused(plan, "MUS-4004", 6)).toContain("another run");
    } finally {
      await lease.release();
    }
  });

  it("a plan that was edited by hand", async () => {
    const plan = await organisation.plan("edited");
    writeFileSync(plan, readFileSync(plan, "utf8").replaceAll("Clerk", "Chief"));
    expect(await expectRefused(plan, "MUS-3004", 7)).toContain("changed");
  });

  it("a file that is no plan, and one that is not there", async () => {
    const file = organisation.beside("none.json");
    await expectRefused(file, "MUS-3004", 7);
    writeFileSync(file, "{}");
    await expectRefused(file, "MUS-3004", 7);
  });

  it("a plan when the directory takes no writes of ours: the password is wrong", async () => {
    const plan = await organisation.plan("password");
    organisation.faults.before = (request) => (request.kind === "bind" ? { do: "refuse", code: 49 } : undefined);
    try {
      await expectRefused(plan, "MUS-5002", 1);
    } finally {
      organisation.faults.before = undefined;
    }
  });

  it("a plan that was applied before", async () => {
    const first = await organisation.plan("used");
    expect((await organisation.muster("apply", "--plan", first)).code).toBe(0);
    await expectRefused(first, "MUS-4003", 5);
    await reconcile(organisation, "after");
  });
});
