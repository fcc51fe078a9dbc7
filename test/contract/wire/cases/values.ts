/** Names that need escaping, character sets, binary and multi-valued attributes, order of changes, lengths, stamps. */
import { Control } from "ldapts";
import { childDn } from "../../../../reconciler/support/dn.js";
import { behaviour, type WireCase } from "../case.js";
import { change } from "../wire.js";
import { done, type World, withFacts } from "../world.js";
import { textOf } from "./reading.js";

const SHOW_DELETED = "1.2.840.113556.1.4.417";
const PERMISSIVE = "1.2.840.113556.1.4.1413";
const showDeleted = () => [new Control(SHOW_DELETED, { critical: true })];

/** A user with that cn, read back, renamed away and back. */
function named(what: string, cn: (mark: string) => string): WireCase {
  return behaviour("names", what, {
    source: "RFC 4514 2.4",
    expected: { code: 0, facts: { cn: true, back: true } },
    run: async (world) => {
      const name = cn(world.name());
      const dn = await world.user({}, { cn: name });
      const stored = (await world.values(dn, "cn")).join() === name;
      const away = world.name();
      done(await world.wire.modifyDn(dn, `CN=${away}`));
      const rdn = dn.slice(0, dn.length - world.ou.length - 1);
      const verdict = await world.wire.modifyDn(`CN=${away},${world.ou}`, rdn);
      return withFacts(verdict, { cn: stored, back: await world.exists(dn) });
    },
  });
}

const NAMES: readonly WireCase[] = [
  named('Müller, Zoë "Z" #1 \\ +', (mark) => `${mark} Müller, Zoë "Z" #1 \\ +`),
  named("a leading number sign", (mark) => `#${mark}`),
  named("an equals sign, a semicolon, angle brackets", (mark) => `${mark} a=b;<c>`),
  named("an apostrophe, a slash, an asterisk, parentheses", (mark) => `${mark} O'Hara/Smith (*)`),
  named("Greek, Cyrillic and Chinese letters", (mark) => `${mark} Ωmega Жук 李`),
  named("a letter outside the basic plane", (mark) => `${mark} 𠮷野`),
  behaviour("names", "a value with those characters is found by a filter", {
    source: "RFC 4515 3",
    expected: { code: 0, facts: 1 },
    run: async (world) => {
      const name = world.name();
      await world.user({}, { cn: `${name} (a*b)\\c` });
      const answer = await world.wire.search(world.ou, { scope: "sub", filter: `(cn=${name} \\28a\\2ab\\29\\5cc)` });
      return withFacts(answer, answer.entries.length);
    },
  }),
  behaviour("names", "member with such a DN comes back as the entry's DN", {
    source: "MS-ADTS 3.1.1.1.6",
    expected: { code: 0, facts: true },
    run: async (world) => {
      const group = await world.group();
      const dn = await world.user({}, { cn: `${world.name()} Müller, Zoë "Z" #1 \\ +` });
      const verdict = await world.wire.modify(group, [change("add", "member", dn)]);
      const own = (await world.wire.search(dn, { attributes: ["1.1"] })).entries[0]?.dn;
      return withFacts(verdict, (await world.values(group, "member")).join() === own);
    },
  }),
];

function kept(what: string, attribute: string, values: (string | Buffer)[], source: string): WireCase {
  return behaviour("values", what, {
    source,
    expected: { code: 0, facts: true },
    run: async (world) => {
      const dn = await world.user();
      const verdict = await world.wire.modify(dn, [change("add", attribute, values)]);
      const found = await world.wire.search(dn, { attributes: [attribute] });
      const hex = (list: readonly (string | Buffer)[]) =>
        list.map((one) => Buffer.from(one as string).toString("hex")).sort();
      return withFacts(
        verdict,
        hex(found.entries[0]?.values.get(attribute.toLowerCase()) ?? []).join() === hex(values).join(),
      );
    },
  });
}

function limit(attribute: string, most: number): WireCase[] {
  const source = `MS-ADA1 to MS-ADA3, rangeUpper of ${attribute}`;
  const write = async (world: World, length: number) =>
    world.wire.modify(await world.user(), [change("replace", attribute, "é".repeat(length))]);
  return [
    behaviour("limits", `${attribute} of ${most} characters`, {
      source,
      expected: { code: 0 },
      run: (world) => write(world, most),
    }),
    behaviour("limits", `${attribute} of ${most + 1} characters`, {
      source,
      expected: { code: 19, win32: 0x2082 },
      run: (world) => write(world, most + 1),
    }),
  ];
}

function ordered(
  what: string,
  begin: string[],
  changes: Parameters<typeof change>[],
  code: number,
  now: string[],
): WireCase {
  return behaviour("order", what, {
    source: "RFC 4511 4.6",
    expected: { code, facts: now },
    run: async (world) => {
      const dn = await world.user(begin.length === 0 ? {} : { otherTelephone: begin });
      const verdict = await world.wire.modify(
        dn,
        changes.map((one) => change(...one)),
      );
      return withFacts(verdict, await world.values(dn, "otherTelephone"));
    },
  });
}

