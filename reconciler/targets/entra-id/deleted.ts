/** Deleted users: for 30 days they can be brought back as they were, then they are gone. */
import type { DeletedObject, Observed, Selection } from "../../model/observed.js";
import { withDeleted } from "../picture.js";
import { ENTRA_ID_CAPABILITIES } from "./capabilities.js";
import { type GraphObject, readAll } from "./pages.js";
import { path, withQuery } from "./paths.js";
import type { Place } from "./place.js";
import { isSynced } from "./read.js";

const NAMES = Object.keys(ENTRA_ID_CAPABILITIES.spaces);
const SYNCED = "Active Directory is its master: it is restored there, and synchronisation brings this one back";

/** The picture, with those of the selection's anchors that were deleted. Nothing is asked when all of them are there. */
export async function addDeleted(place: Place, picture: Observed, selection: Selection): Promise<Observed> {
  const present = new Set(picture.accounts.map(({ anchor }) => anchor));
  const missing = new Set((selection.anchors ?? []).filter((anchor) => !present.has(anchor)));
  if (missing.size === 0) return picture;
  const query = { $select: ["id", "onPremisesSyncEnabled", ...NAMES].join(), $top: "999" };
  const users = await readAll(place.graph, withQuery(path`/directory/deletedItems/microsoft.graph.user`, query));
  const deleted = users
    .filter(({ id }) => missing.has(id))
    .map(
      (user): DeletedObject => ({ anchor: user.id, names: namesOf(user), obstacle: isSynced(user) ? SYNCED : null }),
    );
  return withDeleted(picture, deleted);
}

/** A deleted user's userPrincipalName is kept with its id before it, without dashes [U], and comes back without. */
function namesOf(user: GraphObject): Record<string, string> {
  const prefix = user.id.replaceAll("-", "");
  const names = NAMES.map((name) => [name, user[name]] as const);
  return Object.fromEntries(
    names.flatMap(([name, value]) =>
      typeof value !== "string" ? [] : [[name, value.startsWith(prefix) ? value.slice(prefix.length) : value]],
    ),
  );
}
