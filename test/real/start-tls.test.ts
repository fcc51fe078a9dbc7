/** StartTLS on the plain port of a real domain: what the server lets pass over an encrypted connection only. */

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ensureCertificates } from "../../reconciler/sandbox/shared/certificates.js";
import { ActiveDirectoryTarget } from "../../reconciler/targets/active-directory/target.js";
import { POLICIES } from "../support/organisation.js";
import { applyOne, readyOp } from "../support/ready-ops.js";
import { temporaryFolder } from "../unit/repo/temp-repository.js";
import { claimTerritory, describeReal, openAdmin, openDomain, type RealDomain, type Territory } from "./domain.js";
import { openRealOrganisation, peopleOf, realAccountsOf, settle } from "./organisation.js";

describeReal("StartTLS with a real domain controller", () => {
  let domain: RealDomain;
  let territory: Territory;
  const opened: ActiveDirectoryTarget[] = [];
  beforeAll(async () => {
    domain = await openDomain();
    const admin = await openAdmin(domain);
    territory = await claimTerritory(admin, domain);
    await admin.unbind();
  });
  afterAll(async () => {
    for (const target of opened) await target.close();
  });

  function targetWith(more: {
    readonly ca?: string;
    readonly startTls?: boolean;
    readonly insecureSkipVerify?: boolean;
  }) {
    const { user, password } = domain;
    const target = new ActiveDirectoryTarget({
      ...{ name: "corp-ad", url: `ldap://${domain.address}`, user, password, base: territory.base },
      ...{ managed: { accounts: [territory.people], groups: [] }, claim: "employeeNumber", ...more },
    });
    opened.push(target);
    return target;
  }

  it("sets a password, which the server takes over an encrypted connection only", async () => {
    const target = targetWith({ ca: domain.ca, startTls: true });
    await target.open("writer");
    const login = `ada${territory.tag}`;
    const after = { cn: "Ada", sAMAccountName: login, container: territory.staff, enabled: true };
    const create = readyOp("create", { object: { claim: `claim-${login}` }, after });
    expect(await applyOne(target, create)).toMatchObject({ kind: "done", code: null });
    const { accounts } = await target.observe({ attributes: ["sAMAccountName"], groups: [] });
    expect(accounts).toMatchObject([{ enabled: true, attributes: { sAMAccountName: login } }]);
  });

  it("trusts no other authority, unless it was told to ask for none", async () => {
    const { caFile } = await ensureCertificates(temporaryFolder());
    const ca = readFileSync(caFile, "utf8");
    const strict = targetWith({ ca, startTls: true }).open("reader");
    await expect(strict).rejects.toMatchObject({ code: "MUS-5001" });
    await targetWith({ ca, startTls: true, insecureSkipVerify: true }).open("reader");
  });

  it("sends nothing over ldap:// where StartTLS is not asked for", async () => {
    const plain = targetWith({ ca: domain.ca }).open("reader");
    await expect(plain).rejects.toMatchObject({ code: "MUS-5001", what: expect.stringContaining("not encrypted") });
  });

  it("is said by the Target policy, and a whole run goes over it", async () => {
    const target = (POLICIES["policies/target.yaml"] ?? "").replace("caFile:", "startTls: true\ncaFile:");
    const policies = { "policies/target.yaml": target };
    const organisation = await openRealOrganisation(domain, { url: `ldap://${domain.address}`, policies });
    await organisation.importPeople(peopleOf(organisation.territory, 2));
    await settle(organisation);
    const accounts = await realAccountsOf(organisation);
    expect(accounts.map(({ userAccountControl }) => userAccountControl)).toEqual(["512", "512"]);
    await organisation.close();
  });
});
