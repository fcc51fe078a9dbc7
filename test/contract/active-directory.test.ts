import { sandboxHarness } from "./harness-sandbox.js";
import { describeTargetPort } from "./target-port.js";

describeTargetPort("Active Directory driver on the sandbox", sandboxHarness);
