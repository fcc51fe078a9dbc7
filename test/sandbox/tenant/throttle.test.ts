import { describe, expect, it } from "vitest";
import { describeCases } from "./cases.js";
import { type OpenedTenant, openTenant } from "./open-tenant.js";

const START = Date.parse("2026-03-02T08:00:00Z");

async function cost(t: OpenedTenant, path: string, method = "GET", body?: object): Promise<string | undefined> {
  const reply = await t.ask(method, path, body === undefined ? {} : { body });
  return reply.headers["x-ms-resource-unit"];
}

describeCases("resource units", {
  "[D 31] GET users is 2, with $select 1": async (t) => {
    expect(await cost(t, "/users")).toBe("2");
    expect(await cost(t, "/users?$select=id")).toBe("1");
  },
  "[D 31] $top below 20 is one less, $expand one more, never below 1": async (t) => {
    expect(await cost(t, "/users?$top=19")).toBe("1");
    expect(await cost(t, "/users?$top=20")).toBe("2");
    expect(await cost(t, "/users?$expand=manager($select=id)")).toBe("3");
    expect(await cost(t, "/users?$select=id&$top=5")).toBe("1");
  },
  "[D 31] getByIds is 5, with $select 2": async (t) => {
    const body = { ids: ["11111111-0000-4000-8000-000000000000"] };
    expect(await cost(t, "/directoryObjects/getByIds", "POST", body)).toBe("5");
    expect(await cost(t, "/directoryObjects/getByIds?$select=id", "POST", body)).toBe("2");
  },
  "[D 31] subscribedSkus is 3": async (t) => {
    expect(await cost(t, "/subscribedSkus")).toBe("3");
  },
});

describe("quotas", () => {
  async function open(): Promise<{ t: OpenedTenant; clock: { now: number } }> {
    const clock = { now: START };
    return { t: await openTenant({ quotas: "on", now: () => clock.now }), clock };
  }

  it("[D 31] a small tenant has 3,500 units in 10 seconds, then 429 until the window ends", async () => {
    const { t, clock } = await open();
    for (let n = 0; n < 1750; n++) expect((await t.ask("GET", "/users")).status).toBe(200);
    clock.now += 4_000;
    const reply = await t.ask("GET", "/users");
    expect([reply.status, reply.body.error.code]).toEqual([429, "TooManyRequests"]);
    expect(reply.headers["retry-after"]).toBe("6");
    expect(reply.headers["x-ms-throttle-information"]).toBe("ResourceUnitLimitExceeded");
    clock.now += 6_000;
    expect((await t.ask("GET", "/users")).status).toBe(200);
    await t.close();
  });

  it("[D 7] above 80 % the share used is told", async () => {
    const { t } = await open();
    let last: Readonly<Record<string, string>> = {};
    for (let n = 0; n < 1_400; n++) last = (await t.ask("GET", "/users")).headers;
    expect(last).not.toHaveProperty("x-ms-throttle-limit-percentage");
    for (let n = 0; n < 175; n++) last = (await t.ask("GET", "/users")).headers;
    expect(last["x-ms-throttle-limit-percentage"]).toBe("0.9");
    await t.close();
  });

  it("[D 31] 3,000 writes in 150 seconds; reads go on", async () => {
    const { t, clock } = await open();
    const user = await t.addUser("writer");
    const write = () => t.ask("POST", `/users/${user}/revokeSignInSessions`);
    for (let n = 0; n < 2_999; n++) {
      clock.now += 10;
      expect((await write()).status).toBe(200);
    }
    const reply = await write();
    expect(reply.status).toBe(429);
    expect(reply.headers["x-ms-throttle-information"]).toBe("WriteLimitExceeded");
    expect(reply.headers["retry-after"]).toBe("121");
    expect((await t.ask("GET", `/users/${user}`)).status).toBe(200);
    await t.close();
  });

  it("[D 7] refused requests still count: who hammers waits longer", async () => {
    const { t, clock } = await open();
    for (let n = 0; n < 1750 * 2; n++) await t.ask("GET", "/users");
    clock.now += 10_000;
    expect((await t.ask("GET", "/users")).status).toBe(429);
    clock.now += 10_000;
    expect((await t.ask("GET", "/users")).status).toBe(200);
    await t.close();
  });
});
