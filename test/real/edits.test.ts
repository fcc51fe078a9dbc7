/** People edit the domain while Muster has a plan: what they did survives, is named, and the rest is applied. */
import { Attribute, Change } from "ldapts";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Plan } from "../../reconciler/model/plan.js";
import { childDn } from "../../reconciler/support/dn.js";
import { startLdapProxy } from "../support/ldap-proxy.js";
import { succeed } from "../support/organisation.js";
import { readLedger, readRuns } from "../support/records.js";
import { describeReal, openDomain, type RealDomain } from "./domain.js";
import {
  openRealOrganisation,
  peopleOf,
  type RealOrganisation,
  type Road,
  realAccountsOf,
  settle,
} from "./organisation.js";

/** When the first export was made: before that of now. */
const BEFORE = "2026-11-20T10:00:00Z";

const MANAGERS = `apiVersion: muster/v1
kind: Scope
name: managers
all:
  - { attribute: job.title, operator: EQUALS, value: Manager }
---
apiVersion: muster/v1
kind: Entitlement
name: managers
target: corp-ad
group: CN=Managers,OU=Groups,DC=corp,DC=example
scope: managers
`;

/** The domain administrator, at the accounts of an organisation; people are named by the last digit of their id. */
function handsOf(organisation: RealOrganisation) {
  const { admin, territory } = organisation;
  const managers = `CN=Managers,${territory.groups}`;
  const dnOf = async (digit: number) => {
    const account = (await realAccountsOf(organisation)).find(({ employeeID }) => employeeID === `2000${digit}`);
    if (account === undefined) throw new Error(`no account of 2000${digit}`);
    return account.dn;
  };
  const modify = (dn: string, operation: "add" | "replace", type: string, value: string) =>
    admin.modify(dn, new Change({ operation, modification: new Attribute({ type, values: [value] }) }));
  return {
    setTitle: async (digit: number, title: string) => modify(await dnOf(digit), "replace", "title", title),
    makeManager: async (digit: number) => modify(managers, "add", "member", await dnOf(digit)),
    move: async (digit: number, container: string) => {
      const dn = await dnOf(digit);
      const cn = /^CN=([^,]+),/.exec(dn)?.[1] ?? "";
      await admin.modifyDN(dn, childDn("CN", cn, container));
    },
    remove: async (digit: number) => admin.del(await dnOf(digit)),
    managers: async () => {
      const { searchEntries } = await admin.search(managers, { scope: "base", attributes: ["member"] });
      return new Set([searchEntries[0]?.member ?? []].flat() as string[]);
    },
    dnOf,
  };
}

/** Outcomes of the last run as "2: update title" with what became of it, in the order of the people. */
function outcomesOf({ folder, territory }: RealOrganisation): Record<string, string> {
  const rows = (readRuns(folder).at(-1)?.outcomes ?? []).map(({ op, outcome, detail }) => {
    const group = op.slotLabel === null ? op.slot : /^CN=([^,]+)/.exec(op.slotLabel)?.[1];
    const what = [op.verb, group].filter((part) => part !== null).join(" ");
    const said = detail === null ? outcome : `${outcome}: ${detail.replaceAll(`,${territory.people}`, "")}`;
    return [`${op.identity?.slice(-1)} ${what}`, said] as const;
  });
  return Object.fromEntries(rows.filter(([, said]) => !said.startsWith("deferred")).sort());
}

