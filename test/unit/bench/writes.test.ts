/** The LDIF that ldapmodify is fed with, against RFC 2849. */
import { AddRequest, Attribute, Change, Control, ModifyDNRequest, ModifyRequest } from "ldapts";
import { describe, expect, it } from "vitest";
import { addressByDn, toLdif, toWrite } from "../../bench/ad/writes.js";

const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
const dn = "CN=Zoë Müller,OU=Staff,DC=corp,DC=example";

describe("writes as LDIF", () => {
  it("is one change record per request, in their order, with bytes that are no text", () => {
    const password = Buffer.from('"geheim"', "utf16le");
    const added = new AddRequest({
      messageId: 1,
      dn,
      attributes: [new Attribute({ type: "objectClass", values: ["top", "user"] })],
    });
    const changed = new ModifyRequest({
      messageId: 2,
      dn,
      changes: [
        new Change({ operation: "delete", modification: new Attribute({ type: "title", values: ["Clerk"] }) }),
        new Change({ operation: "replace", modification: new Attribute({ type: "unicodePwd", values: [password] }) }),
      ],
    });
    const moved = {
      messageId: 3,
      dn,
      newRdn: "CN=Zoë",
      deleteOldRdn: true,
      newSuperior: "OU=Campus,DC=corp,DC=example",
    };
    const writes = [added, changed, new ModifyDNRequest(moved)].map(toWrite);
    expect(toLdif(writes)).toBe(`version: 1

dn:: ${base64(dn)}
changetype: add
objectClass:: ${base64("top")}
objectClass:: ${base64("user")}

dn:: ${base64(dn)}
changetype: modify
delete: title
title:: ${base64("Clerk")}
-
replace: unicodePwd
unicodePwd:: ${password.toString("base64")}
-

dn:: ${base64(dn)}
changetype: modrdn
newrdn:: ${base64("CN=Zoë")}
deleteoldrdn: 1
newsuperior:: ${base64("OU=Campus,DC=corp,DC=example")}
`);
  });

  it("leaves newsuperior out of a rename", () => {
    const renamed = new ModifyDNRequest({ messageId: 1, dn, newRdn: "CN=Zoë", deleteOldRdn: true });
    expect(toLdif([toWrite(renamed)])).not.toContain("newsuperior");
  });

  it("throws for a request with controls, which the record would lose", () => {
    const controls = [new Control("1.2.840.113556.1.4.417")];
    expect(() => toWrite(new ModifyRequest({ messageId: 1, dn, changes: [], controls }))).toThrow("controls");
  });

  it("names objects by DN where their GUID is another one in the other domain", () => {
    const write = { kind: "modify", dn: "<GUID=1>", changes: [] } as const;
    const other = { ...write, dn: "<GUID=2>" } as const;
    expect(addressByDn([write, other], new Map([["<GUID=1>", dn]])).map((each) => each.dn)).toEqual([dn, "<GUID=2>"]);
  });
});
