/** Modify of linked attributes: member (SAM's own codes) and manager (those of the directory). */
import { cell, type WireCase } from "../case.js";
import { change } from "../wire.js";
import { done, type World, withFacts } from "../world.js";
import { textOf } from "./reading.js";

const SAMR = "MS-SAMR 3.1.1.8.9";
const CONSTRAINTS = "MS-ADTS 3.1.1.5.3.2";
const FORMS = "MS-ADTS 3.1.1.3.1.2.4 (an AttributeValue in a ModifyRequest)";

async function byGuid(world: World, dn: string): Promise<string> {
  return `<GUID=${textOf(await world.guid(dn))}>`;
}

async function manage(world: World, begin: "managed" | "free", ...changes: ["add" | "delete" | "replace", string][]) {
  const boss = await world.user();
  const other = await world.user();
  const dn = await world.user(begin === "managed" ? { manager: boss } : {});
  const name = (who: string) => (who === "boss" ? boss : who === "other" ? other : `CN=missing,${world.ou}`);
  const verdict = await world.wire.modify(
    dn,
    changes.map(([operation, who]) => change(operation, "manager", who === "" ? [] : name(who))),
  );
  const now = await world.values(dn, "manager");
  return withFacts(
    verdict,
    now.map((one) => (one === boss ? "boss" : one === other ? "other" : one)),
  );
}