describeReal("somebody edits the domain", () => {
  let domain: RealDomain;
  let organisation: RealOrganisation;
  const opened: RealOrganisation[] = [];
  beforeAll(async () => {
    domain = await openDomain();
  });
  afterAll(async () => {
    for (const each of opened) await each.close();
  });

  /** Everybody has an account and nothing is to do; then the engineers are promoted. */
  async function open(people: number, road: Road = {}): Promise<{ rows: string[] }> {
    organisation = await openRealOrganisation(domain, { ...road, policies: { "policies/managers.yaml": MANAGERS } });
    opened.push(organisation);
    const { admin, territory } = organisation;
    const group = { objectClass: ["group"], sAMAccountName: `managers-${territory.tag}` };
    await admin.add(`CN=Managers,${territory.groups}`, group);
    const rows = peopleOf(territory, people);
    await organisation.importPeople(rows, BEFORE);
    await settle(organisation);
    return { rows: rows.map((row) => row.replace(",Engineer,", ",Manager,")) };
  }

  it("between plan and apply: kept, refused with both values or already, and the next plan follows", async () => {
    const { rows } = await open(8);
    const hands = handsOf(organisation);
    const { territory } = organisation;
    await organisation.importPeople(rows.map((row, at) => (at === 6 ? `${row}2026-11-19` : row)));
    const plan = await organisation.plan("promotions");

    await hands.setTitle(2, "Wizard");
    await hands.setTitle(3, "Manager");
    await hands.move(4, territory.joiners);
    await hands.makeManager(5);
    await hands.remove(6);
    await hands.move(7, territory.joiners);

    const applied = await organisation.muster("apply", "--plan", plan);
    expect(applied.code, applied.output).toBe(4);
    const CHANGED = "changed by somebody else since the plan";
    expect(outcomesOf(organisation)).toEqual({
      "2 add-member Managers": "done",
      "2 update title": `refused: ${CHANGED}: title was Engineer and is Wizard`,
      "3 add-member Managers": "done",
      "3 update title": "already",
      "4 add-member Managers": "done",
      "4 update title": "done",
      "5 add-member Managers": "already",
      "5 update title": "done",
      "6 add-member Managers": "refused: the object is gone",
      "6 update title": "refused: the object is gone",
      "7 disable": "done",
      "7 move": `refused: ${CHANGED}: container was OU=Staff and is OU=Joiners`,
      "7 remove-member All Staff": "done",
      "8 add-member Managers": "done",
      "8 update title": "done",
    });
    expect(applied.stdout.replace(/\s+/g, " ")).toContain(`MUS-5005 ${CHANGED}: title was Engineer and is Wizard`);
    // What the next plan will have, and nothing that is recorded by now.
    expect(applied.stdout).toContain("3  deferred to the next plan");
    const titles = Object.fromEntries((await realAccountsOf(organisation)).map((one) => [one.employeeID, one.title]));
    expect(titles).toMatchObject({ 20002: "Wizard", 20003: "Manager", 20004: "Manager", 20008: "Manager" });
    expect(await hands.dnOf(4)).toContain("OU=Joiners");

    // Who was a member before Muster came to it was found, and not granted.
    const origins = readLedger(organisation.folder).flatMap(({ workers, current }) =>
      Object.values(current?.memberships ?? {}).flatMap(({ group, origin }) =>
        group.startsWith("CN=Managers") ? [`${workers[0]?.slice(-1)} ${origin}`] : [],
      ),
    );
    expect(origins.sort()).toEqual(["2 granted", "3 granted", "4 granted", "5 found", "8 granted"]);

    const next = succeed(await organisation.muster("plan", "--format", "json"));
    const { body } = (JSON.parse(next.stdout) as { plan: Plan }).plan;
    const ops = body.ops.map(({ identity, verb, before, after, origin }) => ({
      who: identity?.slice(-1),
      verb,
      from: Object.values(before)[0],
      to: Object.values(after)[0],
      origin,
    }));
    const { joiners, staff, leavers } = territory;
    expect(ops.sort((a, b) => Number(a.who) - Number(b.who))).toEqual([
      { who: "2", verb: "update", from: "Wizard", to: "Manager", origin: "both" },
      { who: "4", verb: "move", from: joiners, to: staff, origin: "drift" },
      { who: "7", verb: "move", from: joiners, to: leavers, origin: "both" },
    ]);
    const findings = body.findings.map(({ kind, severity, identity }) => [kind, severity, identity?.slice(-1)]);
    expect(findings).toContainEqual(["object-gone", "critical", "6"]);

    await settle(organisation);
    expect(await hands.dnOf(4)).toContain("OU=Staff");
    expect(await hands.dnOf(7)).toContain("OU=Leavers");
    expect((await realAccountsOf(organisation))[1]?.title).toBe("Manager");
  });

  it("between the reading and the first write of apply: the directory itself refuses the value, not the rest", async () => {
    const proxy = await startLdapProxy({ host: domain.address, ca: domain.ca });
    const { rows } = await open(5, { url: proxy.url, caFile: proxy.caFile });
    const hands = handsOf(organisation);
    await organisation.importPeople(rows);
    const plan = await organisation.plan("promotions");
    let edits: Promise<void> | undefined;
    const edit = async () => {
      await hands.setTitle(3, "Wizard");
      await hands.setTitle(5, "Manager");
      await hands.makeManager(4);
    };
    proxy.before = async ({ write }) => {
      if (write > 0) edits ??= edit();
      await edits;
      return undefined;
    };
    const applied = await organisation.muster("apply", "--plan", plan);
    proxy.before = undefined;
    expect(edits).toBeDefined();
    expect(applied.code, applied.output).toBe(4);
    expect(outcomesOf(organisation)).toEqual({
      "2 add-member Managers": "done",
      "2 update title": "done",
      "3 add-member Managers": "done",
      "3 update title": "refused: changed by somebody else since the plan: title was Engineer and is Wizard",
      "4 add-member Managers": "already",
      "4 update title": "done",
      "5 add-member Managers": "done",
      "5 update title": "already",
    });
    const accounts = await realAccountsOf(organisation);
    expect(accounts.map(({ title }) => title)).toEqual(["Director", "Manager", "Wizard", "Manager", "Manager"]);
    expect(await hands.managers()).toEqual(new Set(accounts.slice(1).map(({ dn }) => dn)));
    await settle(organisation);
    expect((await realAccountsOf(organisation))[2]?.title).toBe("Manager");
    await proxy.close();
  });
});
