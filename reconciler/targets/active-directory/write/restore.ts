/**
 * Undelete (MS-ADTS 3.1.1.5.3.7): one modify with the show-deleted control that removes isDeleted and gives the object its
 * new DN. It keeps objectGUID and SID, attributes and links, and is enabled or disabled as it was.
 */
import { Change, Control } from "ldapts";
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { childDn } from "../../../support/dn.js";
import { MusterError } from "../../../support/errors.js";
import { refusedOutcome, wasAlready } from "../../outcomes.js";
import { attribute } from "../codec.js";
import { findDeleted, isRecycleBinOn, obstacleOf } from "../deleted.js";
import { failedOutcome } from "../errors.js";
import { findEntry, type Place } from "../read.js";
import { SHOW_DELETED } from "../search.js";
import { requireManaged } from "./containers.js";
import { settle } from "./settle.js";

export async function restoreAccount(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  const { cn, container } = op.after;
  if (typeof cn !== "string" || typeof container !== "string")
    throw new MusterError("MUS-9001", { what: "a restore names no cn or no container" });
  requireManaged(place, container);
  if ((await findEntry(place, anchor, ["1.1"])) !== null) return wasAlready(op, anchor);
  const [deleted] = await findDeleted(place, [anchor]);
  if (deleted === undefined) return refusedOutcome(op, "it is not among the deleted objects that may be seen");
  const obstacle = obstacleOf(deleted, await isRecycleBinOn(place));
  if (obstacle !== null) return refusedOutcome(op, obstacle);
  const outcome = await settle({
    op,
    anchor,
    write: () => undelete(place, deleted.dn, childDn("CN", cn, container)),
    judge: async () => ((await findEntry(place, anchor, ["1.1"])) === null ? "as-before" : "as-wanted"),
  }).catch((error) => failedOutcome(op, error));
  // noSuchAttribute says here that the object is not as an undelete expects it, not that a mapping names a wrong attribute.
  return outcome.code === "MUS-5004" ? { ...outcome, code: "MUS-5006" } : outcome;
}

/** `deletedDn` as the directory spells it: Samba undeletes nothing that is named by its GUID. */
export async function undelete(place: Pick<Place, "session">, deletedDn: string, dn: string): Promise<void> {
  const changes = [
    new Change({ operation: "delete", modification: attribute("isDeleted", []) }),
    new Change({ operation: "replace", modification: attribute("distinguishedName", [dn]) }),
  ];
  await place.session.modify(deletedDn, changes, [new Control(SHOW_DELETED, { critical: true })]);
}
