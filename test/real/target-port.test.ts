import { sambaHarness } from "../contract/harness-samba.js";
import { describeTargetPort } from "../contract/target-port.js";
import { describeReal } from "./domain.js";

describeReal("on Samba", () => describeTargetPort("Active Directory driver", sambaHarness));
