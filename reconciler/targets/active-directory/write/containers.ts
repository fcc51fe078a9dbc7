/** Makes the organizational units that an op needs. One that is there already, by whomever, is as good. */
import type { Op } from "../../../model/op.js";
import { normalizeDn, parentDn } from "../../../support/dn.js";
import { MusterError } from "../../../support/errors.js";
import { attribute } from "../codec.js";
import { ConnectionLost, hasCode } from "../connection.js";
import { isBelow, type Place } from "../read.js";
import { searchBase } from "../search.js";

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

/** Throws MUS-9001: whatever a plan says, nothing is put outside the managed containers. */
export function requireManaged(place: Place, container: string): void {
  const dn = normalizeDn(container);
  if (!place.accountContainers.includes(dn) && !isBelow(dn, place.accountContainers))
    throw new MusterError("MUS-9001", { what: `${container} is not within the managed containers` });
}