const VALUES: readonly WireCase[] = [
  kept(
    "thumbnailPhoto keeps every byte",
    "thumbnailPhoto",
    [Buffer.from([0xff, 0xd8, 0x00, 0x80, 0x0a])],
    "MS-ADTS 3.1.1.2.2.2",
  ),
  kept("mS-DS-ConsistencyGuid keeps 16 bytes", "mS-DS-ConsistencyGuid", [Buffer.alloc(16, 0xc3)], "MS-ADA2"),
  kept(
    "three proxyAddresses, upper-case SMTP: kept",
    "proxyAddresses",
    ["SMTP:a@x.example", "smtp:b@x.example", "x500:/o=c"],
    "MS-ADA3",
  ),
  kept("text beyond ASCII", "displayName", ["Zoë Müller Ωmega Жук 李 𠮷"], "RFC 4512 2.5"),
  kept("blanks inside are kept", "description", ["a  b"], "MS-ADTS 2.2.1"),
  ...limit("givenName", 64),
  ...limit("department", 64),
  ...limit("employeeID", 16),
  ...limit("displayName", 256),
  ordered(
    "delete then add of one value",
    ["1"],
    [
      ["delete", "otherTelephone", "1"],
      ["add", "otherTelephone", "1"],
    ],
    0,
    ["1"],
  ),
  ordered(
    "add then delete of one value",
    [],
    [
      ["add", "otherTelephone", "1"],
      ["delete", "otherTelephone", "1"],
    ],
    0,
    [],
  ),
  ordered(
    "replace, then add",
    ["1"],
    [
      ["replace", "otherTelephone", "2"],
      ["add", "otherTelephone", "3"],
    ],
    0,
    ["2", "3"],
  ),
  ordered(
    "the second change fails: the first is undone",
    ["1"],
    [
      ["add", "otherTelephone", "2"],
      ["delete", "otherTelephone", "9"],
    ],
    16,
    ["1"],
  ),
  behaviour("order", "permissive modify: add what is there, delete what is not", {
    source: "MS-ADTS 3.1.1.3.4.1.8",
    expected: { code: 0, facts: ["1"] },
    run: async (world) => {
      const dn = await world.user({ otherTelephone: ["1"] });
      const changes = [change("add", "otherTelephone", "1"), change("delete", "otherTelephone", "9")];
      const verdict = await world.wire.modify(dn, changes, [new Control(PERMISSIVE, { critical: true })]);
      return withFacts(verdict, await world.values(dn, "otherTelephone"));
    },
  }),
];

async function usn(world: World, dn: string): Promise<number> {
  return Number((await world.values(dn, "uSNChanged")).join());
}

const STAMPS: readonly WireCase[] = [
  behaviour("uSNChanged", "rises with a write, not with one that changes nothing", {
    source: "MS-ADTS 3.1.1.1.9; Samba source4/dsdb/tests/python/ldap.py test_usnChanged, which Windows passes",
    expected: { code: 0, facts: { written: true, unchanged: true } },
    run: async (world) => {
      const dn = await world.user({ title: "a" });
      const first = await usn(world, dn);
      done(await world.wire.modify(dn, [change("replace", "title", "b")]));
      const second = await usn(world, dn);
      const verdict = await world.wire.modify(dn, [change("replace", "title", "b")]);
      return withFacts(verdict, { written: second > first, unchanged: (await usn(world, dn)) === second });
    },
  }),
  behaviour("uSNChanged", "of a group rises with member, of the member it does not", {
    source: "MS-ADTS 3.1.1.1.9",
    expected: { code: 0, facts: { group: true, member: true } },
    run: async (world) => {
      const [group, user] = [await world.group(), await world.user()];
      const before = [await usn(world, group), await usn(world, user)];
      const verdict = await world.wire.modify(group, [change("add", "member", user)]);
      const after = [await usn(world, group), await usn(world, user)];
      return withFacts(verdict, { group: (after[0] ?? 0) > (before[0] ?? 0), member: after[1] === before[1] });
    },
  }),
  behaviour("uSNChanged", "rises with a move, and is at most highestCommittedUSN", {
    source: "MS-ADTS 3.1.1.3.2",
    expected: { code: 0, facts: { risen: true, bounded: true } },
    run: async (world) => {
      const dn = await world.user();
      const before = await usn(world, dn);
      const verdict = await world.wire.modifyDn(dn, dn.slice(0, dn.indexOf(",")), { superior: world.otherOu });
      const after = await usn(world, dn.replace(world.ou, world.otherOu));
      const highest = Number((await world.values("", "highestCommittedUSN")).join());
      return withFacts(verdict, { risen: after > before, bounded: after <= highest });
    },
  }),
];

