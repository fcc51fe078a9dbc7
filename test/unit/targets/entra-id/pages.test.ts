/** A listing is complete, or it is an error. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readAll, readCount, readDelta, readPages } from "../../../../reconciler/targets/entra-id/pages.js";
import { path, withQuery } from "../../../../reconciler/targets/entra-id/paths.js";
import { type ScriptedClient, scriptedClient } from "../../../support/scripted-client.js";
import type { ScriptedReply } from "../../../support/scripted-graph.js";

let scripted: ScriptedClient;
beforeEach(async () => {
  scripted = await scriptedClient();
});
afterEach(() => scripted.close());

const users = withQuery(path`/users`, { $select: "id,displayName" });
const expired: ScriptedReply = { status: 400, json: { error: { code: "Directory_ExpiredPageToken", message: "m" } } };

/** A page; `next` is the token of the following one. */
function page(ids: readonly string[], next?: string, more: object = {}): ScriptedReply {
  const link = `${scripted.server.url}/v1.0/users?$skiptoken=${next}`;
  const value = ids.map((id) => ({ id, displayName: `name of ${id}` }));
  return { status: 200, json: { value, ...(next === undefined ? {} : { "@odata.nextLink": link }), ...more } };
}

async function idsOf(reading: Promise<readonly { readonly id: string }[]>): Promise<string[]> {
  return (await reading).map(({ id }) => id);
}

const counting = (count: number) => ({ expected: async () => count });

describe("a listing", () => {
  it("goes on past an empty page, with its headers, until there is no link", async () => {
    const { client, server } = scripted;
    server.answer(page(["1", "2"], "a%2Bb"), page([], "c"), page(["3"]));
    expect(await idsOf(readAll(client, users, { headers: { ConsistencyLevel: "eventual" } }))).toEqual(["1", "2", "3"]);
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/v1.0/users?$select=id,displayName",
      "/v1.0/users?$skiptoken=a%2Bb",
      "/v1.0/users?$skiptoken=c",
    ]);
    expect(server.requests.map(({ headers }) => headers.consistencylevel)).toEqual(Array(3).fill("eventual"));
  });

  it("takes what came twice unchanged once", async () => {
    scripted.server.answer(page(["1", "2"], "a"), page(["2", "3"]));
    expect(await idsOf(readAll(scripted.client, users))).toEqual(["1", "2", "3"]);
  });

  it("begins again when what came twice had changed, and then is an error", async () => {
    const { client, server } = scripted;
    const changed: ScriptedReply = { status: 200, json: { value: [{ id: "2", displayName: "another" }] } };
    server.answer(page(["1", "2"], "a"), changed, page(["1", "2"]));
    expect(await idsOf(readAll(client, users))).toEqual(["1", "2"]);
    let next = 0;
    server.answerBy(() => (next++ % 2 === 0 ? page(["1", "2"], "a") : changed));
    await expect(readAll(client, users)).rejects.toMatchObject({ code: "MUS-5003", where: { target: "entra" } });
    expect(next).toBe(6);
  });

  it("begins again when its page token expired, and keeps nothing of before", async () => {
    const { client, server } = scripted;
    server.answer(page(["1", "gone"], "a"), expired, page(["1"], "b"), page(["2"]));
    expect(await idsOf(readAll(client, users))).toEqual(["1", "2"]);
    server.answerBy(({ path }) => (path.includes("skiptoken") ? expired : page(["1"], "a")));
    await expect(readAll(client, users)).rejects.toThrow(/MUS-5003 the listing took longer than its page token lives/);
  });

  it("is read again when a page of it is missing", async () => {
    const { client, server } = scripted;
    const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n));
    server.answer(page(ids(0, 20), "a", { "@odata.count": 60 }), page(ids(40, 60)), page(ids(0, 60)));
    expect(await readAll(client, users)).toHaveLength(60);
    server.answer(page(ids(0, 20)));
    await expect(readAll(client, users, counting(60))).rejects.toThrow(/60 objects were counted, and 20 were read/);
  });

  it("may hold more than a count that lags, when it says so twice", async () => {
    const { client, server } = scripted;
    server.answer(page(["1", "2"]), page(["1", "2"]));
    expect(await idsOf(readAll(client, users, counting(1)))).toEqual(["1", "2"]);
    server.answer(page(["1", "2"]), page(["2", "3"]), page(["1", "3"]));
    await expect(readAll(client, users, counting(1))).rejects.toThrow(/MUS-5003/);
  });

  it("is not whole when the count is no number", async () => {
    const { client, server } = scripted;
    server.answer({ status: 200, text: "" });
    await expect(readCount(client, path`/users/$count`)).rejects.toThrow(/MUS-5003 a count is no number/);
  });

  it("is read again, a little later, when a single object is missing, and never let pass in a small tenant", async () => {
    const { client, server } = scripted;
    server.answer(page(["1", "2"]), page(["1", "2", "3"]));
    expect(await idsOf(readAll(client, users, counting(3)))).toEqual(["1", "2", "3"]);
    server.answer(page(["1", "2"]));
    await expect(readAll(client, users, counting(3))).rejects.toThrow(
      /MUS-5003 3 objects were counted, and 2 were read/,
    );
  });

  it("of thousands that never stand still may lack a few, when the next listing lacks no others", async () => {
    const { client, server } = scripted;
    const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n));
    server.answer(page(ids(0, 2_998)));
    expect(await readAll(client, users, counting(3_000))).toHaveLength(2_998);
    server.answer(page(ids(0, 2_998)), page(ids(2, 3_000)), page(ids(0, 2_998)));
    await expect(readAll(client, users, counting(3_000))).rejects.toThrow(/MUS-5003/);
  });

  it("misses no page of 999 in the largest tenant", async () => {
    const { client, server } = scripted;
    const many = Array.from({ length: 900 }, (_, n) => String(n));
    server.answer(page(many));
    await expect(readAll(client, users, counting(300_900))).rejects.toThrow(/MUS-5003/);
    await expect(readAll(client, users, counting(1_899))).rejects.toThrow(/MUS-5003/);
  });

  it.each([
    ["no list", { status: 200, json: { error: "x" } }],
    ["nothing", { status: 200 }],
    ["an object without an id", { status: 200, json: { value: [{ displayName: "x" }] } }],
  ] as const)("is an error when a page is %s", async (_, reply) => {
    scripted.server.answer(reply);
    await expect(readAll(scripted.client, users)).rejects.toThrow(/MUS-5003 a page is not a list of objects/);
  });

  it("does not follow a link to another host", async () => {
    const link = { "@odata.nextLink": "https://evil.example/v1.0/users?$skiptoken=a" };
    scripted.server.answer(page(["1"], undefined, link));
    await expect(readAll(scripted.client, users)).rejects.toMatchObject({ code: "MUS-5201" });
    expect(scripted.server.requests).toHaveLength(1);
  });

  it("is no listing when a page fails for good", async () => {
    scripted.server.answer(page(["1"], "a"), { status: 403, json: { error: { code: "Authorization_RequestDenied" } } });
    await expect(readAll(scripted.client, users)).rejects.toMatchObject({ meaning: "forbidden" });
  });

  it("survives a page that comes only the second time", async () => {
    scripted.server.answer(page(["1"], "a"), "cut", page(["2"]));
    expect(await idsOf(readAll(scripted.client, users))).toEqual(["1", "2"]);
    expect(scripted.server.requests[2]?.path).toBe(scripted.server.requests[1]?.path);
  });

  it("can be read page by page", async () => {
    scripted.server.answer(page(["1"], "a", { "@odata.count": 2 }), page(["2"]));
    const counts: (number | null)[] = [];
    for await (const { count } of readPages(scripted.client, users)) counts.push(count);
    expect(counts).toEqual([2, null]);
  });
});

