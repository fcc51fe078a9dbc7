import { randomUUID } from "node:crypto";
import { Control, EqualityFilter } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_SEED } from "../../reconciler/sandbox/seed.js";
import {
  addUser,
  BASE,
  change,
  failure,
  GROUPS,
  type Opened,
  openSandbox,
  read,
  SHOW_DELETED,
  STAFF,
} from "./open-sandbox.js";

let opened: Opened;
beforeAll(async () => {
  opened = await openSandbox({ seed: "default" });
});
afterAll(() => opened.close());

async function names(filter: string, base = `OU=People,${BASE}`): Promise<string[]> {
  const { searchEntries } = await opened.muster.search(base, { filter, attributes: ["sAMAccountName"] });
  return searchEntries.map((entry) => String(entry.sAMAccountName)).sort();
}

describe("scope", () => {
  it("base, one and sub", async () => {
    const count = async (scope: "base" | "one" | "sub"): Promise<number> =>
      (await opened.muster.search(`OU=People,${BASE}`, { scope, attributes: ["1.1"] })).searchEntries.length;
    expect(await count("base")).toBe(1);
    expect(await count("one")).toBe(3);
    expect(await count("sub")).toBe(4 + DEFAULT_SEED.length);
  });

  it("does not follow into other naming contexts but refers to them", async () => {
    const all = await opened.muster.search(BASE, { attributes: ["1.1"] });
    expect(all.searchEntries.some((entry) => entry.dn.includes("CN=Configuration"))).toBe(false);
    expect(all.searchReferences).toEqual([`ldap://corp.example/CN=Configuration,${BASE}`]);
    const domainScope = new Control("1.2.840.113556.1.4.1339", { critical: true });
    expect((await opened.muster.search(BASE, { attributes: ["1.1"] }, domainScope)).searchReferences).toEqual([]);
  });

  it("answers noSuchObject with the deepest entry that exists", async () => {
    const missing = await failure(opened.muster.search(`CN=a,OU=b,${STAFF}`, { scope: "base" }));
    expect(missing).toEqual({ code: 32, text: expect.stringContaining(`best match of:\n\t'${STAFF}'`) });
    expect((await failure(opened.muster.search("DC=other", { scope: "base" }))).code).toBe(32);
    expect((await failure(opened.muster.search("rubbish", { scope: "base" }))).code).toBe(34);
  });

  it("finds an entry by <GUID=...> and <SID=...>", async () => {
    const entry = await read(opened.muster, `CN=Terri Duffy,${STAFF}`, ["objectGUID", "objectSid"]);
    const guid = entry.objectGUID as Buffer;
    expect((await read(opened.muster, `<GUID=${guid.toString("hex")}>`)).cn).toBe("Terri Duffy");
    expect((await read(opened.muster, `<SID=${(entry.objectSid as Buffer).toString("hex")}>`)).cn).toBe("Terri Duffy");
    expect((await failure(opened.muster.search(`<GUID=${randomUUID()}>`, { scope: "base" }))).code).toBe(32);
  });
});

