/** Modify of attributes that hold plain values: add, delete, replace. */
import { cell, type Verb, type WireCase } from "../case.js";
import { change } from "../wire.js";
import { type World, withFacts } from "../world.js";

const CONSTRAINTS = "MS-ADTS 3.1.1.5.3.2";
const SCHEMA = "MS-ADTS 3.1.1.5.1.1";
const RFC = "RFC 4511 4.6";

/** Cases that are the same for each kind of change. */
function common(verb: Verb, operation: "add" | "delete" | "replace"): WireCase[] {
  const isDelete = operation === "delete";
  return [
    cell(verb, "noSuchAttribute", "an attribute that the schema does not have", {
      source: SCHEMA,
      win32: 0x57,
      run: async (world) => world.wire.modify(await world.user(), [change(operation, "noSuchAttributeAtAll", "x")]),
    }),
    cell(verb, "noSuchObject", "no such object", {
      source: CONSTRAINTS,
      win32: 0x208d,
      run: (world) => world.wire.modify(world.free(), [change(operation, "title", "x")]),
    }),
    cell(verb, "invalidDNSyntax", "a name that is no DN", {
      source: "RFC 4514 3",
      win32: 0x208f,
      run: (world) => world.wire.modify("nonsense", [change(operation, "title", "x")]),
    }),
    cell(verb, "insufficientAccessRights", "no right to write the property", {
      source: "MS-ADTS 3.1.1.5.3.1",
      win32: 5,
      run: async (world) => world.nobody.modify(await world.user({ title: "x" }), [change(operation, "title", "x")]),
    }),
    cell(verb, "unwillingToPerform", "sAMAccountType, which SAM owns", {
      source: "MS-SAMR 3.1.1.6",
      win32: 0x209a,
      run: async (world) =>
        world.wire.modify(await world.user(), [change(operation, "sAMAccountType", isDelete ? [] : "0")]),
    }),
    cell(verb, isDelete ? "noSuchAttribute" : "objectClassViolation", "an attribute that the class does not have", {
      source: isDelete ? RFC : SCHEMA,
      win32: isDelete ? 0x2085 : 0x207d,
      run: async (world) => world.wire.modify(await world.user(), [change(operation, "groupType", "2")]),
    }),
    cell(verb, "notAllowedOnRDN", "cn", {
      source: CONSTRAINTS,
      win32: 0x2016,
      run: async (world) => {
        const dn = await world.user();
        const value = isDelete ? await world.values(dn, "cn") : "another";
        return world.wire.modify(dn, [change(operation, "cn", value)]);
      },
    }),
  ];
}

/** The values of an attribute after changes of a user that began with some. */
async function after(world: World, attribute: string, begin: string[], changes: Parameters<typeof change>[]) {
  const dn = await world.user(begin.length === 0 ? {} : { [attribute]: begin });
  const verdict = await world.wire.modify(
    dn,
    changes.map((one) => change(...one)),
  );
  return withFacts(verdict, await world.values(dn, attribute));
}

