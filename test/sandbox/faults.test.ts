import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Faults, onRequest, onWriteNumber, type SeenRequest } from "../../reconciler/sandbox/directory-server.js";
import { addUser, change, failure, type Opened, openSandbox, read, STAFF } from "./open-sandbox.js";

let opened: Opened;
let faults: Faults;
beforeEach(async () => {
  faults = {};
  opened = await openSandbox({ faults });
});
afterEach(() => opened.close());

describe("faults", () => {
  it("drop-before cuts the connection and executes nothing", async () => {
    faults.before = onWriteNumber(2, { do: "drop-before" });
    await addUser(opened.muster, "one");
    await expect(addUser(opened.muster, "two")).rejects.toThrow(/closed|socket|reset/i);
    await expect(read(opened.admin, `CN=two,${STAFF}`)).rejects.toThrow();
    await addUser(opened.admin, "two");
  });

  it("drop-after executes and loses the reply", async () => {
    faults.before = onWriteNumber(1, { do: "drop-after" });
    await expect(addUser(opened.muster, "one")).rejects.toThrow(/closed|socket|reset/i);
    expect((await read(opened.admin, `CN=one,${STAFF}`)).cn).toBe("one");
  });

  it("busy, refusal and delay", async () => {
    faults.before = onRequest((request) => request.kind === "modify", { do: "busy" });
    const dn = await addUser(opened.muster, "one");
    const title = change("replace", "title", "x");
    expect((await failure(opened.muster.modify(dn, title))).code).toBe(51);
    faults.before = onRequest((request) => request.attributes.includes("title"), {
      do: "refuse",
      code: 50,
      text: "no",
    });
    expect(await failure(opened.muster.modify(dn, title))).toEqual({ code: 50, text: expect.stringContaining("no") });
    expect(await read(opened.admin, dn)).not.toHaveProperty("title");
    faults.before = onRequest((request) => request.write > 0, { do: "delay", millis: 120 });
    const start = performance.now();
    await opened.muster.modify(dn, title);
    expect(performance.now() - start).toBeGreaterThanOrEqual(115);
    expect((await read(opened.admin, dn)).title).toBe("x");
  });

  it("counts requests by kind and shows each write to the listener", async () => {
    const seen: SeenRequest[] = [];
    faults.onWrite = (request) => seen.push(request);
    const { counters } = opened.sandbox;
    const before = { ...counters };
    const dn = await addUser(opened.muster, "one");
    await opened.muster.modify(dn, change("replace", "title", "x"));
    await opened.muster.modifyDN(dn, "CN=two");
    await opened.muster.del(`CN=two,${STAFF}`);
    await failure(opened.muster.del(dn));
    await read(opened.muster, STAFF);
    expect(seen.map((request) => [request.kind, request.write])).toEqual([
      ["add", 1],
      ["modify", 2],
      ["modifyDN", 3],
      ["delete", 4],
      ["delete", 5],
    ]);
    expect(seen[1]).toEqual({ kind: "modify", dn, attributes: ["title"], write: 2 });
    expect(counters).toEqual({
      ...before,
      add: before.add + 1,
      modify: before.modify + 1,
      modifyDN: before.modifyDN + 1,
      delete: before.delete + 2,
      search: before.search + 1,
      writes: 5,
    });
  });
});
