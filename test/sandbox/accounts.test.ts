import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addUser,
  change,
  connect,
  failure,
  GROUPS,
  type Opened,
  openSandbox,
  read,
  unicodePassword,
} from "./open-sandbox.js";

const NOW = new Date("2026-12-01T08:30:00Z");
/** 2026-12-01T08:30:00Z in 100 ns since 1601: (1796113800 + 11644473600) * 10^7. */
const NOW_FILETIME = "134405874000000000";

let opened: Opened;
let serial = 0;
beforeAll(async () => {
  opened = await openSandbox({ now: () => NOW });
});
afterAll(() => opened.close());

const fresh = (attributes: Record<string, string> = {}): Promise<string> =>
  addUser(opened.muster, `a${serial++}`, attributes);
const set = (dn: string, name: string, value: string | Buffer): Promise<void> =>
  opened.muster.modify(dn, change("replace", name, value));
const control = async (dn: string): Promise<unknown> => (await read(opened.muster, dn)).userAccountControl;
const weak = { code: 53, text: expect.stringContaining("0000052D: SvcErr") };
const malformed = { code: 53, text: expect.stringContaining("0000001F: SvcErr") };

describe("userAccountControl (MS-SAMR 3.1.1.8.10)", () => {
  it("cannot enable an account that has no password", async () => {
    const dn = await fresh();
    expect(await failure(set(dn, "userAccountControl", "512"))).toEqual(weak);
    expect(await control(dn)).toBe("546");
    await set(dn, "unicodePwd", unicodePassword("Correct.Horse1"));
    await set(dn, "userAccountControl", "512");
    await set(dn, "userAccountControl", "514");
    expect(await control(dn)).toBe("514");
  });

  it("enables without one when PASSWD_NOTREQD is set, and refuses to take that bit away", async () => {
    const dn = await fresh();
    await set(dn, "userAccountControl", "544");
    expect(await failure(set(dn, "userAccountControl", "512"))).toEqual(weak);
  });

  it("takes password and enabling in one modify", async () => {
    const dn = await fresh();
    const both = [
      change("replace", "unicodePwd", unicodePassword("Correct.Horse1")),
      change("replace", "userAccountControl", "512"),
    ];
    await opened.muster.modify(dn, both);
    expect(await control(dn)).toBe("512");
  });

  it("adds NORMAL_ACCOUNT, drops computed bits, refuses machine and duplicate accounts", async () => {
    const dn = await fresh();
    await set(dn, "userAccountControl", "2");
    expect(await control(dn)).toBe("514");
    await set(dn, "userAccountControl", String(514 | 0x10 | 0x800000));
    expect(await control(dn)).toBe("514");
    expect((await failure(set(dn, "userAccountControl", String(0x1002)))).code).toBe(65);
    expect((await failure(set(dn, "userAccountControl", String(0x102)))).code).toBe(80);
  });
});

describe("unicodePwd (MS-ADTS 3.1.1.3.1.5.1)", () => {
  it("is UTF-16LE in quotation marks; any other form is refused", async () => {
    const dn = await fresh();
    expect(await failure(set(dn, "unicodePwd", Buffer.from('"Correct.Horse1"', "utf8")))).toEqual(malformed);
    expect(await failure(set(dn, "unicodePwd", Buffer.from("Correct.Horse1", "utf16le")))).toEqual(malformed);
    expect(await failure(set(dn, "unicodePwd", "x"))).toEqual(malformed);
    const add = change("add", "unicodePwd", unicodePassword("Correct.Horse1"));
    expect(await failure(opened.muster.modify(dn, add))).toEqual(malformed);
    expect(await failure(opened.muster.modify(dn, change("delete", "unicodePwd")))).toEqual(malformed);
  });

  it("follows the default domain policy: 7 characters, three of five classes, no name in it", async () => {
    const dn = await fresh({ displayName: "Zoë Müller-Lüdenscheidt" });
    const refused = ["Ab1.xy", "onlylowercase", "lower123456", "Müller.12345", "A2.LÜDENSCHEIDT"];
    for (const password of refused) {
      expect(await failure(set(dn, "unicodePwd", unicodePassword(password))), password).toEqual(weak);
    }
    const name = await addUser(opened.muster, "longname");
    expect(await failure(set(name, "unicodePwd", unicodePassword("X1.LongName")))).toEqual(weak);
    for (const password of ["Abc.123", "lower.123", "ÄÖÜß123", "漢字.1234"]) {
      await set(dn, "unicodePwd", unicodePassword(password));
    }
  });

  it("sets pwdLastSet to now, or leaves 0 when the same modify asks for a change at logon", async () => {
    const dn = await fresh();
    await set(dn, "unicodePwd", unicodePassword("Correct.Horse1"));
    expect((await read(opened.muster, dn)).pwdLastSet).toBe(NOW_FILETIME);
    await opened.muster.modify(dn, [
      change("replace", "unicodePwd", unicodePassword("Correct.Horse2")),
      change("replace", "pwdLastSet", "0"),
    ]);
    expect((await read(opened.muster, dn)).pwdLastSet).toBe("0");
    await set(dn, "pwdLastSet", "-1");
    expect((await read(opened.muster, dn)).pwdLastSet).toBe(NOW_FILETIME);
    expect((await failure(set(dn, "pwdLastSet", "12345"))).code).toBe(53);
  });

  it("is what a bind checks from then on", async () => {
    const dn = await fresh();
    const client = await connect(opened.sandbox);
    for (const password of ["Correct.Horse1", "Correct.Horse2"]) {
      const both = [
        change("replace", "unicodePwd", unicodePassword(password)),
        change("replace", "userAccountControl", "512"),
      ];
      await opened.muster.modify(dn, both);
      await client.bind(dn, password);
    }
    expect((await failure(client.bind(dn, "Correct.Horse1"))).code).toBe(49);
    await client.unbind();
  });
});

