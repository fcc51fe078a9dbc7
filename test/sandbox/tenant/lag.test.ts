import { describe, expect, it } from "vitest";
import { addGroup, addMember, memberIds } from "./group-helpers.js";
import { DOMAIN, openTenant } from "./open-tenant.js";

describe("replicas that lag by reads", () => {
  it("[D 32] a new user is 404 for two reads", async () => {
    const t = await openTenant({ lag: { reads: 2 } });
    const user = await t.addUser("new");
    const seen = [];
    for (let n = 0; n < 3; n++) seen.push((await t.ask("GET", `/users/${user}`)).status);
    expect(seen).toEqual([404, 404, 200]);
    await t.close();
  });

  it("[D 32] old values after an update, object by object", async () => {
    const t = await openTenant({ lag: { reads: 1 } });
    const [a, b] = [await t.addUser("lag-a"), await t.addUser("lag-b")];
    for (const id of [a, b]) await t.ask("GET", `/users/${id}`);
    for (const id of [a, b]) await t.ask("PATCH", `/users/${id}`, { body: { jobTitle: "Clerk" } });
    const title = async (id: string) => (await t.ask("GET", `/users/${id}`)).body.jobTitle;
    expect([await title(a), await title(a), await title(b), await title(b)]).toEqual([null, "Clerk", null, "Clerk"]);
    await t.close();
  });

  it("[D 32] a deleted user is still there for a read, and a list agrees", async () => {
    const t = await openTenant({ lag: { reads: 1 } });
    const user = await t.addUser("ghost");
    await t.ask("GET", `/users/${user}`);
    await t.ask("DELETE", `/users/${user}`);
    const ids = async () => (await t.ask("GET", "/users?$select=id")).body.value.map(({ id }) => id);
    expect(await ids()).toEqual([user]);
    expect(await ids()).toEqual([]);
    await t.close();
  });
});

describe("replicas that lag by time", () => {
  it("[D 32] members and memberOf are old until the time is over", async () => {
    let now = Date.parse("2026-03-02T08:00:00Z");
    const t = await openTenant({ now: () => now, lag: { millis: 2_000 } });
    const [group, user] = [await addGroup(t, "lagging"), await t.addUser("lagging")];
    now += 3_000;
    await addMember(t, group, user);
    expect(await memberIds(t, group)).toEqual([]);
    expect((await t.ask("GET", `/users/${user}/memberOf`)).body.value).toEqual([]);
    now += 1_999;
    expect(await memberIds(t, group)).toEqual([]);
    now += 1;
    expect(await memberIds(t, group)).toEqual([user]);
    expect((await t.ask("GET", `/users/${user}/memberOf`)).body.value.map(({ id }) => id)).toEqual([group]);
    await t.close();
  });

  it("[D 32] a write is decided on the present: a name that nobody sees yet is taken", async () => {
    const t = await openTenant({ lag: { millis: 60_000 } });
    await t.addUser("taken");
    const found = await t.ask("GET", `/users?$filter=userPrincipalName eq 'taken@${DOMAIN}'`);
    expect(found.body.value).toEqual([]);
    await expect(t.addUser("taken")).rejects.toThrow("userPrincipalName");
    await t.close();
  });
});
