/** Groups as they are read: which of them are asked for, and why the members of some cannot be written. */
import type { Anchor, ObservedGroup, Selection } from "../../model/observed.js";
import { isFailure } from "./failure.js";
import { readAll, readCount } from "./pages.js";
import { path, withQuery } from "./paths.js";
import { incomplete, isId, managesTenant, type Place, requireId } from "./place.js";
import type { GraphObject } from "./properties.js";

export const GROUP_PROPERTIES = [
  "displayName",
  "groupTypes",
  "id",
  "isAssignableToRole",
  "isManagementRestricted",
  "mail",
  "mailEnabled",
  "mailNickname",
  "onPremisesSyncEnabled",
  "proxyAddresses",
  "securityEnabled",
  "visibility",
].join(",");

/** All groups of the tenant: their names are taken, and display names are how policies name them. */
export function readGroups(place: Place): Promise<readonly GraphObject[]> {
  return readAll(place.graph, withQuery(path`/groups`, { $select: GROUP_PROPERTIES, $top: "999" }), {
    expected: () => readCount(place.graph, path`/groups/$count`),
  });
}

/**
 * Anchors of the groups that are asked for, with the name each is known by. One that is not there is left out. Throws
 * MUS-5003 where a name is that of several.
 */
export function wantedGroups(
  place: Place,
  selection: Selection,
  groups: ReadonlyMap<Anchor, GraphObject>,
): ReadonlyMap<Anchor, string> {
  const byName = new Map<string, Anchor[]>();
  for (const [anchor, { displayName }] of groups) {
    if (typeof displayName !== "string") continue;
    const key = displayName.toLowerCase();
    byName.set(key, [...(byName.get(key) ?? []), anchor]);
  }
  const wanted = new Map<Anchor, string>();
  for (const { name, anchor } of selection.groups) {
    const known = anchor ?? (isId(name) ? name.toLowerCase() : null);
    const found = known === null ? (byName.get(name.toLowerCase()) ?? []) : [known].filter((id) => groups.has(id));
    if (found.length > 1)
      throw incomplete(
        place.target,
        `${found.length} groups are called "${name}"`,
        "Name the group by its id, or give the others another name.",
      );
    for (const id of found) wanted.set(id, isId(name) ? name : nameOf(groups.get(id), id));
  }
  return wanted;
}

function nameOf(group: GraphObject | undefined, anchor: Anchor): string {
  return typeof group?.displayName === "string" ? group.displayName : anchor;
}

/**
 * Ids of the direct members, of whatever kind; null when the group is gone. `counted`: compared with Graph's count, which a
 * picture needs; of a group that was written a moment ago the count still says how it was before.
 */
export async function readMembers(
  place: Place,
  group: Anchor,
  { counted }: { readonly counted: boolean },
): Promise<readonly Anchor[] | null> {
  const query = { $select: "id", $top: "999" };
  const count = () => readCount(place.graph, path`/groups/${requireId(group)}/members/$count`);
  try {
    const start = withQuery(path`/groups/${requireId(group)}/members`, query);
    const members = await readAll(place.graph, start, counted ? { expected: count } : {});
    return members.map(({ id }) => id);
  } catch (error) {
    if (isFailure(error, "gone")) return null;
    throw error;
  }
}

/** Why the members of a group cannot be written now; null where they can, or nobody knows. */
export async function readObstacle(place: Place, group: Anchor): Promise<string | null> {
  try {
    const query = { $select: GROUP_PROPERTIES };
    return obstacleOf((await place.graph.get(withQuery(path`/groups/${requireId(group)}`, query))) as GraphObject);
  } catch {
    return null;
  }
}

export function observeGroup(
  place: Place,
  group: GraphObject,
  parts: { readonly anchor: Anchor; readonly address: string; readonly members: readonly Anchor[] },
  users: ReadonlyMap<Anchor, unknown>,
): ObservedGroup {
  const members = parts.members.filter((member) => users.has(member));
  const hidden = areHidden(group, parts.members);
  const obstacle = obstacleOf(group) ?? (hidden ? UNSEEN : null);
  return {
    anchor: parts.anchor,
    address: parts.address,
    managed: isManagedGroup(place, group, parts.anchor),
    members,
    others: parts.members.length - members.length,
    ...(obstacle === null ? {} : { obstacle }),
    ...(hidden ? { unreadable: true } : {}),
  };
}

const UNSEEN = "they are hidden, and none could be read";
/** What to do about it. */
export const SHOW_HIDDEN =
  "Grant the application Member.Read.Hidden; one that has no member at all gets its first by hand.";

/**
 * Whether the members of a group or an administrative unit may be kept from us: without Member.Read.Hidden the list of those
 * whose membership is hidden is empty, as if there were none.
 */
export function areHidden({ visibility }: GraphObject, members: readonly unknown[]): boolean {
  return visibility === "HiddenMembership" && members.length === 0;
}

/** Whether policies may write its members. */
export function isManagedGroup({ managed }: Place, group: GraphObject, anchor: Anchor): boolean {
  if (managed.groups === null) return false;
  if (managesTenant(managed.groups)) return true;
  const names = [anchor, nameOf(group, anchor)].map((name) => name.toLowerCase());
  return managed.groups.some((name) => names.includes(name.toLowerCase()));
}

/** Why Graph refuses to change its members; the reason is told here, because Graph's own answer does not tell it. */
export function obstacleOf(group: GraphObject): string | null {
  const types = Array.isArray(group.groupTypes) ? group.groupTypes : [];
  if (types.includes("DynamicMembership")) return "a rule decides who its members are (dynamic group)";
  if (group.onPremisesSyncEnabled === true) return "Active Directory is its master (synchronised group)";
  if (group.mailEnabled === true && !types.includes("Unified"))
    return "Exchange is its master (mail-enabled security group or distribution list)";
  if (group.isAssignableToRole === true) return "its members may hold directory roles (role-assignable group)";
  if (group.isManagementRestricted === true) return "it is in a restricted management administrative unit";
  return null;
}