describe("names", () => {
  it("are unique on modify too, but may be written again by their holder", async () => {
    const first = await fresh({ userPrincipalName: "held@corp.example" });
    const other = await fresh();
    const { sAMAccountName } = await read(opened.muster, first);
    expect((await failure(set(other, "sAMAccountName", String(sAMAccountName)))).code).toBe(68);
    const upn = await failure(set(other, "userPrincipalName", "HELD@corp.example"));
    expect(upn).toEqual({ code: 19, text: expect.stringContaining("000021C8") });
    await set(first, "userPrincipalName", "Held@corp.example");
    await set(first, "sAMAccountName", String(sAMAccountName).toUpperCase());
    expect((await failure(set(first, "sAMAccountName", "a".repeat(21)))).code).toBe(80);
  });

  it("are free once the holder is deleted or renamed", async () => {
    const first = await fresh({ userPrincipalName: "free@corp.example" });
    await set(first, "userPrincipalName", "other@corp.example");
    const second = await fresh({ userPrincipalName: "free@corp.example" });
    await opened.muster.del(second);
    await fresh({ userPrincipalName: "free@corp.example" });
  });
});

describe("numbers and times", () => {
  it("accountExpires and adminCount are integers, lockoutTime can only be cleared", async () => {
    const dn = await fresh();
    await set(dn, "accountExpires", NOW_FILETIME);
    await set(dn, "lockoutTime", "0");
    expect(await read(opened.muster, dn)).toMatchObject({ accountExpires: NOW_FILETIME, lockoutTime: "0" });
    expect((await failure(set(dn, "lockoutTime", "1"))).code).toBe(53);
    expect((await failure(set(dn, "accountExpires", "never"))).code).toBe(21);
    expect((await failure(set(dn, "accountExpires", "9223372036854775808"))).code).toBe(21);
    await opened.admin.modify(dn, change("replace", "adminCount", "1"));
  });

  it("whenCreated and whenChanged go by the clock that was given", async () => {
    expect(await read(opened.muster, await fresh())).toMatchObject({ whenCreated: "20261201083000.0Z" });
  });

  it("group types: global to domain local is refused, by way of universal it is not", async () => {
    const dn = `CN=Typed,${GROUPS}`;
    await opened.muster.add(dn, { objectClass: "group", sAMAccountName: "Typed" });
    const group = async (): Promise<Record<string, unknown>> => read(opened.muster, dn);
    expect(await group()).toMatchObject({ groupType: "-2147483646", sAMAccountType: "268435456" });
    expect((await failure(set(dn, "groupType", "-2147483644"))).code).toBe(53);
    await set(dn, "groupType", "8");
    expect(await group()).toMatchObject({ sAMAccountType: "268435457" });
    await set(dn, "groupType", "-2147483644");
    expect(await group()).toMatchObject({ sAMAccountType: "536870912" });
    expect((await failure(set(dn, "groupType", "6"))).code).toBe(53);
  });
});
