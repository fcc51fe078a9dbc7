/**
 * What the driver keeps of a tenant from one run to the next: users and groups as they were read, and where the delta queries
 * go on. Nothing but JSON; whatever does not fit the question of today is not used.
 */
import { digestOf } from "../../model/hash.js";
import type { Anchor, Selection } from "../../model/observed.js";
import type { PictureMemory } from "../../model/ports.js";
import { GROUP_PROPERTIES } from "./groups.js";
import { readDelta } from "./pages.js";
import { path, withQuery } from "./paths.js";
import { incomplete, type Place } from "./place.js";
import { type GraphObject, selectOf } from "./properties.js";
import { wantedProperties } from "./read.js";
import type { RoleNames } from "./roles.js";

const SCHEMA = 1;
/** Tokens of delta queries live 7 days (delta-query-overview); everything is read anew before. */
const LONGEST_MS = 6 * 24 * 3_600_000;

/** What is known of users and groups, however it came to be known. */
export interface Known {
  readonly users: Map<Anchor, GraphObject>;
  readonly groups: Map<Anchor, GraphObject>;
  /** Of those groups that were asked for. */
  readonly members: Map<Anchor, readonly Anchor[]>;
}

export interface Links {
  /** Delta links, whole. */
  readonly users: string;
  readonly groups: string;
}

export interface Memory {
  readonly known: Known;
  readonly links: Links;
  /** Epoch milliseconds of the last full read. */
  readonly fullAt: number;
  /** Epoch milliseconds of the last read. */
  readonly readAt: number;
  readonly roleNames: RoleNames;
  readonly scope: string;
  /** Objects that were told of or found different, and when: replicas may still show them as they were. */
  readonly recent: Readonly<Record<Anchor, number>>;
}

interface Stored extends Omit<Memory, "known"> {
  readonly schema: typeof SCHEMA;
  readonly objects: {
    readonly users: readonly GraphObject[];
    readonly groups: readonly GraphObject[];
    readonly members: Readonly<Record<Anchor, readonly Anchor[]>>;
  };
}

/** The memory, when it fits this question and this moment; else why not, for people. */
export function openMemory(place: Place, selection: Selection, memory: PictureMemory): Memory | string {
  const stored = load(memory);
  if (stored === null) return "nothing usable is remembered";
  if (stored.scope !== scopeFor(place, selection))
    return "other properties are asked for than last time, or of another tenant";
  const age = place.clock.now() - stored.fullAt;
  if (age > LONGEST_MS || age < 0) return "the last full read is more than 6 days ago";
  const { schema: _schema, objects, ...about } = stored;
  const known = {
    users: byId(objects.users),
    groups: byId(objects.groups),
    members: new Map(Object.entries(objects.members)),
  };
  return { ...about, known };
}

function load(memory: PictureMemory): Stored | null {
  const stored = memory.load() as Partial<Stored> | null | undefined;
  const { schema, scope, links, fullAt, readAt, roleNames, recent, objects } = stored ?? {};
  if (schema !== SCHEMA || scope === undefined || links === undefined || fullAt === undefined) return null;
  if (readAt === undefined || roleNames === undefined || recent === undefined || objects === undefined) return null;
  return { schema, scope, links, fullAt, readAt, roleNames, recent, objects };
}

/** Users as they were when the tenant was read before, whatever was asked for then. */
export function rememberedUsers(memory: PictureMemory): ReadonlyMap<Anchor, GraphObject> {
  return byId(load(memory)?.objects.users ?? []);
}

export function saveMemory(memory: PictureMemory, { known, ...about }: Memory): void {
  const { users, groups, members } = known;
  const objects = { users: [...users.values()], groups: [...groups.values()], members: Object.fromEntries(members) };
  const stored: Stored = { schema: SCHEMA, ...about, objects };
  memory.save(stored);
}

/** Objects that turned out to be other than they were read: they are read again by the next run. */
export function doubt(memory: PictureMemory, anchors: Iterable<Anchor>, now: number): void {
  const stored = load(memory);
  if (stored === null) return;
  const recent = { ...stored.recent };
  for (const anchor of anchors) recent[anchor] = now;
  memory.save({ ...stored, recent } satisfies Stored);
}

/** What a memory is about; which groups are asked for is not part of it, since members that are missing are read. */
export function scopeFor(place: Place, selection: Selection): string {
  return digestOf([place.tenant, place.graph.root, wantedProperties(place, selection), GROUP_PROPERTIES]);
}

/** Where changes from now on will be told. */
export async function latestLinks(place: Place, selection: Selection): Promise<Links> {
  const properties = wantedProperties(place, selection);
  const manager = properties.includes("manager") ? ",manager" : "";
  const [users, groups] = await Promise.all([
    readDelta(
      place.graph,
      withQuery(path`/users/delta`, { $deltatoken: "latest", $select: selectOf(properties) + manager }),
    ),
    readDelta(
      place.graph,
      withQuery(path`/groups/delta`, { $deltatoken: "latest", $select: `${GROUP_PROPERTIES},members` }),
    ),
  ]);
  if (users === null || groups === null)
    throw incomplete(place.target, "a delta query that has just begun has expired");
  return { users: users.deltaLink, groups: groups.deltaLink };
}

function byId(objects: readonly GraphObject[]): Map<Anchor, GraphObject> {
  return new Map(objects.map((object) => [String(object.id), object]));
}
