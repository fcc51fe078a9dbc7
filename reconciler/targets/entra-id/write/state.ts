/** Enable, disable, delete, restore and purge: writes on the account as a whole, each of them a request of its own. */
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { isGone, refusedOutcome, wasAlready } from "../../outcomes.js";
import { isFailure } from "../failure.js";
import { path, withQuery } from "../paths.js";
import { withPatience } from "../patience.js";
import { type Place, requireId } from "../place.js";
import type { GraphObject } from "../properties.js";
import { isSynced, readUser } from "../read.js";
import { failedOutcome, settle } from "./settle.js";

const STATE = ["accountEnabled", "onPremisesSyncEnabled"];
const MASTERED = "Active Directory is the master of the account: the change goes there";

/** `accountEnabled` stands alone in its PATCH: whatever else was refused would leave a leaver enabled. */
export function switchAccount(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  const enable = op.verb === "enable";
  return settle(place, {
    op,
    anchor,
    judge: async () => {
      const user = await readUser(place, anchor, STATE);
      if (user === null) return isGone(op);
      if (user.accountEnabled === enable) return "as-wanted";
      return isSynced(user) ? mastered(op) : "as-before";
    },
    write: () => patchUser(place, anchor, { accountEnabled: enable }),
  });
}

/**
 * The caller has read the user, and reads it again when no answer comes; or says that nobody else can have written it, so
 * that it may be sent again.
 */
export function patchUser(
  place: Place,
  anchor: Anchor,
  body: Readonly<Record<string, unknown>>,
  { repeatable = false }: { readonly repeatable?: boolean } = {},
): Promise<unknown> {
  const request = { method: "PATCH", path: path`/users/${requireId(anchor)}`, body, repeatable } as const;
  return withPatience(place, [anchor], () => place.graph.send(request));
}

export function mastered(op: Op): Outcome {
  const anchor = "anchor" in op.object ? op.object.anchor : null;
  return { op: op.id, kind: "failed", anchor, code: "MUS-5203", detail: MASTERED };
}

/** Deletes a disabled account; for 30 days it can be restored. Graph has no precondition: it is read immediately before. */
export function deleteAccount(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  place.young.delete(anchor);
  return settle(place, {
    op,
    anchor,
    judge: async () => {
      const user = await readUser(place, anchor, STATE);
      if (user === null) return "as-wanted";
      if (user.accountEnabled !== false) return refusedOutcome(op, "the account is enabled");
      return isSynced(user) ? mastered(op) : "as-before";
    },
    write: () => removeUser(place, anchor),
  });
}

async function removeUser(place: Place, anchor: Anchor): Promise<void> {
  try {
    await place.graph.send({ method: "DELETE", path: path`/users/${requireId(anchor)}`, repeatable: false });
  } catch (error) {
    if (!isFailure(error, "gone")) throw error;
  }
}

/** Brings a deleted account back, with its id, its properties and its memberships (directory: restore deleted item). */
export async function restoreAccount(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  try {
    if ((await readUser(place, anchor, ["id"])) !== null) return wasAlready(op, anchor);
  } catch (error) {
    return failedOutcome(op, error);
  }
  const outcome = await settle(place, {
    op,
    anchor,
    judge: async () => ((await readUser(place, anchor, ["id"])) === null ? "as-before" : "as-wanted"),
    write: () =>
      place.graph.send({ method: "POST", path: path`/directory/deletedItems/${requireId(anchor)}/restore`, body: {} }),
  });
  if (outcome.kind === "done") place.young.set(anchor, place.clock.now());
  return outcome.kind === "refused"
    ? refusedOutcome(op, "it is not among the deleted objects that may be seen")
    : outcome;
}

/**
 * Deletes a deleted account for good (directory: delete deleted item), which cannot be undone. It is read immediately before
 * among the deleted ones: one that was brought back meanwhile is not there, and is left alone.
 */
export async function purgeAccount(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  try {
    if ((await readUser(place, anchor, ["id"])) !== null) return refusedOutcome(op, "the account was brought back");
  } catch (error) {
    return failedOutcome(op, error);
  }
  return settle(place, {
    op,
    anchor,
    judge: async () => {
      const user = await readDeleted(place, anchor);
      if (user === null) return "as-wanted";
      return isSynced(user) ? mastered(op) : "as-before";
    },
    write: () =>
      place.graph.send({
        method: "DELETE",
        path: path`/directory/deletedItems/${requireId(anchor)}`,
        repeatable: false,
      }),
  });
}

async function readDeleted(place: Place, anchor: Anchor): Promise<GraphObject | null> {
  const query = { $select: "id,onPremisesSyncEnabled" };
  const item = path`/directory/deletedItems/${requireId(anchor)}/microsoft.graph.user`;
  try {
    return (await place.graph.get(withQuery(item, query))) as GraphObject;
  } catch (error) {
    if (isFailure(error, "gone")) return null;
    throw error;
  }
}
