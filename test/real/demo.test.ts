/** The demo's story on a real domain, in an OU that it makes and removes. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { ensureBuilt, startCli } from "../support/cli-process.js";
import { temporaryFolder } from "../unit/repo/temp-repository.js";
import { describeReal, type OwnServer, openAdmin, openOwnServer } from "./domain.js";

const MINUTES = 60_000;

describeReal("the demo on a real domain", () => {
  // Its accounts have the names of the example's people, which nobody else in the domain may have.
  let server: OwnServer;
  beforeAll(async () => {
    await ensureBuilt();
    server = await openOwnServer();
  });
  afterAll(() => server.close());

  const demo = (base: string) => {
    const { url, caFile, user, password } = server;
    const where = ["--directory", url, "--directory-ca", caFile, "--directory-user", user, "--directory-base", base];
    return startCli(temporaryFolder(), ["demo", ...where], { MUSTER_DEMO_DIRECTORY_PASSWORD: password }).finished;
  };
  const topLevel = async () => {
    const admin = await openAdmin(server);
    const { searchEntries } = await admin.search(server.base, { scope: "one", attributes: ["ou"] });
    await admin.unbind();
    return searchEntries.map(({ dn }) => dn).sort();
  };

  it("goes from the first load to an empty plan, and leaves nothing behind", { timeout: 15 * MINUTES }, async () => {
    const before = await topLevel();
    const { code, output } = await demo(`OU=Story,${server.base}`);
    expect(code, output.slice(-3000)).toBe(0);
    expect(output).toContain("Directory and tenant saw 0 writes");
    expect(output).toContain('The title is "Vice President of Engineering" again');
    expect(output).toContain("It is the same account: employeeID 107 is 294 now");
    expect(output).toContain("No file changed.");
    // The tenant's part: copied accounts are bound by their objectGUID, licensed, and lose all of it.
    expect(output).toContain("290  bind account  only recorded");
    expect(output).toContain("refused  seats:ENTERPRISEPACK");
    expect(output).toMatch(/- remove licence +STANDARDPACK\n +~ run task +revoke-sessions/);
    expect(output).not.toContain(server.password);
    expect(await topLevel()).toEqual(before);
  });

  it("refuses an OU that exists, and touches nothing", async () => {
    const { code, output } = await demo(`OU=Domain Controllers,${server.base}`);
    expect(code).toBe(7);
    expect(output).toContain("MUS-7001");
    expect(await topLevel()).toContain(`OU=Domain Controllers,${server.base}`);
  });
});
