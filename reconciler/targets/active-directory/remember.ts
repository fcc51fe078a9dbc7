/**
 * What is remembered of a directory between two runs: every object that was read, as it was read, and the update sequence
 * number up to which it is true. uSNs are counted by each domain controller for itself and by each life of its database
 * (invocationId, MS-ADTS 3.1.1.1.9), so a memory is good for one of them only.
 *
 * A value that names another object changes when that one is renamed, moved or deleted, without a trace on the object that
 * holds it. So such values are kept as the GUID of the object they name, and become DNs again when the picture is made.
 */
import { AndFilter, EqualityFilter, OrFilter } from "ldapts";
import { digestOf } from "../../model/hash.js";
import type { Anchor, Selection } from "../../model/observed.js";
import type { PictureMemory } from "../../model/ports.js";
import { isUnder, normalizeDn, parentDn } from "../../support/dn.js";
import type { Reading } from "./assemble.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "./capabilities.js";
import { decodeGuid, decodeText } from "./codec.js";
import { type Counts, countReading } from "./plausible.js";
import { anchorOf, type Place } from "./read.js";
import { type Entry, searchAll, searchBase } from "./search.js";

const SCHEMA = 3;
/** Milliseconds after which everything is read again, whatever was remembered. */
const LONGEST = 7 * 86_400_000;

/** An object: anchor, DN, values (bytes as Latin-1 text), and values that name others ("a:" anchor or "d:" DN). */
export interface Known {
  readonly a: Anchor;
  readonly d: string;
  readonly v: Readonly<Record<string, readonly string[]>>;
  readonly l: Readonly<Record<string, readonly string[]>>;
}

interface Stored {
  readonly schema: typeof SCHEMA;
  /** What was asked for: another question has another answer. */
  readonly scope: string;
  readonly server: string;
  readonly invocation: string;
  readonly usn: number;
  /** Epoch milliseconds of the last full read. */
  readonly fullAt: number;
  readonly deletedObjects: Anchor;
  /** The groups that the directory protects by themselves. */
  readonly protectedGroups: readonly Anchor[];
  readonly objects: readonly Known[];
  readonly counts: Counts;
}

/** What was saved, of this form; where it cannot serve an incremental read it says only how much there was. */
export type Remembered = Pick<Stored, "schema" | "counts"> & Partial<Stored>;

export interface Memory extends Omit<Stored, "objects"> {
  /** Up to which uSN the new reading is true. */
  readonly newUsn: number;
  readonly known: Map<Anchor, Known>;
}

/** Forward links and other values of DN syntax, in lower case. */
const NAMING_OTHERS = new Set(
  [...ACTIVE_DIRECTORY_CAPABILITIES.references, "member", "managedBy", "secretary", "assistant", "seeAlso"].map(
    (name) => name.toLowerCase(),
  ),
);
/** Attributes that change without a new uSNChanged: back links, computed ones, and those that are not replicated. */
const UNTRACEABLE = new Set(
  [
    ...["memberOf", "directReports", "managedObjects", "distinguishedName", "canonicalName", "tokenGroups"],
    ...["lastLogon", "lastLogoff", "logonCount", "badPwdCount", "badPasswordTime", "msDS-PrincipalName"],
    ...["msDS-User-Account-Control-Computed", "msDS-UserPasswordExpiryTimeComputed"],
  ].map((name) => name.toLowerCase()),
);
/** Of a reading, not of the object. */
const PASSING = new Set(["usnchanged", "usncreated", "isdeleted", "lastknownparent"]);

/** What was saved last; a sentence where there is nothing, or nothing of this form. */
export function loadMemory(memory: PictureMemory): Remembered | string {
  const stored = memory.load() as Partial<Stored> | undefined;
  if (stored === undefined || stored === null) return "nothing usable is remembered";
  const { schema, counts } = stored;
  return schema === SCHEMA && counts !== undefined
    ? { ...stored, schema, counts }
    : "what is remembered has another form";
}

