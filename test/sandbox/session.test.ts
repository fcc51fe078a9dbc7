import { readFile, stat } from "node:fs/promises";
import { Control } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addUser,
  BASE,
  change,
  connect,
  failure,
  type Opened,
  openSandbox,
  read,
  STAFF,
  unicodePassword,
} from "./open-sandbox.js";

let opened: Opened;
beforeAll(async () => {
  opened = await openSandbox();
});
afterAll(() => opened.close());

describe("rootDSE (MS-ADTS 3.1.1.3.2)", () => {
  it("is read without a bind", async () => {
    const client = await connect(opened.sandbox);
    const root = await read(client, "");
    expect(root).toMatchObject({
      defaultNamingContext: BASE,
      rootDomainNamingContext: BASE,
      configurationNamingContext: `CN=Configuration,${BASE}`,
      schemaNamingContext: `CN=Schema,CN=Configuration,${BASE}`,
      supportedLDAPVersion: "3",
      dnsHostName: "dc1.corp.example",
      isGlobalCatalogReady: "TRUE",
    });
    expect(root.supportedControl).toEqual(expect.arrayContaining(["1.2.840.113556.1.4.319", "1.2.840.113556.1.4.417"]));
    expect(root.currentTime).toMatch(/^\d{14}\.0Z$/);
    await client.unbind();
  });

  it("counts the highest committed USN with every change", async () => {
    const usn = async (): Promise<number> => Number((await read(opened.muster, "")).highestCommittedUSN);
    const before = await usn();
    const dn = await addUser(opened.muster, "usn");
    expect(await usn()).toBe(before + 1);
    expect((await read(opened.muster, dn)).uSNChanged).toBe(String(before + 1));
    await opened.muster.modify(dn, change("replace", "title", "A"));
    await opened.muster.modify(dn, change("replace", "title", "A"));
    expect(await usn()).toBe(before + 2);
    expect((await read(opened.muster, dn)).uSNCreated).toBe(String(before + 1));
  });

  it("names the object that holds the invocation id", async () => {
    const { dsServiceName } = await read(opened.muster, "");
    const { searchEntries } = await opened.muster.search(String(dsServiceName), {
      scope: "base",
      attributes: ["invocationId"],
      explicitBufferAttributes: ["invocationId"],
    });
    expect(searchEntries[0]?.invocationId).toHaveLength(16);
  });
});

describe("bind (MS-ADTS 5.1.1.1.1)", () => {
  it("takes DN, userPrincipalName, DOMAIN\\sam and sam@domain", async () => {
    const password = await readFile(opened.sandbox.bindPasswordFile, "utf8");
    const names = [
      `CN=svc-muster,OU=Service Accounts,${BASE}`,
      "svc-muster@corp.example",
      "CORP\\svc-muster",
      "corp\\SVC-MUSTER",
    ];
    for (const name of names) {
      const client = await connect(opened.sandbox);
      await client.bind(name, password);
      expect((await client.exop("1.3.6.1.4.1.4203.1.11.3")).value).toBe("u:CORP\\svc-muster");
      await client.unbind();
    }
  });

  it("keeps the password in a file that only the owner may read", async () => {
    expect((await stat(opened.sandbox.bindPasswordFile)).mode & 0o777).toBe(0o600);
    expect((await stat(opened.sandbox.adminPasswordFile)).mode & 0o777).toBe(0o600);
  });

  it("answers invalidCredentials with 52e, and with 533, 773, 701, 775 only to the right password", async () => {
    const client = await connect(opened.sandbox);
    const attempt = (name: string, password: string): Promise<{ code: number; text: string }> =>
      failure(client.bind(name, password));
    expect(await attempt("svc-muster@corp.example", "wrong")).toEqual({
      code: 49,
      text: expect.stringContaining("data 52e"),
    });
    expect(await attempt("nobody@corp.example", "wrong")).toEqual({
      code: 49,
      text: expect.stringContaining("data 52e"),
    });
    const dn = await addUser(opened.admin, "binder", { userPrincipalName: "binder@corp.example" });
    await opened.admin.modify(dn, change("replace", "unicodePwd", unicodePassword("Correct.Horse1")));
    expect(await attempt(dn, "wrong")).toEqual({ code: 49, text: expect.stringContaining("data 52e") });
    expect(await attempt(dn, "Correct.Horse1")).toEqual({ code: 49, text: expect.stringContaining("data 533") });
    await opened.admin.modify(dn, change("replace", "userAccountControl", "512"));
    await client.bind("binder@corp.example", "Correct.Horse1");
    await opened.admin.modify(dn, change("replace", "pwdLastSet", "0"));
    expect((await attempt(dn, "Correct.Horse1")).text).toContain("data 773");
    await opened.admin.modify(dn, [change("replace", "pwdLastSet", "-1"), change("replace", "accountExpires", "1")]);
    expect((await attempt(dn, "Correct.Horse1")).text).toContain("data 701");
    await client.unbind();
  });

  it("lets anonymous read the rootDSE only: operationsError otherwise", async () => {
    const client = await connect(opened.sandbox);
    const text = expect.stringContaining("000004DC: LdapErr");
    expect(await failure(client.search(BASE, { scope: "base" }))).toEqual({ code: 1, text });
    expect(await failure(client.add(`CN=x,${STAFF}`, { objectClass: "user" }))).toEqual({ code: 1, text });
    expect(await failure(client.modify(STAFF, change("replace", "description", "x")))).toEqual({ code: 1, text });
    expect(await failure(client.modifyDN(STAFF, "OU=x"))).toEqual({ code: 1, text });
    expect(await failure(client.del(STAFF))).toEqual({ code: 1, text });
    expect(await failure(client.compare(STAFF, "ou", "Staff"))).toEqual({ code: 1, text });
    await client.unbind();
  });

  it("refuses an unknown critical control (12) and ignores one that is not critical", async () => {
    const options = { scope: "base" as const };
    expect((await failure(opened.muster.search(BASE, options, new Control("1.2.3.4", { critical: true })))).code).toBe(
      12,
    );
    await opened.muster.search(BASE, options, new Control("1.2.3.4", { critical: false }));
  });
});

