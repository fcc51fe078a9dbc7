import { Control } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addUser, BASE, change, failure, GROUPS, type Opened, openSandbox, read, STAFF } from "./open-sandbox.js";

let opened: Opened;
let serial = 0;
beforeAll(async () => {
  opened = await openSandbox();
});
afterAll(() => opened.close());

const fresh = (attributes: Record<string, string | string[]> = {}): Promise<string> =>
  addUser(opened.muster, `m${serial++}`, attributes);
const modify = (dn: string, ...changes: ReturnType<typeof change>[]): Promise<void> =>
  opened.muster.modify(dn, changes);
const fails = (dn: string, ...changes: ReturnType<typeof change>[]): ReturnType<typeof failure> =>
  failure(modify(dn, ...changes));
const code = (number: number, text: string): unknown => ({ code: number, text: expect.stringContaining(text) });
const PERMISSIVE = (): Control => new Control("1.2.840.113556.1.4.1413", { critical: true });

describe("modify (MS-ADTS 3.1.1.5.3)", () => {
  it("adds, replaces and deletes values", async () => {
    const dn = await fresh({ title: "Old" });
    await modify(dn, change("delete", "title", "old"), change("add", "title", "New"), change("add", "sn", "S"));
    expect(await read(opened.muster, dn)).toMatchObject({ title: "New", sn: "S" });
    await modify(dn, change("replace", "title"), change("delete", "sn"), change("replace", "department"));
    const entry = await read(opened.muster, dn);
    expect(entry).not.toHaveProperty("title");
    expect(entry).not.toHaveProperty("sn");
  });

  it("is all or nothing", async () => {
    const dn = await fresh({ title: "Old", department: "D" });
    const before = await read(opened.muster, dn);
    const wrong = await fails(dn, change("replace", "department", "E"), change("delete", "title", "Other"));
    expect(wrong).toEqual(code(16, "00002085: AtrErr"));
    expect(await read(opened.muster, dn)).toEqual(before);
  });

  it("noSuchAttribute: a value or an attribute that is not there", async () => {
    const dn = await fresh({ title: "Old" });
    expect(await fails(dn, change("delete", "title", "Older"))).toEqual(code(16, "NO_ATTRIBUTE_OR_VAL"));
    expect(await fails(dn, change("delete", "department"))).toEqual(code(16, "00002084"));
    expect(await fails(dn, change("replace", "noSuchAttribute", "x"))).toEqual(code(16, "00000057: LdapErr"));
  });

  it("attributeOrValueExists: a value that is there, a second value of a single-valued attribute", async () => {
    const dn = await fresh({ title: "Old", proxyAddresses: ["SMTP:a@x"], description: "one" });
    expect(await fails(dn, change("add", "proxyAddresses", "smtp:A@X"))).toEqual(code(20, "00002083"));
    expect(await fails(dn, change("add", "title", "New"))).toEqual(code(20, "00002081"));
    expect((await fails(dn, change("add", "description", "two"))).code).toBe(20);
    await modify(dn, change("add", "proxyAddresses", "smtp:b@x", "smtp:c@x"));
    expect((await read(opened.muster, dn)).proxyAddresses).toEqual(["SMTP:a@x", "smtp:b@x", "smtp:c@x"]);
  });

  it("two values by replace are attributeOrValueExists, a long one is constraintViolation", async () => {
    const dn = await fresh();
    expect(await fails(dn, change("replace", "title", "a", "b"))).toEqual(code(20, "00002081"));
    expect(await fails(dn, change("replace", "title", "x".repeat(129)))).toEqual(code(19, "00002082"));
    expect((await fails(dn, change("replace", "title", ""))).code).toBe(21);
  });

  it("keeps description multi-valued where SAM does not care", async () => {
    const dn = `OU=described${serial++},OU=People,${BASE}`;
    await opened.muster.add(dn, { objectClass: "organizationalUnit", description: ["one", "two"] });
    expect((await read(opened.muster, dn)).description).toEqual(["one", "two"]);
  });

  it("does not let a client write what belongs to the directory", async () => {
    const dn = await fresh();
    expect(await fails(dn, change("replace", "objectGUID", "0123456789abcdef"))).toEqual(code(19, "000020B1"));
    expect((await fails(dn, change("replace", "uSNChanged", "1"))).code).toBe(19);
    expect((await fails(dn, change("replace", "distinguishedName", `CN=x,${STAFF}`))).code).toBe(19);
    expect((await fails(dn, change("add", "directReports", `CN=x,${STAFF}`))).code).toBe(19);
    expect(await fails(dn, change("replace", "objectSid", "S-1-5-21-1-2-3-500"))).toEqual(code(53, "0000209A"));
    expect((await fails(dn, change("add", "memberOf", `CN=Sales Drive,${GROUPS}`))).code).toBe(53);
    expect((await fails(dn, change("replace", "lastLogon", "1"))).code).toBe(53);
    expect((await fails(dn, change("replace", "objectClass", "contact"))).code).toBe(53);
    expect(await fails(dn, change("replace", "cn", "other"))).toEqual(code(67, "00002016"));
    expect((await fails(dn, change("replace", "name", "other"))).code).toBe(67);
  });

  it("does not let the mandatory attributes of an account go", async () => {
    const dn = await fresh();
    for (const name of ["sAMAccountName", "userAccountControl", "primaryGroupID", "accountExpires", "countryCode"]) {
      expect((await fails(dn, change("delete", name))).code).toBe(53);
    }
  });

  it("permissive modify: adding what is there and deleting what is not is success", async () => {
    const dn = await fresh({ proxyAddresses: ["smtp:a@x"] });
    const changes = [change("add", "proxyAddresses", "smtp:a@x", "smtp:b@x"), change("delete", "otherMobile", "1")];
    await opened.muster.modify(dn, changes, PERMISSIVE());
    expect((await read(opened.muster, dn)).proxyAddresses).toEqual(["smtp:a@x", "smtp:b@x"]);
  });

  it("answers noSuchObject for an entry that is not there", async () => {
    expect(await fails(`CN=nobody,${STAFF}`, change("replace", "title", "x"))).toEqual(code(32, "0000208D: NameErr"));
  });
});

