/** modifyDN (rename, move) and delete. */
import { behaviour, cell, type WireCase } from "../case.js";
import { change } from "../wire.js";
import { type World, withFacts } from "../world.js";

const CONSTRAINTS = "MS-ADTS 3.1.1.5.4.1.2";
const RIGHTS = "MS-ADTS 3.1.1.5.4.1.1";

const RENAME: readonly WireCase[] = [
  cell("modifyDN: rename", "success", "cn and name follow, the old DN is gone", {
    source: "MS-ADTS 3.1.1.5.4.1.3",
    facts: { same: true, old: false },
    run: async (world) => {
      const [dn, name] = [await world.user(), world.name()];
      const verdict = await world.wire.modifyDn(dn, `CN=${name}`);
      const values = await world.values(`CN=${name},${world.ou}`, "name");
      return withFacts(verdict, { same: values.join() === name, old: await world.exists(dn) });
    },
  }),
  cell("modifyDN: rename", "success", "to the name in another case only", {
    source: "MS-ADTS 3.1.1.3.1.2",
    facts: true,
    run: async (world) => {
      const dn = await world.user();
      const [cn = ""] = await world.values(dn, "cn");
      const verdict = await world.wire.modifyDn(dn, `CN=${cn.toUpperCase()}`);
      return withFacts(verdict, (await world.values(dn, "cn")).join() === cn.toUpperCase());
    },
  }),
  cell("modifyDN: rename", "success", "a container with children", {
    source: "MS-ADTS 3.1.1.5.4.1.3",
    facts: true,
    run: async (world) => {
      const [ou, name] = [await world.unit(), world.name()];
      await world.user({}, { in: ou, cn: "child" });
      const verdict = await world.wire.modifyDn(ou, `OU=${name}`);
      return withFacts(verdict, await world.exists(`CN=child,OU=${name},${world.ou}`));
    },
  }),
  cell("modifyDN: rename", "constraintViolation", "cn of 65 characters", {
    source: "MS-ADA1, attribute cn (rangeUpper 64)",
    win32: 0x2082,
    run: async (world) => world.wire.modifyDn(await world.user(), `CN=${"n".repeat(65)}`),
  }),
  cell("modifyDN: rename", "noSuchObject", "no such object", {
    source: CONSTRAINTS,
    win32: 0x208d,
    run: (world) => world.wire.modifyDn(world.free(), "CN=x"),
  }),
  cell("modifyDN: rename", "invalidDNSyntax", "an RDN without attribute", {
    source: "RFC 4514 3",
    win32: 0x208f,
    run: async (world) => world.wire.modifyDn(await world.user(), "nonsense"),
  }),
  cell("modifyDN: rename", "insufficientAccessRights", "no right to write the name", {
    source: RIGHTS,
    win32: 5,
    run: async (world) => world.nobody.modifyDn(await world.user(), `CN=${world.name()}`),
  }),
  cell("modifyDN: rename", "unwillingToPerform", "another RDN attribute", {
    source: "Samba source4/dsdb/tests/python/ldap.py test_rename, which Windows passes",
    run: async (world) => world.wire.modifyDn(await world.user(), `OU=${world.name()}`),
  }),
  cell("modifyDN: rename", "unwillingToPerform", "deleteOldRdn false", {
    source: CONSTRAINTS,
    win32: 0x57,
    run: async (world) => world.wire.modifyDn(await world.user(), `CN=${world.name()}`, { keepOldRdn: true }),
  }),
  cell("modifyDN: rename", "unwillingToPerform", "a critical system object", {
    source: "MS-ADTS 3.1.1.5.4.1.2 (FLAG_DOMAIN_DISALLOW_RENAME)",
    run: (world) => world.wire.modifyDn(`CN=Users,${world.base}`, "CN=People"),
  }),
  cell("modifyDN: rename", "namingViolation", "to an empty name", {
    source: "Samba source4/dsdb/tests/python/ldap.py test_rdn_name, which Windows passes",
    run: async (world) => world.wire.modifyDn(await world.user(), "CN="),
  }),
  cell("modifyDN: rename", "entryAlreadyExists", "to a taken name", {
    source: "MS-ADTS 3.1.1.5.1.2",
    win32: 0x2071,
    run: async (world) => {
      const [taken] = await world.values(await world.user(), "cn");
      return world.wire.modifyDn(await world.user(), `CN=${taken}`);
    },
  }),
];

async function move(world: World, superior: string, dn?: string) {
  const from = dn ?? (await world.user());
  return world.wire.modifyDn(from, from.slice(0, from.indexOf(",")), { superior });
}

