/** The AD driver where lists are long, where a value among many is bad, and where a create is cut off. */
import { Attribute, Change } from "ldapts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Anchor } from "../../reconciler/model/observed.js";
import { applyAll, applyOne, readyOp } from "../support/ready-ops.js";
import { type SandboxHarness, sandboxHarness } from "./harness-sandbox.js";

const selection = { attributes: ["cn"], groups: [] };
const ACCOUNTS = 2500;

describe("the AD driver at scale", () => {
  let h: SandboxHarness;
  const anchors: Anchor[] = [];

  const create = (cn: string, more: Record<string, string | boolean> = {}) =>
    readyOp("create", {
      object: { claim: `claim-${cn}` },
      after: { cn, sAMAccountName: cn, container: h.staff, enabled: true, ...more },
    });

  beforeAll(async () => {
    h = await sandboxHarness();
    const ops = Array.from({ length: ACCOUNTS }, (_, i) => create(`person${i}`));
    const outcomes = await applyAll(h.target, ops);
    for (const { op } of ops) {
      const outcome = outcomes.get(op.id);
      expect(outcome).toMatchObject({ kind: "done" });
      anchors.push(outcome?.anchor ?? "");
    }
  }, 120_000);
  afterAll(() => h.close());

  it("reads more accounts than a page holds", async () => {
    const { accounts } = await h.target.observe(selection);
    const seen = new Set(accounts.map((account) => account.anchor));
    expect(anchors.filter((anchor) => !seen.has(anchor))).toEqual([]);
  });

  it("adds 2,500 members in three requests, looks nobody up, and reads them back beyond the value range", async () => {
    const group = await h.addGroup("everybody");
    const { writes: before, search } = h.sandbox.counters;
    const ops = anchors.map((anchor) => readyOp("add-member", { object: { anchor }, slot: group }));
    const kinds = [...(await applyAll(h.target, ops)).values()].map((outcome) => outcome.kind);
    expect(new Set(kinds)).toEqual(new Set(["done"]));
    expect(h.sandbox.counters.writes - before).toBe(3);
    // The group: whether it is there, and managed.
    expect(h.sandbox.counters.search - search).toBe(1);
    const picture = await h.target.observe({ attributes: [], groups: [{ name: "everybody", anchor: group }] });
    expect(picture.groups[0]?.members).toEqual([...anchors].sort());
    // All are members now: everything is already, and nothing is sent in halves for it.
    const again = await applyAll(h.target, ops.slice(0, 1500));
    expect(new Set([...again.values()].map((outcome) => outcome.kind))).toEqual(new Set(["already"]));
    expect(h.sandbox.counters.writes - before).toBe(5);
  });

  it("finds the one member that the server refuses among many, and adds the others", async () => {
    const group = await h.addGroup("picky");
    const ops = anchors.slice(0, 20).map((anchor) => readyOp("add-member", { object: { anchor }, slot: group }));
    const odd = anchors[3] ?? "";
    await makePrimary(h, odd, group);
    const outcomes = await applyAll(h.target, ops);
    const kinds = ops.map(({ op }) => outcomes.get(op.id)?.kind);
    expect(kinds).toEqual(ops.map(({ anchor }) => (anchor === odd ? "already" : "done")));
    const picture = await h.target.observe({ attributes: [], groups: [{ name: "picky", anchor: group }] });
    expect(picture.groups[0]?.members).toEqual(anchors.slice(0, 20).sort());
  });

  it("does not write members of a group outside the managed containers", async () => {
    const dn = `CN=Domain Users,CN=Users,${h.sandbox.baseDn}`;
    const picture = await h.target.observe({ attributes: [], groups: [{ name: dn, anchor: null }] });
    expect(picture.groups[0]).toMatchObject({ managed: false });
    const slot = picture.groups[0]?.anchor ?? "";
    const before = h.sandbox.counters.writes;
    const op = readyOp("add-member", { object: { anchor: anchors[0] ?? "" }, slot });
    expect((await applyOne(h.target, op)).kind).toBe("refused");
    expect(h.sandbox.counters.writes).toBe(before);
  });

  it("marks what Windows protects", async () => {
    const { accounts } = await h.target.observe({ attributes: ["sAMAccountName"], groups: [] });
    const protectedNames = accounts.filter((a) => a.protected !== null).map((a) => a.attributes.sAMAccountName);
    expect(new Set(protectedNames)).toEqual(new Set(["Administrator", "Guest", "krbtgt"]));
  });

  it("leaves a create that was cut off before the password disabled, and finishes it the next time", async () => {
    const op = create("halfway");
    h.faults.before = (request) => (request.attributes.includes("unicodePwd") ? { do: "refuse", code: 53 } : undefined);
    const first = await applyOne(h.target, op);
    h.faults.before = undefined;
    expect(first).toMatchObject({ kind: "failed", code: "MUS-5006" });
    expect((await h.target.read(first.anchor ?? "", selection))?.enabled).toBe(false);
    expect(await applyOne(h.target, op)).toMatchObject({ kind: "done", anchor: first.anchor });
    expect((await h.target.read(first.anchor ?? "", selection))?.enabled).toBe(true);
  });

  it("names an attribute that the directory does not know with MUS-5004", async () => {
    const after = { shoeSize: "42" };
    const op = readyOp("update", { object: { anchor: anchors[0] ?? "" }, before: { shoeSize: null }, after });
    expect(await applyOne(h.target, op)).toMatchObject({ kind: "failed", code: "MUS-5004" });
    expect(await applyOne(h.target, create("odd", after))).toMatchObject({ kind: "failed", code: "MUS-5004" });
  });

  it("names attributes that the schema lacks before anything is planned, in one error", async () => {
    const wanted = { attributes: ["title", "hatSize", "carLicense", "shoeSize"], groups: [] };
    const refused = await h.target.observe(wanted).catch((error) => error);
    expect(refused).toMatchObject({ code: "MUS-5004", what: expect.stringMatching(/: hatSize, shoeSize$/) });
    // One that nobody holds, and the schema has.
    await h.target.observe({ attributes: ["carLicense"], groups: [] });
  });

  it("keeps the other bits of userAccountControl when it disables", async () => {
    const anchor = anchors[7] ?? "";
    const NO_EXPIRY = 0x10000;
    await setControl(h, anchor, 512 | NO_EXPIRY);
    await applyOne(h.target, readyOp("disable", { object: { anchor } }));
    expect(await controlOf(h, anchor)).toBe(512 | NO_EXPIRY | 2);
  });
});

async function setControl(h: SandboxHarness, anchor: Anchor, control: number): Promise<void> {
  const modification = new Attribute({ type: "userAccountControl", values: [String(control)] });
  await h.admin.modify(`<GUID=${anchor}>`, new Change({ operation: "replace", modification }));
}

async function controlOf(h: SandboxHarness, anchor: Anchor): Promise<number> {
  return Number(await attributeOf(h, anchor, "userAccountControl"));
}

async function attributeOf(h: SandboxHarness, anchor: Anchor, attribute: string): Promise<string> {
  const { searchEntries } = await h.admin.search(`<GUID=${anchor}>`, { scope: "base", attributes: [attribute] });
  return String(searchEntries[0]?.[attribute]);
}

/** Primary group membership is no value of `member`, and adding it is refused. */
async function makePrimary(h: SandboxHarness, account: Anchor, group: Anchor): Promise<void> {
  await h.addMember(group, account);
  const modification = new Attribute({
    type: "primaryGroupID",
    values: [await attributeOf(h, group, "primaryGroupToken")],
  });
  await h.admin.modify(`<GUID=${account}>`, new Change({ operation: "replace", modification }));
}
