/**
 * Bringing a remembered directory up to date with one search: everything in the domain, deleted objects included, whose
 * uSNChanged is above the one remembered (MS-ADTS 3.1.1.1.9). The same search must find the base, the managed containers and
 * the container of deleted objects, changed or not: a server that shows these shows what changed below them.
 *
 * Some changes leave no trace on the objects they concern; where one may have happened, everything is read:
 * a container that was changed in any way (moved: the DNs below it differ; its permissions: others may be visible);
 * an object that is older than the memory and not in it (restored: the links to it are back; or made visible).
 */
import { EqualityFilter, type Filter, GreaterThanEqualsFilter, OrFilter } from "ldapts";
import type { Anchor, Selection } from "../../model/observed.js";
import type { PictureMemory } from "../../model/ports.js";
import { isUnder, normalizeDn, parentDn } from "../../support/dn.js";
import { hasClass, type Reading } from "./assemble.js";
import { encodeGuid } from "./codec.js";
import { countReading } from "./plausible.js";
import { findGroups, withAllMembers } from "./protected-groups.js";
import { anchorOf, type Place, textOf } from "./read.js";
import { type Known, type Memory, resolveLinks, saveMemory, toEntry, toKnown } from "./remember.js";
import { type Entry, readAllValues, searchAll } from "./search.js";

const CONTAINERS = ["organizationalunit", "container", "builtindomain"];
const ABOUT_CHANGES = ["uSNChanged", "uSNCreated", "isDeleted", "lastKnownParent", "primaryGroupToken", "member"];

// These reasons are shown in pull requests: they name containers, but no people.
const OLDER = "an object is there that is older than the last read: restored, or moved into the base";
const PARENT = "an object with others below it was moved or deleted";

interface Changed {
  readonly entry: Entry;
  readonly anchor: Anchor;
}

/** The reading as a full one would be now, and the memory brought up to date; or why everything must be read. */
export async function readChanges(
  place: Place,
  selection: Selection,
  memory: Memory,
  attributes: readonly string[],
  store: PictureMemory,
): Promise<Reading | string> {
  const { known, usn } = memory;
  const watched = watchedOf(place, memory);
  if (watched === null) return "a managed container is not remembered";
  const found = await searchAll(place.session, {
    base: place.session.rootDse.defaultNamingContext ?? place.base,
    scope: "sub",
    filter: filterOf(usn, [...watched, memory.deletedObjects]),
    attributes: [...new Set([...attributes, ...ABOUT_CHANGES])],
    showDeleted: true,
  });
  const entries = found.map((entry) => ({ entry, anchor: anchorOf(place.session, entry) }));
  const seen = new Map(entries.map(({ anchor, entry }) => [anchor, entry]));
  if (!seen.has(memory.deletedObjects)) return "the account may no longer list CN=Deleted Objects";
  for (const anchor of watched)
    if (seen.get(anchor)?.dn !== known.get(anchor)?.d) return `${known.get(anchor)?.d} was moved, or is gone`;
  const changed = entries.filter(({ entry }) => Number(textOf(entry, "uSNChanged") ?? usn + 1) > usn);
  const why = untraceable(place, memory, changed);
  if (why !== null) return why;
  await applyChanges(place, selection, memory, changed);
  await readNewGroups(place, selection, memory);
  const reading = readingOf(place, selection, memory);
  if (changed.length > 0) saveMemory(store, { ...memory, counts: countReading(place, reading) });
  return reading;
}

/** Anchors of the base and the managed containers; null when one of them was not among what was read. */
function watchedOf(place: Place, { known }: Memory): Anchor[] | null {
  const wanted = new Set([normalizeDn(place.base), ...place.accountContainers, ...(place.groupContainers ?? [])]);
  const anchors: Anchor[] = [];
  for (const { a, d, v } of known.values()) {
    if (v.objectclass === undefined || !wanted.delete(normalizeDn(d))) continue;
    anchors.push(a);
    if (wanted.size === 0) break;
  }
  return wanted.size === 0 ? anchors : null;
}

function filterOf(usn: number, watched: readonly Anchor[]): Filter {
  const byGuid = watched.map((anchor) => new EqualityFilter({ attribute: "objectGUID", value: encodeGuid(anchor) }));
  const changed = new GreaterThanEqualsFilter({ attribute: "uSNChanged", value: String(usn + 1) });
  return new OrFilter({ filters: [changed, ...byGuid] });
}

function isDeleted(entry: Entry): boolean {
  return textOf(entry, "isDeleted") === "TRUE";
}