/** A deleted user: the read of its tombstone. */
async function deleted(world: World, attributes: Record<string, string>, names: string[]) {
  const dn = await world.user(attributes);
  const guid = `<GUID=${textOf(await world.guid(dn))}>`;
  done(await world.wire.delete(dn));
  const found = await world.wire.search(guid, { attributes: names, controls: showDeleted() });
  const value = (name: string) => found.entries[0]?.values.get(name.toLowerCase())?.[0]?.toString("utf8") ?? null;
  return { found, guid, value, cn: dn.slice("CN=".length, dn.indexOf(",")) };
}

const DELETED: readonly WireCase[] = [
  behaviour("deleted objects", "are not found without the control", {
    source: "MS-ADTS 3.1.1.3.4.1.14",
    expected: { code: 32 },
    run: async (world) => world.wire.search((await deleted(world, {}, ["1.1"])).guid),
  }),
  behaviour("deleted objects", "isDeleted, lastKnownParent, objectGUID and sAMAccountName stay", {
    source: "MS-ADTS 3.1.1.5.5.1.1",
    expected: { code: 0, facts: { isDeleted: "TRUE", parent: true, name: true } },
    run: async (world) => {
      const { found, value, cn } = await deleted(world, {}, ["isDeleted", "lastKnownParent", "sAMAccountName"]);
      const parent = value("lastKnownParent") === world.ou;
      return withFacts(found, { isDeleted: value("isDeleted"), parent, name: value("sAMAccountName") === cn });
    },
  }),
  behaviour("deleted objects", "are named NAME, line feed, DEL:GUID, below CN=Deleted Objects", {
    source: "MS-ADTS 3.1.1.5.5.1.1",
    expected: { code: 0, facts: { name: true, parent: true } },
    run: async (world) => {
      const { found, guid, value, cn } = await deleted(world, {}, ["name"]);
      const name = value("name") === `${cn}\nDEL:${guid.slice("<GUID=".length, -1)}`;
      const parent = found.entries[0]?.dn.endsWith(`,CN=Deleted Objects,${world.base}`) === true;
      return withFacts(found, { name, parent });
    },
  }),
  behaviour("deleted objects", "uSNChanged rises with the delete", {
    source: "MS-ADTS 3.1.1.5.5",
    expected: { code: 0, facts: true },
    run: async (world) => {
      const dn = await world.user();
      const before = await usn(world, dn);
      const guid = `<GUID=${textOf(await world.guid(dn))}>`;
      done(await world.wire.delete(dn));
      const [now] = await world.values(guid, "uSNChanged", { controls: showDeleted() });
      return { code: 0, win32: null, facts: Number(now) > before };
    },
  }),
  behaviour("deleted objects", "title survives where the Recycle Bin is on", {
    source: "MS-ADTS 3.1.1.5.5.1.2",
    expected: { code: 0, facts: "kept" },
    run: async (world) => {
      const { found, value } = await deleted(world, { title: "kept" }, ["title"]);
      return withFacts(found, value("title"));
    },
  }),
  behaviour("deleted objects", "the name and the account name are free again", {
    source: "MS-ADTS 3.1.1.5.5",
    expected: { code: 0 },
    run: async (world) => {
      const dn = await world.user();
      const [name = ""] = await world.values(dn, "sAMAccountName");
      done(await world.wire.delete(dn));
      return world.wire.add(dn, { objectClass: "user", sAMAccountName: name });
    },
  }),
  behaviour("deleted objects", "undelete puts one back: remove isDeleted, replace distinguishedName", {
    source: "MS-ADTS 3.1.1.5.3.7",
    expected: { code: 0, facts: true },
    run: async (world) => {
      const { found, guid, cn } = await deleted(world, {}, ["1.1"]);
      const dn = childDn("CN", cn, world.ou);
      const changes = [change("delete", "isDeleted"), change("replace", "distinguishedName", dn)];
      const verdict = await world.wire.modify(found.entries[0]?.dn ?? guid, changes, showDeleted());
      return withFacts(verdict, await world.exists(dn));
    },
  }),
  behaviour("protected", "members of Domain Admins get adminCount 1 (within the hour: AdminSDHolder)", {
    source: "MS-ADTS 3.1.1.6.1",
    expected: { code: 0, facts: ["1"] },
    run: async (world) => {
      const dn = `CN=Administrator,CN=Users,${world.base}`;
      return { code: 0, win32: null, facts: await world.values(dn, "adminCount") };
    },
  }),
  behaviour("schema", "Exchange's attributes are there after its schema extension", {
    source: "Exchange Server Active Directory schema: extensionAttribute1, msExchHideFromAddressLists",
    expected: { code: 0 },
    run: async (world) =>
      world.wire.modify(await world.user(), [
        change("replace", "extensionAttribute1", "x"),
        change("replace", "msExchHideFromAddressLists", "TRUE"),
      ]),
  }),
];

export const VALUES_AND_NAMES: readonly WireCase[] = [...NAMES, ...VALUES, ...STAMPS, ...DELETED];
