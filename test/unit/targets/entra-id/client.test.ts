/** The client against a server that fails in every way that a service fails: what is repeated, what never is, and what is said. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GraphFailure } from "../../../../reconciler/targets/entra-id/failure.js";
import { path, withQuery } from "../../../../reconciler/targets/entra-id/paths.js";
import { type ScriptedClient, scriptedClient } from "../../../support/scripted-client.js";

const UPN = "zoe.o'neil#1@contoso.example";
const OK = { status: 200, json: { id: "1" } };

let scripted: ScriptedClient;
beforeEach(async () => {
  scripted = await scriptedClient();
});
afterEach(() => scripted.close());

async function failureOf(request: Promise<unknown>): Promise<GraphFailure> {
  const error = await request.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GraphFailure)) throw new Error(`no GraphFailure: ${String(error)}`);
  return error;
}

describe("a request", () => {
  it("is encoded, versioned, signed and numbered", async () => {
    const { client, server } = scripted;
    server.answer(OK);
    const where = withQuery(path`/users/${UPN}`, { $select: "id,mail", $filter: "displayName eq 'R&D + #1'" });
    expect(await client.get(where, { ConsistencyLevel: "eventual" })).toEqual({ id: "1" });
    const [request] = server.requests;
    expect(request?.path).toBe(
      "/v1.0/users/zoe.o'neil%231%40contoso.example?$select=id,mail&$filter=displayName%20eq%20%27R%26D%20%2B%20%231%27",
    );
    expect(request?.headers).toMatchObject({
      authorization: "Bearer token-1",
      "client-request-id": "request-1",
      consistencylevel: "eventual",
    });
  });

  it("carries JSON, or nothing", async () => {
    const { client, server } = scripted;
    server.answer({ status: 204 });
    await client.send({ method: "PATCH", path: path`/users/${"1"}`, body: { jobTitle: null } });
    const reply = await client.send({ method: "POST", path: path`/users/${"1"}/revokeSignInSessions` });
    expect(reply).toMatchObject({ status: 204, body: null });
    expect(server.requests.map(({ body }) => body)).toEqual(['{"jobTitle":null}', ""]);
    expect(server.requests[0]?.headers["content-type"]).toBe("application/json");
  });

  it("goes to no other host, whatever its path says", async () => {
    const { client, server } = scripted;
    const forged = { text: "https://evil.example/v1.0/users", template: "/users" };
    await expect(client.get(forged)).rejects.toMatchObject({ code: "MUS-5201" });
    expect(server.requests).toEqual([]);
    expect(scripted.tokens()).toBe(0);
  });

  it("follows no redirect", async () => {
    const { client, server } = scripted;
    server.answer({ status: 302, headers: { location: `${server.url}/v1.0/elsewhere` } });
    expect((await failureOf(client.get(path`/users`))).status).toBe(302);
    expect(server.requests).toHaveLength(1);
  });
});

describe("a throttled request", () => {
  const throttled = (headers: Record<string, string>) => ({
    status: 429,
    headers,
    json: { error: { code: "TooManyRequests", message: "m" } },
  });

  it.each(["GET", "POST", "PATCH", "DELETE"] as const)(
    "%s waits as long as it is told, without a cap",
    async (method) => {
      const { client, server, time } = scripted;
      server.answer(throttled({ "retry-after": "600" }), throttled({ "retry-after": "7" }), OK);
      await client.send({ method, path: path`/users/${"1"}`, body: method === "POST" ? {} : undefined });
      expect(time.sleeps).toEqual([600_000, 7_000]);
      expect(server.requests.map(({ headers }) => headers["client-request-id"])).toEqual([
        "request-1",
        "request-2",
        "request-3",
      ]);
    },
  );

  it("understands a date, and backs off without one", async () => {
    const { client, server, time } = scripted;
    const date = new Date(time.clock.now() + 90_000).toUTCString();
    server.answer(throttled({ "retry-after": date }), throttled({}), throttled({}), OK);
    await client.get(path`/users`);
    expect(time.sleeps).toEqual([90_000, 4_000, 8_000]);
  });

  it("holds back all others", async () => {
    const { client, server, time } = scripted;
    server.answer(throttled({ "retry-after": "60" }), OK);
    const start = time.clock.now();
    await client.get(path`/users`);
    await client.get(path`/groups`);
    expect(time.clock.now() - start).toBe(60_000);
  });

  it("is not sent again when the refusal of a create came late", async () => {
    const { client, server, time } = scripted;
    server.answerBy(() => {
      time.advance(11_000);
      return throttled({ "retry-after": "5" });
    });
    const failure = await failureOf(client.send({ method: "POST", path: path`/users`, body: {} }));
    expect(failure).toMatchObject({ meaning: "throttled", mayHaveHappened: true });
    expect(server.requests).toHaveLength(1);
  });

  it("ends when the service never lets it through", async () => {
    const { client, server } = scripted;
    server.answer(throttled({ "retry-after": "1" }));
    expect(await failureOf(client.get(path`/users`))).toMatchObject({ meaning: "throttled", retryAfterMs: 1_000 });
    expect(server.requests).toHaveLength(30);
  });
});

describe("a request that nobody knows the outcome of", () => {
  const broken = { status: 200, text: '{"id": "1"', headers: { "content-type": "application/json" } };
  const unavailable = { status: 503, text: "<html>", headers: { "content-type": "text/html" } };

  it.each([
    ["503", unavailable, "unavailable"],
    ["504", { status: 504 }, "unavailable"],
    ["a cut connection", "cut", "lost"],
    ["half a reply", broken, "unreadable"],
  ] as const)("is sent once when it creates: %s", async (_, reply, meaning) => {
    const { client, server } = scripted;
    server.answer(reply, { status: 201, json: { id: "2" } });
    const failure = await failureOf(client.send({ method: "POST", path: path`/users`, body: {} }));
    expect(failure).toMatchObject({ meaning, mayHaveHappened: true });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ["a read", { method: "GET" }],
    ["a change to given values", { method: "PATCH", body: { jobTitle: "x" } }],
    ["a delete", { method: "DELETE" }],
    ["what the caller vouches for", { method: "POST", body: {}, repeatable: true }],
  ] as const)("is sent again when that does no harm: %s", async (_, request) => {
    const { client, server, time } = scripted;
    server.answer(unavailable, "cut", broken, { status: 502 }, OK);
    const reply = await client.send({ ...request, path: path`/users/${"1"}` });
    expect(reply.body).toEqual({ id: "1" });
    expect(time.sleeps).toEqual([2_000, 4_000, 8_000, 16_000]);
  });

  it("is not sent again when the caller forbids it", async () => {
    const { client, server } = scripted;
    server.answer("cut", OK);
    const request = { method: "PATCH", path: path`/users/${"1"}`, body: {}, repeatable: false } as const;
    expect(await failureOf(client.send(request))).toMatchObject({ meaning: "lost", mayHaveHappened: true });
    expect(server.requests).toHaveLength(1);
  });

  it("obeys the Retry-After of a 503", async () => {
    const { client, server, time } = scripted;
    server.answer({ ...unavailable, headers: { "retry-after": "300" } }, OK);
    await client.get(path`/users`);
    expect(time.sleeps).toEqual([300_000]);
  });

  it("gives up a read after six attempts", async () => {
    const { client, server } = scripted;
    server.answer(unavailable);
    expect(await failureOf(client.get(path`/users`))).toMatchObject({ meaning: "unavailable", mayHaveHappened: false });
    expect(server.requests).toHaveLength(6);
  });

  it("ends when nothing comes", async () => {
    const impatient = await scriptedClient({ requestTimeout: 100 });
    impatient.server.answer("silence");
    const failure = await failureOf(impatient.client.send({ method: "POST", path: path`/users`, body: {} }));
    expect(failure).toMatchObject({ meaning: "lost", status: 0, mayHaveHappened: true });
    expect(failure.message).toContain("TimeoutError");
    await impatient.close();
  });
});

describe("a request that was never sent", () => {
  it("is repeated even when it creates, and then did not happen", async () => {
    const { client, server, time } = scripted;
    await server.close();
    const failure = await failureOf(client.send({ method: "POST", path: path`/users`, body: {} }));
    expect(failure).toMatchObject({ meaning: "lost", mayHaveHappened: false });
    expect(failure.message).toContain("ECONNREFUSED");
    expect(time.sleeps).toHaveLength(5);
  });

  it("is one to a server whose certificate nobody vouches for", async () => {
    const distrustful = await scriptedClient({ withoutCa: true });
    const failure = await failureOf(distrustful.client.send({ method: "POST", path: path`/users`, body: {} }));
    expect(failure.mayHaveHappened).toBe(false);
    expect(distrustful.server.requests).toEqual([]);
    await distrustful.close();
  });
});

describe("the token", () => {
  const refused = { status: 401, json: { error: { code: "InvalidAuthenticationToken", message: "m" } } };

  it("is renewed once when it is refused, for any method", async () => {
    const { client, server } = scripted;
    server.answer(refused, { status: 201, json: { id: "1" } });
    await client.send({ method: "POST", path: path`/users`, body: {} });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
    server.answer(refused);
    expect((await failureOf(client.get(path`/users`))).meaning).toBe("unauthenticated");
    expect(server.requests).toHaveLength(4);
  });

  it("is taken anew after a long wait", async () => {
    const { client, server } = scripted;
    server.answer({ status: 429, headers: { "retry-after": "4000" }, json: {} }, OK);
    await client.get(path`/users`);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
  });
});

it("an error names the request and nobody else", async () => {
  const { client, server } = scripted;
  server.answer({
    status: 400,
    json: {
      error: {
        code: "Request_BadRequest",
        message: `Another object with the same value for property userPrincipalName already exists: ${UPN}`,
        details: [{ code: "ObjectConflict", message: UPN, target: "userPrincipalName" }],
        innerError: { date: "2026-01-05T08:00:00", "request-id": "r", "client-request-id": "c" },
      },
    },
  });
  const failure = await failureOf(
    client.send({ method: "PATCH", path: path`/users/${UPN}`, body: { userPrincipalName: UPN } }),
  );
  expect(failure.message).toBe(
    "another object has one of the values that must be unique (userPrincipalName): PATCH /users/{id}, 400 Request_BadRequest, request request-1",
  );
  expect(JSON.stringify({ ...failure, stack: failure.stack })).not.toMatch(/neil/);
  expect(failure).toMatchObject({ meaning: "taken", properties: ["userPrincipalName"], mayHaveHappened: false });
});