describe("references", () => {
  it("members: existing 68, not a member 53, nobody 32", async () => {
    const [a, b, c] = [await fresh(), await fresh(), await fresh()];
    const group = `CN=Engineering,${GROUPS}`;
    await modify(group, change("add", "member", a, b));
    expect(await fails(group, change("add", "member", c, a))).toEqual(code(68, "00000562: UpdErr"));
    expect(await fails(group, change("delete", "member", a, c))).toEqual(code(53, "00000561: SvcErr"));
    expect(await fails(group, change("add", "member", `CN=nobody,${STAFF}`))).toEqual(code(32, "00000525: NameErr"));
    expect((await read(opened.muster, group)).member).toEqual([a, b]);
    expect((await read(opened.muster, a)).memberOf).toBe(group);
    await modify(group, change("delete", "member", a), change("add", "member", c));
    expect((await read(opened.muster, group)).member).toEqual([b, c]);
    await opened.muster.modify(group, [change("add", "member", b), change("delete", "member", a)], PERMISSIVE());
    await modify(group, change("replace", "member", a));
    expect((await read(opened.muster, group)).member).toBe(a);
    expect(await read(opened.muster, b)).not.toHaveProperty("memberOf");
  });

  it("a change of members changes the group's uSNChanged, not the member's", async () => {
    const dn = await fresh();
    const group = `CN=VPN Users,${GROUPS}`;
    const usn = async (name: string): Promise<unknown> => (await read(opened.muster, name)).uSNChanged;
    const [member, before] = [await usn(dn), await usn(group)];
    await modify(
      group,
      change("add", "member", `<GUID=${((await read(opened.muster, dn)).objectGUID as Buffer).toString("hex")}>`),
    );
    expect(await usn(dn)).toBe(member);
    expect(await usn(group)).not.toBe(before);
  });

  it("the primary group counts as membership and can be changed to one that the account is in", async () => {
    const dn = await fresh();
    const users = `CN=Domain Users,CN=Users,${BASE}`;
    const add = failure(opened.admin.modify(users, change("add", "member", dn)));
    expect(await add).toEqual(code(68, "00000562"));
    const group = `CN=Primary,${GROUPS}`;
    await opened.muster.add(group, { objectClass: "group", sAMAccountName: "Primary" });
    const { primaryGroupToken } = await read(opened.muster, group, ["primaryGroupToken"]);
    expect(await fails(dn, change("replace", "primaryGroupID", String(primaryGroupToken)))).toEqual(
      code(53, "00000529"),
    );
    await modify(group, change("add", "member", dn));
    await modify(dn, change("replace", "primaryGroupID", String(primaryGroupToken)));
    expect(await read(opened.muster, group)).not.toHaveProperty("member");
    expect((await read(opened.muster, users)).member).toBe(dn);
    expect(await failure(opened.muster.del(group))).toEqual(code(68, "0000055E"));
  });

  it("manager: one value, compared by entry; nobody is constraintViolation 000020B5", async () => {
    const [boss, other] = [await fresh(), await fresh()];
    const dn = await fresh({ manager: boss });
    expect((await read(opened.muster, boss)).directReports).toBe(dn);
    expect(await fails(dn, change("add", "manager", other))).toEqual(code(20, "00002081"));
    expect(await fails(dn, change("delete", "manager", other))).toEqual(code(16, "00002085"));
    expect(await fails(dn, change("replace", "manager", `CN=nobody,${STAFF}`))).toEqual(code(19, "000020B5"));
    expect((await fails(dn, change("replace", "manager", "rubbish"))).code).toBe(34);
    expect(await fails(dn, change("replace", "manager", boss, other))).toEqual(code(19, "00002081"));
    await modify(dn, change("delete", "manager", boss.toUpperCase()), change("add", "manager", other));
    expect((await read(opened.muster, dn)).manager).toBe(other);
    expect(await read(opened.muster, boss)).not.toHaveProperty("directReports");
  });
});