/** The memory, when it fits this server, this question and this moment; else why not, for people. */
export async function openMemory(
  place: Place,
  selection: Selection,
  stored: Remembered,
  now: number,
): Promise<Memory | string> {
  const { schema, scope, server, invocation, usn, fullAt, deletedObjects, protectedGroups, objects, counts } = stored;
  if (objects === undefined || usn === undefined || fullAt === undefined) return "nothing usable is remembered";
  if (scope !== scopeOf(place, selection)) return "other attributes, groups or containers are asked for than last time";
  if (now - fullAt > LONGEST || now < fullAt) return "the last full read is more than 7 days ago";
  const { dsServiceName, highestCommittedUSN } = place.session.rootDse;
  if (server === undefined || server !== dsServiceName) return "another domain controller answers than last time";
  if (highestCommittedUSN === null) return "the domain controller does not say its highestCommittedUSN";
  if (highestCommittedUSN < usn) return "the domain controller counts fewer changes than last time: it was restored";
  const current = await invocationOf(place);
  if (current === null || current !== invocation)
    return "the database of the domain controller is another one than last time";
  if (deletedObjects === undefined || protectedGroups === undefined) return "what is remembered has another form";
  const known = new Map(objects.map((object) => [object.a, object]));
  const about = { schema, scope, server, invocation, usn, fullAt, deletedObjects, protectedGroups, counts };
  return { ...about, newUsn: highestCommittedUSN, known };
}

function scopeOf(place: Place, selection: Selection): string {
  const { base, accountContainers, groupContainers, claim } = place;
  const groups = selection.groups.map(({ name, anchor }) => [name, anchor ?? ""]);
  return digestOf([base, accountContainers, groupContainers, claim, selection.attributes, groups]);
}

async function invocationOf(place: Place): Promise<string | null> {
  const { dsServiceName } = place.session.rootDse;
  if (dsServiceName === null) return null;
  const entry = await searchBase(place.session, dsServiceName, ["invocationId"]);
  const [id] = entry?.values.get("invocationid") ?? [];
  return id?.length === 16 ? decodeGuid(id) : null;
}

/** Remembers a full reading, or else how much there was. When it cannot serve the next run: why not. */
export async function keepReading(
  place: Place,
  selection: Selection,
  memory: PictureMemory,
  reading: Reading,
  now: number,
): Promise<string | null> {
  const counts = countReading(place, reading);
  const told = await askAbout(place, selection);
  if (typeof told === "string") {
    const stored: Remembered = { schema: SCHEMA, counts };
    memory.save(stored);
    return told;
  }
  const known = new Map<Anchor, Known>();
  for (const entry of [...reading.objects, ...reading.groups, ...reading.protection.groups]) {
    const anchor = anchorOf(place.session, entry);
    known.set(anchor, merge(known.get(anchor), toKnown(anchor, entry)));
  }
  await resolveLinks(place, known, [...known.values()], selection);
  const about = { ...told, schema: SCHEMA, scope: scopeOf(place, selection), fullAt: now } as const;
  const protectedGroups = reading.protection.roots;
  saveMemory(memory, { ...about, protectedGroups, counts, newUsn: told.usn, known });
  return null;
}

/** What makes a picture one that can be brought up to date; why it cannot be. */
async function askAbout(
  place: Place,
  selection: Selection,
): Promise<Pick<Stored, "server" | "usn" | "invocation" | "deletedObjects"> | string> {
  const hidden = selection.attributes.find((name) => UNTRACEABLE.has(name.toLowerCase()));
  if (hidden !== undefined) return `${hidden} changes without a trace, so everything is read each time`;
  const { dsServiceName: server, highestCommittedUSN: usn, defaultNamingContext } = place.session.rootDse;
  const invocation = await invocationOf(place);
  if (server === null || usn === null || invocation === null)
    return "the domain controller does not say which one it is, so everything is read each time";
  const deletedObjects = await findDeletedObjects(place, defaultNamingContext ?? place.base);
  if (deletedObjects === undefined)
    return "the account may not list CN=Deleted Objects, so deletions are seen by full reads only";
  return { server, usn, invocation, deletedObjects: anchorOf(place.session, deletedObjects) };
}

/** The container of deleted objects: the one deleted object that is a child of the domain (MS-ADTS 6.1.1.4.2). */
async function findDeletedObjects(place: Place, domain: string): Promise<Entry | undefined> {
  const filter = new AndFilter({
    filters: [
      new EqualityFilter({ attribute: "isDeleted", value: "TRUE" }),
      new EqualityFilter({ attribute: "objectClass", value: "container" }),
    ],
  });
  const query = { base: domain, scope: "one", filter, attributes: ["objectGUID"], showDeleted: true } as const;
  const [found] = await searchAll(place.session, query);
  return found;
}

