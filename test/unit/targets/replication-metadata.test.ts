/** What a domain controller remembers of the last change of an attribute, in both forms. */
import { describe, expect, it } from "vitest";
import {
  attributeMetaData,
  propertyMetaData,
  stampChanges,
} from "../../../reconciler/sandbox/directory/replication.js";
import { CLASSES } from "../../../reconciler/sandbox/directory/schema.js";
import {
  attributeType,
  parseMetaDataXml,
  parsePropertyMetaData,
} from "../../../reconciler/targets/active-directory/replication-metadata.js";

/** An entry as replPropertyMetaData has it; seconds since 1601. */
function row(type: number, version: number, seconds: bigint, invocation: string): Buffer {
  const out = Buffer.alloc(48);
  out.writeUInt32LE(type, 0);
  out.writeUInt32LE(version, 4);
  out.writeBigUInt64LE(seconds, 8);
  Buffer.from(invocation, "hex").copy(out, 16);
  out.writeBigUInt64LE(5000n, 32);
  out.writeBigUInt64LE(4000n, 40);
  return out;
}

function blob(count: number, ...rows: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(count, 8);
  return Buffer.concat([header, ...rows]);
}

const INVOCATION = "00112233445566778899aabbccddeeff";
const DASHED = "33221100-5544-7766-8899-aabbccddeeff";

describe("replPropertyMetaData", () => {
  it("has a stamp for each ATTRTYP", () => {
    // 2001-09-09T01:46:40Z is 1,000,000,000 s after 1970, and 1970 begins 11,644,473,600 s after 1601.
    const bytes = blob(2, row(12, 3, 12_644_473_600n, INVOCATION), row(0x90001, 1, 11_644_473_600n, INVOCATION));
    expect([...parsePropertyMetaData(bytes)]).toEqual([
      [12, { at: "2001-09-09T01:46:40Z", version: 3, invocation: DASHED, dsa: null }],
      [0x90001, { at: "1970-01-01T00:00:00Z", version: 1, invocation: DASHED, dsa: null }],
    ]);
  });

  it("of another version, cut short, or with an impossible time has none", () => {
    const whole = blob(1, row(12, 3, 12_644_473_600n, INVOCATION));
    const other = Buffer.from(whole);
    other.writeUInt32LE(2, 0);
    for (const bytes of [Buffer.alloc(0), whole.subarray(0, 15), whole.subarray(0, 63), other, blob(1)])
      expect(parsePropertyMetaData(bytes).size).toBe(0);
    expect(parsePropertyMetaData(blob(1, row(12, 3, 2n ** 64n - 1n, INVOCATION))).size).toBe(0);
  });

  it("of Samba is read: the title was set at 15:41:45, everything else when the object was made", () => {
    // The first four of the 24 entries of an account of a domain, objectClass, cn, title, description; count corrected.
    const samba = Buffer.from(
      "AQAAAAAAAAAEAAAAAAAAAAAAAAABAAAAnEwSIQMAAACgbYKF55QAQopKa+4MYgZLDg8AAAAAAAAODwAAAAAAAAMAAAABAAAAnEwSIQMAAACgbYKF" +
        "55QAQopKa+4MYgZLDg8AAAAAAAAODwAAAAAAAAwAAAABAAAAuUwSIQMAAACgbYKF55QAQopKa+4MYgZLYQ8AAAAAAABhDwAAAAAAAA0AAAABAAAA" +
        "nEwSIQMAAACgbYKF55QAQopKa+4MYgZLDg8AAAAAAAAODwAAAAAAAA==",
      "base64",
    );
    const made = {
      at: "2026-11-21T15:41:16Z",
      version: 1,
      invocation: "85826da0-94e7-4200-8a4a-6bee0c62064b",
      dsa: null,
    };
    expect([...parsePropertyMetaData(samba)]).toEqual([
      [0, made],
      [3, made],
      [12, { ...made, at: "2026-11-21T15:41:45Z" }],
      [13, made],
    ]);
  });
});

describe("ATTRTYP", () => {
  it.each([
    ["2.5.4.12", undefined, 12],
    ["1.2.840.113556.1.4.8", undefined, 0x90008],
    ["1.2.840.113556.1.4.1696", undefined, 0x906a0],
    ["0.9.2342.19200300.100.1.3", undefined, 0x150003],
    // A last arc of 2^14 and more: its lower 14 bits, and the highest bit of the word (MS-DRSR 5.16.4).
    ["1.2.840.113556.1.4.20000", undefined, 0x98000 + 20000 - 16384],
    ["1.3.6.1.4.1.99999.1.1", "-2147483646", 0x80000002],
    ["1.3.6.1.4.1.99999.1.1", undefined, null],
    ["", undefined, null],
  ])("of %s with msDS-IntId %s is %s", (oid, intId, expected) => {
    expect(attributeType(oid, intId)).toBe(expected);
  });
});

