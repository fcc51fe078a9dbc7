/** What an administrator changed by hand: when and where it was, in the plan, the findings and the record. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoredPlan } from "../../reconciler/model/stored-op.js";
import { childDn, leafValue } from "../../reconciler/support/dn.js";
import {
  accountsOf,
  editByHand,
  type Organisation,
  openOrganisation,
  PEOPLE,
  POLICIES,
  reconcile,
  succeed,
} from "../support/organisation.js";
import { readRuns } from "../support/records.js";

let organisation: Organisation;
beforeEach(async () => {
  const people = (POLICIES["policies/people.yaml"] ?? "").replace(
    "givenName: { value: '[name.given]' }",
    "givenName: { value: '[name.given]', onDrift: notify }",
  );
  organisation = await openOrganisation({ "policies/people.yaml": people });
  await organisation.importPeople(PEOPLE);
  await reconcile(organisation, "first");
}, 240_000);
afterEach(() => organisation.close());

function readPlan(file: string): StoredPlan["body"] {
  return (JSON.parse(readFileSync(file, "utf8")) as { plan: StoredPlan }).plan.body;
}

/** A title on Friday, a given name on Saturday, a move on Sunday, a disabled account on Monday. */
async function editAll(): Promise<void> {
  organisation.clock = "2026-11-20T21:12:00Z";
  await editByHand(organisation, "0010002", "title", "Wizard");
  organisation.clock = "2026-11-21T08:00:05Z";
  await editByHand(organisation, "0010003", "givenName", "Clo");
  organisation.clock = "2026-11-22T10:30:00Z";
  const dag = (await accountsOf(organisation)).find(({ employeeID }) => employeeID === "0010004")?.dn ?? "";
  const joiners = `OU=Joiners,OU=People,${organisation.sandbox.baseDn}`;
  await organisation.admin.modifyDN(dag, childDn("CN", leafValue(dag), joiners));
  organisation.clock = "2026-11-23T06:45:00Z";
  await editByHand(organisation, "0010005", "userAccountControl", "514");
  organisation.clock = "2026-11-23T07:00:00Z";
  const [, , chloe] = await accountsOf(organisation);
  await editByHand(organisation, "0010005", "manager", chloe?.dn ?? "");
  organisation.clock = "2026-11-23T09:00:00Z";
}

describe("what somebody else changed", { timeout: 240_000 }, () => {
  it("is shown with its time and domain controller, and recorded so", async () => {
    await editAll();
    const { stdout } = succeed(await organisation.muster("plan"));
    expect(stdout).toContain("changed by somebody else: Fri 20 Nov 2026, 21:12 (UTC), on DC1\n");
    expect(stdout).toContain("changed by somebody else: Sun 22 Nov 2026, 10:30 (UTC), on DC1\n");
    expect(stdout).toMatch(
      /givenName of .* changed in the directory[^→]*last change: Sat 21 Nov 2026, 08:00:05 \(UTC\), on DC1\n/,
    );
    expect(stdout).toMatch(
      /somebody else\s+disabled the account[^→]*last change: Mon 23 Nov 2026, 06:45 \(UTC\), on DC1\n/,
    );
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const { stdout: comment } = succeed(await organisation.muster("plan", "--format", "markdown"));
    expect(comment).toContain("**changed by somebody else**: Fri 20 Nov 2026, 21:12 (UTC), on DC1");
    expect(comment).not.toContain("Wizard");

    const file = await organisation.plan("drifted");
    const changed = (at: string) => ({ at, by: "DC1", version: expect.any(Number) });
    expect(readPlan(file).ops.map(({ verb, slot, drift }) => [verb, slot, drift])).toEqual(
      expect.arrayContaining([
        ["update", "title", [{ attribute: "title", changed: changed("2026-11-20T21:12:00Z") }]],
        ["update", "manager", [{ attribute: "manager", changed: changed("2026-11-23T07:00:00Z") }]],
        ["move", null, [{ attribute: "container", changed: changed("2026-11-22T10:30:00Z") }]],
      ]),
    );
    expect(readPlan(file).findings.map(({ kind, drift }) => [kind, drift])).toEqual([
      ["foreign-disable", [{ attribute: "enabled", changed: changed("2026-11-23T06:45:00Z") }]],
      ["drift", [{ attribute: "givenName", changed: changed("2026-11-21T08:00:05Z") }]],
    ]);
    succeed(await organisation.muster("apply", "--plan", file));
    const recorded = readRuns(organisation.folder)
      .at(-1)
      ?.outcomes.map(({ op, outcome }) => [op.drift, outcome]);
    expect(recorded).toEqual(readPlan(file).ops.map(({ drift }) => [drift, "done"]));
    expect((await organisation.muster("plan", "--exit-code")).code).toBe(0);
  });

  it("is put back all the same where the directory does not say when it was", async () => {
    await editAll();
    const said = readPlan(await organisation.plan("said"));
    organisation.faults.before = ({ kind, attributes }) =>
      kind === "search" && attributes.some((name) => /repl.*metadata/i.test(name))
        ? { do: "refuse", code: 50 }
        : undefined;
    const file = await organisation.plan("unsaid");
    expect(readPlan(file).digests).toEqual(said.digests);
    const { stdout } = succeed(await organisation.muster("plan"));
    expect(stdout).toContain("changed by somebody else in the directory\n");
    expect(stdout).not.toContain("DC1");
    succeed(await organisation.muster("apply", "--plan", file));
    expect((await accountsOf(organisation)).find(({ employeeID }) => employeeID === "0010002")?.title).toBe("Engineer");
  });
});
