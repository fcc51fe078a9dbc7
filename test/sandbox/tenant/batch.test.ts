import { describe, expect, it } from "vitest";
import { describeCases } from "./cases.js";
import { addGroup, expectRefusal, reference } from "./group-helpers.js";
import { type OpenedTenant, openTenant } from "./open-tenant.js";

interface Item {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { readonly id?: string; readonly error?: { readonly code: string } };
}

async function send(t: OpenedTenant, requests: readonly object[]): Promise<readonly Item[]> {
  const reply = await t.ask("POST", "/$batch", { body: { requests } });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return reply.body.responses as readonly Item[];
}

const json = { "Content-Type": "application/json" };
const get = (id: string, url: string) => ({ id, method: "GET", url });

describeCases("batch", {
  "[D 2] items are answered one by one, and not in the order in which they came": async (t) => {
    const user = await t.addUser("batch");
    const items = await send(t, [get("1", `/users/${user}`), get("2", "/users/nobody"), get("3", "/users?$select=id")]);
    expect(items.map(({ id }) => id).sort()).toEqual(["1", "2", "3"]);
    expect(items.map(({ id }) => id)).not.toEqual(["1", "2", "3"]);
    const status = Object.fromEntries(items.map((item) => [item.id, item.status]));
    expect(status).toEqual({ 1: 200, 2: 404, 3: 200 });
  },
  "[D 2] at most 20": async (t) => {
    const requests = Array.from({ length: 21 }, (_, at) => get(String(at), "/users"));
    expectRefusal(await t.ask("POST", "/$batch", { body: { requests } }), 400, "maximum value of 20");
    expect((await send(t, requests.slice(0, 20))).length).toBe(20);
  },
  "[D 2] ids are unique without regard to case": async (t) => {
    const body = { requests: [get("a", "/users"), get("A", "/users")] };
    expect((await t.ask("POST", "/$batch", { body })).status).toBe(400);
  },
  "[D 2] what depends on a failure is 424 and not executed": async (t) => {
    const group = await addGroup(t, "dependent");
    const items = await send(t, [
      get("1", "/users/nobody"),
      { id: "2", method: "DELETE", url: `/groups/${group}`, dependsOn: ["1"] },
    ]);
    expect(items.map(({ id, status }) => [id, status])).toEqual([
      ["1", 404],
      ["2", 424],
    ]);
    expect((await t.ask("GET", `/groups/${group}`)).status).toBe(200);
  },
  "[D 2] dependsOn keeps the order": async (t) => {
    const [group, user] = [await addGroup(t, "serial"), await t.addUser("serial")];
    const items = await send(t, [
      { id: "1", method: "POST", url: `/groups/${group}/members/$ref`, body: reference(user), headers: json },
      { id: "2", method: "DELETE", url: `/groups/${group}/members/${user}/$ref`, dependsOn: ["1"] },
    ]);
    expect(items.map(({ id, status }) => [id, status])).toEqual([
      ["1", 204],
      ["2", 204],
    ]);
  },
  "[D 2] a body needs its Content-Type": async (t) => {
    const user = await t.addUser("typed");
    const item = { id: "1", method: "PATCH", url: `/users/${user}`, body: { jobTitle: "Clerk" } };
    expect((await send(t, [item]))[0]?.status).toBe(400);
    expect((await send(t, [{ ...item, headers: json }]))[0]?.status).toBe(204);
  },
  "[D 2] an item's url is relative to the version": async (t) => {
    const body = { requests: [get("1", "https://graph.microsoft.com/v1.0/users")] };
    expect((await t.ask("POST", "/$batch", { body })).status).toBe(400);
  },
  "[D 2] items need the permissions that they need alone": async (t) => {
    const body = { requests: [get("1", "/groups")] };
    const reply = await t.ask("POST", "/$batch", { body, permissions: ["User.Read.All"] });
    expect((reply.body.responses as readonly Item[])[0]?.status).toBe(403);
  },
});

describe("batch under quotas", () => {
  it("[D 2] items count one by one, and fail alone with their own Retry-After", async () => {
    const now = Date.parse("2026-03-02T08:00:00Z");
    const t = await openTenant({ quotas: "on", now: () => now });
    const user = await t.addUser("quota");
    for (let n = 0; n < 2_990; n++) await t.ask("POST", `/users/${user}/revokeSignInSessions`);
    const requests = Array.from({ length: 20 }, (_, at) => ({
      id: String(at),
      method: "POST",
      url: `/users/${user}/revokeSignInSessions`,
    }));
    const items = await send(t, requests);
    const refused = items.filter(({ status }) => status === 429);
    // One create, 2,990 writes: nine are left of 3,000.
    expect(items.filter(({ status }) => status === 200).length).toBe(9);
    expect(refused.length).toBe(11);
    expect(refused.every(({ headers }) => headers["Retry-After"] === "150")).toBe(true);
    await t.close();
  });
});

describe("batch under faults", () => {
  it("[F: Q&A 5529013] an item's 429 does not prove that nothing happened", async () => {
    const t = await openTenant({
      faults: {
        before: ({ method }) =>
          method === "DELETE" ? { do: "reply", status: 429, code: "TooManyRequests", after: true } : undefined,
      },
    });
    const [group, user] = [await addGroup(t, "done"), await t.addUser("done")];
    await t.ask("POST", `/groups/${group}/members/$ref`, { body: reference(user) });
    const items = await send(t, [{ id: "1", method: "DELETE", url: `/groups/${group}/members/${user}/$ref` }]);
    expect(items[0]?.status).toBe(429);
    expect((await t.ask("GET", `/groups/${group}/members`)).body.value).toEqual([]);
    await t.close();
  });
});
