/**
 * Accounts that Active Directory protects because of their groups: whoever is a member, directly or through other groups,
 * of one of the groups below. The directory writes adminCount to them, but only within the hour, on one domain
 * controller, and Samba never; so memberships are followed here, from the groups down, level by level. That asks nothing of the
 * many, and the groups met on the way are remembered with their members (remember.ts): a read without changes asks nothing
 * more. A primary group counts as a membership; what lies in other domains is not followed.
 */
import { AndFilter, EqualityFilter, type Filter, OrFilter } from "ldapts";
import { compareText } from "../../model/identity.js";
import type { Anchor } from "../../model/observed.js";
import { isUnder, leafValue, normalizeDn } from "../../support/dn.js";
import { decodeSid } from "./identity.js";
import type { KnownMembers } from "./known-members.js";
import { anchorOf, type Place, textOf, textsOf } from "./read.js";
import { type Entry, incomplete, readAllValues, searchAll, searchBase } from "./search.js";

export const GROUP_ATTRIBUTES = ["objectGUID", "objectClass", "primaryGroupToken", "member"];

/** Administrators: in every domain, and never empty. */
const ADMINISTRATORS = 544;
/** Account, Server, Print and Backup Operators, Replicator: the built-in ones of MS-ADTS 3.1.1.6.1.2. */
const BUILTIN = [ADMINISTRATORS, 548, 549, 550, 551, 552];
/**
 * Domain, Schema and Enterprise Admins, and the two groups of domain controllers, of MS-ADTS 3.1.1.6.1.2; Key Admins and
 * Enterprise Key Admins, which Windows Server 2016 added (MS-DTYP 2.4.2.4).
 */
const OF_THE_DOMAIN = [512, 516, 518, 519, 521, 526, 527];
/** Objects that one search asks for. */
const BATCH = 100;

/** The protected groups, and all groups within them, each with all its members. */
export interface Protection {
  /** Those that the directory protects by themselves. */
  readonly roots: readonly Anchor[];
  readonly groups: readonly Entry[];
}

/** Why accounts and groups are protected, by anchor. */
export interface ProtectedBy {
  readonly accounts: ReadonlyMap<Anchor, string>;
  readonly groups: ReadonlyMap<Anchor, string>;
}

const NOBODY: Protection = { roots: [], groups: [] };

/**
 * Two searches, and one for each level of groups within groups. `objects` are what was read of the base: only what may be a
 * group is asked for. Throws MUS-5003 when the members of Administrators may not be seen: an empty answer would protect nobody.
 */
export async function readProtection(place: Place, objects: readonly Entry[]): Promise<Protection> {
  const { session } = place;
  const { defaultNamingContext: domain, isActiveDirectory } = session.rootDse;
  if (domain === null || !isActiveDirectory) return NOBODY;
  const roots = await findRoots(place, domain);
  const read = new Map<string, Entry>();
  const seen = new Set(objects.filter((entry) => !isGroup(entry)).map((entry) => normalizeDn(entry.dn)));
  for (let level = roots; level.length > 0; ) {
    const next = new Map<string, string>();
    for (const found of level) {
      const group = await withAllMembers(place, found);
      read.set(normalizeDn(group.dn), group);
      seen.add(normalizeDn(group.dn));
      for (const dn of textsOf(group, "member")) next.set(normalizeDn(dn), dn);
    }
    const asked = [...next].filter(([key, dn]) => !seen.has(key) && isUnder(dn, domain));
    for (const [key] of asked) seen.add(key);
    level = await findGroups(
      place,
      asked.map(([, value]) => new EqualityFilter({ attribute: "distinguishedName", value })),
    );
  }
  return { roots: roots.map((entry) => anchorOf(session, entry)), groups: [...read.values()] };
}

