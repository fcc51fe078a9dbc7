/** Stamps of attributes and references: docs/sandbox.md, MS-DRSR 5.11. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addUser, change, type Opened, openSandbox, read, SHOW_DELETED, STAFF } from "./open-sandbox.js";

let opened: Opened;
let now: string;
beforeEach(async () => {
  now = "2026-11-20T09:00:00Z";
  opened = await openSandbox({ now: () => new Date(now) });
});
afterEach(() => opened.close());

function elements(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}

async function stampsOf(dn: string, attribute: string): Promise<Record<string, string>[]> {
  const entry = await read(opened.admin, dn, [attribute], [SHOW_DELETED()]);
  return [entry[attribute] ?? []].flat().map((text) => elements(String(text)));
}

/** "version at" of an attribute. */
async function stampOf(dn: string, attribute: string): Promise<string | undefined> {
  const stamps = await stampsOf(dn, "msDS-ReplAttributeMetaData");
  const stamp = stamps.find(({ pszAttributeName }) => pszAttributeName === attribute);
  return stamp && `${stamp.dwVersion} ${stamp.ftimeLastOriginatingChange}`;
}

describe("stamps", () => {
  it("say when an attribute was set, changed and removed, and nothing of those that are not replicated", async () => {
    const ann = await addUser(opened.admin, "ann", { title: "Clerk" });
    expect(await stampOf(ann, "title")).toBe("1 2026-11-20T09:00:00Z");
    now = "2026-11-20T10:00:00Z";
    await opened.admin.modify(ann, [change("replace", "title", "Queen"), change("replace", "mail", "a@corp.example")]);
    now = "2026-11-20T11:00:00Z";
    await opened.admin.modify(ann, change("delete", "title"));
    expect(await stampOf(ann, "title")).toBe("3 2026-11-20T11:00:00Z");
    expect(await stampOf(ann, "mail")).toBe("1 2026-11-20T10:00:00Z");
    expect(await stampOf(ann, "sAMAccountName")).toBe("1 2026-11-20T09:00:00Z");
    const named = (await stampsOf(ann, "msDS-ReplAttributeMetaData")).map(({ pszAttributeName }) => pszAttributeName);
    expect(named).not.toContain("uSNChanged");
    expect(named).not.toContain("objectGUID");
  });

  it("are not changed by a write that changes nothing", async () => {
    const ann = await addUser(opened.admin, "ann", { title: "Clerk" });
    now = "2026-11-20T10:00:00Z";
    await opened.admin.modify(ann, change("replace", "title", "Clerk"));
    expect(await stampOf(ann, "title")).toBe("1 2026-11-20T09:00:00Z");
  });

  it("of name, and of cn where it changes, follow a move, a rename and a delete", async () => {
    const ann = await addUser(opened.admin, "ann");
    now = "2026-11-20T10:00:00Z";
    const moved = `CN=ann,OU=Leavers,OU=People,${opened.sandbox.baseDn}`;
    await opened.admin.modifyDN(ann, moved);
    expect([await stampOf(moved, "name"), await stampOf(moved, "cn")]).toEqual([
      "2 2026-11-20T10:00:00Z",
      "1 2026-11-20T09:00:00Z",
    ]);
    const guid = await read(opened.admin, moved, ["objectGUID"]);
    now = "2026-11-20T11:00:00Z";
    await opened.admin.del(moved);
    const gone = `<GUID=${(guid.objectGUID as Buffer).toString("hex")}>`;
    expect([await stampOf(gone, "name"), await stampOf(gone, "isDeleted")]).toEqual([
      "3 2026-11-20T11:00:00Z",
      "1 2026-11-20T11:00:00Z",
    ]);
  });

  it("of a reference are those of its values, removed ones included", async () => {
    const ann = await addUser(opened.admin, "ann");
    const bosses = [await addUser(opened.admin, "bo"), await addUser(opened.admin, "R&D")];
    for (const [i, boss] of bosses.entries()) {
      now = `2026-11-20T1${i}:00:00Z`;
      await opened.admin.modify(ann, change("replace", "manager", boss));
    }
    const stamps = (await stampsOf(ann, "msDS-ReplValueMetaData")).sort((a, b) =>
      Number(a.dwVersion) > Number(b.dwVersion) ? -1 : 1,
    );
    expect(
      stamps.map((one) => [one.pszObjectDn, one.dwVersion, one.ftimeLastOriginatingChange, one.ftimeDeleted]),
    ).toEqual([
      [`CN=bo,${STAFF}`, "2", "2026-11-20T11:00:00Z", "2026-11-20T11:00:00Z"],
      [`CN=R&amp;D,${STAFF}`, "1", "2026-11-20T11:00:00Z", "1601-01-01T00:00:00Z"],
    ]);
    expect(stamps.map(({ ftimeCreated }) => ftimeCreated)).toEqual(["2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"]);
  });

  it("are given to whoever names them only, and name the domain controller", async () => {
    const ann = await addUser(opened.admin, "ann");
    const all = Object.keys(await read(opened.muster, ann)).map((name) => name.toLowerCase());
    expect(all.filter((name) => name.includes("repl"))).toEqual([]);
    const root = await read(opened.muster, "", ["dsServiceName"]);
    const [stamp] = await stampsOf(ann, "msDS-ReplAttributeMetaData");
    expect(stamp?.pszLastOriginatingDsaDN).toBe(root.dsServiceName);
  });
});