describe("filters", () => {
  it("compares without case and without diacritics", async () => {
    expect(await names("(sAMAccountName=KEN0)")).toEqual(["ken0"]);
    expect(await names("(sn=sanchez)")).toEqual(["ken0"]);
    expect(await names("(cn=francois ajenstat)")).toEqual(["françois0"]);
  });

  it("and, or, not, presence, substrings", async () => {
    expect(await names("(&(department=Tool Design)(objectClass=user))")).toEqual(["rob0", "thierry0"]);
    expect(await names("(|(employeeID=1)(employeeID=2)(mail=dylan0@adventure-works.com))")).toEqual([
      "dylan0",
      "ken0",
      "terri0",
    ]);
    expect(await names("(&(objectClass=user)(!(employeeID=*)))")).toEqual(["brian3", "kiosk-test", "novotna.p"]);
    expect(await names("(mail=ro*@adventure*com)")).toEqual(["rob0", "roberto0"]);
    expect(await names("(displayName=*scott*)")).toEqual(["ascott0"]);
    expect(await names("(sAMAccountName=*0)")).toContain("ken0");
  });

  it("treats what it does not know as undefined, also under not (RFC 4511 4.5.1.7)", async () => {
    expect(await names("(noSuchAttribute=x)")).toEqual([]);
    expect(await names("(!(noSuchAttribute=x))")).toEqual([]);
    expect(await names("(|(noSuchAttribute=x)(sAMAccountName=ken0))")).toEqual(["ken0"]);
  });

  it("orders numbers as numbers", async () => {
    const { uSNCreated } = await read(opened.muster, `CN=Ken Sánchez,${STAFF}`);
    expect(await names(`(&(uSNCreated>=${uSNCreated})(uSNCreated<=${uSNCreated}))`)).toEqual(["ken0"]);
    expect(await names("(uSNCreated>=100000)")).toEqual([]);
  });

  it("bit rules 803 and 804", async () => {
    const dn = `CN=Rob Walters,${STAFF}`;
    await opened.muster.modify(dn, change("replace", "userAccountControl", "514"));
    expect(await names("(userAccountControl:1.2.840.113556.1.4.803:=2)")).toEqual(["rob0"]);
    expect(await names("(userAccountControl:1.2.840.113556.1.4.803:=514)")).toEqual(["rob0"]);
    expect(await names("(&(employeeID=4)(userAccountControl:1.2.840.113556.1.4.804:=10))")).toEqual(["rob0"]);
    expect(await names("(&(employeeID=2)(userAccountControl:1.2.840.113556.1.4.804:=10))")).toEqual([]);
    await opened.muster.modify(dn, change("replace", "userAccountControl", "512"));
  });

  it("compares references, back-links and the transitive rule", async () => {
    expect(await names(`(manager=CN=Terri Duffy,${STAFF})`)).toEqual(["roberto0"]);
    expect(await names(`(memberOf=cn=sales drive,${GROUPS})`)).toEqual(["brian3", "david0", "kiosk-test"]);
    expect(await names(`(directReports=CN=Dylan Miller,${STAFF})`)).toEqual(["roberto0"]);
    await opened.muster.add(`CN=Outer,${GROUPS}`, { objectClass: "group", sAMAccountName: "Outer" });
    await opened.muster.modify(`CN=Outer,${GROUPS}`, change("add", "member", `CN=Sales Drive,${GROUPS}`));
    expect(await names(`(memberOf=CN=Outer,${GROUPS})`)).toEqual([]);
    expect(await names(`(memberOf:1.2.840.113556.1.4.1941:=CN=Outer,${GROUPS})`)).toEqual([
      "brian3",
      "david0",
      "kiosk-test",
    ]);
  });

  it("finds by the bytes of objectGUID and by object category", async () => {
    const { objectGUID } = await read(opened.muster, `CN=Gigi Matthew,${STAFF}`, ["objectGUID"]);
    const filter = new EqualityFilter({ attribute: "objectGUID", value: objectGUID as Buffer });
    const found = await opened.muster.search(BASE, { filter, attributes: ["cn"] });
    expect(found.searchEntries.map((entry) => entry.cn)).toEqual(["Gigi Matthew"]);
    expect(await names("(objectCategory=person)")).toHaveLength(DEFAULT_SEED.length);
  });
});

describe("attributes of the answer", () => {
  it("selects, without case, and shows the schema's spelling", async () => {
    const entry = await read(opened.muster, `CN=Ken Sánchez,${STAFF}`, ["GIVENNAME"]);
    expect(entry.givenName).toBe("Ken");
    expect(entry).not.toHaveProperty("sn");
    expect(await read(opened.muster, `CN=Ken Sánchez,${STAFF}`, ["1.1"])).toEqual({
      dn: `CN=Ken Sánchez,${STAFF}`,
      "1.1": [],
    });
  });

  it("never shows unicodePwd, and constructed attributes only when they are asked for", async () => {
    const dn = `CN=Ken Sánchez,${STAFF}`;
    expect(await read(opened.muster, dn)).not.toHaveProperty("unicodePwd");
    expect((await read(opened.muster, dn, ["unicodePwd"])).unicodePwd).toEqual([]);
    expect(await names("(unicodePwd=*)")).toEqual([]);
    expect(await read(opened.muster, dn)).not.toHaveProperty("canonicalName");
    const asked = await read(opened.muster, dn, ["*", "canonicalName", "msDS-PrincipalName"]);
    expect(asked).toMatchObject({
      canonicalName: "corp.example/People/Staff/Ken Sánchez",
      "msDS-PrincipalName": "CORP\\ken0",
      sn: "Sánchez",
    });
  });
});

