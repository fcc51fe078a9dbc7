/** Search: comparison, bases, paging, limits, ranges. */
import { Control, PagedResultsControl } from "ldapts";
import { behaviour, type WireCase } from "../case.js";
import { change, type Query, type Wire, type WireEntry } from "../wire.js";
import { done, type World, withFacts } from "../world.js";

const COMPARISON = "MS-ADTS 2.2.1, 3.1.1.3.1.3";
const DOMAIN_SCOPE = "1.2.840.113556.1.4.1339";

function page(size: number, cookie?: Buffer): Control[] {
  return [new PagedResultsControl({ value: { size, ...(cookie === undefined ? {} : { cookie }) } })];
}

/** Finds one user by a filter that is made from a name nobody else has. */
function found(what: string, source: string, attributes: Record<string, string>, filter: (mark: string) => string) {
  return behaviour("comparison", what, {
    source,
    expected: { code: 0, facts: 1 },
    run: async (world) => {
      const mark = world.name();
      const own = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, `${mark} ${value}`]));
      await world.user(own);
      const answer = await world.wire.search(world.ou, { scope: "sub", filter: filter(mark), attributes: ["cn"] });
      return withFacts(answer, answer.entries.length);
    },
  });
}

const COMPARED: readonly WireCase[] = [
  found("equality without case", COMPARISON, { title: "Engineer" }, (mark) => `(title=${mark.toUpperCase()} ENGINEER)`),
  found(
    "equality without diacritics",
    COMPARISON,
    { displayName: "Zoë Müller" },
    (m) => `(displayName=${m} zoe muller)`,
  ),
  found("substring without case", COMPARISON, { title: "Site Reliability" }, (m) => `(title=${m}*RELIAB*)`),
  found("presence and not", "RFC 4511 4.5.1.7", { title: "x" }, (m) => `(&(title=${m} x)(!(department=*)))`),
  found(
    "an unknown attribute decides nothing",
    "MS-ADTS 3.1.1.3.1.3",
    { title: "x" },
    (m) => `(|(noSuch=1)(title=${m} x))`,
  ),
  found(
    "bit filter on userAccountControl",
    "MS-ADTS 3.1.1.3.4.4.1",
    { title: "x" },
    (m) => `(&(title=${m} x)(userAccountControl:1.2.840.113556.1.4.803:=2))`,
  ),
  found(
    "objectCategory by class name",
    "MS-ADTS 3.1.1.3.1.3",
    { title: "x" },
    (m) => `(&(title=${m} x)(objectCategory=person))`,
  ),
  behaviour("comparison", "the same RDN without diacritics is taken", {
    source: "MS-ADTS 3.1.1.3.1.2, 2.2.1",
    expected: { code: 68, win32: 0x2071 },
    run: async (world) => {
      const name = world.name();
      await world.user({}, { cn: `${name} Zoë` });
      return world.wire.add(`CN=${name} Zoe,${world.ou}`, { objectClass: "user" });
    },
  }),
  behaviour("comparison", "member by DN in another case", {
    source: "MS-ADTS 3.1.1.2.2.4",
    expected: { code: 0, facts: 1 },
    run: async (world) => {
      const [group, user] = [await world.group(), await world.user()];
      await world.join(group, user);
      const answer = await world.wire.search(world.ou, { scope: "sub", filter: `(member=${user.toUpperCase()})` });
      return withFacts(answer, answer.entries.length);
    },
  }),
  behaviour("comparison", "memberOf as a filter, also through a group in a group", {
    source: "MS-ADTS 3.1.1.3.4.4.3",
    expected: { code: 0, facts: { direct: 0, chain: 1 } },
    run: async (world) => {
      const [outer, inner, user] = [await world.group(), await world.group(), await world.user()];
      await world.join(inner, user);
      await world.join(outer, inner);
      const search = (rule: string) =>
        world.wire.search(world.ou, { scope: "sub", filter: `(&(objectClass=user)(memberOf${rule}=${outer}))` });
      const [direct, chain] = [await search(""), await search(":1.2.840.113556.1.4.1941:")];
      return withFacts(chain, { direct: direct.entries.length, chain: chain.entries.length });
    },
  }),
];