const MOVE: readonly WireCase[] = [
  cell("modifyDN: move", "success", "to another unit; objectGUID stays", {
    source: "MS-ADTS 3.1.1.5.4.1.3",
    facts: { moved: true, same: true },
    run: async (world) => {
      const dn = await world.user();
      const guid = await world.guid(dn);
      const verdict = await move(world, world.otherOu, dn);
      const moved = dn.replace(world.ou, world.otherOu);
      const same = (await world.guid(moved)).equals(guid);
      return withFacts(verdict, { moved: !(await world.exists(dn)), same });
    },
  }),
  cell("modifyDN: move", "success", "and a new name at once", {
    source: "MS-ADTS 3.1.1.5.4.1.3",
    facts: true,
    run: async (world) => {
      const [dn, name] = [await world.user(), world.name()];
      const verdict = await world.wire.modifyDn(dn, `CN=${name}`, { superior: world.otherOu });
      return withFacts(verdict, await world.exists(`CN=${name},${world.otherOu}`));
    },
  }),
  cell("modifyDN: move", "noSuchObject", "no such object", {
    source: CONSTRAINTS,
    win32: 0x208d,
    run: (world) => move(world, world.otherOu, world.free()),
  }),
  cell("modifyDN: move", "invalidDNSyntax", "to a name that is no DN", {
    source: "RFC 4514 3",
    win32: 0x208f,
    run: (world) => move(world, "nonsense"),
  }),
  cell("modifyDN: move", "insufficientAccessRights", "no rights", {
    source: RIGHTS,
    win32: 5,
    run: async (world) => {
      const dn = await world.user();
      return world.nobody.modifyDn(dn, dn.slice(0, dn.indexOf(",")), { superior: world.otherOu });
    },
  }),
  cell("modifyDN: move", "unwillingToPerform", "below itself", {
    source: CONSTRAINTS,
    win32: 0x2077,
    run: async (world) => {
      const ou = await world.unit();
      const inner = `OU=inner,${ou}`;
      await world.wire.add(inner, { objectClass: "organizationalUnit" });
      return move(world, inner, ou);
    },
  }),
  cell("modifyDN: move", "namingViolation", "below an object whose class is no possible superior", {
    source: "MS-ADTS 3.1.1.5.1.2",
    win32: 0x2099,
    run: async (world) => move(world, await world.user()),
  }),
  cell("modifyDN: move", "entryAlreadyExists", "where the name is taken", {
    source: "MS-ADTS 3.1.1.5.1.2",
    win32: 0x2071,
    run: async (world) => {
      const cn = world.name();
      await world.user({}, { in: world.otherOu, cn });
      return move(world, world.otherOu, await world.user({}, { cn }));
    },
  }),
  cell("modifyDN: move", "other", "to a unit that does not exist", {
    source: "MS-ADTS 3.1.1.5.4.1.2 (ERROR_DS_NO_PARENT_OBJECT)",
    win32: 0x2089,
    run: (world) => move(world, `OU=missing,${world.base}`),
  }),
];

const DELETE: readonly WireCase[] = [
  cell("delete", "success", "a user; the DN is free", {
    source: "MS-ADTS 3.1.1.5.5",
    facts: false,
    run: async (world) => {
      const dn = await world.user();
      return withFacts(await world.wire.delete(dn), await world.exists(dn));
    },
  }),
  cell("delete", "noSuchObject", "no such object", {
    source: "MS-ADTS 3.1.1.5.5",
    win32: 0x208d,
    run: (world) => world.wire.delete(world.free()),
  }),
  cell("delete", "invalidDNSyntax", "a name that is no DN", {
    source: "RFC 4514 3",
    win32: 0x208f,
    run: (world) => world.wire.delete("nonsense"),
  }),
  cell("delete", "insufficientAccessRights", "no rights", {
    source: "MS-ADTS 3.1.1.5.5",
    win32: 5,
    run: async (world) => world.nobody.delete(await world.user()),
  }),
  cell("delete", "unwillingToPerform", "a system container", {
    source: "MS-ADTS 3.1.1.5.5",
    win32: 0x20ce,
    run: (world) => world.wire.delete(`CN=Users,${world.base}`),
  }),
  cell("delete", "notAllowedOnNonLeaf", "a unit with something in it", {
    source: "MS-ADTS 3.1.1.5.5",
    win32: 0x2015,
    run: async (world) => {
      const ou = await world.unit();
      await world.user({}, { in: ou });
      return world.wire.delete(ou);
    },
  }),
  cell("delete", "entryAlreadyExists", "a group that is somebody's primary group", {
    source: "MS-SAMR 3.1.1.8.2 (ERROR_MEMBERS_PRIMARY_GROUP)",
    win32: 0x55e,
    run: async (world) => {
      const [group, user] = [await world.group(), await world.user()];
      await world.join(group, user);
      const [token = ""] = await world.values(group, "primaryGroupToken");
      await world.wire.modify(user, [change("replace", "primaryGroupID", token)]);
      return world.wire.delete(group);
    },
  }),
];

export const RELOCATE: readonly WireCase[] = [
  ...RENAME,
  ...MOVE,
  ...DELETE,
  behaviour("references", "member and manager follow a move", {
    source: "MS-ADTS 3.1.1.1.6",
    expected: { code: 0, facts: { member: true, manager: true } },
    run: async (world) => {
      const [dn, group] = [await world.user(), await world.group()];
      const report = await world.user({ manager: dn });
      await world.join(group, dn);
      const verdict = await move(world, world.otherOu, dn);
      const now = dn.replace(world.ou, world.otherOu);
      const [member, manager] = [await world.values(group, "member"), await world.values(report, "manager")];
      return withFacts(verdict, { member: member.join() === now, manager: manager.join() === now });
    },
  }),
  behaviour("references", "member, memberOf and manager end when the object is deleted", {
    source: "MS-ADTS 3.1.1.5.5.1",
    expected: { code: 0, facts: { member: [], manager: [] } },
    run: async (world) => {
      const [dn, group] = [await world.user(), await world.group()];
      const report = await world.user({ manager: dn });
      await world.join(group, dn);
      const verdict = await world.wire.delete(dn);
      const facts = { member: await world.values(group, "member"), manager: await world.values(report, "manager") };
      return withFacts(verdict, facts);
    },
  }),
];
