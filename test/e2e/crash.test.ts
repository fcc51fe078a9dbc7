/**
 * Muster is killed (SIGKILL) in the middle of an apply, at moments that differ in what is done and what is known of it.
 * Whatever the moment, the next run finds what was done and finishes: no account twice, no ledger entry lost, and the
 * interrupted run on record.
 */
import { chmodSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accountsOf, type Organisation, openOrganisation, PEOPLE, succeed } from "../support/organisation.js";
import { readLedger, readRuns } from "../support/records.js";

let organisation: Organisation;
beforeEach(async () => {
  organisation = await openOrganisation();
  await organisation.importPeople(PEOPLE);
});
afterEach(() => organisation.close());

/** Applies until the n-th write reaches the directory, and kills muster: before it is executed, or after. */
async function killAtWrite(plan: string, n: number, when: "before" | "after"): Promise<void> {
  const start = organisation.sandbox.counters.writes;
  const { child, finished } = organisation.start("apply", "--plan", plan);
  organisation.faults.before = ({ write }) => {
    if (write === 0 || write < start + n) return undefined;
    child.kill("SIGKILL");
    return { do: write === start + n && when === "after" ? "drop-after" : "drop-before" };
  };
  const { code } = await finished;
  organisation.faults.before = undefined;
  expect(code).toBeNull();
}

/** Applies until git is asked to move a branch, and kills muster: before the branch moves, or when it has. */
async function killAtCommit(plan: string, when: "prepared" | "committed"): Promise<void> {
  const hook = join(organisation.folder, ".git/hooks/reference-transaction");
  // The hook's parent is git, and git's parent is muster: the fourth field of its stat.
  const script = `#!/bin/sh
[ "$1" = ${when} ] || exit 0
kill -9 "$(cut -d' ' -f4 /proc/$PPID/stat)"
exit 1
`;
  writeFileSync(hook, script);
  chmodSync(hook, 0o755);
  const { code } = await organisation.start("apply", "--plan", plan).finished;
  rmSync(hook);
  expect(code).toBeNull();
}

function journals(): string[] {
  return readdirSync(join(organisation.folder, ".git/muster/test")).filter((name) => name.endsWith(".jsonl"));
}

/** Plans and applies until there is nothing to do: one round carries on, a second one finishes what was bound. */
async function settle(): Promise<void> {
  for (let round = 1; round <= 3; round++) {
    const file = organisation.beside(`round-${round}.json`);
    const plan = await organisation.muster("plan", "--out", file, "--exit-code");
    if (plan.code === 0) return;
    expect([plan.code, plan.stderr]).toEqual([2, ""]);
    succeed(await organisation.muster("apply", "--plan", file));
  }
  throw new Error("three rounds did not settle");
}

/** After at most three rounds: one account and one ledger entry for each of the people, bound to each other. */
async function expectWhole(): Promise<void> {
  await settle();
  const accounts = await accountsOf(organisation);
  expect(accounts.map(({ employeeID }) => employeeID)).toEqual(PEOPLE.map((row) => row.slice(0, 7)));
  expect(accounts.map(({ userAccountControl }) => userAccountControl)).toEqual(PEOPLE.map(() => "512"));
  const bound = readLedger(organisation.folder).map(({ workers, current }) => [workers, current?.anchor]);
  expect(bound.sort()).toEqual(accounts.map(({ employeeID, objectGUID }) => [[`hr:${employeeID}`], objectGUID]).sort());
  for (const { current } of readLedger(organisation.folder)) {
    expect(current).toMatchObject({ state: "enabled", everEnabled: true });
    expect(Object.keys(current?.names ?? {}).sort()).toEqual(["cn", "sAMAccountName", "userPrincipalName"]);
    expect(Object.values(current?.memberships ?? {})).toEqual([expect.objectContaining({ origin: "granted" })]);
  }
}

type Moment = readonly [string, (plan: string) => Promise<void>, "on record" | "nothing done"];

const MOMENTS: readonly Moment[] = [
  ["at its first write, which is not executed", (plan) => killAtWrite(plan, 1, "before"), "nothing done"],
  ["at its first write, whose reply is lost", (plan) => killAtWrite(plan, 1, "after"), "on record"],
  ["between creates", (plan) => killAtWrite(plan, 4, "after"), "on record"],
  [
    "when the accounts are there and not yet enabled or in groups",
    (plan) => killAtWrite(plan, 7, "before"),
    "on record",
  ],
  ["before the record is committed", (plan) => killAtCommit(plan, "prepared"), "on record"],
  ["after the record is committed", (plan) => killAtCommit(plan, "committed"), "on record"],
];

describe("muster is killed", { timeout: 240_000 }, () => {
  it.each<Moment>(MOMENTS)("%s, and a new plan finishes the work", async (_, kill, left) => {
    const plan = await organisation.plan("interrupted");
    await kill(plan);
    const interrupted = journals();
    expect(interrupted).toHaveLength(1);
    await expectWhole();
    const recorded = readRuns(organisation.folder).map(({ id }) => `${id}.jsonl`);
    if (left === "on record") expect(recorded).toEqual(expect.arrayContaining(interrupted));
    expect(new Set(recorded).size).toBe(recorded.length);
  });

  it("in the middle, and the same plan is carried through: its approval still counts", async () => {
    const plan = await organisation.plan("interrupted");
    await killAtWrite(plan, 4, "after");
    // Accounts that were added and not finished are bound by their claim, which only a new plan may do.
    const resumed = await organisation.muster("apply", "--plan", plan);
    expect([0, 4]).toContain(resumed.code);
    expect(resumed.stderr).toContain("recovered run");
    await expectWhole();
  });

  it("twice, the second time while it recovers from the first", async () => {
    await killAtWrite(await organisation.plan("first"), 3, "after");
    await killAtCommit(await organisation.plan("second"), "prepared");
    await expectWhole();
    expect(readRuns(organisation.folder).map(({ id }) => `${id}.jsonl`)).toEqual(
      expect.arrayContaining(journals().slice(0, 1)),
    );
  });
});
