import { describe, expect, it } from "vitest";
import { AD_LIKE, GRAPH_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { MemoryCrash, memoryTarget } from "../../../reconciler/targets/memory/target.js";
import { applyAll, applyOne, readyOp } from "../../support/ready-ops.js";

const PEOPLE = "OU=People,DC=corp,DC=example";
const GROUPS = "OU=Groups,DC=corp,DC=example";
const managed = { accounts: [PEOPLE], groups: [GROUPS] };
const selection = { attributes: ["title", "manager", "cn", "otherTelephone"], groups: [] };

function directory(options: { shuffle?: number; seed?: number } = {}) {
  return memoryTarget({ ...AD_LIKE, managed, ...options });
}

function account(name: string, more: Record<string, string | readonly string[] | { anchor: string }> = {}) {
  return { attributes: { cn: name, sAMAccountName: name, ...more } };
}

function create(name: string, claim = name) {
  const after = { cn: name, sAMAccountName: name, container: PEOPLE, enabled: true };
  return readyOp("create", { object: { claim }, after });
}

describe("names", () => {
  it("refuses a second holder, without case, and a second entry at one DN", async () => {
    const target = directory();
    target.directory.addAccount(account("Ada"));
    expect(await applyOne(target, create("ada"))).toMatchObject({ kind: "failed", code: "MUS-5006" });
    const sameDn = readyOp("create", {
      object: { claim: "x" },
      after: { cn: "ADA", sAMAccountName: "other", container: PEOPLE, enabled: false },
    });
    expect((await applyOne(target, sameDn)).kind).toBe("failed");
  });

  it("lets a holder take another form of its own name", async () => {
    const target = directory();
    const ada = target.directory.addAccount(account("ada"));
    const op = readyOp("rename", {
      object: { anchor: ada },
      before: { sAMAccountName: "ada" },
      after: { sAMAccountName: "Ada" },
    });
    expect((await applyOne(target, op)).kind).toBe("done");
  });

  it("reports names of anybody, and proxy addresses in the space of addresses", async () => {
    const target = directory();
    target.directory.addOther({ attributes: { cn: "pc", sAMAccountName: "PC$" }, container: GROUPS });
    target.directory.addAccount(account("ada", { proxyAddresses: ["SMTP:ada@x.example", "X500:/o=x"] }));
    const { names } = await target.observe(selection);
    const found = names.map((name) => `${name.space} ${name.value}`).sort();
    expect(found).toEqual(["address ada@x.example", "cn ada", "sAMAccountName PC$", "sAMAccountName ada"]);
  });

  it("frees the names of what is deleted", async () => {
    const target = directory();
    target.directory.deleteObject(target.directory.addAccount(account("ada")));
    expect((await applyOne(target, create("ada"))).kind).toBe("done");
  });
});

describe("references", () => {
  it("follow the object they name, and go with it", async () => {
    const target = directory();
    target.directory.addContainer(`OU=Berlin,${PEOPLE}`);
    const boss = target.directory.addAccount(account("boss"));
    const ada = target.directory.addAccount(account("ada", { manager: { anchor: boss } }));
    target.directory.moveAccount(boss, `OU=Berlin,${PEOPLE}`);
    const moved = await target.read(ada, selection);
    expect(moved?.attributes.manager).toEqual({ dn: `CN=boss,OU=Berlin,${PEOPLE}` });
    target.directory.deleteObject(boss);
    expect((await target.read(ada, selection))?.attributes.manager).toBeUndefined();
  });

  it("do not change the digest when the other one moves, though its own container does", async () => {
    const target = directory();
    target.directory.addContainer(`OU=Berlin,${PEOPLE}`);
    const boss = target.directory.addAccount(account("boss"));
    target.directory.addAccount(account("ada", { manager: { anchor: boss } }));
    const before = await target.observe(selection);
    target.directory.moveAccount(boss, `OU=Berlin,${PEOPLE}`);
    const moved = await target.observe(selection);
    expect(moved.digest).not.toBe(before.digest);
    target.directory.moveAccount(boss, PEOPLE);
    expect((await target.observe(selection)).digest).toBe(before.digest);
  });
});

describe("members", () => {
  it("are written in one request per group, with an outcome for each", async () => {
    const target = directory();
    const people = ["a", "b", "c"].map((name) => target.directory.addAccount(account(name)));
    const [a, b, c] = people as [string, string, string];
    const group = target.directory.addGroup({ attributes: { cn: "g" } }, [a]);
    const ops = [a, b, c].map((anchor) => readyOp("add-member", { object: { anchor }, slot: group }));
    target.directory.deleteObject(c);
    const outcomes = [...(await applyAll(target, ops)).values()].map((outcome) => outcome.kind);
    expect(outcomes).toEqual(["already", "done", "refused"]);
    expect(target.directory.writes).toHaveLength(1);
    expect([...target.directory.membersOf(group).accounts].sort()).toEqual([a, b].sort());
  });

  it("are one request each where the target has no list on the group", async () => {
    const target = memoryTarget({ ...GRAPH_LIKE, managed: { accounts: ["-"] } });
    const anchors = ["a", "b"].map((name) => target.directory.addAccount({ attributes: { userPrincipalName: name } }));
    const group = target.directory.addGroup({ attributes: { displayName: "g" } });
    await applyAll(
      target,
      anchors.map((anchor) => readyOp("add-member", { object: { anchor }, slot: group })),
    );
    expect(target.directory.writes).toHaveLength(2);
  });

  it("leave the group when they are deleted", async () => {
    const target = directory();
    const a = target.directory.addAccount(account("a"));
    const group = target.directory.addGroup({ attributes: { cn: "g" } }, [a], 2);
    target.directory.deleteObject(a);
    const picture = await target.observe({ attributes: [], groups: [{ name: `cn=G,${GROUPS}`, anchor: null }] });
    expect(picture.groups).toEqual([
      { anchor: group, address: `CN=g,${GROUPS}`, managed: true, members: [], others: 2 },
    ]);
  });
});

describe("faults", () => {
  it("lose the reply after the effect: unknown, and the claim finds the account", async () => {
    const hooks = { fault: () => ({ when: "after", what: "lose-reply" }) as const };
    const target = memoryTarget({ ...AD_LIKE, managed }, hooks);
    expect(await applyOne(target, create("ada"))).toMatchObject({ kind: "unknown", code: "MUS-5007" });
    expect((await target.findClaim("ada", selection))?.attributes.cn).toBe("ada");
  });

  it("lose the request before the effect: unknown, and nothing is there", async () => {
    const hooks = { fault: () => ({ when: "before", what: "lose-reply" }) as const };
    const target = memoryTarget({ ...AD_LIKE, managed }, hooks);
    expect((await applyOne(target, create("ada"))).kind).toBe("unknown");
    expect(await target.findClaim("ada", selection)).toBeNull();
  });

  it("end the process at the second write", async () => {
    const fault = (write: number) => (write === 2 ? ({ when: "after", what: "crash" } as const) : null);
    const target = memoryTarget({ ...AD_LIKE, managed }, { fault });
    await expect(applyAll(target, [create("a"), create("b"), create("c")])).rejects.toBeInstanceOf(MemoryCrash);
    expect(target.directory.records.size).toBe(2);
  });

  it("somebody else between check and write: noticed with compare-and-swap, overwritten without", async () => {
    for (const [preset, kind] of [
      [AD_LIKE, "refused"],
      [GRAPH_LIKE, "done"],
    ] as const) {
      let anchor = "";
      const interfere = (d: { editAccount(a: string, v: object): void }) => d.editAccount(anchor, { title: "theirs" });
      const target = memoryTarget({ ...preset, managed }, { interfere });
      anchor = target.directory.addAccount(account("ada", { title: "old" }));
      const op = readyOp("update", { object: { anchor }, before: { title: "old" }, after: { title: "ours" } });
      expect((await applyOne(target, op)).kind).toBe(kind);
    }
  });
});

describe("clone, order and lag", () => {
  it("keeps a clone apart from its origin", async () => {
    const target = directory();
    const ada = target.directory.addAccount(account("ada", { title: "x" }));
    const copy = target.directory.clone();
    copy.editAccount(ada, { title: "y" });
    copy.addAccount(account("bob"));
    expect(target.directory.get(ada).attributes.title).toBe("x");
    expect((await applyOne(target, create("bob"))).kind).toBe("done");
    expect(copy.writes).toHaveLength(0);
  });

  it("gives the same anchors for the same seed, others for another", () => {
    const first = directory({ seed: 7 }).directory.addAccount(account("a"));
    expect(directory({ seed: 7 }).directory.addAccount(account("a"))).toBe(first);
    expect(directory({ seed: 8 }).directory.addAccount(account("a"))).not.toBe(first);
    expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("shuffles replies, not the picture: digest and accounts are the same for every seed", async () => {
    const pictures = [];
    for (const shuffle of [0, 1, 99]) {
      const target = directory({ shuffle });
      for (let i = 0; i < 20; i++) target.directory.addAccount(account(`a${i}`, { otherTelephone: ["1", "2", "3"] }));
      pictures.push(await target.observe(selection));
    }
    const [plain, one, many] = pictures as [(typeof pictures)[0], (typeof pictures)[0], (typeof pictures)[0]];
    expect(new Set(pictures.map((picture) => picture?.digest)).size).toBe(1);
    expect(one?.accounts.map((a) => a.anchor)).toEqual(plain?.accounts.map((a) => a.anchor));
    expect(one?.names).not.toEqual(plain?.names);
    expect(many?.names).not.toEqual(one?.names);
  });

  it("hides a new object from reads for as many requests as the lag", async () => {
    const target = memoryTarget({ ...GRAPH_LIKE, lag: 2, managed: { accounts: ["-"] } });
    const after = { userPrincipalName: "ada@x.example", displayName: "Ada", enabled: true };
    const { anchor } = await applyOne(target, readyOp("create", { object: { claim: "c" }, after }));
    expect(await target.read(anchor ?? "", selection)).toBeNull();
    expect((await target.findClaim("c", selection))?.anchor).toBe(anchor);
  });
});
