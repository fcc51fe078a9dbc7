import { ActiveDirectoryTarget } from "../../reconciler/targets/active-directory/target.js";
import { sandboxHarness } from "./harness-sandbox.js";
import { describeProtection } from "./protection.js";

describeProtection("on the sandbox", async () => {
  const { target, admin, sandbox, staff, driver, close } = await sandboxHarness();
  await target.close();
  return {
    admin,
    domain: sandbox.baseDn,
    staff,
    groups: `OU=Groups,${sandbox.baseDn}`,
    tag: "",
    open: async (base) => {
      const port = new ActiveDirectoryTarget({ ...driver, base, managed: { accounts: [staff] } });
      await port.open("reader");
      return port;
    },
    close,
  };
});
