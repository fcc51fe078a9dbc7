/** Protected groups of a real domain, on a server of its own: others would find their accounts protected. */
import { ActiveDirectoryTarget } from "../../reconciler/targets/active-directory/target.js";
import { describeProtection } from "../contract/protection.js";
import { claimTerritory, describeReal, openAdmin, openOwnServer } from "./domain.js";

describeReal("on Samba", () =>
  describeProtection("on Samba", async () => {
    const server = await openOwnServer();
    const admin = await openAdmin(server);
    const { staff, groups, tag } = await claimTerritory(admin, server);
    const { url, ca, user, password } = server;
    return {
      admin,
      domain: server.base,
      staff,
      groups,
      tag,
      open: async (base) => {
        const managed = { accounts: [staff] };
        const port = new ActiveDirectoryTarget({
          name: "ad",
          url,
          ca,
          user,
          password,
          base,
          managed,
          claim: "employeeNumber",
        });
        await port.open("reader");
        return port;
      },
      close: async () => {
        await admin.unbind();
        await server.close();
      },
    };
  }),
);