const BASES: readonly WireCase[] = [
  behaviour("base", "<GUID=...> reads, modifies and renames", {
    source: "MS-ADTS 3.1.1.3.1.2.4",
    expected: { code: 0, facts: { read: 1, modified: 0, moved: true } },
    run: async (world) => {
      const [dn, name] = [await world.user(), world.name()];
      const guid = `<GUID=${textOf(await world.guid(dn))}>`;
      const read = await world.wire.search(guid, { attributes: ["cn"] });
      const modified = await world.wire.modify(guid, [change("replace", "title", "x")]);
      const renamed = await world.wire.modifyDn(guid, `CN=${name}`);
      const moved = await world.exists(`CN=${name},${world.ou}`);
      return withFacts(renamed, { read: read.entries.length, modified: modified.code, moved });
    },
  }),
  behaviour("base", "<GUID=...> of nobody", {
    source: "MS-ADTS 3.1.1.3.1.2.4",
    expected: { code: 32, win32: 0x208d },
    run: (world) => world.wire.search("<GUID=00000000-1111-2222-3333-444444444444>"),
  }),
  behaviour("base", "<GUID=...> after a move", {
    source: "MS-ADTS 3.1.1.3.1.2.4",
    expected: { code: 0, facts: true },
    run: async (world) => {
      const dn = await world.user();
      const guid = `<GUID=${textOf(await world.guid(dn))}>`;
      done(await world.wire.modifyDn(dn, dn.slice(0, dn.indexOf(",")), { superior: world.otherOu }));
      const answer = await world.wire.search(guid, { attributes: ["1.1"] });
      return withFacts(answer, answer.entries[0]?.dn === dn.replace(world.ou, world.otherOu));
    },
  }),
  behaviour("base", "no such object", {
    source: "RFC 4511 4.1.9",
    expected: { code: 32, win32: 0x208d },
    run: (world) => world.wire.search(world.free()),
  }),
  behaviour("base", "unknown attributes in the list are left out", {
    source: "RFC 4511 4.5.1.8",
    expected: { code: 0, facts: ["title"] },
    run: async (world) => {
      const answer = await world.wire.search(await world.user({ title: "x" }), { attributes: ["noSuch", "title"] });
      return withFacts(answer, [...(answer.entries[0]?.values.keys() ?? [])]);
    },
  }),
  behaviour("base", "the domain's root refers on, except with the domain scope control", {
    source: "MS-ADTS 3.1.1.3.4.1.4",
    expected: { code: 0, facts: { plain: true, scoped: 0 } },
    run: async (world) => {
      const query: Query = { scope: "sub", filter: "(cn=nobody-has-this-name)" };
      const plain = await world.wire.search(world.base, query);
      const scoped = await world.wire.search(world.base, { ...query, controls: [new Control(DOMAIN_SCOPE)] });
      return withFacts(scoped, { plain: plain.referrals.length > 0, scoped: scoped.referrals.length });
    },
  }),
  behaviour("base", "Who Am I", {
    source: "MS-ADTS 3.1.1.3.4.2 (LDAP_SERVER_WHO_AM_I_OID)",
    expected: { code: 0 },
    run: (world) => world.wire.extended("1.3.6.1.4.1.4203.1.11.3"),
  }),
];

/** Five users with a common title, and the query that finds them. */
async function five(world: World): Promise<Query & { filter: string }> {
  const title = world.name();
  for (let i = 0; i < 5; i++) await world.user({ title });
  return { scope: "sub", filter: `(title=${title})`, attributes: ["cn"] };
}

async function pages(wire: Wire, world: World, query: Query, size: number): Promise<number[]> {
  const sizes: number[] = [];
  let cookie: Buffer | undefined;
  do {
    const answer = await wire.search(world.ou, { ...query, controls: page(size, cookie) });
    done(answer);
    sizes.push(answer.entries.length);
    cookie = answer.cookie;
  } while (cookie !== undefined && cookie.length > 0 && sizes.length < 20);
  return sizes.filter((one) => one > 0);
}

const PAGES: readonly WireCase[] = [
  behaviour("paging", "five entries in pages of two, and of one", {
    source: "RFC 2696 3",
    expected: { code: 0, facts: { two: [2, 2, 1], one: [1, 1, 1, 1, 1] } },
    run: async (world) => {
      const query = await five(world);
      const facts = { two: await pages(world.wire, world, query, 2), one: await pages(world.wire, world, query, 1) };
      return { code: 0, win32: null, facts };
    },
  }),
  behaviour("paging", "a cookie of another connection is refused", {
    source: "MS-ADTS 3.1.1.3.4.1.1",
    expected: { code: 53 },
    run: async (world) => {
      const query = await five(world);
      const first = await world.wire.search(world.ou, { ...query, controls: page(2) });
      done(first);
      return world.second.search(world.ou, { ...query, controls: page(2, first.cookie) });
    },
  }),
  behaviour("paging", "entries added meanwhile do not disturb the rest", {
    source: "RFC 2696 3",
    expected: { code: 0, facts: 5 },
    run: async (world) => {
      const query = await five(world);
      const first = await world.wire.search(world.ou, { ...query, controls: page(3) });
      await world.user();
      const second = await world.wire.search(world.ou, { ...query, controls: page(3, first.cookie) });
      return withFacts(second, first.entries.length + second.entries.length);
    },
  }),
  behaviour("limits", "sizeLimit of two ends with code 4 and two entries", {
    source: "RFC 4511 4.5.1.4",
    expected: { code: 4 },
    run: async (world) => {
      const answer = await world.wire.search(world.ou, { ...(await five(world)), sizeLimit: 2 });
      return { code: answer.code, win32: answer.win32 };
    },
  }),
];

