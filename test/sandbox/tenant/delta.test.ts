import { describe, expect, it } from "vitest";
import { describeCases } from "./cases.js";
import { addGroup, addMember, expectRefusal, UNIFIED } from "./group-helpers.js";
import { type Body, type OpenedTenant, openTenant } from "./open-tenant.js";

interface Round {
  readonly entries: readonly Body[];
  readonly deltaLink: string;
}

async function readRound(
  t: OpenedTenant,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Round> {
  const entries: Body[] = [];
  for (let next = path; ; ) {
    const { status, body } = await t.ask("GET", next, { headers });
    if (status !== 200) throw new Error(JSON.stringify(body));
    entries.push(...body.value);
    if (body["@odata.deltaLink"] !== undefined) return { entries, deltaLink: String(body["@odata.deltaLink"]) };
    next = body["@odata.nextLink"];
  }
}

async function latest(t: OpenedTenant, path: string): Promise<string> {
  const { deltaLink } = await readRound(t, `${path}${path.includes("?") ? "&" : "?"}$deltatoken=latest`);
  return deltaLink;
}

let clock = Date.parse("2026-03-02T08:00:00Z");

describeCases(
  "delta",
  {
    "[D 6] a first round shows all objects, by pages": async (t) => {
      const ids = [await t.addUser("first-a"), await t.addUser("first-b"), await t.addUser("first-c")];
      const { entries } = await readRound(t, "/users/delta?$select=displayName", { Prefer: "odata.maxpagesize=2" });
      expect(entries.map(({ id }) => id)).toEqual(ids);
    },
    "[D 6] $deltatoken=latest gives only a deltaLink": async (t) => {
      const { body } = await t.ask("GET", "/users/delta?$deltatoken=latest");
      expect(body.value).toEqual([]);
      expect(body).toHaveProperty(["@odata.deltaLink"]);
      expect(body).not.toHaveProperty(["@odata.nextLink"]);
    },
    "[D 10] only changes of selected properties make an entry": async (t) => {
      const user = await t.addUser("select");
      const link = await latest(t, "/users/delta?$select=jobTitle");
      await t.ask("PATCH", `/users/${user}`, { body: { department: "Sales" } });
      expect((await readRound(t, link)).entries).toEqual([]);
      await t.ask("PATCH", `/users/${user}`, { body: { jobTitle: "Clerk" } });
      expect((await readRound(t, link)).entries).toEqual([{ id: user, jobTitle: "Clerk" }]);
    },
    "[D 6] by default all selected properties that were ever set; return=minimal the changed": async (t) => {
      const user = await t.addUser("minimal", { jobTitle: "Clerk" });
      const link = await latest(t, "/users/delta?$select=displayName,jobTitle,city");
      await t.ask("PATCH", `/users/${user}`, { body: { jobTitle: null } });
      expect((await readRound(t, link)).entries).toEqual([{ id: user, displayName: "minimal", jobTitle: null }]);
      const { entries } = await readRound(t, link, { Prefer: "return=minimal" });
      expect(entries).toEqual([{ id: user, jobTitle: null }]);
    },
    "[D 6] a soft delete is @removed changed, a restore an ordinary entry, a purge @removed deleted": async (t) => {
      const user = await t.addUser("removed");
      const link = await latest(t, "/users/delta?$select=displayName");
      await t.ask("DELETE", `/users/${user}`);
      const gone = await readRound(t, link);
      expect(gone.entries).toEqual([{ id: user, "@removed": { reason: "changed" } }]);
      await t.ask("POST", `/directory/deletedItems/${user}/restore`);
      const back = await readRound(t, gone.deltaLink);
      expect(back.entries).toEqual([{ id: user, displayName: "removed" }]);
      await t.ask("DELETE", `/users/${user}`);
      await t.ask("DELETE", `/directory/deletedItems/${user}`);
      expect((await readRound(t, back.deltaLink)).entries).toEqual([{ id: user, "@removed": { reason: "deleted" } }]);
    },
    "[D 16] members come as ids, a removal with @removed": async (t) => {
      const [group, a, b] = [await addGroup(t, "delta-g"), await t.addUser("delta-a"), await t.addUser("delta-b")];
      await addMember(t, group, a);
      const link = await latest(t, "/groups/delta?$select=displayName,members");
      await addMember(t, group, b);
      await t.ask("DELETE", `/groups/${group}/members/${a}/$ref`);
      const { entries } = await readRound(t, link);
      const type = "#microsoft.graph.user";
      expect(entries.map(({ id }) => id)).toEqual([group]);
      expect(entries[0]?.["members@delta"]).toEqual([
        { "@odata.type": type, id: b },
        { "@odata.type": type, id: a, "@removed": { reason: "deleted" } },
      ]);
    },
    "[D 16] a large group is spread over entries with the same id": async (t) => {
      const group = await addGroup(t, "delta-large");
      const ids: string[] = [];
      for (let n = 0; n < 60; n++) ids.push(await t.addUser(`large${n}`));
      for (const id of ids) await addMember(t, group, id);
      const { entries } = await readRound(t, "/groups/delta?$select=members");
      const parts = entries.filter(({ id }) => id === group);
      expect(parts.length).toBeGreaterThan(1);
      const members = parts.flatMap((part) => part["members@delta"] as readonly Body[]);
      expect(members.map(({ id }) => id)).toEqual(ids);
    },
    "[D 10] a manager comes only when selected": async (t) => {
      const [boss, user] = [await t.addUser("delta-boss"), await t.addUser("delta-user")];
      const [plain, link] = [
        await latest(t, "/users/delta?$select=jobTitle"),
        await latest(t, "/users/delta?$select=manager"),
      ];
      const body = { "@odata.id": `https://graph.microsoft.com/v1.0/users/${boss}` };
      await t.ask("PUT", `/users/${user}/manager/$ref`, { body });
      expect((await readRound(t, plain)).entries).toEqual([]);
      const type = "#microsoft.graph.user";
      const { entries } = await readRound(t, link);
      expect(entries).toEqual([{ id: user, "manager@delta": [{ "@odata.type": type, id: boss }] }]);
    },
    "[D 16] $filter takes ids only": async (t) => {
      const [a] = [await t.addUser("delta-id"), await t.addUser("delta-other")];
      const { entries } = await readRound(t, `/users/delta?$select=id&$filter=id eq '${a}'`);
      expect(entries).toEqual([{ id: a }]);
      expect((await t.ask("GET", "/users/delta?$filter=city eq 'Rome'")).status).toBe(400);
    },
    "[D 6] $top, $expand and $orderby are refused": async (t) => {
      for (const option of ["$top=5", "$expand=manager", "$orderby=displayName"]) {
        expectRefusal(await t.ask("GET", `/users/delta?${option}`), 400, "is not supported by delta queries");
      }
    },
    "[D 6] a token of eight days ago is 410, with the address to start over": async (t) => {
      const link = await latest(t, "/users/delta");
      clock += 6 * 24 * 3600 * 1000;
      expect((await t.ask("GET", link)).status).toBe(200);
      clock += 2 * 24 * 3600 * 1000;
      const reply = await t.ask("GET", link);
      expect([reply.status, reply.body.error.code]).toEqual([410, "syncStateNotFound"]);
      const again = await t.ask("GET", reply.headers.location ?? "");
      expect(again.body.value.length).toBeGreaterThan(0);
    },
    "[D 6] a token that is none is 410 too": async (t) => {
      expect((await t.ask("GET", "/users/delta?$deltatoken=nonsense")).status).toBe(410);
    },
    "[D 24] a deleted Microsoft 365 group is @removed changed, a security group deleted": async (t) => {
      const [unified, security] = [await addGroup(t, "delta-u", UNIFIED), await addGroup(t, "delta-s")];
      const link = await latest(t, "/groups/delta?$select=displayName");
      await t.ask("DELETE", `/groups/${unified}`);
      await t.ask("DELETE", `/groups/${security}`);
      expect((await readRound(t, link)).entries).toEqual([
        { id: unified, "@removed": { reason: "changed" } },
        { id: security, "@removed": { reason: "deleted" } },
      ]);
    },
  },
  { now: () => clock },
);

describe("delta of a tenant that misbehaves", () => {
  it("[D 6] repeats what was told, in another order", async () => {
    const t = await openTenant({ deltaDisorder: true });
    const ids = [await t.addUser("dis-a"), await t.addUser("dis-b")];
    const first = await readRound(t, "/users/delta?$select=displayName");
    expect(first.entries.map(({ id }) => id)).toEqual([...ids].reverse());
    const second = await readRound(t, first.deltaLink);
    expect(second.entries.map(({ id }) => id).sort()).toEqual([...ids].sort());
    await t.close();
  });

  it("[D 32] a change shows up late when replicas lag, and is not lost", async () => {
    let now = Date.parse("2026-03-02T08:00:00Z");
    const t = await openTenant({ now: () => now, lag: { millis: 5_000 } });
    const link = await latest(t, "/users/delta?$select=displayName");
    const user = await t.addUser("late");
    const early = await readRound(t, link);
    expect(early.entries).toEqual([]);
    now += 6_000;
    expect((await readRound(t, early.deltaLink)).entries).toEqual([{ id: user, displayName: "late" }]);
    await t.close();
  });

  it("[D 6] a token survives a restart", async () => {
    const t = await openTenant();
    const user = await t.addUser("restart");
    const link = await latest(t, "/users/delta?$select=jobTitle");
    const token = new URL(link).search;
    await t.ask("PATCH", `/users/${user}`, { body: { jobTitle: "Clerk" } });
    await t.tenant.close();
    const again = await openTenant({ folder: t.folder });
    const { entries } = await readRound(again, `/users/delta${token}`);
    expect(entries).toEqual([{ id: user, jobTitle: "Clerk" }]);
    await again.close();
  });
});
