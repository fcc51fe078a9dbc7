/** Deleting for good on the embedded tenant, over HTTPS and under the contract of Graph. */
import { afterEach, describe, expect, it } from "vitest";
import type { Anchor } from "../../reconciler/model/observed.js";
import { applyOne, readyOp } from "../support/ready-ops.js";
import { type TenantHarness, tenantHarness } from "./harness-tenant.js";

let h: TenantHarness;
afterEach(() => h.close());

const purge = (anchor: Anchor) =>
  readyOp("purge", { object: { anchor }, before: { deleted: true }, after: { deleted: null } });
const deletedOf = async (anchor: Anchor) =>
  (await h.target.observe({ attributes: [], groups: [], anchors: [anchor] })).deleted.map((one) => one.anchor);

async function deleted(): Promise<Anchor> {
  h = await tenantHarness();
  const anchor = await h.addAccount({ displayName: "Ada", userPrincipalName: h.login("ada") });
  await h.deleteAccount(anchor);
  return anchor;
}

describe("a deleted account", () => {
  it("is purged once, and then nobody knows it", async () => {
    const anchor = await deleted();
    expect(await deletedOf(anchor)).toEqual([anchor]);
    expect(await applyOne(h.target, purge(anchor))).toMatchObject({ kind: "done", anchor });
    expect(await deletedOf(anchor)).toEqual([]);
    expect((await h.ask("POST", `/directory/deletedItems/${anchor}/restore`, { body: {} })).status).toBe(404);
    expect(await applyOne(h.target, purge(anchor))).toMatchObject({ kind: "already" });
  });

  it("is left alone when it was brought back since the plan", async () => {
    const anchor = await deleted();
    await h.must("POST", `/directory/deletedItems/${anchor}/restore`, {});
    const writes = h.writes();
    expect(await applyOne(h.target, purge(anchor))).toMatchObject({ kind: "refused", code: "MUS-5005" });
    expect(h.writes()).toBe(writes);
    expect((await h.must("GET", `/users/${anchor}`)).id).toBe(anchor);
  });

  it("is gone although the answer was lost", async () => {
    const anchor = await deleted();
    h.loseReply("after");
    expect(await applyOne(h.target, purge(anchor))).toMatchObject({ kind: "done", anchor });
    expect(await deletedOf(anchor)).toEqual([]);
  });
});
