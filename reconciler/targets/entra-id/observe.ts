/**
 * The picture of a tenant: read whole, users and groups by pages of 999, the members of the groups that were asked for, the
 * tenant's products, who holds roles and who is in the managed units; or brought up to date from what was remembered
 * (incremental.ts). Every listing is complete or an error (pages.ts).
 */
import type { Anchor, Observed, Selection } from "../../model/observed.js";
import type { PictureMemory } from "../../model/ports.js";
import { MusterError } from "../../support/errors.js";
import { mapConcurrently } from "../stream.js";
import { assembleTenant } from "./assemble.js";
import { requireColumns } from "./columns.js";
import { addDeleted } from "./deleted.js";
import { EXPLANATIONS } from "./errors.js";
import { isFailure } from "./failure.js";
import { readGroups, readMembers, wantedGroups } from "./groups.js";
import { readChanges } from "./incremental.js";
import { readSkus } from "./licences.js";
import { readAll, readCount } from "./pages.js";
import { path, withQuery } from "./paths.js";
import { permissionsToRead } from "./permissions.js";
import type { Place } from "./place.js";
import { type GraphObject, requireProperties, selectOf } from "./properties.js";
import { expandOf, requireSelected, wantedProperties } from "./read.js";
import { type Known, latestLinks, openMemory, rememberedUsers, saveMemory, scopeFor } from "./remember.js";
import { type RoleNames, readRoles } from "./roles.js";
import { readUnits } from "./units.js";

/** Groups whose members are read at the same time. */
const GROUPS_AT_ONCE = 4;

/**
 * Throws MUS-5003 when the picture cannot be proven complete, MUS-5004 for properties that Graph does not have, MUS-5202 for
 * what may not be read.
 */
export async function observeTenant(place: Place, selection: Selection, memory?: PictureMemory): Promise<Observed> {
  requireProperties(place.target, [...selection.attributes, place.claim]);
  try {
    return await observe(place, selection, memory);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { code } = EXPLANATIONS[error.meaning];
    const isOfWrites = code === "MUS-5005" || code === "MUS-5006";
    const missing =
      error.meaning === "forbidden" ? permissionsToRead(error.request.template, selection.attributes) : [];
    throw new MusterError(isOfWrites ? "MUS-5003" : code, {
      what: error.message,
      where: { target: place.target },
      ...(missing.length === 0
        ? {}
        : {
            next: `It takes ${missing.join(" and ")}; muster doctor target ${place.target} says what is not granted.`,
          }),
      cause: error,
    });
  }
}

async function observe(place: Place, selection: Selection, memory: PictureMemory | undefined): Promise<Observed> {
  if (memory === undefined) return finish(place, selection, await readWhole(place, selection), {});
  const opened = openMemory(place, selection, memory);
  const why = typeof opened === "string" ? opened : await readChanges(place, selection, opened);
  if (typeof opened !== "string" && why === null) {
    const picture = await finish(place, selection, opened.known, opened.roleNames, (roleNames) =>
      saveMemory(memory, { ...opened, roleNames }),
    );
    return { ...picture, how: { kind: "incremental", why: null } };
  }
  // The links are older than the listings: what changes meanwhile is told again, and nothing is missed.
  const at = place.clock.now();
  const links = await latestLinks(place, selection);
  const known = await readWhole(place, selection);
  requireColumns(place, rememberedUsers(memory), known.users);
  const scope = scopeFor(place, selection);
  const picture = await finish(place, selection, known, {}, (roleNames) =>
    saveMemory(memory, { known, links, fullAt: at, readAt: at, roleNames, scope, recent: {} }),
  );
  return { ...picture, how: { kind: "full", why } };
}

async function readWhole(place: Place, selection: Selection): Promise<Known> {
  const [users, groups] = await Promise.all([readUsers(place, selection), readGroups(place)]);
  place.graph.pacer.tenantHas(users.length);
  return { users: byId(users), groups: byId(groups), members: new Map() };
}

function byId(objects: readonly GraphObject[]): Map<Anchor, GraphObject> {
  return new Map(objects.map((object) => [String(object.id), object]));
}

async function readUsers(place: Place, selection: Selection): Promise<readonly GraphObject[]> {
  const properties = wantedProperties(place, selection);
  const query = { $select: selectOf(properties), $expand: expandOf(properties), $top: "999" };
  const users = await readAll(place.graph, withQuery(path`/users`, query), {
    expected: () => readCount(place.graph, path`/users/$count`),
  });
  for (const user of users) requireSelected(place, user, properties);
  return users;
}

/** Reads what is small and never remembered, keeps the rest for the next run, and makes the picture. */
async function finish(
  place: Place,
  selection: Selection,
  known: Known,
  roleNames: RoleNames,
  save: (roleNames: RoleNames) => void = () => {},
): Promise<Observed> {
  await readMissingMembers(place, selection, known);
  const names = selection.licences ?? [];
  const [skus, roles, units] = await Promise.all([
    names.length === 0 ? [] : readSkus(place, names),
    readRoles(place, known.groups, roleNames),
    readUnits(place),
  ]);
  place.protection = roles.protection;
  place.units = units;
  const picture = assembleTenant(place, selection, { ...known, skus });
  save(roles.names);
  return addDeleted(place, picture, selection);
}

/** Members of groups that are asked for and not known; of others they are forgotten. */
async function readMissingMembers(place: Place, selection: Selection, { groups, members }: Known): Promise<void> {
  const wanted = wantedGroups(place, selection, groups);
  for (const anchor of members.keys()) if (!wanted.has(anchor)) members.delete(anchor);
  const missing = [...wanted.keys()].filter((anchor) => !members.has(anchor));
  const read = await mapConcurrently(missing, GROUPS_AT_ONCE, (anchor) =>
    readMembers(place, anchor, { counted: true }),
  );
  // One that was there a moment ago and was deleted meanwhile has none.
  for (const [index, anchor] of missing.entries()) members.set(anchor, read[index] ?? []);
}
