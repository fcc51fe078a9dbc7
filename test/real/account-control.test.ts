/** The account database of a real domain, and a schema without Exchange. */
import { expect, it } from "vitest";
import { ActiveDirectoryTarget } from "../../reconciler/targets/active-directory/target.js";
import { describeAccountControl } from "../contract/account-control.js";
import { claimTerritory, describeReal, openAdmin, openDomain } from "./domain.js";

async function settle() {
  const domain = await openDomain();
  const admin = await openAdmin(domain);
  const territory = await claimTerritory(admin, domain);
  const { url, ca, user, password } = domain;
  const { base, people, groups } = territory;
  const managed = { accounts: [people], groups: [groups] };
  const driver = { name: "ad", url, ca, user, password, base, managed, claim: "employeeNumber" };
  const target = new ActiveDirectoryTarget(driver);
  await target.open("writer");
  const close = async () => {
    await target.close();
    await admin.unbind();
  };
  return { ...territory, admin, target, close };
}

describeReal("on Samba", () => {
  describeAccountControl("on Samba", settle);

  it("names attributes of Exchange that this forest does not have, and takes those it has", async () => {
    const place = await settle();
    const wanted = ["title", "msExchHideFromAddressLists", "proxyAddresses", "carLicense"];
    const refused = await place.target.observe({ attributes: wanted, groups: [] }).catch((error) => error);
    expect(refused).toMatchObject({ code: "MUS-5004", what: expect.stringMatching(/: msExchHideFromAddressLists$/) });
    await place.target.observe({ attributes: ["proxyAddresses", "carLicense"], groups: [] });
    await place.close();
  });
});
