/**
 * Bringing a remembered tenant up to date. The delta queries of users and groups only say whom to read again: entries come in
 * any order, several times, and a value that was never set is left out, so what they hold is not used. Each object that
 * they name is read by its id, twenty in a request; a group's members are read whole.
 *
 * Replicas lag: what is read a moment after a change may be the value before it, and delta does not tell of it again. So who
 * was named is read again by every run of the next ten minutes, and so is whoever a run found to be other than remembered.
 */
import type { Anchor, Selection } from "../../model/observed.js";
import { type BatchItem, sendBatch } from "./batch.js";
import { hasValue, lostColumns } from "./columns.js";
import { isFailure } from "./failure.js";
import { GROUP_PROPERTIES } from "./groups.js";
import { followLink } from "./links.js";
import { readDelta } from "./pages.js";
import { path, withQuery } from "./paths.js";
import { type Place, requireId } from "./place.js";
import { type GraphObject, selectOf } from "./properties.js";
import { expandOf, readUser, requireSelected, wantedProperties } from "./read.js";
import type { Memory } from "./remember.js";

/** How long an object that changed is read again, milliseconds. */
const UNSETTLED_MS = 10 * 60_000;
/** From so many changed objects on, and from this share of all, reading everything takes fewer requests. */
const MANY = 100;
const SHARE = 1 / 50;
const TOO_MUCH = "so much has changed that reading everything takes fewer requests";

/** Brings the memory up to date, in place; null, or why everything must be read instead. */
export async function readChanges(place: Place, selection: Selection, memory: Memory): Promise<string | null> {
  const { known, links } = memory;
  const most = Math.max(MANY, (known.users.size + known.groups.size) * SHARE);
  const [users, groups] = await Promise.all([
    readDelta(place.graph, followLink(links.users, place.graph.root, "/users/delta"), most),
    readDelta(place.graph, followLink(links.groups, place.graph.root, "/groups/delta"), most),
  ]);
  if (users === "expired" || groups === "expired") return "Entra ID no longer knows the changes since the last read";
  if (users === "too-much" || groups === "too-much") return TOO_MUCH;
  const now = place.clock.now();
  const recent: Record<Anchor, number> = {};
  for (const [anchor, at] of Object.entries(memory.recent)) if (now - at < UNSETTLED_MS) recent[anchor] = at;
  for (const anchor of namesOf([...users.entries, ...groups.entries])) recent[anchor] = now;
  const changed = Object.keys(recent);
  if (changed.length > most) return TOO_MUCH;
  const named = namesOf(groups.entries);
  const changedGroups = changed.filter((anchor) => named.has(anchor) || known.groups.has(anchor));
  const others = new Set(changedGroups);
  const changedUsers = changed.filter((anchor) => !others.has(anchor) || known.users.has(anchor));
  const why = await readUsersAgain(place, selection, memory, changedUsers);
  if (why !== null) return why;
  await readGroupsAgain(place, memory, changedGroups);
  Object.assign(memory, { links: { users: users.deltaLink, groups: groups.deltaLink }, recent, readAt: now });
  return null;
}

function namesOf(entries: readonly GraphObject[]): Set<Anchor> {
  return new Set(entries.map(({ id }) => String(id)));
}

async function readUsersAgain(
  place: Place,
  selection: Selection,
  { known, readAt }: Memory,
  anchors: readonly Anchor[],
): Promise<string | null> {
  const properties = wantedProperties(place, selection);
  const query = { $select: selectOf(properties), $expand: expandOf(properties) };
  const found = await readObjects(
    place,
    anchors.map((anchor) => ({ method: "GET", path: withQuery(path`/users/${requireId(anchor)}`, query) })),
  );
  for (const user of found) if (user !== null) requireSelected(place, user, properties);
  await requirePermission(place, known.users, anchors, found);
  const gone = new Set<Anchor>();
  for (const [index, anchor] of anchors.entries()) {
    const user = found[index] ?? null;
    if (user === null && known.users.delete(anchor)) gone.add(anchor);
    if (user === null) continue;
    if (!known.users.has(anchor) && isOlderThan(user, readAt)) return RESTORED;
    known.users.set(anchor, user);
  }
  if (gone.size > 0) forget(known, gone);
  return null;
}

/** Whoever reports to it, and the groups that it is in again, are not named: they would stay as they are remembered. */
const RESTORED = "an account is there that is older than the last read: restored, or seen for the first time";

function isOlderThan({ createdDateTime }: GraphObject, at: number): boolean {
  return typeof createdDateTime !== "string" || Date.parse(createdDateTime) < at;
}

/** Who is gone is no member and nobody's manager any more; those who refer to it are not named. */
function forget({ users, members }: Memory["known"], gone: ReadonlySet<Anchor>): void {
  for (const [group, list] of members) {
    const left = list.filter((member) => !gone.has(member));
    if (left.length < list.length) members.set(group, left);
  }
  for (const [anchor, user] of users) {
    const manager = user.manager as GraphObject | null | undefined;
    if (typeof manager?.id === "string" && gone.has(manager.id)) users.set(anchor, { ...user, manager: null });
  }
}

/** Properties, and the members of those groups whose members are known. */
async function readGroupsAgain(place: Place, { known }: Memory, anchors: readonly Anchor[]): Promise<void> {
  const query = { $select: GROUP_PROPERTIES };
  const found = await readObjects(
    place,
    anchors.map((anchor) => ({ method: "GET", path: withQuery(path`/groups/${requireId(anchor)}`, query) })),
  );
  for (const [index, anchor] of anchors.entries()) {
    const group = found[index] ?? null;
    if (group === null) known.groups.delete(anchor);
    else known.groups.set(anchor, group);
    // Those that are asked for are read again, whole, with the groups that are new (observe.ts).
    known.members.delete(anchor);
  }
}

/** The objects, null for one that is gone. Throws the failure of any other answer. */
async function readObjects(place: Place, items: readonly BatchItem[]): Promise<readonly (GraphObject | null)[]> {
  if (items.length === 0) return [];
  const answers = await sendBatch(place.graph, items);
  return answers.map((answer) => {
    if (answer.ok) return answer.body as GraphObject;
    if (isFailure(answer.failure, "gone")) return null;
    throw answer.failure;
  });
}

/**
 * Where a property vanished from all who changed, and nobody who changed has it, one of the others is asked: if it vanished
 * there too, it is the permission that went. Throws MUS-5003.
 */
async function requirePermission(
  place: Place,
  users: ReadonlyMap<Anchor, GraphObject>,
  anchors: readonly Anchor[],
  found: readonly (GraphObject | null)[],
): Promise<void> {
  const lost = new Set<string>();
  for (const [index, anchor] of anchors.entries()) {
    const [before, now] = [users.get(anchor), found[index] ?? null];
    if (before === undefined || now === null) continue;
    for (const name of Object.keys(before)) if (hasValue(before[name]) && !hasValue(now[name])) lost.add(name);
  }
  for (const user of found) for (const name of lost) if (hasValue(user?.[name])) lost.delete(name);
  if (lost.size === 0) return;
  const named = new Set(anchors);
  for (const name of [...lost].sort()) {
    const witness = [...users].find(([anchor, user]) => !named.has(anchor) && hasValue(user[name]))?.[0];
    if (witness === undefined) continue;
    const now = await readUser(place, witness, [name]);
    if (now !== null && !hasValue(now[name])) throw lostColumns(place, [name]);
  }
}
