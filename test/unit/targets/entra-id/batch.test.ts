/** Batches: order, what is repeated, and what nobody knows. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BatchItem, sendBatch } from "../../../../reconciler/targets/entra-id/batch.js";
import { path } from "../../../../reconciler/targets/entra-id/paths.js";
import { requestProblems } from "../../../contract/graph/contract.js";
import { type ScriptedClient, scriptedClient } from "../../../support/scripted-client.js";
import type { ScriptedReply } from "../../../support/scripted-graph.js";

let scripted: ScriptedClient;
beforeEach(async () => {
  scripted = await scriptedClient();
});
afterEach(() => scripted.close());

interface WireItem {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers?: object;
  readonly body?: unknown;
}

type ItemReply = { readonly status: number; readonly headers?: object; readonly body?: unknown } | null;

/** Answers each item by its url, in the opposite order; null leaves it out. */
function answerItems(by: (item: WireItem) => ItemReply): void {
  scripted.server.answerBy((request): ScriptedReply => {
    const { requests } = JSON.parse(request.body) as { requests: readonly WireItem[] };
    const responses = requests.flatMap((item) => {
      const reply = by(item);
      return reply === null ? [] : [{ id: item.id, ...reply }];
    });
    return { status: 200, json: { responses: responses.reverse() } };
  });
}

function sent(): (readonly WireItem[])[] {
  return scripted.server.requests.map(({ body }) => (JSON.parse(body) as { requests: WireItem[] }).requests);
}

function reads(count: number): BatchItem[] {
  return Array.from({ length: count }, (_, n) => ({ method: "GET", path: path`/users/${String(n)}` }));
}

const throttled = (seconds: string) => ({
  status: 429,
  headers: { "Retry-After": seconds },
  body: { error: { code: "TooManyRequests", message: "m" } },
});

