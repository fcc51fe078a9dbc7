import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  childDn,
  escapeRdnValue,
  isUnder,
  leafValue,
  normalizeDn,
  parentDn,
  parseDn,
  sameDn,
  splitDn,
  unescapeRdnValue,
} from "../../reconciler/support/dn.js";

const HARD = 'Müller, Zoë "Z" #1 \\ +';
const value = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" });
const nasty = fc
  .array(fc.constantFrom(" ", "\\", ",", "+", '"', "#", ";", "<", ">", "=", "a", "ö", "\n", "\0", "\u00a0"), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join(""));

describe("distinguished names (RFC 4514)", () => {
  it("escapes the characters that section 2.4 names", () => {
    expect(escapeRdnValue(HARD)).toBe('Müller\\, Zoë \\"Z\\" #1 \\\\ \\+');
    expect(escapeRdnValue("#1")).toBe("\\#1");
    expect(escapeRdnValue(" a ")).toBe("\\ a\\ ");
    expect(escapeRdnValue(" ")).toBe("\\ ");
    expect(escapeRdnValue("a\\ ")).toBe("a\\\\\\ ");
  });

  it("reads hex pairs as UTF-8 bytes", () => {
    expect(unescapeRdnValue("M\\c3\\bcller")).toBe("Müller");
    expect(unescapeRdnValue("Before\\0dAfter")).toBe("Before\rAfter");
  });

  it("gives a value back unchanged wherever in the DN it stands", () => {
    fc.assert(
      fc.property(fc.oneof(value, nasty, fc.constant(HARD)), fc.oneof(value, nasty), (leaf, parent) => {
        const dn = childDn("CN", leaf, childDn("OU", parent, "DC=corp,DC=example"));
        expect(parseDn(dn).map((part) => part.value)).toEqual([leaf, parent, "corp", "example"]);
        expect(leafValue(dn)).toBe(leaf);
        expect(normalizeDn(parentDn(dn))).toBe(normalizeDn(childDn("OU", parent, "DC=corp,DC=example")));
        expect(isUnder(dn, "dc=CORP, dc=example")).toBe(true);
      }),
    );
  });

  it("treats spellings of the same name as equal", () => {
    expect(sameDn("CN=a\\2cb,DC=corp", 'cn = "a,b" , dc=CORP')).toBe(true);
    expect(sameDn("CN=Zoë,DC=corp", "cn=zo\\C3\\AB,dc=corp")).toBe(true);
    expect(sameDn("CN=a,DC=corp", "CN=a b,DC=corp")).toBe(false);
    fc.assert(
      fc.property(fc.oneof(value, nasty), (leaf) => {
        const bytes = [...new TextEncoder().encode(leaf)];
        const hex = bytes.map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
        expect(normalizeDn(`CN=${hex},DC=x`)).toBe(normalizeDn(childDn("cn", leaf, "dc=X")));
        expect(normalizeDn(normalizeDn(childDn("cn", leaf, "dc=X")))).toBe(normalizeDn(childDn("cn", leaf, "dc=X")));
      }),
    );
  });

  it("refuses what is not a DN", () => {
    expect(() => splitDn("no equals sign")).toThrow(/MUS-5101/);
    expect(() => splitDn("CN=a,,DC=b")).toThrow(/MUS-5101/);
    expect(splitDn("")).toEqual([]);
  });
});
