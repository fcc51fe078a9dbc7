/**
 * The contract bites: a property that the driver, or the sandbox, misspells fails the test that it happens in. The driver is the
 * real one; between it and the tenant somebody misspells a name, on either side, alone and within a batch.
 */
import { describe, expect, it } from "vitest";
import type { TenantFault } from "../../../reconciler/sandbox/tenant-server.js";
import { sendBatch } from "../../../reconciler/targets/entra-id/batch.js";
import { path, withQuery } from "../../../reconciler/targets/entra-id/paths.js";
import type { Transport } from "../../../reconciler/targets/entra-id/transport.js";
import { answeringGraph, id } from "../../support/answering-graph.js";
import { directTransport } from "../../support/direct-transport.js";
import { applyOne, readyOp } from "../../support/ready-ops.js";
import { type TenantHarness, tenantHarness } from "../harness-tenant.js";

const PERSON = { displayName: "Ada Hopper", userPrincipalName: "ada@contoso.example", jobTitle: "Clerk" };
const SELECTION = { attributes: ["jobTitle"], groups: [] };

/** A driver whose requests are misspelt on their way: `wrong` for `right` in body and query. */
async function misspelling(right: string, wrong: string): Promise<TenantHarness> {
  let inner: Transport;
  const transport: Transport = {
    send: (url, request) =>
      inner.send(url.replaceAll(right, wrong), { ...request, body: request.body?.replaceAll(right, wrong) ?? null }),
    close: async () => {},
  };
  const harness = await tenantHarness({ driver: { transport } });
  inner = directTransport(harness.tenant);
  return harness;
}

const create = (attributes: Readonly<Record<string, string>>) =>
  readyOp("create", { object: { claim: "muster-1" }, after: { ...attributes, enabled: true } });
const update = (anchor: string) =>
  readyOp("update", {
    object: { anchor },
    slot: "jobTitle",
    before: { jobTitle: "Clerk" },
    after: { jobTitle: "Director" },
  });

describe("a request that is misspelt fails the test of the driver", () => {
  it("in the body of a create", async () => {
    const harness = await misspelling('"jobTitle"', '"jobTitel"');
    expect((await applyOne(harness.target, create(PERSON))).kind).toBe("failed");
    await expect(harness.close()).rejects.toThrow(/POST \/users: .*unknown property jobTitel/);
  });

  it("in the body of an update", async () => {
    const harness = await misspelling('{"jobTitle"', '{"jobTitel"');
    const anchor = await harness.addAccount(PERSON);
    expect((await applyOne(harness.target, update(anchor))).kind).toBe("failed");
    await expect(harness.close()).rejects.toThrow(/PATCH \/users\/{user-id}: .*unknown property jobTitel/);
  });

  it("in $select", async () => {
    const harness = await misspelling("jobTitle", "jobTitel");
    await expect(harness.target.observe(SELECTION)).rejects.toThrow();
    await expect(harness.close()).rejects.toThrow(/unknown property jobTitel in \$select/);
  });

  it("against a Graph that a test scripts, alone and within a batch", async () => {
    const { place } = answeringGraph(() => ({ status: 204 }));
    const send = (body: unknown) => place.graph.send({ method: "PATCH", path: path`/users/${id(1)}`, body });
    await expect(send({ jobTitel: "x" })).rejects.toThrow(/unknown property jobTitel/);
    await send({ jobTitle: "x" });
    const items = (name: string) =>
      [{ method: "GET", path: withQuery(path`/users/${id(1)}`, { $select: name }) }] as const;
    await expect(sendBatch(place.graph, items("jobTitel"))).rejects.toThrow(/unknown property jobTitel in \$select/);
  });
});

describe("a reply that is misspelt fails the test of the driver", () => {
  const wrongly = (body: unknown): TenantFault => ({ do: "reply", status: 200, body: JSON.stringify(body) });

  it("of a listing", async () => {
    const harness = await tenantHarness({ over: "direct" });
    const value = [{ id: id(1), userPrincipalNane: "ada@contoso.example" }];
    harness.faults.before = ({ path: asked }) => (asked.startsWith("/v1.0/users?") ? wrongly({ value }) : undefined);
    await expect(harness.target.observe(SELECTION)).rejects.toThrow(/MUS-5003/);
    await expect(harness.close()).rejects.toThrow(/GET \/users: the reply 200 .*unknown property userPrincipalNane/);
  });

  it("of an item of a batch", async () => {
    const harness = await tenantHarness({ over: "direct" });
    const anchor = await harness.addAccount(PERSON);
    harness.faults.before = ({ path: asked }) =>
      asked.startsWith(`/v1.0/users/${anchor}`) ? wrongly({ id: anchor, jobTitel: "Clerk" }) : undefined;
    const requests = [{ id: "1", method: "GET", url: `/users/${anchor}?$select=id,jobTitle` }];
    await harness.must("POST", "/$batch", { requests });
    await expect(harness.close()).rejects.toThrow(/unknown property jobTitel/);
  });

  it("and one that is well spelt does not", async () => {
    const harness = await tenantHarness({ over: "direct" });
    const { anchor } = await applyOne(harness.target, create(PERSON));
    expect((await applyOne(harness.target, update(anchor ?? ""))).kind).toBe("done");
    await harness.close();
  });
});
