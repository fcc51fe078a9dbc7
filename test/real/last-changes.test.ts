import { sambaHarness } from "../contract/harness-samba.js";
import { describeLastChanges } from "../contract/last-changes.js";
import { describeReal } from "./domain.js";

describeReal("on Samba", () => describeLastChanges("Active Directory driver", sambaHarness));