const MEMBERS: readonly WireCase[] = [
  cell("modify: add member", "success", "two members in one change; memberOf follows", {
    source: "MS-ADTS 3.1.1.1.6",
    facts: { members: 2, groups: 1 },
    run: async (world) => {
      const [group, one, two] = [await world.group(), await world.user(), await world.user()];
      const verdict = await world.wire.modify(group, [change("add", "member", [one, two])]);
      const [members, groups] = [await world.values(group, "member"), await world.values(one, "memberOf")];
      return withFacts(verdict, { members: members.length, groups: groups.length });
    },
  }),
  cell("modify: add member", "entryAlreadyExists", "somebody who is a member", {
    source: SAMR,
    win32: 0x562,
    run: async (world) => {
      const [group, user] = [await world.group(), await world.user()];
      await world.join(group, user);
      return world.wire.modify(group, [change("add", "member", user)]);
    },
  }),
  cell("modify: add member", "entryAlreadyExists", "one who is a member among those who are not: none is added", {
    source: "MS-ADTS 3.1.1.5.1.4",
    win32: 0x562,
    facts: 1,
    run: async (world) => {
      const [group, one, two] = [await world.group(), await world.user(), await world.user()];
      await world.join(group, one);
      const verdict = await world.wire.modify(group, [change("add", "member", [two, one])]);
      return withFacts(verdict, (await world.values(group, "member")).length);
    },
  }),
  cell("modify: add member", "entryAlreadyExists", "a member through the primary group", {
    source: "MS-SAMR 3.1.1.8.2",
    win32: 0x562,
    run: async (world) => {
      const user = await world.user();
      return world.wire.modify(`CN=Domain Users,CN=Users,${world.base}`, [change("add", "member", user)]);
    },
  }),
  cell("modify: add member", "noSuchObject", "somebody who does not exist", {
    source: "Samba source4/dsdb/tests/python/sam.py test_users_groups, which Windows passes",
    win32: 0x525,
    run: async (world) => world.wire.modify(await world.group(), [change("add", "member", `CN=missing,${world.ou}`)]),
  }),
  cell("modify: add member", "noSuchObject", "no such group", {
    source: CONSTRAINTS,
    win32: 0x208d,
    run: async (world) => world.wire.modify(world.free(), [change("add", "member", await world.user())]),
  }),
  cell("modify: add member", "invalidDNSyntax", "to a name that is no DN", {
    source: "RFC 4514 3",
    win32: 0x208f,
    run: async (world) => world.wire.modify("nonsense", [change("add", "member", await world.user())]),
  }),
  cell("modify: add member", "invalidDNSyntax", "a value that is no DN", {
    source: "RFC 4514 3",
    win32: 0x208f,
    run: async (world) => world.wire.modify(await world.group(), [change("add", "member", "nonsense")]),
  }),
  cell("modify: add member", "insufficientAccessRights", "no right to write members", {
    source: "MS-ADTS 3.1.1.5.3.1",
    win32: 5,
    run: async (world) => world.nobody.modify(await world.group(), [change("add", "member", await world.user())]),
  }),
  ...(
    [
      ["a domain local group", "-2147483644", "a global", "-2147483646", 0x2144],
      ["a universal group", "-2147483640", "a global", "-2147483646", 0x2145],
      ["a domain local group", "-2147483644", "a universal", "-2147483640", 0x2146],
    ] as const
  ).map(([inner, innerType, outer, outerType, win32]) =>
    cell("modify: add member", "unwillingToPerform", `${inner} to ${outer} one`, {
      source: "MS-SAMR 3.1.1.8.9",
      win32,
      run: async (world) => {
        const [member, group] = [
          await world.group({ groupType: innerType }),
          await world.group({ groupType: outerType }),
        ];
        return world.wire.modify(group, [change("add", "member", member)]);
      },
    }),
  ),
  cell("modify: add member", "objectClassViolation", "to a user", {
    source: "MS-ADTS 3.1.1.5.1.1",
    win32: 0x207d,
    run: async (world) => world.wire.modify(await world.user(), [change("add", "member", await world.user())]),
  }),
  cell("modify: delete member", "success", "one of two", {
    source: "MS-ADTS 3.1.1.1.6",
    facts: { left: 1, groups: 0 },
    run: async (world) => {
      const [group, one, two] = [await world.group(), await world.user(), await world.user()];
      await world.join(group, one, two);
      const verdict = await world.wire.modify(group, [change("delete", "member", one)]);
      const left = (await world.values(group, "member")).length;
      return withFacts(verdict, { left, groups: (await world.values(one, "memberOf")).length });
    },
  }),
  cell("modify: delete member", "noSuchAttribute", "all, where there are none", {
    source: "RFC 4511 4.6",
    win32: 0x2084,
    run: async (world) => world.wire.modify(await world.group(), [change("delete", "member")]),
  }),
  cell("modify: delete member", "unwillingToPerform", "somebody who is no member", {
    source: SAMR,
    win32: 0x561,
    run: async (world) => {
      const group = await world.group();
      await world.join(group, await world.user());
      return world.wire.modify(group, [change("delete", "member", await world.user())]);
    },
  }),
  cell("modify: delete member", "unwillingToPerform", "somebody, of a group without members", {
    source: SAMR,
    win32: 0x561,
    run: async (world) => world.wire.modify(await world.group(), [change("delete", "member", await world.user())]),
  }),
  cell("modify: delete member", "unwillingToPerform", "somebody whose primary group it is", {
    source: "MS-SAMR 3.1.1.8.2",
    win32: 0x561,
    run: async (world) => {
      const domainUsers = `CN=Domain Users,CN=Users,${world.base}`;
      // A member at least, whatever others do in the domain: without any, Samba has another code (the case before).
      await world.join(domainUsers, await world.group());
      return world.wire.modify(domainUsers, [change("delete", "member", await world.user())]);
    },
  }),
  cell("modify: delete member", "noSuchObject", "no such group", {
    source: CONSTRAINTS,
    win32: 0x208d,
    run: async (world) => world.wire.modify(world.free(), [change("delete", "member", await world.user())]),
  }),
  cell("modify: delete member", "invalidDNSyntax", "from a name that is no DN", {
    source: "RFC 4514 3",
    win32: 0x208f,
    run: async (world) => world.wire.modify("nonsense", [change("delete", "member", await world.user())]),
  }),
  cell("modify: delete member", "invalidDNSyntax", "a value that is no DN", {
    source: "RFC 4514 3",
    win32: 0x208f,
    run: async (world) => world.wire.modify(await world.group(), [change("delete", "member", "nonsense")]),
  }),
  cell("modify: delete member", "insufficientAccessRights", "no right to write members", {
    source: "MS-ADTS 3.1.1.5.3.1",
    win32: 5,
    run: async (world) => {
      const [group, user] = [await world.group(), await world.user()];
      await world.join(group, user);
      return world.nobody.modify(group, [change("delete", "member", user)]);
    },
  }),
  cell("modify: delete member", "noSuchAttribute", "from a user", {
    source: "RFC 4511 4.6",
    win32: 0x2085,
    run: async (world) => world.wire.modify(await world.user(), [change("delete", "member", await world.user())]),
  }),
];