describe("a delta", () => {
  const start = withQuery(path`/users/delta`, { $select: "id" });

  it("gives entries as they came, repeats included, and where the next round begins", async () => {
    const { client, server } = scripted;
    const deltaLink = `${server.url}/v1.0/users/delta?$deltatoken=x`;
    server.answer(page(["1", "2"], "a"), page(["1"], undefined, { "@odata.deltaLink": deltaLink }));
    const delta = await readDelta(client, start);
    expect(delta).toMatchObject({ entries: [{ id: "1" }, { id: "2" }, { id: "1" }], deltaLink });
  });

  it("is expired when its token is no longer known", async () => {
    const { client, server } = scripted;
    const gone = {
      status: 410,
      headers: { location: "x" },
      json: { error: { code: "syncStateNotFound", message: "m" } },
    };
    server.answer(gone);
    expect(await readDelta(client, start)).toBe("expired");
    server.answer(page(["1"], "a"), gone);
    expect(await readDelta(client, start)).toBe("expired");
  });

  it("is broken off as soon as more objects have changed than are worth it; repeats do not count", async () => {
    const { client, server } = scripted;
    const deltaLink = `${server.url}/v1.0/users/delta?$deltatoken=x`;
    server.answer(page(["1", "2"], "a"), page(["1"], undefined, { "@odata.deltaLink": deltaLink }));
    expect(await readDelta(client, start, 2)).toMatchObject({ deltaLink });
    server.requests.length = 0;
    server.answer(page(["1", "2"], "a"), page(["3"], "b"), page(["4"], "c"));
    expect(await readDelta(client, start, 2)).toBe("too-much");
    expect(server.requests).toHaveLength(2);
  });

  it("without a deltaLink is an error", async () => {
    scripted.server.answer(page(["1"]));
    await expect(readDelta(scripted.client, start)).rejects.toThrow(/MUS-5003 the last page has no deltaLink/);
  });
});
