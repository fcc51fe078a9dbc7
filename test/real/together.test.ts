/** Muster is not alone in the domain: people edit it, and a second Muster applies the same plan. */
import { Attribute, Change } from "ldapts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { succeed } from "../support/organisation.js";
import { readRuns } from "../support/records.js";
import { describeReal, openDomain, type RealDomain } from "./domain.js";
import { openRealOrganisation, peopleOf, type RealOrganisation, realAccountsOf, settle } from "./organisation.js";

const ENABLED = "512";
/** When the first export was made: before that of now. */
const BEFORE = "2026-11-20T10:00:00Z";

describeReal("not alone in a real domain", () => {
  let domain: RealDomain;
  const opened: RealOrganisation[] = [];
  beforeAll(async () => {
    domain = await openDomain();
  });
  afterAll(async () => {
    for (const organisation of opened) await organisation.close();
  });

  async function open(people: number): Promise<{ organisation: RealOrganisation; rows: string[] }> {
    const organisation = await openRealOrganisation(domain);
    opened.push(organisation);
    const rows = peopleOf(organisation.territory, people);
    await organisation.importPeople(rows, BEFORE);
    return { organisation, rows };
  }

  it("an edit between plan and apply survives, is refused by name, and the rest is applied", async () => {
    const { organisation, rows } = await open(4);
    await settle(organisation);
    const promoted = rows.map((row) => row.replace(",Engineer,", ",Manager,"));
    await organisation.importPeople(promoted);
    const plan = await organisation.plan("promotions");
    const edited = (await realAccountsOf(organisation))[1];
    const title = new Attribute({ type: "title", values: ["Wizard"] });
    await organisation.admin.modify(edited?.dn ?? "", new Change({ operation: "replace", modification: title }));
    const applied = await organisation.muster("apply", "--plan", plan);
    expect(applied.code, applied.output).toBe(4);
    expect((await realAccountsOf(organisation)).map((each) => each.title)).toEqual([
      "Director",
      "Wizard",
      "Manager",
      "Manager",
    ]);
    const outcomes = readRuns(organisation.folder).flatMap((run) => run.outcomes);
    const refused = outcomes.filter(({ outcome }) => outcome === "refused");
    expect(refused.map(({ op, code }) => [op.identity?.slice(-5), op.slot, code])).toEqual([
      [edited?.employeeID, "title", "MUS-5005"],
    ]);
    expect(applied.output).toContain("title");
    const titles = outcomes.filter(({ op, outcome }) => op.slot === "title" && outcome === "done");
    expect(titles).toHaveLength(2);
  });

  it("two applies of one repository: the lease lets one write", async () => {
    const { organisation } = await open(12);
    const plan = await organisation.plan("first");
    const both = [1, 2].map(() => organisation.muster("apply", "--plan", plan));
    const codes = (await Promise.all(both)).map(({ code }) => code).sort();
    // Locked out by the lease (6), or come after it: the plan is used (5).
    expect(codes[0]).toBe(0);
    expect([5, 6]).toContain(codes[1]);
    const accounts = await realAccountsOf(organisation);
    expect(accounts.map(({ userAccountControl }) => userAccountControl)).toEqual(accounts.map(() => ENABLED));
    expect(new Set(accounts.map(({ employeeID }) => employeeID)).size).toBe(12);
    expect(accounts).toHaveLength(12);
  });

  it("two clones apply one plan at once, without a common lease: nobody is created twice", async () => {
    const { organisation, rows } = await open(12);
    const other = organisation.clone();
    const plan = await organisation.plan("first");
    const both = [organisation, other].map((each) => each.muster("apply", "--plan", plan));
    for (const { code, output } of await Promise.all(both)) expect([0, 4, 5], output).toContain(code);
    const accounts = await realAccountsOf(organisation);
    expect(accounts.map(({ employeeID }) => employeeID)).toEqual(rows.map((row) => row.slice(0, 5)));
    await settle(organisation);
    const settled = await realAccountsOf(organisation);
    expect(settled.map(({ dn }) => dn)).toEqual(accounts.map(({ dn }) => dn));
    expect(settled.map(({ userAccountControl }) => userAccountControl)).toEqual(rows.map(() => ENABLED));
    succeed(await organisation.muster("plan", "--exit-code"));
  });
});
