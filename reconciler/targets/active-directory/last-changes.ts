/**
 * When, and on which domain controller, values were changed last. Everything here is best effort: an account that may not
 * read the metadata, an attribute that has none, a connection that is lost in the middle, all of it only means that a plan
 * says less. Objects after the first question that failed are not asked for.
 */
import { EqualityFilter, type Filter, OrFilter } from "ldapts";
import type { LastChange } from "../../model/drift.js";
import type { Anchor } from "../../model/observed.js";
import type { ChangeQuery, LastChanges } from "../../model/ports.js";
import { OBJECTS_PER_QUESTION } from "../../support/limits.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "./capabilities.js";
import { decodeText, encodeGuid } from "./codec.js";
import { anchorOf, type Place, textOf } from "./read.js";
import { attributeType, parseMetaDataXml, parsePropertyMetaData, type Stamp } from "./replication-metadata.js";
import { type Entry, searchAll } from "./search.js";

/** What stands for a value that is no attribute of its own: a move changes the stamp of `name`. */
const STANDS_FOR: Readonly<Record<string, string>> = { enabled: "userAccountControl", container: "name" };
const LINKED: ReadonlySet<string> = new Set(ACTIVE_DIRECTORY_CAPABILITIES.references.map((name) => name.toLowerCase()));

interface Seen {
  readonly query: ChangeQuery;
  /** By attribute in lower case. */
  readonly named: ReadonlyMap<string, Stamp>;
  /** By ATTRTYP. */
  readonly numbered: ReadonlyMap<number, Stamp>;
}

/** One search for 50 objects, at most one in the schema and one for each domain controller that is not named. Never throws. */
export async function readLastChanges(place: Place, queries: readonly ChangeQuery[]): Promise<LastChanges> {
  const seen: Seen[] = [];
  for (let at = 0; at < queries.length; at += OBJECTS_PER_QUESTION) {
    const some = await orNothing(readStamps(place, queries.slice(at, at + OBJECTS_PER_QUESTION)));
    if (some === null) break;
    seen.push(...some);
  }
  const types = (await orNothing(readTypes(place, seen))) ?? new Map<string, number>();
  const found = seen.map(({ query, named, numbered }) => ({
    anchor: query.anchor,
    stamps: query.attributes.flatMap((attribute): [string, Stamp][] => {
      const name = attributeOf(attribute);
      const stamp = named.get(name) ?? numbered.get(types.get(name) ?? -1);
      return stamp === undefined ? [] : [[attribute, stamp]];
    }),
  }));
  const stamps = found.flatMap((each) => each.stamps.map(([, stamp]) => stamp));
  const servers = (await orNothing(readServers(place, stamps))) ?? new Map<string, string>();
  return new Map(
    found.map((each) => [
      each.anchor,
      Object.fromEntries(each.stamps.map(([attribute, stamp]) => [attribute, toChange(stamp, servers)])),
    ]),
  );
}

async function orNothing<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch {
    return null;
  }
}

function attributeOf(key: string): string {
  return (STANDS_FOR[key] ?? key).toLowerCase();
}

async function readStamps(place: Place, queries: readonly ChangeQuery[]): Promise<Seen[]> {
  const byAnchor = new Map<Anchor, ChangeQuery>(queries.map((query) => [query.anchor, query]));
  const linked = queries.some(({ attributes }) => attributes.some((name) => LINKED.has(attributeOf(name))));
  const entries = await searchAll(place.session, {
    base: place.base,
    scope: "sub",
    filter: anyOf("objectGUID", [...byAnchor.keys()].map(encodeGuid)),
    attributes: [
      "objectGUID",
      "msDS-ReplAttributeMetaData",
      "replPropertyMetaData",
      ...(linked ? ["msDS-ReplValueMetaData"] : []),
    ],
  });
  return entries.flatMap((entry): Seen[] => {
    const query = byAnchor.get(anchorOf(place.session, entry));
    if (query === undefined) return [];
    const [stored] = entry.values.get("replpropertymetadata") ?? [];
    return [
      {
        query,
        named: new Map([...xmlOf(entry, "msDS-ReplAttributeMetaData"), ...xmlOf(entry, "msDS-ReplValueMetaData")]),
        numbered: stored === undefined ? new Map() : parsePropertyMetaData(stored),
      },
    ];
  });
}

function xmlOf(entry: Entry, attribute: string): Map<string, Stamp> {
  const values = entry.values.get(attribute.toLowerCase()) ?? [];
  return parseMetaDataXml(values.flatMap((value) => decodeText(value) ?? []));
}

/** ATTRTYPs of the attributes that no XML names, by name in lower case; from the schema. */
async function readTypes(place: Place, seen: readonly Seen[]): Promise<ReadonlyMap<string, number>> {
  const { schemaNamingContext } = place.session.rootDse;
  const names = new Set(
    seen.flatMap(({ query, named, numbered }) =>
      numbered.size === 0
        ? []
        : query.attributes.map(attributeOf).filter((name) => !named.has(name) && !LINKED.has(name)),
    ),
  );
  if (names.size === 0 || schemaNamingContext === null) return new Map();
  const rows = await searchAll(place.session, {
    base: schemaNamingContext,
    scope: "one",
    filter: anyOf("lDAPDisplayName", [...names]),
    attributes: ["lDAPDisplayName", "attributeID", "msDS-IntId"],
  });
  return new Map(
    rows.flatMap((row): [string, number][] => {
      const type = attributeType(textOf(row, "attributeID") ?? "", textOf(row, "msDS-IntId"));
      return type === null ? [] : [[(textOf(row, "lDAPDisplayName") ?? "").toLowerCase(), type]];
    }),
  );
}

/** nTDSDSA objects of the stamps that name none, by invocation id: a domain controller that is gone has none. */
async function readServers(place: Place, stamps: readonly Stamp[]): Promise<ReadonlyMap<string, string>> {
  const { configurationNamingContext } = place.session.rootDse;
  const unnamed = new Set(stamps.flatMap(({ dsa, invocation }) => (dsa === null ? [invocation] : [])));
  if (unnamed.size === 0 || configurationNamingContext === null) return new Map();
  const found = await Promise.all(
    [...unnamed].map(async (invocation) => {
      const filter = new EqualityFilter({ attribute: "invocationId", value: encodeGuid(invocation) });
      const base = `CN=Sites,${configurationNamingContext}`;
      const [dsa] = await searchAll(place.session, { base, scope: "sub", filter, attributes: ["1.1"] });
      return dsa === undefined ? [] : [[invocation, dsa.dn] as const];
    }),
  );
  return new Map(found.flat());
}

function anyOf(attribute: string, values: readonly (string | Buffer)[]): Filter {
  return new OrFilter({ filters: values.map((value) => new EqualityFilter({ attribute, value })) });
}

function toChange({ at, version, invocation, dsa }: Stamp, servers: ReadonlyMap<string, string>): LastChange {
  return { at, by: serverOf(dsa ?? servers.get(invocation) ?? "") ?? invocation, version };
}

/** "DC1" of CN=NTDS Settings,CN=DC1,CN=Servers,...; of one that was deleted, what it was called. */
function serverOf(dsa: string): string | null {
  const match = /^[^,]+,CN=((?:[^,\\]|\\.)+),/i.exec(dsa);
  return match?.[1]?.split("\\0A")[0] ?? null;
}