/** The same by `<GUID=...>`: the answers are those for the DN. */
const MEMBERS_BY_GUID: readonly WireCase[] = [
  cell("modify: add member", "success", "<GUID=...> in both spellings; the values are DNs", {
    source: FORMS,
    facts: { dns: true, groups: 1 },
    run: async (world) => {
      const [group, one, two] = [await world.group(), await world.user(), await world.user()];
      const bytes = `<GUID=${(await world.guid(two)).toString("hex")}>`;
      const verdict = await world.wire.modify(group, [change("add", "member", [await byGuid(world, one), bytes])]);
      const dns = (await world.values(group, "member")).join() === [one, two].sort().join();
      return withFacts(verdict, { dns, groups: (await world.values(one, "memberOf")).length });
    },
  }),
  cell("modify: add member", "success", "<GUID=...> of somebody who was moved, and not who has the name now", {
    source: FORMS,
    facts: ["<other>"],
    run: async (world) => {
      const [group, dn] = [await world.group(), await world.user()];
      const [guid, rdn] = [await byGuid(world, dn), dn.slice(0, dn.indexOf(","))];
      done(await world.wire.modifyDn(dn, rdn, { superior: world.otherOu }));
      await world.user({}, { cn: rdn.slice("CN=".length) });
      const verdict = await world.wire.modify(group, [change("add", "member", guid)]);
      const containers = (await world.values(group, "member")).map((one) => world.short(one.slice(rdn.length + 1)));
      return withFacts(verdict, containers);
    },
  }),
  cell("modify: add member", "entryAlreadyExists", "<GUID=...> of a member among those who are not: none is added", {
    source: SAMR,
    win32: 0x562,
    facts: 1,
    run: async (world) => {
      const [group, one, two] = [await world.group(), await world.user(), await world.user()];
      await world.join(group, one);
      const values = [await byGuid(world, two), await byGuid(world, one)];
      const verdict = await world.wire.modify(group, [change("add", "member", values)]);
      return withFacts(verdict, (await world.values(group, "member")).length);
    },
  }),
  cell("modify: add member", "entryAlreadyExists", "<GUID=...> of a member through the primary group", {
    source: "MS-SAMR 3.1.1.8.2",
    win32: 0x562,
    run: async (world) => {
      const guid = await byGuid(world, await world.user());
      return world.wire.modify(`CN=Domain Users,CN=Users,${world.base}`, [change("add", "member", guid)]);
    },
  }),
  cell("modify: add member", "noSuchObject", "<GUID=...> of nobody among others: none is added", {
    source: "Samba source4/dsdb/tests/python/sam.py test_users_groups (a DN of nobody), which Windows passes",
    win32: 0x525,
    facts: 0,
    run: async (world) => {
      const [group, one] = [await world.group(), await world.user()];
      const values = [await byGuid(world, one), "<GUID=00000000-1111-2222-3333-444444444444>"];
      const verdict = await world.wire.modify(group, [change("add", "member", values)]);
      return withFacts(verdict, (await world.values(group, "member")).length);
    },
  }),
  cell("modify: add member", "noSuchObject", "<GUID=...> of somebody who was deleted", {
    source: "MS-ADTS 3.1.1.3.4.1.14 (an object without the control), as for a DN of nobody",
    win32: 0x525,
    facts: 0,
    run: async (world) => {
      const [group, one] = [await world.group(), await world.user()];
      const guid = await byGuid(world, one);
      done(await world.wire.delete(one));
      const verdict = await world.wire.modify(group, [change("add", "member", guid)]);
      return withFacts(verdict, (await world.values(group, "member")).length);
    },
  }),
  cell("modify: add member", "invalidDNSyntax", "<GUID=...> that holds no GUID", {
    source: FORMS,
    win32: 0x208f,
    run: async (world) => world.wire.modify(await world.group(), [change("add", "member", "<GUID=nonsense>")]),
  }),
  cell("modify: delete member", "success", "<GUID=...> of one of two", {
    source: FORMS,
    facts: true,
    run: async (world) => {
      const [group, one, two] = [await world.group(), await world.user(), await world.user()];
      await world.join(group, one, two);
      const verdict = await world.wire.modify(group, [change("delete", "member", await byGuid(world, one))]);
      return withFacts(verdict, (await world.values(group, "member")).join() === two);
    },
  }),
  cell("modify: delete member", "unwillingToPerform", "<GUID=...> of somebody who is no member", {
    source: SAMR,
    win32: 0x561,
    facts: 1,
    run: async (world) => {
      const [group, one, two] = [await world.group(), await world.user(), await world.user()];
      await world.join(group, one);
      const values = [await byGuid(world, one), await byGuid(world, two)];
      const verdict = await world.wire.modify(group, [change("delete", "member", values)]);
      return withFacts(verdict, (await world.values(group, "member")).length);
    },
  }),
];

