/** The wire contract on Samba: as specified, but for test/contract/divergences.yaml. */

import { testWire } from "../contract/wire/suite.js";
import { describeReal, openDomain } from "./domain.js";

describeReal("the wire contract on Samba", () => {
  testWire("samba", async () => {
    const { address, ca, base, user, password } = await openDomain();
    return { name: "samba", endpoint: { host: address, port: 636, ca }, base, administrator: { user, password } };
  });
});