/** A value of the constructed attributes as Active Directory writes it. */
function xml(name: string, at: string, dsa: string, version = 2): string {
  return [
    "<DS_REPL_ATTR_META_DATA>",
    `\t<pszAttributeName>${name}</pszAttributeName>`,
    `\t<dwVersion>${version}</dwVersion>`,
    `\t<ftimeLastOriginatingChange>${at}</ftimeLastOriginatingChange>`,
    `\t<uuidLastOriginatingDsaInvocationID>${DASHED.toUpperCase()}</uuidLastOriginatingDsaInvocationID>`,
    "\t<usnOriginatingChange>5000</usnOriginatingChange>",
    "\t<usnLocalChange>4000</usnLocalChange>",
    `\t<pszLastOriginatingDsaDN>${dsa}</pszLastOriginatingDsaDN>`,
    "</DS_REPL_ATTR_META_DATA>\n\0",
  ].join("\n");
}

describe("msDS-ReplAttributeMetaData", () => {
  it("has a stamp for each attribute, with the domain controller where it is known", () => {
    const dsa = "CN=NTDS Settings,CN=R&amp;D,CN=Servers,DC=x";
    const texts = [xml("sAMAccountName", "2026-11-20T09:12:00Z", dsa), xml("title", "2026-11-20T09:12:01Z", "")];
    expect([...parseMetaDataXml(texts)]).toEqual([
      [
        "samaccountname",
        { at: "2026-11-20T09:12:00Z", version: 2, invocation: DASHED, dsa: "CN=NTDS Settings,CN=R&D,CN=Servers,DC=x" },
      ],
      ["title", { at: "2026-11-20T09:12:01Z", version: 2, invocation: DASHED, dsa: null }],
    ]);
  });

  it("of several values of one attribute has the stamp of the latest", () => {
    const texts = ["2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z", "2026-11-18T00:00:00Z"].map((at) =>
      xml("manager", at, ""),
    );
    expect(parseMetaDataXml(texts).get("manager")?.at).toBe("2026-11-20T00:00:00Z");
  });

  it("that is something else has none", () => {
    const texts = ["", "<x>", xml("", "2026-11-20T09:12:00Z", ""), xml("title", "yesterday", "")];
    expect(parseMetaDataXml(texts).size).toBe(0);
  });
});

describe("the sandbox", () => {
  it("says the same in both forms", () => {
    const cls = CLASSES.get("user");
    if (cls === undefined) throw new Error("no user");
    const made: [string, string[]][] = [
      ["objectclass", ["top", "user"]],
      ["cn", ["Ann"]],
      ["title", ["Queen"]],
      ["usncreated", ["4100"]],
      ["whencreated", ["20261120091200.0Z"]],
    ];
    const attributes = new Map<string, readonly string[]>(made);
    const draft = {
      created: false,
      moved: true,
      touchedKeys: () => ["title", "mail", "usnchanged"],
      touchedLinks: () => [],
      had: (key: string) => attributes.has(key),
      values: (key: string) => attributes.get(key) ?? [],
      set: (key: string, ...values: readonly (string | Buffer)[]) => void attributes.set(key, values.map(String)),
    };
    stampChanges(draft, "4200", "20261121101112.0Z");
    stampChanges({ ...draft, moved: false, touchedKeys: () => ["title"] }, "4300", "20261122101112.0Z");
    const origin = { invocationId: Buffer.from(INVOCATION, "hex"), dsServiceDn: "CN=NTDS Settings,CN=DC1,DC=x" };
    const entry = { id: 1, parent: 0, rdnType: "CN", rdn: "Ann", cls, attributes };
    const read = parseMetaDataXml(attributeMetaData(origin, entry));
    expect([...read].map(([name, { at, version }]) => [name, at, version])).toEqual([
      ["objectclass", "2026-11-20T09:12:00Z", 1],
      ["cn", "2026-11-20T09:12:00Z", 1],
      ["title", "2026-11-22T10:11:12Z", 3],
      ["whencreated", "2026-11-20T09:12:00Z", 1],
      ["mail", "2026-11-21T10:11:12Z", 1],
      ["name", "2026-11-21T10:11:12Z", 1],
    ]);
    const types = { objectclass: 0, cn: 3, title: 12, whencreated: 0x20002, name: 0x90001, mail: 0x150003 };
    const stored = parsePropertyMetaData(propertyMetaData(origin, entry));
    expect([...stored.keys()]).toEqual(Object.values(types));
    for (const [name, type] of Object.entries(types))
      expect({ ...stored.get(type), dsa: origin.dsServiceDn }).toEqual(read.get(name));
  });
});
