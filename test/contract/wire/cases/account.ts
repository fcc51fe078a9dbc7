/** unicodePwd and userAccountControl. */
import { cell, type Verb, type WireCase } from "../case.js";
import { change, unicodePassword, type Values } from "../wire.js";
import { PASSWORD, type World, withFacts } from "../world.js";

const PASSWORDS = "MS-ADTS 3.1.1.3.1.5.1";
const POLICY = "MS-SAMR 3.1.1.7.1, 3.1.1.7.2";
const CONTROL = "MS-SAMR 3.1.1.8.10";

function common(verb: Verb, attribute: string, value: Values): WireCase[] {
  return [
    cell(verb, "noSuchObject", "of nobody", {
      source: "MS-ADTS 3.1.1.5.3.2",
      win32: 0x208d,
      run: (world) => world.wire.modify(world.free(), [change("replace", attribute, value)]),
    }),
    cell(verb, "invalidDNSyntax", "of a name that is no DN", {
      source: "RFC 4514 3",
      win32: 0x208f,
      run: (world) => world.wire.modify("nonsense", [change("replace", attribute, value)]),
    }),
    cell(verb, "insufficientAccessRights", "of somebody else, without rights", {
      source: "MS-ADTS 3.1.1.5.3.1",
      win32: 5,
      run: async (world) => world.nobody.modify(await world.user(), [change("replace", attribute, value)]),
    }),
    cell(verb, "objectClassViolation", "of a group", {
      source: "MS-ADTS 3.1.1.5.1.1",
      win32: 0x207d,
      run: async (world) => world.wire.modify(await world.group(), [change("replace", attribute, value)]),
    }),
  ];
}

async function reset(world: World, value: Values) {
  return world.wire.modify(await world.user({ displayName: "Beatrice Longname" }), [
    change("replace", "unicodePwd", value),
  ]);
}

function forbidden(what: string, password: string): WireCase {
  return cell("modify: unicodePwd", "unwillingToPerform", what, {
    source: POLICY,
    win32: 0x52d,
    reliedOn: true,
    run: (world) => reset(world, unicodePassword(password)),
  });
}

function misformed(what: string, value: Values): WireCase {
  return cell("modify: unicodePwd", "unwillingToPerform", what, {
    source: PASSWORDS,
    win32: 0x1f,
    run: (world) => reset(world, value),
  });
}

const PASSWORD_CASES: readonly WireCase[] = [
  ...common("modify: unicodePwd", "unicodePwd", unicodePassword(PASSWORD)),
  cell("modify: unicodePwd", "success", "reset; pwdLastSet is no longer 0, the value cannot be read", {
    source: PASSWORDS,
    facts: { set: true, readable: [] },
    run: async (world) => {
      const dn = await world.user();
      const verdict = await world.wire.modify(dn, [change("replace", "unicodePwd", unicodePassword(PASSWORD))]);
      const set = (await world.values(dn, "pwdLastSet")).join() !== "0";
      return withFacts(verdict, { set, readable: await world.values(dn, "unicodePwd") });
    },
  }),
  cell("modify: unicodePwd", "success", "reset and enable in one request, the create's second step", {
    source: CONTROL,
    facts: "512",
    run: async (world) => {
      const dn = await world.user();
      const verdict = await world.wire.modify(dn, [
        change("replace", "unicodePwd", unicodePassword(PASSWORD)),
        change("delete", "userAccountControl", "514"),
        change("add", "userAccountControl", "512"),
      ]);
      return withFacts(verdict, (await world.values(dn, "userAccountControl")).join());
    },
  }),
  cell("modify: unicodePwd", "success", "reset, and must change at the next logon", {
    source: "MS-SAMR 3.1.1.8.8",
    facts: "0",
    run: async (world) => {
      const dn = await world.user();
      const verdict = await world.wire.modify(dn, [
        change("replace", "unicodePwd", unicodePassword(PASSWORD)),
        change("replace", "pwdLastSet", "0"),
      ]);
      return withFacts(verdict, (await world.values(dn, "pwdLastSet")).join());
    },
  }),
  cell("modify: unicodePwd", "constraintViolation", "change with a wrong old password", {
    source: PASSWORDS,
    win32: 0x56,
    run: async (world) => {
      const dn = await world.user({ unicodePwd: unicodePassword(PASSWORD) });
      return world.wire.modify(dn, [
        change("delete", "unicodePwd", unicodePassword("Wrong-Horse-8")),
        change("add", "unicodePwd", unicodePassword("Other-Horse-9")),
      ]);
    },
  }),
  forbidden("too short", "Ab-1"),
  forbidden("one class of characters only", "onlylowercaseletters"),
  forbidden("with a part of displayName", "Longname-4711"),
  forbidden("empty", ""),
  misformed("without quotation marks", Buffer.from(PASSWORD, "utf16le")),
  misformed("in UTF-8", `"${PASSWORD}"`),
  misformed("two values", [unicodePassword(PASSWORD), unicodePassword("Other-Horse-9")]),
  cell("modify: unicodePwd", "unwillingToPerform", "add without delete", {
    source: PASSWORDS,
    win32: 0x1f,
    run: async (world) =>
      world.wire.modify(await world.user(), [change("add", "unicodePwd", unicodePassword(PASSWORD))]),
  }),
];

