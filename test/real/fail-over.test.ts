/** Two ways to the domain; the one in use is cut in mid-run, and the run goes on over the other. */
import { expect, it } from "vitest";
import { APPLY_CONCURRENCY } from "../../reconciler/support/limits.js";
import { startLdapProxy } from "../support/ldap-proxy.js";
import { POLICIES } from "../support/organisation.js";
import { temporaryFolder } from "../unit/repo/temp-repository.js";
import { describeReal, openDomain } from "./domain.js";
import { FIRST_LOAD, openRealOrganisation, peopleOf, realAccountsOf, settle } from "./organisation.js";

const PEOPLE = 40;

describeReal("fail-over in a real domain", () => {
  it("the run is carried on by the second address, and nobody is created twice", async () => {
    const domain = await openDomain();
    const upstream = { host: domain.address, ca: domain.ca };
    const certificate = temporaryFolder();
    const [first, second] = [await startLdapProxy(upstream, certificate), await startLdapProxy(upstream, certificate)];
    const { caFile } = first;
    const target = (POLICIES["policies/target.yaml"] ?? "").replace(
      "url: env:MUSTER_AD_URL",
      `url: ["${first.url}", "${second.url}"]`,
    );
    // Where the manager of all was under way, 39 updates are left: more than the shipped limits let through.
    const policies = { "policies/target.yaml": target, ...FIRST_LOAD };
    const organisation = await openRealOrganisation(domain, { caFile, policies });
    const rows = peopleOf(organisation.territory, PEOPLE);
    await organisation.importPeople(rows);
    const plan = await organisation.plan("first-load");
    expect(second.connections()).toBe(0);

    let closed: Promise<void> | undefined;
    first.before = ({ write }) => {
      if (write !== PEOPLE) return undefined;
      closed ??= first.close();
      return "drop-before";
    };
    const applied = await organisation.muster("apply", "--plan", plan);
    expect(closed).toBeDefined();
    await closed;
    // What was under way may be unknown (8) or not executed (4); everything else was done by this run.
    expect([0, 4, 8], applied.output).toContain(applied.code);
    expect(second.connections()).toBeGreaterThan(0);
    expect(second.writes()).toBeGreaterThan(0);
    expect((await realAccountsOf(organisation)).length).toBeGreaterThanOrEqual(PEOPLE - APPLY_CONCURRENCY);

    await settle(organisation);
    const accounts = await realAccountsOf(organisation);
    expect(accounts.map(({ employeeID }) => employeeID)).toEqual(rows.map((row) => row.slice(0, 5)));
    expect(new Set(accounts.map(({ userAccountControl }) => userAccountControl))).toEqual(new Set(["512"]));
    await organisation.close();
    await second.close();
  });
});
