import { describeGroupKinds } from "./group-kinds.js";
import { sandboxHarness } from "./harness-sandbox.js";

describeGroupKinds("on the sandbox", async () => {
  const { target, admin, staff, close } = await sandboxHarness();
  return { target, admin, staff, groups: "OU=Groups,DC=corp,DC=example", tag: "", close };
});
