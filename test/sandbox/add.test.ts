import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addUser,
  BASE,
  failure,
  GROUPS,
  type Opened,
  openSandbox,
  read,
  STAFF,
  unicodePassword,
} from "./open-sandbox.js";

let opened: Opened;
let serial = 0;
beforeAll(async () => {
  opened = await openSandbox();
});
afterAll(() => opened.close());

/** Adds a user that has only these attributes beside its class. */
function add(attributes: Record<string, string | string[]>, dn = `CN=u${serial++},${STAFF}`): Promise<void> {
  return opened.muster.add(dn, { objectClass: "user", ...attributes });
}

describe("add (MS-ADTS 3.1.1.5.2)", () => {
  it("fills in what Active Directory fills in", async () => {
    const dn = `CN=defaults,${STAFF}`;
    await add({}, dn);
    const entry = await read(opened.muster, dn);
    expect(entry).toMatchObject({
      objectClass: ["top", "person", "organizationalPerson", "user"],
      cn: "defaults",
      name: "defaults",
      distinguishedName: dn,
      objectCategory: `CN=Person,CN=Schema,CN=Configuration,${BASE}`,
      userAccountControl: "546",
      sAMAccountType: "805306368",
      primaryGroupID: "513",
      accountExpires: "9223372036854775807",
      pwdLastSet: "0",
    });
    expect(entry.sAMAccountName).toMatch(/^\$/);
    expect(entry.objectGUID).toHaveLength(16);
    expect((entry.objectSid as Buffer).subarray(0, 8).toString("hex")).toBe("0105000000000005");
    expect(entry.whenCreated).toBe(entry.whenChanged);
  });

  it("knows the classes that an identity tool meets", async () => {
    const made = [
      [`CN=c1,${STAFF}`, { objectClass: "contact", mail: "c@x.example" }],
      [`CN=i1,${STAFF}`, { objectClass: "inetOrgPerson", sAMAccountName: "i1" }],
      [`CN=k1,${STAFF}`, { objectClass: "computer", sAMAccountName: "k1$" }],
      [`OU=o1,OU=People,${BASE}`, { objectClass: "organizationalUnit" }],
      [`CN=b1,${STAFF}`, { objectClass: "container" }],
      [`CN=g1,${GROUPS}`, { objectClass: ["top", "group"], sAMAccountName: "g1", groupType: "-2147483640" }],
    ] as const;
    for (const [dn, attributes] of made) await opened.muster.add(dn, attributes as Record<string, string | string[]>);
    expect(await read(opened.muster, `CN=g1,${GROUPS}`)).toMatchObject({ sAMAccountType: "268435456" });
    expect(await read(opened.muster, `CN=k1,${STAFF}`)).toMatchObject({
      sAMAccountType: "805306369",
      primaryGroupID: "515",
    });
    expect(await read(opened.muster, `OU=o1,OU=People,${BASE}`)).toMatchObject({ ou: "o1", name: "o1" });
    expect(await read(opened.muster, `CN=c1,${STAFF}`)).not.toHaveProperty("objectSid");
  });

  it("keeps hard names", async () => {
    const cn = 'Müller, Zoë "Z" #1 \\ +';
    const dn = `CN=Müller\\, Zoë \\"Z\\" #1 \\\\ \\+,${STAFF}`;
    await add({ displayName: cn }, dn);
    const { searchEntries } = await opened.muster.search(STAFF, { filter: `(displayName=Müller, Zoë "Z" #1 \\5c +)` });
    expect(searchEntries[0]).toMatchObject({ dn, cn, distinguishedName: dn });
    expect((await failure(add({}, `CN=C++ Team,${STAFF}`))).code).toBe(34);
  });

  it("entryAlreadyExists: name, without case and diacritics", async () => {
    await add({}, `CN=Jörg,${STAFF}`);
    const taken = { code: 68, text: expect.stringContaining("00002071: UpdErr") };
    expect(await failure(add({}, `CN=Jörg,${STAFF}`))).toEqual(taken);
    expect(await failure(add({}, `cn=JORG,${STAFF}`))).toEqual(taken);
    await add({}, `CN=Jörg,OU=Leavers,OU=People,${BASE}`);
  });

  it("entryAlreadyExists: sAMAccountName in the domain", async () => {
    await add({ sAMAccountName: "ana" });
    expect(await failure(add({ sAMAccountName: "ANA" }))).toEqual({
      code: 68,
      text: expect.stringContaining("00000524"),
    });
    const group = { objectClass: "group", sAMAccountName: "ana" };
    expect(await failure(opened.muster.add(`CN=ana,${GROUPS}`, group))).toEqual({
      code: 68,
      text: expect.stringContaining("00000526"),
    });
  });

  it("constraintViolation: userPrincipalName in the forest", async () => {
    await add({ userPrincipalName: "one@corp.example" });
    const text = expect.stringMatching(/000021C8: AtrErr.*CONSTRAINT_ATT_TYPE.*\(userPrincipalName\)/s);
    expect(await failure(add({ userPrincipalName: "One@corp.example" }))).toEqual({ code: 19, text });
  });

  it("other: sAMAccountName that is too long or has forbidden characters", async () => {
    const text = expect.stringContaining("00000523: SysErr");
    expect(await failure(add({ sAMAccountName: "a".repeat(21) }))).toEqual({ code: 80, text });
    for (const char of '"/\\[]:;|=,+*?<>@') {
      expect(await failure(add({ sAMAccountName: `a${char}b` }))).toEqual({ code: 80, text });
    }
    await add({ sAMAccountName: "a".repeat(20) });
  });

  it.each([
    ["givenName", 64],
    ["sn", 64],
    ["initials", 6],
    ["title", 128],
    ["department", 64],
    ["company", 64],
    ["employeeID", 16],
    ["employeeNumber", 512],
    ["employeeType", 256],
    ["displayName", 256],
    ["description", 1024],
    ["mail", 256],
    ["physicalDeliveryOfficeName", 128],
    ["telephoneNumber", 64],
    ["mobile", 64],
    ["streetAddress", 1024],
    ["l", 128],
    ["st", 128],
    ["co", 128],
    ["c", 3],
    ["postalCode", 40],
    ["userPrincipalName", 1024],
    ["info", 1024],
    ["extensionAttribute1", 1024],
  ])("constraintViolation: %s of more than %i characters", async (name, max) => {
    await add({ [name]: "x".repeat(max) });
    const long = await failure(add({ [name]: "x".repeat(max + 1) }));
    expect(long).toEqual({ code: 19, text: expect.stringMatching(new RegExp(`00002082.*\\(${name}\\)`, "s")) });
  });

  it("constraintViolation: a cn of more than 64 characters, two values of a single-valued attribute", async () => {
    await add({}, `CN=${"y".repeat(64)},${STAFF}`);
    expect((await failure(add({}, `CN=${"x".repeat(65)},${STAFF}`))).code).toBe(19);
    expect(await failure(add({ title: ["a", "b"] }))).toEqual({ code: 19, text: expect.stringContaining("00002081") });
    expect((await failure(add({ proxyAddresses: ["smtp:a@x", "SMTP:A@X"] }))).code).toBe(20);
  });

  it("unknown attribute 16, attribute of another class 65, empty value 21, bad number 21", async () => {
    expect(await failure(add({ noSuchAttribute: "x" }))).toEqual({
      code: 16,
      text: expect.stringContaining("00000057: LdapErr"),
    });
    expect(await failure(add({ groupType: "2" }))).toEqual({ code: 65, text: expect.stringContaining("0000207D") });
    expect((await failure(add({ canonicalName: "corp.example/x" }))).code).toBe(17);
    expect((await failure(add({ title: "" }))).code).toBe(21);
    expect((await failure(add({ countryCode: "many" }))).code).toBe(21);
    expect((await failure(add({ msExchHideFromAddressLists: "yes" }))).code).toBe(21);
  });

  it("objectClass: missing 65, unknown 16; wrong superior and wrong RDN type 64; missing parent 32", async () => {
    expect((await failure(opened.muster.add(`CN=n,${STAFF}`, { sn: "x" }))).code).toBe(65);
    expect((await failure(opened.muster.add(`CN=n,${STAFF}`, { objectClass: "alien" }))).code).toBe(16);
    expect((await failure(opened.muster.add(`CN=n,${STAFF}`, { objectClass: "person" }))).code).toBe(65);
    await add({}, `CN=leaf,${STAFF}`);
    expect((await failure(add({}, `CN=below,CN=leaf,${STAFF}`))).code).toBe(64);
    expect((await failure(add({}, `OU=n,${STAFF}`))).code).toBe(64);
    expect((await failure(add({}, `CN=n,OU=missing,${STAFF}`))).code).toBe(32);
  });

  it("references: a manager that is not there is constraintViolation 000020B5", async () => {
    const text = expect.stringMatching(/000020B5.*\(manager\)/s);
    expect(await failure(add({ manager: `CN=nobody,${STAFF}` }))).toEqual({ code: 19, text });
    expect((await failure(add({ manager: "not a name" }))).code).toBe(34);
  });

  it("what only the directory writes: objectGUID 19, objectSid and memberOf 53", async () => {
    expect(await failure(add({ objectGUID: "0123456789abcdef" }))).toEqual({
      code: 19,
      text: expect.stringContaining("000020B1"),
    });
    expect((await failure(add({ whenCreated: "20200101000000.0Z" }))).code).toBe(19);
    const group = `CN=Sales Drive,${GROUPS}`;
    expect(await failure(add({ memberOf: group }))).toEqual({ code: 53, text: expect.stringContaining("0000209A") });
    expect((await failure(add({ sAMAccountType: "1" }))).code).toBe(53);
  });

  it("an enabled account needs a password: with one it is created, without it is 0000052D", async () => {
    expect(await failure(add({ userAccountControl: "512" }))).toEqual({
      code: 53,
      text: expect.stringContaining("0000052D: SvcErr"),
    });
    await add({ userAccountControl: "514" });
    await add({ userAccountControl: "544" });
    const dn = `CN=enabled,${STAFF}`;
    const password = unicodePassword("Correct.Horse1") as unknown as string;
    await add({ userAccountControl: "512", unicodePwd: password }, dn);
    const entry = await read(opened.muster, dn);
    expect(entry.userAccountControl).toBe("512");
    expect(Number(entry.pwdLastSet)).toBeGreaterThan(0);
  });

  it("changes nothing when it fails", async () => {
    const before = (await read(opened.muster, "")).highestCommittedUSN;
    await failure(add({ sAMAccountName: "half", title: "x".repeat(200) }, `CN=half,${STAFF}`));
    expect((await read(opened.muster, "")).highestCommittedUSN).toBe(before);
    await addUser(opened.muster, "half");
  });
});
