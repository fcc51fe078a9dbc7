import { ModifyDNRequest } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

const LEAVERS = `OU=Leavers,OU=People,${BASE}`;

let opened: Opened;
beforeAll(async () => {
  opened = await openSandbox();
});
afterAll(() => opened.close());

const guidDn = async (dn: string): Promise<string> =>
  `<GUID=${((await read(opened.muster, dn, ["objectGUID"])).objectGUID as Buffer).toString("hex")}>`;

describe("modifyDN (MS-ADTS 3.1.1.5.4.1)", () => {
  it("renames and moves in one; the name attributes and all references follow, the GUID stays", async () => {
    const dn = await addUser(opened.muster, "mover");
    const report = await addUser(opened.muster, "report", { manager: dn });
    const group = `CN=Sales Drive,${GROUPS}`;
    await opened.muster.modify(group, change("add", "member", dn));
    const guid = await guidDn(dn);
    const moved = `CN=Moved,${LEAVERS}`;
    await opened.muster.modifyDN(dn, moved);
    expect(await read(opened.muster, guid)).toMatchObject({
      dn: moved,
      cn: "Moved",
      name: "Moved",
      distinguishedName: moved,
    });
    expect((await read(opened.muster, report)).manager).toBe(moved);
    expect((await read(opened.muster, group)).member).toBe(moved);
    expect((await read(opened.muster, moved)).memberOf).toBe(group);
    expect((await failure(read(opened.muster, dn))).code).toBe(32);
    await opened.muster.modifyDN(moved, `CN=mover,${STAFF}`);
  });

  it("takes children along, without touching their uSNChanged", async () => {
    const ou = `OU=Wing,OU=People,${BASE}`;
    await opened.muster.add(ou, { objectClass: "organizationalUnit" });
    await opened.muster.add(`CN=inside,${ou}`, { objectClass: "user", sAMAccountName: "inside" });
    const before = await read(opened.muster, `CN=inside,${ou}`);
    await opened.muster.modifyDN(ou, `OU=Tower,${LEAVERS}`);
    const after = await read(opened.muster, `CN=inside,OU=Tower,${LEAVERS}`);
    expect(after.uSNChanged).toBe(before.uSNChanged);
    expect(after.objectGUID).toEqual(before.objectGUID);
  });

  it("renames in place, case only as well", async () => {
    const dn = await addUser(opened.muster, "case");
    await opened.muster.modifyDN(dn, "CN=CASE");
    expect((await read(opened.muster, dn)).cn).toBe("CASE");
  });

  it("refuses: taken 68, missing parent 80, no such entry 32, below itself 53, root 53, wrong type 53, wrong superior 64", async () => {
    const dn = await addUser(opened.muster, "stay");
    await addUser(opened.muster, "taken");
    const move = (from: string, to: string): ReturnType<typeof failure> => failure(opened.admin.modifyDN(from, to));
    expect(await move(dn, "CN=TAKEN")).toEqual({ code: 68, text: expect.stringContaining("00002071") });
    expect(await move(dn, `CN=stay,OU=missing,${BASE}`)).toEqual({
      code: 80,
      text: expect.stringContaining("00002089"),
    });
    expect((await move(`CN=nobody,${STAFF}`, "CN=x")).code).toBe(32);
    expect((await move(`OU=People,${BASE}`, `OU=People,${STAFF}`)).code).toBe(53);
    expect((await move(BASE, "DC=other")).code).toBe(53);
    expect((await move(`CN=Users,${BASE}`, "CN=People2")).code).toBe(53);
    expect((await move(dn, "OU=stay")).code).toBe(53);
    expect((await move(STAFF, `OU=Staff,CN=Users,${BASE}`)).code).toBe(64);
    expect((await move(dn, `CN=${"x".repeat(65)}`)).code).toBe(19);
  });

  it("insists on deleteoldrdn", async () => {
    const dn = await addUser(opened.muster, "oldrdn");
    const write = ModifyDNRequest.prototype.writeMessage;
    ModifyDNRequest.prototype.writeMessage = function (this: ModifyDNRequest, writer) {
      this.deleteOldRdn = false;
      write.call(this, writer);
    };
    try {
      expect((await failure(opened.muster.modifyDN(dn, "CN=x"))).code).toBe(53);
    } finally {
      ModifyDNRequest.prototype.writeMessage = write;
    }
  });
});

describe("delete (MS-ADTS 3.1.1.5.5)", () => {
  it("notAllowedOnNonLeaf, protected objects 53, noSuchObject", async () => {
    const leaf = await failure(opened.admin.del(STAFF.replace("OU=Staff,", "")));
    expect(leaf).toEqual({ code: 66, text: expect.stringContaining("00002015: UpdErr") });
    expect((await failure(opened.admin.del(`CN=krbtgt,CN=Users,${BASE}`))).code).toBe(53);
    expect((await failure(opened.muster.del(`CN=nobody,${STAFF}`))).code).toBe(32);
  });

  it("takes the entry out of every reference; undelete brings entry and references back", async () => {
    const dn = await addUser(opened.muster, "phoenix", { mail: "phoenix@corp.example" });
    const report = await addUser(opened.muster, "orphan", { manager: dn });
    const group = `CN=VPN Users,${GROUPS}`;
    await opened.muster.modify(group, change("add", "member", dn));
    const guid = await guidDn(dn);
    await opened.muster.del(dn);
    expect(await read(opened.muster, report)).not.toHaveProperty("manager");
    expect(await read(opened.muster, group)).not.toHaveProperty("member");
    const title = change("replace", "title", "x");
    expect((await failure(opened.muster.modify(guid, title))).code).toBe(32);
    expect((await failure(opened.muster.modify(guid, title, SHOW_DELETED()))).code).toBe(53);
    const back = [change("delete", "isDeleted"), change("replace", "distinguishedName", dn)];
    await opened.muster.modify(guid, back, SHOW_DELETED());
    expect(await read(opened.muster, dn)).toMatchObject({
      cn: "phoenix",
      mail: "phoenix@corp.example",
      sAMAccountType: "805306368",
      memberOf: group,
      directReports: report,
    });
    expect(await guidDn(dn)).toBe(guid);
  });

  it("does not bring back a name that somebody else has got", async () => {
    const dn = await addUser(opened.muster, "reused");
    const guid = await guidDn(dn);
    await opened.muster.del(dn);
    await opened.muster.add(`CN=other,${STAFF}`, { objectClass: "user", sAMAccountName: "reused" });
    const back = [change("delete", "isDeleted"), change("replace", "distinguishedName", dn)];
    expect((await failure(opened.muster.modify(guid, back, SHOW_DELETED()))).code).toBe(68);
    expect((await read(opened.muster, guid, [], [SHOW_DELETED()])).isDeleted).toBe("TRUE");
  });

  it("a single-valued reference to a deleted object does not stand in the way of a new one", async () => {
    const boss = await addUser(opened.muster, "boss1");
    const next = await addUser(opened.muster, "boss2");
    const dn = await addUser(opened.muster, "bossed", { manager: boss });
    await opened.muster.del(boss);
    await opened.muster.modify(dn, change("add", "manager", next));
    expect((await read(opened.muster, dn)).manager).toBe(next);
  });
});

describe("compare (RFC 4511 section 4.10)", () => {
  it("answers true and false by the attribute's own rule", async () => {
    const dn = await addUser(opened.muster, "compared", { title: "Boss" });
    expect(await opened.muster.compare(dn, "title", "BOSS")).toBe(true);
    expect(await opened.muster.compare(dn, "title", "Bosse")).toBe(false);
  });
});
