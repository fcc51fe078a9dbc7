/** Add: a user and a group. */
import { cell, type Verb, type WireCase } from "../case.js";
import { unicodePassword } from "../wire.js";
import { PASSWORD, USER_CLASSES, type World, withFacts } from "../world.js";

const CONSTRAINTS = "MS-ADTS 3.1.1.5.2.2";
const SCHEMA = "MS-ADTS 3.1.1.5.1.1";
const NAMING = "MS-ADTS 3.1.1.3.1.2";
const USER = { objectClass: USER_CLASSES, userAccountControl: "514" };
const GROUP = { objectClass: ["top", "group"] };

/** Cases that are the same for users and groups. */
function common(verb: Verb, basis: Record<string, string | string[]>): WireCase[] {
  const add = (world: World, more: Record<string, string | string[]>, dn = world.free()) =>
    world.wire.add(dn, { ...basis, ...more });
  return [
    cell(verb, "noSuchAttribute", "an attribute that the schema does not have", {
      source: SCHEMA,
      win32: 0x57,
      run: (world) => add(world, { noSuchAttributeAtAll: "x" }),
    }),
    cell(verb, "undefinedAttributeType", "a constructed attribute", {
      source: CONSTRAINTS,
      run: (world) => add(world, { canonicalName: "corp.example/x" }),
    }),
    cell(verb, "constraintViolation", "a description above rangeUpper 1024", {
      source: SCHEMA,
      win32: 0x2082,
      run: (world) => add(world, { description: "d".repeat(1025) }),
    }),
    cell(verb, "constraintViolation", "two values of a single-valued attribute", {
      source: SCHEMA,
      win32: 0x2081,
      run: (world) => add(world, { displayName: ["one", "two"] }),
    }),
    cell(verb, "attributeOrValueExists", "one value twice", {
      source: "RFC 4511 4.1.7",
      win32: 0x2083,
      run: (world) => add(world, { proxyAddresses: ["smtp:a@x.example", "smtp:a@x.example"] }),
    }),
    cell(verb, "invalidAttributeSyntax", "an empty value", {
      source: "MS-ADTS 3.1.1.2.2.2",
      win32: 0x57,
      run: (world) => add(world, { displayName: "" }),
    }),
    cell(verb, "noSuchObject", "no such parent", {
      source: CONSTRAINTS,
      win32: 0x208d,
      run: (world) => add(world, {}, `CN=x,OU=missing,${world.ou}`),
    }),
    cell(verb, "invalidDNSyntax", "an RDN without a value", {
      source: NAMING,
      win32: 0x208f,
      run: (world) => add(world, {}, `CN=,${world.ou}`),
    }),
    cell(verb, "insufficientAccessRights", "no right to create children", {
      source: "MS-ADTS 3.1.1.5.2.1",
      win32: 5,
      run: (world) => world.nobody.add(world.free(), basis),
    }),
    cell(verb, "namingViolation", "an RDN attribute that is not rDNAttID of the class", {
      source: NAMING,
      win32: 0x2073,
      run: (world) => add(world, {}, `OU=${world.name()},${world.ou}`),
    }),
    cell(verb, "namingViolation", "below an object whose class is no possible superior", {
      source: CONSTRAINTS,
      win32: 0x2099,
      run: async (world) => add(world, {}, `CN=below,${await world.user()}`),
    }),
    cell(verb, "entryAlreadyExists", "the DN is taken", {
      source: "MS-ADTS 3.1.1.5.1.2",
      win32: 0x2071,
      run: async (world) => add(world, {}, await world.user()),
    }),
    cell(verb, "entryAlreadyExists", "the DN is taken in another case", {
      source: "MS-ADTS 3.1.1.3.1.2, 2.2.1",
      win32: 0x2071,
      run: async (world) => {
        const dn = await world.user();
        return add(
          world,
          {},
          dn.replace(/^CN=([^,]+)/, (rdn) => rdn.toUpperCase()),
        );
      },
    }),
    cell(verb, "entryAlreadyExists", "sAMAccountName is taken, in another case", {
      source: "MS-SAMR 3.1.1.6",
      run: async (world) => {
        const [name = ""] = await world.values(await world.user(), "sAMAccountName");
        return add(world, { sAMAccountName: name.toUpperCase() });
      },
    }),
  ];
}

