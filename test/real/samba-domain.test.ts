/** The run's domain controller is one: the suites below rely on it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { claimTerritory, describeReal, openAdmin, openDomain, openOwnServer } from "./domain.js";

describeReal("a real domain", () => {
  let admin: Awaited<ReturnType<typeof openAdmin>>;
  let domain: Awaited<ReturnType<typeof openDomain>>;
  beforeAll(async () => {
    domain = await openDomain();
    admin = await openAdmin(domain);
  });
  afterAll(() => admin.unbind());

  it("says that it is Active Directory, and by whom it was made", async () => {
    const { searchEntries } = await admin.search("", { scope: "base", attributes: ["*", "+"] });
    // LDAP_CAP_ACTIVE_DIRECTORY_OID (MS-ADTS 3.1.1.3.4.3)
    expect(searchEntries[0]?.supportedCapabilities).toContain("1.2.840.113556.1.4.800");
    expect(searchEntries[0]?.vendorName).toMatch(/^Samba/);
  });

  it("has a copy that is killed and comes back with what it confirmed, and does not touch the other", async () => {
    const own = await openOwnServer();
    try {
      const before = await openAdmin(own);
      const { tag } = await claimTerritory(before, own);
      await own.kill();
      await before.unbind().catch(() => {});
      await own.start();
      const after = await openAdmin(own);
      const found = (client: typeof after) => client.search(domain.base, { filter: `(ou=${tag})` });
      expect((await found(after)).searchEntries).toHaveLength(1);
      await after.unbind();
      expect((await found(admin)).searchEntries).toHaveLength(0);
    } finally {
      await own.close();
    }
  });
});