/** By SID, since their names are translated and may be changed. */
async function findRoots(place: Place, domain: string): Promise<Entry[]> {
  const entry = await searchBase(place.session, domain, ["objectSid"]);
  const [sid] = entry?.values.get("objectsid") ?? [];
  if (sid === undefined) throw incomplete(place.session, `objectSid of ${domain} cannot be read`);
  const sids = [...BUILTIN.map((rid) => encodeSid([32, rid])), ...OF_THE_DOMAIN.map((rid) => append(sid, rid))];
  const filters = sids.map((value) => new EqualityFilter({ attribute: "objectSid", value }));
  const roots = await searchGroups(place, new OrFilter({ filters }), [...GROUP_ATTRIBUTES, "objectSid"]);
  const administrators = roots.find((root) => {
    const [own] = root.values.get("objectsid") ?? [];
    return own !== undefined && decodeSid(own) === `S-1-5-32-${ADMINISTRATORS}`;
  });
  if (administrators === undefined || (await withAllMembers(place, administrators)).values.get("member")?.length === 0)
    throw incomplete(
      place.session,
      "the members of Administrators cannot be read, so it is not known who is protected",
    );
  return roots;
}

/** Groups among the objects that the filters name, with their members. */
export async function findGroups(place: Place, filters: readonly Filter[]): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let at = 0; at < filters.length; at += BATCH)
    found.push(
      ...(await searchGroups(place, new OrFilter({ filters: filters.slice(at, at + BATCH) }), GROUP_ATTRIBUTES)),
    );
  return found;
}

function searchGroups(place: Place, which: Filter, attributes: readonly string[]): Promise<Entry[]> {
  const filter = new AndFilter({ filters: [new EqualityFilter({ attribute: "objectClass", value: "group" }), which] });
  const base = place.session.rootDse.defaultNamingContext ?? place.base;
  return searchAll(place.session, { base, scope: "sub", filter, attributes });
}

export async function withAllMembers(place: Place, entry: Entry): Promise<Entry> {
  const member = await readAllValues(place.session, entry, "member");
  return { dn: entry.dn, values: new Map([...entry.values, ["member", member]]) };
}

function isGroup(entry: Entry): boolean {
  return textsOf(entry, "objectClass").some((name) => name.toLowerCase() === "group");
}

/** Who is protected through whom, by the shortest way; the same for the same directory, whatever the order of replies. */
export function followProtection(place: Place, protection: Protection, known: KnownMembers): ProtectedBy {
  const byDn = new Map(protection.groups.map((entry) => [normalizeDn(entry.dn), entry]));
  const groups = new Map<Anchor, string>();
  const accounts = new Map<Anchor, string>();
  const anchor = (entry: Entry) => anchorOf(place.session, entry);
  const roots = protection.groups.filter((entry) => protection.roots.includes(anchor(entry))).sort(byName);
  for (const root of roots) groups.set(anchor(root), "the directory protects it");
  const queue = roots.map((entry) => ({ entry, way: leafValue(entry.dn) }));
  for (const { entry, way } of queue) {
    const direct = [...(known.byPrimary.get(textOf(entry, "primaryGroupToken") ?? "") ?? [])];
    const within: Entry[] = [];
    for (const dn of textsOf(entry, "member").map(normalizeDn)) {
      const account = known.byDn.get(dn);
      if (account !== undefined) direct.push(account);
      const group = byDn.get(dn);
      if (group !== undefined && !groups.has(anchor(group))) within.push(group);
    }
    for (const account of direct) if (!accounts.has(account)) accounts.set(account, `member of ${way}`);
    for (const group of within.sort(byName)) {
      if (groups.has(anchor(group))) continue;
      groups.set(anchor(group), `member of ${way}`);
      queue.push({ entry: group, way: `${leafValue(group.dn)}, which is in ${way}` });
    }
  }
  return { accounts, groups };
}

function byName(a: Entry, b: Entry): number {
  return compareText(normalizeDn(a.dn), normalizeDn(b.dn));
}

/** S-1-5 with these further numbers, in packet form (MS-DTYP 2.4.2.2). */
function encodeSid(numbers: readonly number[]): Buffer {
  const sid = Buffer.alloc(8 + 4 * numbers.length);
  sid.set([1, numbers.length, 0, 0, 0, 0, 0, 5]);
  for (const [i, number] of numbers.entries()) sid.writeUInt32LE(number, 8 + 4 * i);
  return sid;
}

/** The SID of an account of the domain: one number more. */
function append(domain: Buffer, rid: number): Buffer {
  const sid = Buffer.concat([domain, Buffer.alloc(4)]);
  sid[1] = (domain[1] ?? 0) + 1;
  sid.writeUInt32LE(rid, domain.length);
  return sid;
}
