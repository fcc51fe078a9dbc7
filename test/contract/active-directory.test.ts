import { sandboxHarness } from "./harness-sandbox.js";
import { describeTargetPort } from "./target-port.js";

describeTargetPort("Active Directory driver on the sandbox", () => sandboxHarness());
describeTargetPort("Active Directory driver where the server has no <GUID=...> names", () =>
  sandboxHarness({ guidAddresses: false }),
);