/** Why the changes may have touched more than the objects that carry them; null when they have not. */
function untraceable(place: Place, { known, usn }: Memory, changed: readonly Changed[]): string | null {
  let parents: Set<string> | null = null;
  const hasObjects = (dn: string) => {
    parents ??= new Set([...known.values()].map(({ d }) => normalizeDn(parentDn(d))));
    return parents.has(normalizeDn(dn));
  };
  for (const { entry, anchor } of changed) {
    const before = known.get(anchor);
    if (before === undefined) {
      if (isDeleted(entry)) continue;
      const created = textOf(entry, "uSNCreated");
      const isRestored = textOf(entry, "lastKnownParent") !== undefined;
      const isOld = created === undefined || Number(created) <= usn || isRestored;
      if (isOld && isUnder(entry.dn, place.base)) return OLDER;
      if (isRestored && hasClass(entry, ["group"])) return OLDER;
    } else if (isDeleted(entry) || before.d !== entry.dn || hasClass(entry, CONTAINERS)) {
      if (hasObjects(before.d)) return hasClass(entry, CONTAINERS) ? `the container ${before.d} was changed` : PARENT;
    }
  }
  return null;
}

async function applyChanges(
  place: Place,
  selection: Selection,
  { known, protectedGroups }: Memory,
  changed: readonly Changed[],
): Promise<void> {
  const named = selection.groups.map(({ name, anchor }) => anchor ?? normalizeDn(name));
  const wanted = new Set([...named, ...groupsWithin(known, protectedGroups)]);
  const fresh: Anchor[] = [];
  for (const { entry, anchor } of changed) {
    if (isDeleted(entry)) {
      known.delete(anchor);
      continue;
    }
    const isWanted = wanted.has(anchor) || wanted.has(normalizeDn(entry.dn));
    if (!isWanted && !known.has(anchor) && !isUnder(entry.dn, place.base)) continue;
    const { member: _, ...l } = toKnown(anchor, entry).l;
    const members = isWanted ? await readAllValues(place.session, entry, "member") : [];
    const links = isWanted ? { ...l, member: members.map((dn) => `d:${dn.toString("utf8")}`) } : l;
    known.set(anchor, { ...toKnown(anchor, entry), l: links });
    fresh.push(anchor);
  }
  const objects = fresh.flatMap((anchor) => known.get(anchor) ?? []);
  if (objects.length > 0) await resolveLinks(place, known, objects, selection);
}

/** These groups and all groups within them, as far as their members are known. */
function groupsWithin(known: ReadonlyMap<Anchor, Known>, roots: readonly Anchor[]): Set<Anchor> {
  const found = new Set(roots);
  for (const anchor of found) {
    for (const link of known.get(anchor)?.l.member ?? []) {
      const member = link.startsWith("a:") ? known.get(link.slice(2)) : undefined;
      if (member?.v.objectclass?.some((name) => name.toLowerCase() === "group") === true) found.add(member.a);
    }
  }
  return found;
}

/** Reads the members of groups that were put into a protected one, level by level. */
async function readNewGroups(place: Place, selection: Selection, { known, protectedGroups }: Memory): Promise<void> {
  for (;;) {
    const all = [...groupsWithin(known, protectedGroups)].flatMap((anchor) => known.get(anchor) ?? []);
    const unread = all.filter(({ l }) => l.member === undefined);
    if (unread.length === 0) return;
    const wanted = unread.map(({ a }) => new EqualityFilter({ attribute: "objectGUID", value: encodeGuid(a) }));
    const found = new Map<Anchor, Entry>();
    for (const entry of await findGroups(place, wanted))
      found.set(anchorOf(place.session, entry), await withAllMembers(place, entry));
    for (const object of unread) {
      const entry = found.get(object.a);
      // One that was deleted a moment ago has no members; the next read says so.
      const { v, l } = entry === undefined ? { v: {}, l: { member: [] } } : toKnown(object.a, entry);
      known.set(object.a, { ...object, v: { ...object.v, ...v }, l: { ...object.l, ...l } });
    }
    await resolveLinks(
      place,
      known,
      unread.flatMap(({ a }) => known.get(a) ?? []),
      selection,
    );
  }
}

function readingOf(place: Place, selection: Selection, { known, protectedGroups }: Memory): Reading {
  const base = normalizeDn(place.base);
  const isAll = base === normalizeDn(place.session.rootDse.defaultNamingContext ?? "");
  const objects: Entry[] = [];
  for (const object of known.values()) {
    if (isAll || isUnder(object.d, base)) objects.push(toEntry(object, known));
  }
  const groups: Entry[] = [];
  for (const { name, anchor } of selection.groups) {
    const group = anchor === null ? atDn(known, name) : known.get(anchor);
    const entry = group === undefined ? undefined : toEntry(group, known);
    if (entry !== undefined && hasClass(entry, ["group"])) groups.push(entry);
  }
  const within = [...groupsWithin(known, protectedGroups)].flatMap((anchor) => known.get(anchor) ?? []);
  const protection = { roots: protectedGroups, groups: within.map((object) => toEntry(object, known)) };
  return { objects, groups, protection };
}

function atDn(known: ReadonlyMap<Anchor, Known>, dn: string): Known | undefined {
  const wanted = normalizeDn(dn);
  for (const object of known.values()) if (normalizeDn(object.d) === wanted) return object;
  return undefined;
}
