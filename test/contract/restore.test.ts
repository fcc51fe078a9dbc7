/** Deleted accounts on the sandbox: seen, brought back, or not, as the Recycle Bin is on or off. */
import { afterEach, describe, expect, it } from "vitest";
import type { Anchor } from "../../reconciler/model/observed.js";
import { childDn } from "../../reconciler/support/dn.js";
import { applyOne, readyOp } from "../support/ready-ops.js";
import { type SandboxHarness, sandboxHarness } from "./harness-sandbox.js";

const HARD = 'Müller, Zoë "Z" #1 \\ +';

let h: SandboxHarness;
afterEach(() => h.close());

const account = () => h.addAccount({ cn: HARD, sAMAccountName: "zoe", title: "Engineer" });
const restore = (anchor: Anchor, container = h.staff) =>
  readyOp("restore", {
    object: { anchor },
    before: { deleted: true },
    after: { deleted: false, cn: HARD, container },
  });
const observe = (anchors: readonly Anchor[]) =>
  h.target.observe({ attributes: ["title", "manager"], groups: [], anchors });

describe("with the Recycle Bin on", () => {
  it("sees what was deleted among the anchors it is asked for, and nothing else", async () => {
    h = await sandboxHarness();
    const [gone, stays] = [await account(), await h.addAccount({ cn: "stays", sAMAccountName: "stays" })];
    const other = await h.addAccount({ cn: "other", sAMAccountName: "other" });
    const before = await observe([gone, stays]);
    expect(before.deleted).toEqual([]);
    await h.deleteAccount(gone);
    await h.deleteAccount(other);
    const after = await observe([gone, stays, "00000000-0000-0000-0000-000000000001"]);
    expect(after.deleted).toEqual([{ anchor: gone, names: { cn: HARD, sAMAccountName: "zoe" }, obstacle: null }]);
    expect(after.digest).not.toBe((await observe([])).digest);
  });

  it("brings it back with identifier, attributes, memberships and state, where the plan says", async () => {
    h = await sandboxHarness();
    const anchor = await account();
    const group = await h.addGroup("crew");
    await h.addMember(group, anchor);
    const report = await h.addAccount({ cn: "report", sAMAccountName: "report" });
    await h.editAccount(report, { manager: childDn("CN", HARD, h.staff) });
    await h.deleteAccount(anchor);
    expect(await applyOne(h.target, restore(anchor, h.leavers))).toMatchObject({ kind: "done", anchor });
    const selection = {
      attributes: ["title", "manager"],
      groups: [{ name: "crew", anchor: group }],
      anchors: [anchor],
    };
    const seen = await h.target.observe(selection);
    expect(seen.deleted).toEqual([]);
    const back = seen.accounts.find((one) => one.anchor === anchor);
    expect(back).toMatchObject({ address: childDn("CN", HARD, h.leavers), enabled: true });
    expect(back?.attributes.title).toBe("Engineer");
    expect(seen.groups[0]?.members).toEqual([anchor]);
    expect(seen.accounts.find((one) => one.anchor === report)?.attributes.manager).toEqual({ dn: back?.address });
  });

  it("already: somebody else restored it first", async () => {
    h = await sandboxHarness();
    const anchor = await account();
    expect((await applyOne(h.target, restore(anchor))).kind).toBe("already");
    expect(h.sandbox.counters.modifyDN).toBe(0);
  });

  it("a lost reply is settled by reading: done when it took effect, failed when not", async () => {
    h = await sandboxHarness();
    const anchor = await account();
    await h.deleteAccount(anchor);
    h.loseReply("before");
    expect(await applyOne(h.target, restore(anchor))).toMatchObject({ kind: "failed", code: "MUS-5001" });
    h.loseReply("after");
    expect((await applyOne(h.target, restore(anchor))).kind).toBe("done");
  });

  it("fails with the directory's reason when the name was taken meanwhile; the object stays where it was", async () => {
    h = await sandboxHarness();
    const anchor = await account();
    await h.deleteAccount(anchor);
    await account();
    expect(await applyOne(h.target, restore(anchor))).toMatchObject({ kind: "failed", code: "MUS-5006" });
    expect((await observe([anchor])).deleted).toHaveLength(1);
  });

  it("is refused for an object that never was, and outside the managed containers", async () => {
    h = await sandboxHarness();
    const nobody = restore("00000000-0000-0000-0000-000000000001");
    expect(await applyOne(h.target, nobody)).toMatchObject({ kind: "refused", code: "MUS-5005" });
    const anchor = await account();
    await h.deleteAccount(anchor);
    const outside = restore(anchor, "CN=Users,DC=corp,DC=example");
    expect(await applyOne(h.target, outside)).toMatchObject({ kind: "failed", code: "MUS-9001" });
  });
});

describe("with the Recycle Bin off", () => {
  it("says why it cannot be restored, and refuses without a write", async () => {
    h = await sandboxHarness({ recycleBin: false });
    const anchor = await account();
    const group = await h.addGroup("crew");
    await h.addMember(group, anchor);
    await h.deleteAccount(anchor);
    const { deleted } = await observe([anchor]);
    expect(deleted).toMatchObject([{ anchor, names: { cn: HARD }, obstacle: expect.stringContaining("Recycle Bin") }]);
    const writes = h.writes();
    const outcome = await applyOne(h.target, restore(anchor));
    expect(outcome).toMatchObject({ kind: "refused", detail: expect.stringContaining("Recycle Bin") });
    expect(h.writes()).toBe(writes);
  });
});