const MEMBERS = 1_600;

/** A group of 1,600 contacts; made once for a server. */
const groups = new WeakMap<World, Promise<string>>();

function largeGroup(world: World): Promise<string> {
  const known = groups.get(world) ?? makeLargeGroup(world);
  groups.set(world, known);
  return known;
}

async function makeLargeGroup(world: World): Promise<string> {
  const ou = await world.unit();
  const group = await world.group();
  const dns = Array.from({ length: MEMBERS }, (_, i) => `CN=c${i},${ou}`);
  for (let at = 0; at < dns.length; at += 50)
    await Promise.all(
      dns.slice(at, at + 50).map(async (dn) => done(await world.wire.add(dn, { objectClass: "contact" }))),
    );
  done(await world.wire.modify(group, [change("add", "member", dns)]));
  return group;
}

/** All members, whichever way the server hands them out; the number of answers it took. */
async function ranges(world: World, group: string): Promise<{ members: number; answers: number }> {
  const seen = new Set<string>();
  let option = "member";
  for (let answers = 1; ; answers++) {
    const answer = await world.wire.search(group, { attributes: [option] });
    done(answer);
    const [description, values] = longest(answer.entries[0]);
    for (const value of values) seen.add(value.toString("utf8"));
    const end = /;range=\d+-(\d+)$/.exec(description)?.[1];
    if (end === undefined || answers > 10) return { members: seen.size, answers };
    option = `member;range=${Number(end) + 1}-*`;
  }
}

function longest(entry: WireEntry | undefined): [string, readonly Buffer[]] {
  return [...(entry?.values ?? [])].sort((a, b) => b[1].length - a[1].length)[0] ?? ["", []];
}

const LARGE: readonly WireCase[] = [
  behaviour("ranges", "1,600 members, added in one modify, are all readable", {
    source: "MS-ADTS 3.1.1.3.1.3.3",
    expected: { code: 0, facts: MEMBERS },
    run: async (world) => {
      const { members } = await ranges(world, await largeGroup(world));
      return { code: 0, win32: null, facts: members };
    },
  }),
  behaviour("ranges", "at most 1,500 values in an answer (MaxValRange)", {
    source: "MS-ADTS 3.1.1.3.4.6 (MaxValRange)",
    expected: { code: 0, facts: 2 },
    run: async (world) => {
      const { answers } = await ranges(world, await largeGroup(world));
      return { code: 0, win32: null, facts: answers };
    },
  }),
  behaviour("ranges", "a range that is asked for", {
    source: "MS-ADTS 3.1.1.3.1.3.3",
    expected: { code: 0, facts: { description: "member;range=10-19", values: 10 } },
    run: async (world) => {
      const answer = await world.wire.search(await largeGroup(world), { attributes: ["member;range=10-19"] });
      const [description, values] = longest(answer.entries[0]);
      return withFacts(answer, { description, values: values.length });
    },
  }),
  behaviour("ranges", "the last range ends in an asterisk", {
    source: "MS-ADTS 3.1.1.3.1.3.3",
    expected: { code: 0, facts: { description: "member;range=1500-*", values: MEMBERS - 1500 } },
    run: async (world) => {
      const answer = await world.wire.search(await largeGroup(world), { attributes: ["member;range=1500-*"] });
      const [description, values] = longest(answer.entries[0]);
      return withFacts(answer, { description, values: values.length });
    },
  }),
];

/** Text form of an objectGUID (MS-DTYP 2.3.4.3). */
export function textOf(guid: Buffer): string {
  const hex = (from: number, to: number) => guid.subarray(from, to).toString("hex");
  const swapped = (from: number, to: number) => Buffer.from(guid.subarray(from, to)).reverse().toString("hex");
  return `${swapped(0, 4)}-${swapped(4, 6)}-${swapped(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
}

export const READING: readonly WireCase[] = [...COMPARED, ...BASES, ...PAGES, ...LARGE];