async function control(world: World, ...changes: ["add" | "delete" | "replace", string][]) {
  const dn = await world.user();
  const verdict = await world.wire.modify(
    dn,
    changes.map(([operation, value]) => change(operation, "userAccountControl", value === "" ? [] : value)),
  );
  return withFacts(verdict, (await world.values(dn, "userAccountControl")).join());
}

const CONTROL_CASES: readonly WireCase[] = [
  ...common("modify: userAccountControl", "userAccountControl", "514"),
  cell("modify: userAccountControl", "success", "a further bit, the old value expected", {
    source: "MS-ADTS 2.2.16",
    facts: "66050",
    run: (world) => control(world, ["delete", "514"], ["add", "66050"]),
  }),
  cell("modify: userAccountControl", "success", "a value without an account type is NORMAL_ACCOUNT", {
    source: CONTROL,
    facts: "514",
    run: (world) => control(world, ["replace", "2"]),
  }),
  cell("modify: userAccountControl", "noSuchAttribute", "the old value is another by now", {
    source: "RFC 4511 4.6",
    win32: 0x2085,
    facts: "514",
    run: (world) => control(world, ["delete", "66050"], ["add", "66082"]),
  }),
  cell("modify: userAccountControl", "attributeOrValueExists", "add without delete", {
    source: "MS-ADTS 3.1.1.5.1.1",
    win32: 0x2081,
    facts: "514",
    run: (world) => control(world, ["add", "66050"]),
  }),
  cell("modify: userAccountControl", "invalidAttributeSyntax", "no number", {
    source: "MS-ADTS 3.1.1.2.2.2",
    win32: 0x57,
    facts: "514",
    run: (world) => control(world, ["replace", "abc"]),
  }),
  cell("modify: userAccountControl", "unwillingToPerform", "enable without a password", {
    source: CONTROL,
    win32: 0x52d,
    reliedOn: true,
    facts: "514",
    run: (world) => control(world, ["delete", "514"], ["add", "512"]),
  }),
  cell("modify: userAccountControl", "unwillingToPerform", "delete without add", {
    source: "MS-SAMR 3.1.1.6",
    win32: 0x2077,
    facts: "514",
    run: (world) => control(world, ["delete", ""]),
  }),
  cell("modify: userAccountControl", "objectClassViolation", "a workstation's bit on a user", {
    source: "MS-SAMR 3.1.1.8.10",
    win32: 0x207d,
    facts: "514",
    run: (world) => control(world, ["replace", "4098"]),
  }),
  cell("modify: userAccountControl", "other", "TEMP_DUPLICATE_ACCOUNT", {
    source: "MS-SAMR 3.1.1.8.10",
    win32: 0x57,
    facts: "514",
    run: (world) => control(world, ["replace", "258"]),
  }),
];

export const ACCOUNT: readonly WireCase[] = [...PASSWORD_CASES, ...CONTROL_CASES];