export const ADD: readonly WireCase[] = [
  ...common("add user", USER),
  cell("add user", "success", "what the driver's create sends", {
    source: "MS-ADTS 3.1.1.5.2",
    facts: { class: "organizationalPerson,person,top,user", control: "514", primary: "513", password: "0" },
    run: async (world) => {
      const dn = world.free();
      const verdict = await world.wire.add(dn, { ...USER, sAMAccountName: world.name(), givenName: "Zoë" });
      const one = async (name: string) => (await world.values(dn, name)).join();
      return withFacts(verdict, {
        class: await one("objectClass"),
        control: await one("userAccountControl"),
        primary: await one("primaryGroupID"),
        password: await one("pwdLastSet"),
      });
    },
  }),
  cell("add user", "success", "enabled, with its password in the same request", {
    source: "MS-ADTS 3.1.1.3.1.5.1",
    facts: "512",
    run: async (world) => {
      const dn = world.free();
      const verdict = await world.wire.add(dn, {
        objectClass: USER_CLASSES,
        sAMAccountName: world.name(),
        userAccountControl: "512",
        unicodePwd: unicodePassword(PASSWORD),
      });
      return withFacts(verdict, (await world.values(dn, "userAccountControl")).join());
    },
  }),
  cell("add user", "constraintViolation", "userPrincipalName is taken, in another case", {
    source: "MS-ADTS 3.1.1.5.2.2 (Windows Server 2012 R2 and later)",
    win32: 0x21c8,
    run: async (world) => {
      const upn = `${world.name()}@corp.example`;
      await world.user({ userPrincipalName: upn });
      return world.wire.add(world.free(), { ...USER, userPrincipalName: upn.toUpperCase() });
    },
  }),
  cell("add user", "constraintViolation", "a manager that does not exist", {
    source: "MS-ADTS 3.1.1.5.1.5",
    win32: 0x20b5,
    run: (world) => world.wire.add(world.free(), { ...USER, manager: `CN=missing,${world.ou}` }),
  }),
  cell("add user", "constraintViolation", "givenName of 65 characters", {
    source: "MS-ADA1, attribute givenName (rangeUpper 64)",
    win32: 0x2082,
    run: (world) => world.wire.add(world.free(), { ...USER, givenName: "g".repeat(65) }),
  }),
  cell("add user", "invalidAttributeSyntax", "userAccountControl that is no number", {
    source: "MS-ADTS 3.1.1.2.2.2",
    win32: 0x57,
    run: (world) => world.wire.add(world.free(), { ...USER, userAccountControl: "abc" }),
  }),
  cell("add user", "unwillingToPerform", "enabled without a password", {
    source: "MS-SAMR 3.1.1.8.10",
    win32: 0x52d,
    reliedOn: true,
    run: (world) => world.wire.add(world.free(), { ...USER, userAccountControl: "512" }),
  }),
  cell("add user", "unwillingToPerform", "a password that the policy forbids", {
    source: "MS-SAMR 3.1.1.7.1, 3.1.1.7.2",
    win32: 0x52d,
    reliedOn: true,
    run: (world) => world.wire.add(world.free(), { ...USER, unicodePwd: unicodePassword("short") }),
  }),
  cell("add user", "objectClassViolation", "an attribute that users do not have", {
    source: SCHEMA,
    win32: 0x207d,
    run: (world) => world.wire.add(world.free(), { ...USER, groupType: "-2147483646" }),
  }),
  cell("add user", "objectClassViolation", "without objectClass", {
    source: CONSTRAINTS,
    win32: 0x2014,
    run: (world) => world.wire.add(world.free(), { sAMAccountName: world.name() }),
  }),
  cell("add user", "other", "sAMAccountName with a forbidden character", {
    source: "MS-SAMR 3.1.1.6 (ERROR_INVALID_ACCOUNT_NAME)",
    win32: 0x523,
    run: (world) => world.wire.add(world.free(), { ...USER, sAMAccountName: `${world.name()}*` }),
  }),
  cell("add user", "other", "sAMAccountName of 21 characters", {
    source: "MS-SAMR 3.1.1.6",
    win32: 0x523,
    run: (world) => world.wire.add(world.free(), { ...USER, sAMAccountName: world.name().padEnd(21, "x") }),
  }),
  ...common("add group", GROUP),
  cell("add group", "success", "global security group by default", {
    source: "MS-SAMR 3.1.1.6",
    facts: "-2147483646",
    run: async (world) => {
      const dn = world.free();
      const verdict = await world.wire.add(dn, { ...GROUP, sAMAccountName: world.name() });
      return withFacts(verdict, (await world.values(dn, "groupType")).join());
    },
  }),
  cell("add group", "unwillingToPerform", "groupType of no scope", {
    source: "MS-SAMR 3.1.1.6",
    win32: 0x2141,
    run: (world) => world.wire.add(world.free(), { ...GROUP, groupType: "0" }),
  }),
  cell("add group", "objectClassViolation", "an attribute that groups do not have", {
    source: SCHEMA,
    win32: 0x207d,
    run: (world) => world.wire.add(world.free(), { ...GROUP, userAccountControl: "514" }),
  }),
  cell("add group", "other", "sAMAccountName with a forbidden character", {
    source: "MS-SAMR 3.1.1.6",
    win32: 0x523,
    run: (world) => world.wire.add(world.free(), { ...GROUP, sAMAccountName: `${world.name()}?` }),
  }),
];