const MANAGER: readonly WireCase[] = [
  cell("modify: manager", "success", "delete the old, add the new", {
    source: "MS-ADTS 3.1.1.1.6",
    facts: ["other"],
    run: (world) => manage(world, "managed", ["delete", "boss"], ["add", "other"]),
  }),
  cell("modify: manager", "noSuchAttribute", "delete one who is not the manager", {
    source: "RFC 4511 4.6",
    win32: 0x2085,
    facts: ["boss"],
    run: (world) => manage(world, "managed", ["delete", "other"]),
  }),
  cell("modify: manager", "noSuchAttribute", "delete where there is none", {
    source: "RFC 4511 4.6",
    win32: 0x2084,
    facts: [],
    run: (world) => manage(world, "free", ["delete", ""]),
  }),
  cell("modify: manager", "constraintViolation", "somebody who does not exist", {
    source: "MS-ADTS 3.1.1.5.1.5 (ERROR_DS_NAME_REFERENCE_INVALID)",
    win32: 0x20b5,
    facts: [],
    run: (world) => manage(world, "free", ["add", "missing"]),
  }),
  cell("modify: manager", "constraintViolation", "two at once", {
    source: "Samba source4/dsdb/tests/python/ldap.py test_single_valued_linked_attributes, which Windows passes",
    win32: 0x2081,
    run: async (world) => {
      const managers = [await world.user(), await world.user()];
      return world.wire.modify(await world.user(), [change("replace", "manager", managers)]);
    },
  }),
  cell("modify: manager", "attributeOrValueExists", "a second one", {
    source: "MS-ADTS 3.1.1.5.1.1",
    win32: 0x2081,
    facts: ["boss"],
    run: (world) => manage(world, "managed", ["add", "other"]),
  }),
  cell("modify: manager", "attributeOrValueExists", "the same again", {
    source: "RFC 4511 4.6",
    win32: 0x2083,
    facts: ["boss"],
    run: (world) => manage(world, "managed", ["add", "boss"]),
  }),
  cell("modify: manager", "invalidDNSyntax", "a value that is no DN", {
    source: "RFC 4514 3",
    win32: 0x208f,
    run: async (world) => world.wire.modify(await world.user(), [change("replace", "manager", "nonsense")]),
  }),
  cell("modify: manager", "noSuchObject", "of nobody", {
    source: CONSTRAINTS,
    win32: 0x208d,
    run: async (world) => world.wire.modify(world.free(), [change("add", "manager", await world.user())]),
  }),
  cell("modify: manager", "invalidDNSyntax", "of a name that is no DN", {
    source: "RFC 4514 3",
    win32: 0x208f,
    run: async (world) => world.wire.modify("nonsense", [change("add", "manager", await world.user())]),
  }),
  cell("modify: manager", "insufficientAccessRights", "no right to write it", {
    source: "MS-ADTS 3.1.1.5.3.1",
    win32: 5,
    run: async (world) => world.nobody.modify(await world.user(), [change("add", "manager", await world.user())]),
  }),
  cell("modify: manager", "objectClassViolation", "of a group", {
    source: "MS-ADTS 3.1.1.5.1.1",
    win32: 0x207d,
    run: async (world) => world.wire.modify(await world.group(), [change("add", "manager", await world.user())]),
  }),
];

export const LINKS: readonly WireCase[] = [...MEMBERS, ...MEMBERS_BY_GUID, ...MANAGER];