describe("a batch", () => {
  it("holds twenty items, and gives their answers in their order", async () => {
    answerItems(({ url }) => ({ status: 200, body: { id: url.slice(7) } }));
    const answers = await sendBatch(scripted.client, reads(45));
    expect(answers).toEqual(Array.from({ length: 45 }, (_, n) => ({ ok: true, status: 200, body: { id: String(n) } })));
    expect(sent().map((items) => items.length)).toEqual([20, 20, 5]);
    expect(scripted.server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array(3).fill("POST /v1.0/$batch"),
    );
  });

  it("sends nothing for nothing", async () => {
    expect(await sendBatch(scripted.client, [])).toEqual([]);
    expect(scripted.server.requests).toEqual([]);
  });

  it("gives items with a body their type, and each its headers", async () => {
    answerItems(() => ({ status: 204 }));
    await sendBatch(scripted.client, [
      { method: "POST", path: path`/groups/${"g"}/members/$ref`, body: { "@odata.id": "x" }, repeatable: true },
      { method: "GET", path: path`/users/$count`, headers: { ConsistencyLevel: "eventual" } },
      { method: "DELETE", path: path`/groups/${"g"}/members/${"u"}/$ref` },
    ]);
    expect(requestProblems("POST", "/v1.0/$batch", { requests: sent()[0] })).toEqual([]);
    const member = { "@odata.id": "x" };
    expect(sent()[0]).toEqual([
      {
        id: "1",
        method: "POST",
        url: "/groups/g/members/$ref",
        headers: { "Content-Type": "application/json" },
        body: member,
      },
      { id: "2", method: "GET", url: "/users/$count", headers: { ConsistencyLevel: "eventual" } },
      { id: "3", method: "DELETE", url: "/groups/g/members/u/$ref" },
    ]);
  });

  it("fails item by item", async () => {
    const gone = { error: { code: "Request_ResourceNotFound", message: "Resource 'zoe@contoso.example' ..." } };
    answerItems(({ url }) => (url === "/users/1" ? { status: 404, body: gone } : { status: 200, body: { id: url } }));
    const answers = await sendBatch(scripted.client, reads(3));
    expect(answers.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(answers[1]).toMatchObject({
      failure: { meaning: "gone", status: 404, request: { template: "/users/{id}" } },
    });
    expect(answers[1]?.ok === false && answers[1].failure.message).toBe(
      "the object is gone, or one that the request refers to: GET /users/{id}, 404 Request_ResourceNotFound, request request-1",
    );
  });

  it("repeats a throttled item after its own Retry-After, together with those that wait", async () => {
    const times = new Map<string, number>();
    answerItems(({ url }) => {
      const time = (times.get(url) ?? 0) + 1;
      times.set(url, time);
      if (time === 1 && url === "/users/3") return throttled("40");
      return time === 1 && url === "/users/7" ? throttled("90") : { status: 200, body: { id: url.slice(7) } };
    });
    const answers = await sendBatch(scripted.client, reads(25));
    expect(answers.map((answer) => answer.ok && (answer.body as { id: string }).id)).toEqual(
      Array.from({ length: 25 }, (_, n) => String(n)),
    );
    expect(sent().map((items) => items.map(({ url }) => url.slice(7)))).toEqual([
      Array.from({ length: 20 }, (_, n) => String(n)),
      ["3", "7", "20", "21", "22", "23", "24"],
    ]);
    expect(scripted.time.sleeps).toEqual([90_000]);
  });

  it("repeats no create, neither throttled nor unavailable", async () => {
    const creates: BatchItem[] = ["1", "2"].map((id) => ({ method: "POST", path: path`/users`, body: { id } }));
    answerItems(({ body }) => ((body as { id: string }).id === "1" ? throttled("1") : { status: 503 }));
    const answers = await sendBatch(scripted.client, creates);
    expect(scripted.server.requests).toHaveLength(1);
    expect(answers).toMatchObject([
      { ok: false, failure: { meaning: "throttled", mayHaveHappened: true } },
      { ok: false, failure: { meaning: "unavailable", mayHaveHappened: true } },
    ]);
  });

  it("repeats an unavailable item, and gives up", async () => {
    answerItems(() => ({ status: 503 }));
    const [answer] = await sendBatch(scripted.client, reads(1));
    expect(answer).toMatchObject({ ok: false, failure: { meaning: "unavailable", mayHaveHappened: false } });
    expect(scripted.time.sleeps).toEqual([2_000, 4_000, 8_000, 16_000, 32_000]);
  });

  it("says of an item without a reply that nobody knows", async () => {
    answerItems(({ url }) => (url.includes("/members/") ? null : { status: 200, body: { id: "1" } }));
    const answers = await sendBatch(scripted.client, [
      ...reads(1),
      { method: "DELETE", path: path`/groups/${"g"}/members/${"u"}/$ref`, repeatable: false },
    ]);
    expect(answers).toMatchObject([{ ok: true }, { ok: false, failure: { meaning: "lost", mayHaveHappened: true } }]);
  });

  it("fails as a whole when it was lost, and is repeated only when all of it may be", async () => {
    scripted.server.answer("cut");
    const answers = await sendBatch(scripted.client, [...reads(1), { method: "POST", path: path`/users`, body: {} }]);
    expect(answers).toMatchObject([
      { ok: false, failure: { meaning: "lost", mayHaveHappened: false } },
      { ok: false, failure: { meaning: "lost", mayHaveHappened: true } },
    ]);
  });

  it("asks for a write at a time when it counts them", async () => {
    answerItems(() => ({ status: 204 }));
    const removals: BatchItem[] = Array.from({ length: 3_020 }, (_, n) => ({
      method: "DELETE",
      path: path`/groups/${"g"}/members/${String(n)}/$ref`,
    }));
    const start = scripted.time.clock.now();
    await sendBatch(scripted.client, removals.slice(0, 3_000));
    expect(scripted.time.clock.now() - start).toBe(0);
    await sendBatch(scripted.client, removals.slice(3_000));
    expect(scripted.time.clock.now() - start).toBeGreaterThanOrEqual(150_000);
  });
});