describe("access", () => {
  it("lets the delegated account write people and groups, nothing else", async () => {
    const dn = await addUser(opened.muster, "delegated");
    await opened.muster.modify(dn, change("replace", "title", "x"));
    const denied = { code: 50, text: expect.stringContaining("INSUFF_ACCESS_RIGHTS") };
    const user = { objectClass: "user" };
    expect(await failure(opened.muster.add(`CN=x,CN=Users,${BASE}`, user))).toEqual(denied);
    const own = `CN=svc-muster,OU=Service Accounts,${BASE}`;
    expect(await failure(opened.muster.modify(own, change("replace", "title", "x")))).toEqual(denied);
    const group = `CN=Domain Admins,CN=Users,${BASE}`;
    expect(await failure(opened.muster.modify(group, change("add", "member", dn)))).toEqual(denied);
    expect(await failure(opened.muster.modifyDN(dn, `CN=delegated,CN=Users,${BASE}`))).toEqual(denied);
    expect(await failure(opened.muster.del(own))).toEqual(denied);
  });

  it("keeps it away from protected principals (adminCount 1)", async () => {
    const dn = await addUser(opened.admin, "protected", { adminCount: "1" });
    expect((await failure(opened.muster.modify(dn, change("replace", "title", "x")))).code).toBe(50);
    await opened.admin.modify(dn, change("replace", "title", "x"));
  });

  it("lets an ordinary account change its own password with the old one, and nothing more", async () => {
    const dn = await addUser(opened.admin, "ordinary");
    const [old, fresh] = [unicodePassword("Old.Pass-word1"), unicodePassword("New.Pass-word1")];
    await opened.admin.modify(dn, [
      change("replace", "unicodePwd", old),
      change("replace", "userAccountControl", "512"),
    ]);
    const client = await connect(opened.sandbox);
    await client.bind(dn, "Old.Pass-word1");
    expect((await failure(client.modify(dn, change("replace", "title", "x")))).code).toBe(50);
    const wrong = [change("delete", "unicodePwd", fresh), change("add", "unicodePwd", old)];
    expect(await failure(client.modify(dn, wrong))).toEqual({ code: 19, text: expect.stringContaining("00000056") });
    const weak = [change("delete", "unicodePwd", old), change("add", "unicodePwd", unicodePassword("short"))];
    expect(await failure(client.modify(dn, weak))).toEqual({
      code: 19,
      text: expect.stringContaining("0000052D: AtrErr"),
    });
    await client.modify(dn, [change("delete", "unicodePwd", old), change("add", "unicodePwd", fresh)]);
    await client.bind(dn, "New.Pass-word1");
    expect((await failure(client.bind(dn, "Old.Pass-word1"))).code).toBe(49);
  });
});