export const MODIFY: readonly WireCase[] = [
  ...common("modify: add value", "add"),
  cell("modify: add value", "success", "a further value, and a first one", {
    source: RFC,
    facts: ["1", "2", "3"],
    run: (world) => after(world, "otherTelephone", ["1"], [["add", "otherTelephone", ["2", "3"]]]),
  }),
  cell("modify: add value", "constraintViolation", "givenName of 65 characters", {
    source: "MS-ADA1, attribute givenName (rangeUpper 64)",
    win32: 0x2082,
    facts: [],
    run: (world) => after(world, "givenName", [], [["add", "givenName", "g".repeat(65)]]),
  }),
  cell("modify: add value", "attributeOrValueExists", "a value that is there", {
    source: RFC,
    win32: 0x2083,
    facts: ["1"],
    run: (world) => after(world, "otherTelephone", ["1"], [["add", "otherTelephone", "1"]]),
  }),
  cell("modify: add value", "attributeOrValueExists", "a value that is there in another case", {
    source: "MS-ADTS 2.2.1",
    win32: 0x2083,
    facts: ["Lake"],
    run: (world) => after(world, "carLicense", ["Lake"], [["add", "carLicense", "LAKE"]]),
  }),
  cell("modify: add value", "attributeOrValueExists", "a second value of a single-valued attribute", {
    source: SCHEMA,
    win32: 0x2081,
    facts: ["old"],
    run: (world) => after(world, "title", ["old"], [["add", "title", "new"]]),
  }),
  cell("modify: add value", "invalidAttributeSyntax", "an empty value", {
    source: "MS-ADTS 3.1.1.2.2.2",
    win32: 0x57,
    facts: [],
    run: (world) => after(world, "title", [], [["add", "title", ""]]),
  }),
  cell("modify: add value", "entryAlreadyExists", "delete own, add somebody's sAMAccountName", {
    source: "MS-SAMR 3.1.1.6",
    win32: 0x524,
    run: async (world) => {
      const taken = await world.values(await world.user(), "sAMAccountName");
      const dn = await world.user();
      const own = await world.values(dn, "sAMAccountName");
      return world.wire.modify(dn, [change("delete", "sAMAccountName", own), change("add", "sAMAccountName", taken)]);
    },
  }),
  cell("modify: add value", "other", "delete own, add an invalid sAMAccountName", {
    source: "MS-SAMR 3.1.1.6",
    win32: 0x523,
    run: async (world) => {
      const dn = await world.user();
      const own = await world.values(dn, "sAMAccountName");
      return world.wire.modify(dn, [change("delete", "sAMAccountName", own), change("add", "sAMAccountName", "a*b")]);
    },
  }),
  ...common("modify: delete value", "delete"),
  cell("modify: delete value", "success", "one of several values", {
    source: RFC,
    facts: ["2"],
    run: (world) => after(world, "otherTelephone", ["1", "2"], [["delete", "otherTelephone", "1"]]),
  }),
  cell("modify: delete value", "success", "a value in another case", {
    source: "MS-ADTS 2.2.1",
    facts: [],
    run: (world) => after(world, "title", ["Engineer"], [["delete", "title", "ENGINEER"]]),
  }),
  cell("modify: delete value", "noSuchAttribute", "a value that is not there: the precondition of an update", {
    source: RFC,
    win32: 0x2085,
    facts: ["now"],
    run: (world) =>
      after(
        world,
        "title",
        ["now"],
        [
          ["delete", "title", "as planned"],
          ["add", "title", "new"],
        ],
      ),
  }),
  cell("modify: delete value", "noSuchAttribute", "an attribute that is not there", {
    source: RFC,
    win32: 0x2084,
    facts: [],
    run: (world) => after(world, "title", [], [["delete", "title"]]),
  }),
  cell("modify: delete value", "constraintViolation", "objectGUID", {
    source: CONSTRAINTS,
    win32: 0x20b1,
    run: async (world) => world.wire.modify(await world.user(), [change("delete", "objectGUID")]),
  }),
  cell("modify: delete value", "unwillingToPerform", "sAMAccountName, without another", {
    source: "MS-SAMR 3.1.1.6",
    win32: 0x2077,
    run: async (world) => world.wire.modify(await world.user(), [change("delete", "sAMAccountName")]),
  }),
  ...common("modify: replace", "replace"),
  cell("modify: replace", "success", "one value by two", {
    source: RFC,
    facts: ["2", "3"],
    run: (world) => after(world, "otherTelephone", ["1"], [["replace", "otherTelephone", ["2", "3"]]]),
  }),
  cell("modify: replace", "success", "by nothing, where there is nothing", {
    source: RFC,
    facts: [],
    run: (world) => after(world, "title", [], [["replace", "title"]]),
  }),
  cell("modify: replace", "constraintViolation", "title of 129 characters", {
    source: "MS-ADA3, attribute title (rangeUpper 128)",
    win32: 0x2082,
    facts: ["old"],
    run: (world) => after(world, "title", ["old"], [["replace", "title", "t".repeat(129)]]),
  }),
  cell("modify: replace", "constraintViolation", "uSNChanged, which the system owns", {
    source: CONSTRAINTS,
    win32: 0x20b1,
    run: async (world) => world.wire.modify(await world.user(), [change("replace", "uSNChanged", "1")]),
  }),
  cell("modify: replace", "constraintViolation", "userPrincipalName is taken", {
    source: "MS-ADTS 3.1.1.5.1.3",
    win32: 0x21c8,
    run: async (world) => {
      const upn = `${world.name()}@corp.example`;
      await world.user({ userPrincipalName: upn });
      return world.wire.modify(await world.user(), [change("replace", "userPrincipalName", upn)]);
    },
  }),
  cell("modify: replace", "attributeOrValueExists", "two values for a single-valued attribute", {
    source: "Samba source4/dsdb/tests/python/ldap.py test_single_valued_attributes, which Windows passes",
    win32: 0x2081,
    facts: ["old"],
    run: (world) => after(world, "title", ["old"], [["replace", "title", ["a", "b"]]]),
  }),
  cell("modify: replace", "attributeOrValueExists", "the same value twice", {
    source: RFC,
    win32: 0x2083,
    facts: ["1"],
    run: (world) => after(world, "otherTelephone", ["1"], [["replace", "otherTelephone", ["2", "2"]]]),
  }),
  cell("modify: replace", "invalidAttributeSyntax", "an empty value", {
    source: "MS-ADTS 3.1.1.2.2.2",
    win32: 0x57,
    facts: ["old"],
    run: (world) => after(world, "title", ["old"], [["replace", "title", ""]]),
  }),
  cell("modify: replace", "entryAlreadyExists", "sAMAccountName is taken", {
    source: "MS-SAMR 3.1.1.6",
    win32: 0x524,
    run: async (world) => {
      const taken = await world.values(await world.user(), "sAMAccountName");
      return world.wire.modify(await world.user(), [change("replace", "sAMAccountName", taken)]);
    },
  }),
  cell("modify: replace", "other", "an invalid sAMAccountName", {
    source: "MS-SAMR 3.1.1.6",
    win32: 0x523,
    run: async (world) => world.wire.modify(await world.user(), [change("replace", "sAMAccountName", "a|b")]),
  }),
];