export function saveMemory(memory: PictureMemory, { newUsn, known, ...about }: Memory): void {
  const stored: Stored = { ...about, usn: newUsn, objects: [...known.values()] };
  memory.save(stored);
}

/** A group comes twice: as an object below the base, and with its members. */
function merge(first: Known | undefined, second: Known): Known {
  return first === undefined ? second : { ...first, v: { ...first.v, ...second.v }, l: { ...first.l, ...second.l } };
}

export function toKnown(anchor: Anchor, entry: Entry): Known {
  const v: Record<string, readonly string[]> = {};
  const l: Record<string, readonly string[]> = {};
  for (const [name, values] of entry.values) {
    if (PASSING.has(name) || name.includes(";")) continue;
    if (NAMING_OTHERS.has(name)) l[name] = values.map((value) => `d:${decodeText(value) ?? ""}`);
    else v[name] = values.map((value) => value.toString("latin1"));
  }
  return { a: anchor, d: entry.dn, v, l };
}

/** The entry as a full read would deliver it now. Values that name what is gone are left out, as the server does. */
export function toEntry({ d, v, l }: Known, known: ReadonlyMap<Anchor, Known>): Entry {
  const values = new Map<string, readonly Buffer[]>();
  for (const name in v)
    values.set(
      name,
      (v[name] ?? []).map((value) => Buffer.from(value, "latin1")),
    );
  for (const name in l) {
    const dns = (l[name] ?? []).flatMap((link) =>
      link.startsWith("d:") ? link.slice(2) : (known.get(link.slice(2))?.d ?? []),
    );
    if (dns.length > 0)
      values.set(
        name,
        dns.map((dn) => Buffer.from(dn, "utf8")),
      );
  }
  return { dn: d, values };
}

/** Objects that one search asks for. */
const BATCH = 100;

/**
 * Turns the DNs that these objects name into anchors. Objects outside the base that are named, and the containers they lie
 * in, are looked up and remembered too: so their renames and deletions are noticed. What lies in another domain stays a DN.
 */
export async function resolveLinks(
  place: Place,
  known: Map<Anchor, Known>,
  objects: readonly Known[],
  selection: Selection,
): Promise<void> {
  const linked = objects.filter((object) =>
    Object.values(object.l).some((links) => links.some((link) => link.startsWith("d:"))),
  );
  const byDn = new Map([...known.values()].map(({ a, d }) => [normalizeDn(d), a]));
  const named = linked.flatMap(({ l }) => Object.values(l).flat()).filter((link) => link.startsWith("d:"));
  const outside = [...named.map((link) => link.slice(2)), ...selection.groups.map(({ name }) => name)];
  for (const entry of await findOutside(place, byDn, outside)) {
    const anchor = anchorOf(place.session, entry);
    if (!known.has(anchor)) known.set(anchor, toKnown(anchor, entry));
    byDn.set(normalizeDn(entry.dn), anchor);
  }
  for (const object of linked) {
    const l: Record<string, readonly string[]> = {};
    for (const [name, links] of Object.entries(object.l)) l[name] = links.map((link) => resolveLink(link, byDn));
    known.set(object.a, { ...object, l });
  }
}

function resolveLink(link: string, byDn: ReadonlyMap<string, Anchor>): string {
  if (!link.startsWith("d:")) return link;
  const anchor = byDn.get(normalizeDn(link.slice(2)));
  return anchor === undefined ? link : `a:${anchor}`;
}

async function findOutside(place: Place, byDn: ReadonlyMap<string, Anchor>, dns: readonly string[]): Promise<Entry[]> {
  const domain = place.session.rootDse.defaultNamingContext;
  if (domain === null || normalizeDn(domain) === normalizeDn(place.base)) return [];
  const missing = new Set<string>();
  for (const start of dns) {
    for (let dn = start; isUnder(dn, domain) && !byDn.has(normalizeDn(dn)); dn = parentDn(dn)) {
      if (missing.has(dn)) break;
      missing.add(dn);
    }
  }
  const found: Entry[] = [];
  const wanted = [...missing];
  for (let at = 0; at < wanted.length; at += BATCH) {
    const filters = wanted
      .slice(at, at + BATCH)
      .map((value) => new EqualityFilter({ attribute: "distinguishedName", value }));
    const attributes = ["objectGUID", "objectClass"];
    found.push(
      ...(await searchAll(place.session, {
        base: domain,
        scope: "sub",
        filter: new OrFilter({ filters }),
        attributes,
      })),
    );
  }
  return found;
}