describe("limits", () => {
  const PEOPLE = 1620;
  let dns: string[];
  beforeAll(async () => {
    dns = await Promise.all(Array.from({ length: PEOPLE }, (_, i) => addUser(opened.muster, `many${i}`)));
  });

  it("answers sizeLimitExceeded beyond MaxPageSize, and pages through everything", async () => {
    const filter = "(sAMAccountName=many*)";
    expect((await failure(opened.muster.search(BASE, { filter, attributes: ["1.1"] }))).code).toBe(4);
    for (const pageSize of [100, 1000, 5000]) {
      const paged = await opened.muster.search(BASE, { filter, attributes: ["1.1"], paged: { pageSize } });
      expect(new Set(paged.searchEntries.map((entry) => entry.dn)).size).toBe(PEOPLE);
      expect(paged.searchReferences).toHaveLength(1);
    }
  });

  it("gives pages of at most 1,000, and the client's own size limit counts", async () => {
    const options = { filter: "(sAMAccountName=many*)", attributes: ["1.1"], paged: { pageSize: 5000 } };
    const sizes: number[] = [];
    for await (const page of opened.muster.searchPaginated(STAFF, options)) sizes.push(page.searchEntries.length);
    expect(sizes).toEqual([1000, PEOPLE - 1000]);
    const few = await opened.muster.search(STAFF, { filter: "(sAMAccountName=many*)", sizeLimit: 7 });
    expect(few.searchEntries).toHaveLength(7);
  });

  it("gives ranges of more than 1,500 values (MS-ADTS 3.1.1.3.1.3.3)", async () => {
    const dn = `CN=Huge,${GROUPS}`;
    await opened.muster.add(dn, { objectClass: "group", sAMAccountName: "Huge", member: dns });
    const first = await read(opened.muster, dn, ["member"]);
    expect(first.member).toEqual([]);
    const one = first["member;range=0-1499"] as string[];
    expect(one).toHaveLength(1500);
    const second = await read(opened.muster, dn, ["member;range=1500-*"]);
    const two = second["member;range=1500-*"] as string[];
    expect(new Set([...one, ...two])).toEqual(new Set(dns));
    const middle = await read(opened.muster, dn, ["member;range=10-19"]);
    expect(middle["member;range=10-19"]).toEqual(one.slice(10, 20));
    expect((await failure(read(opened.muster, dn, ["member;range=1620-*"]))).code).toBe(1);
  });
});

describe("deleted objects", () => {
  it("are shown with the control only, in CN=Deleted Objects", async () => {
    const dn = await addUser(opened.muster, "gone", { mail: "gone@corp.example" });
    const { objectGUID } = await read(opened.muster, dn, ["objectGUID"]);
    await opened.muster.del(dn);
    expect(await names("(sAMAccountName=gone)", BASE)).toEqual([]);
    const guid = `<GUID=${(objectGUID as Buffer).toString("hex")}>`;
    expect((await failure(read(opened.muster, guid))).code).toBe(32);
    const tombstone = await read(opened.muster, guid, [], [SHOW_DELETED()]);
    expect(tombstone).toMatchObject({ isDeleted: "TRUE", lastKnownParent: STAFF, "msDS-LastKnownRDN": "gone" });
    expect(tombstone).not.toHaveProperty("sAMAccountType");
    expect(tombstone).not.toHaveProperty("objectCategory");
    expect(tombstone.dn).toMatch(/^CN=gone\\0ADEL:[0-9a-f-]{36},CN=Deleted Objects,DC=corp,DC=example$/);
    const filter = "(&(isDeleted=TRUE)(sAMAccountName=gone))";
    const found = await opened.muster.search(BASE, { filter }, SHOW_DELETED());
    expect(found.searchEntries).toHaveLength(1);
  });
});
