/** Makes the organizational units that an op needs. One that is there already, by whomever, is as good. */
import type { Op } from "../../../model/op.js";
import { parentDn } from "../../../support/dn.js";
import { attribute } from "../codec.js";
import { ConnectionLost, hasCode } from "../connection.js";
import type { Place } from "../read.js";
import { searchBase } from "../search.js";
import { requireManaged } from "./relocate.js";

/** Throws what the server or the network says; a lost reply is read back before. */
export async function makeContainers(place: Place, op: Op): Promise<void> {
  for (const dn of op.newContainers ?? []) {
    requireManaged(place, parentDn(dn));
    try {
      await place.session.add(dn, [attribute("objectClass", ["top", "organizationalUnit"])]);
    } catch (error) {
      if (hasCode(error, "entryAlreadyExists")) continue;
      if (!(error instanceof ConnectionLost) || (await searchBase(place.session, dn, ["1.1"])) === null) throw error;
    }
  }
}
