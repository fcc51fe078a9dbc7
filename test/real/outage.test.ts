/** The domain controller is killed in the middle of an apply of 500 changes, and comes back. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startLdapProxy } from "../support/ldap-proxy.js";
import { readLedger } from "../support/records.js";
import { describeReal, type OwnServer, openAdmin, openOwnServer } from "./domain.js";
import { FIRST_LOAD, openRealOrganisation, peopleOf, realAccountsOf, settle } from "./organisation.js";

/** A create and a membership each, half as many people as changes. */
const PEOPLE = 250;

describeReal("a domain controller that is killed in mid-run", () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await openOwnServer();
  });
  afterAll(() => server.close());

  it("loses and doubles nothing: the next run finishes", async () => {
    const proxy = await startLdapProxy({ host: server.address, ca: server.ca });
    const road = { url: proxy.url, caFile: proxy.caFile, policies: FIRST_LOAD };
    const organisation = await openRealOrganisation(server, road);
    const rows = peopleOf(organisation.territory, PEOPLE);
    await organisation.importPeople(rows);
    const plan = await organisation.plan("first-load");

    let killed: Promise<void> | undefined;
    proxy.before = ({ write }) => {
      if (write === PEOPLE) killed ??= server.kill();
      return undefined;
    };
    const interrupted = await organisation.muster("apply", "--plan", plan);
    proxy.before = undefined;
    expect(killed).toBeDefined();
    await killed;
    expect([1, 4, 8], interrupted.output).toContain(interrupted.code);

    await server.start();
    const admin = await openAdmin(server);
    const back = { ...organisation, admin };
    const between = await realAccountsOf(back);
    expect(between.length).toBeGreaterThan(0);
    expect(between.length).toBeLessThan(PEOPLE);
    await settle(back);
    const accounts = await realAccountsOf(back);
    expect(accounts.map(({ employeeID }) => employeeID)).toEqual(rows.map((row) => row.slice(0, 5)));
    expect(new Set(accounts.map(({ userAccountControl }) => userAccountControl))).toEqual(new Set(["512"]));
    const group = `CN=All Staff,${organisation.territory.groups}`;
    const { searchEntries } = await admin.search(group, { scope: "base", attributes: ["member"] });
    expect(new Set(searchEntries[0]?.member as string[])).toEqual(new Set(accounts.map(({ dn }) => dn)));
    expect(
      readLedger(organisation.folder)
        .map(({ workers }) => workers[0])
        .sort(),
    ).toEqual(rows.map((row) => `hr:${row.slice(0, 5)}`));
    await admin.unbind();
    await organisation.close().catch(() => {});
    await proxy.close();
  });
});
