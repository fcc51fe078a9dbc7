import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startSandbox } from "../../../reconciler/sandbox/directory-server.js";
import type { ConnectUser } from "../../../reconciler/sandbox/tenant-server.js";
import { expectRefusal } from "./group-helpers.js";
import { DOMAIN, type OpenedTenant, openTenant } from "./open-tenant.js";

function adUser(n: number, name: string, attributes: Readonly<Record<string, string>> = {}): ConnectUser {
  const all = { sAMAccountName: name, userPrincipalName: `${name}@${DOMAIN}`, displayName: name, ...attributes };
  return {
    objectGuid: Buffer.alloc(16, n),
    distinguishedName: `CN=${name},OU=Staff,DC=corp,DC=example`,
    attributes: Object.fromEntries(Object.entries({ userAccountControl: "512", ...all }).map(([k, v]) => [k, [v]])),
  };
}

const anchor = (n: number): string => Buffer.alloc(16, n).toString("base64");

interface Played {
  readonly t: OpenedTenant;
  people: ConnectUser[];
  now: number;
  cycle(): ReturnType<NonNullable<OpenedTenant["tenant"]["connect"]>["synchronise"]>;
  users(select: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

async function play(people: ConnectUser[]): Promise<Played> {
  const played = { people, now: Date.parse("2026-03-02T08:00:00Z") };
  const t = await openTenant({
    now: () => played.now,
    connect: { source: { listUsers: () => played.people }, delayMillis: 60_000, deletionThreshold: 2 },
  });
  return Object.assign(played, {
    t,
    cycle: () => {
      const { connect } = t.tenant;
      if (connect === undefined) throw new Error("no engine");
      return connect.synchronise();
    },
    users: async (select: string) => (await t.ask("GET", `/users?$select=${select}`)).body.value,
  });
}

describe("Connect", () => {
  it("[D 39] the organization tells that it is synchronised and when it was last", async () => {
    const p = await play([adUser(1, "ada")]);
    const about = async () => {
      const $select = "onPremisesSyncEnabled,onPremisesLastSyncDateTime";
      return (await p.t.ask("GET", `/organization?$select=${$select}`)).body.value[0];
    };
    expect(await about()).toMatchObject({ onPremisesSyncEnabled: null, onPremisesLastSyncDateTime: null });
    p.now += 60_000;
    expect(await about()).toMatchObject({
      onPremisesSyncEnabled: true,
      onPremisesLastSyncDateTime: "2026-03-02T08:01:00Z",
    });
    await p.t.close();
  });

  it("[D 12] copies users after the delay, with onPremisesSyncEnabled and the anchor", async () => {
    const p = await play([adUser(1, "ada", { title: "Clerk", department: "Sales" })]);
    expect(await p.users("id")).toEqual([]);
    p.now += 60_000;
    const select = "userPrincipalName,jobTitle,department,accountEnabled,onPremisesSyncEnabled,onPremisesImmutableId";
    expect(await p.users(select)).toEqual([
      {
        userPrincipalName: `ada@${DOMAIN}`,
        jobTitle: "Clerk",
        department: "Sales",
        accountEnabled: true,
        onPremisesSyncEnabled: true,
        onPremisesImmutableId: anchor(1),
      },
    ]);
    await p.t.close();
  });

  it("[U] mS-DS-ConsistencyGuid wins over the objectGUID", async () => {
    const p = await play([{ ...adUser(1, "ada"), consistencyGuid: Buffer.alloc(16, 9) }]);
    p.cycle();
    expect(await p.users("onPremisesImmutableId")).toEqual([{ onPremisesImmutableId: anchor(9) }]);
    await p.t.close();
  });

  it("[F] a copied user is mastered on-premises, but for usageLocation", async () => {
    const p = await play([adUser(1, "ada")]);
    p.cycle();
    const [user] = await p.users("id");
    const refused = await p.t.ask("PATCH", `/users/${user?.id}`, { body: { accountEnabled: false } });
    expectRefusal(refused, 400, "Unable to update the specified properties for on-premises mastered");
    expect((await p.t.ask("PATCH", `/users/${user?.id}`, { body: { usageLocation: "US" } })).status).toBe(204);
    expect(p.cycle()).toMatchObject({ updated: 0 });
    await p.t.close();
  });

  it("[F] changes follow: values, disabling, managers", async () => {
    const p = await play([adUser(1, "ada"), adUser(2, "bob")]);
    p.cycle();
    const manager = "CN=bob,OU=Staff,DC=corp,DC=example";
    p.people = [adUser(1, "ada", { title: "Boss", userAccountControl: "514", manager }), adUser(2, "bob")];
    expect(p.cycle()).toMatchObject({ added: 0, updated: 1 });
    const users = (await p.t.ask("GET", "/users?$select=jobTitle,accountEnabled&$expand=manager($select=displayName)"))
      .body;
    expect(users.value[0]).toMatchObject({ jobTitle: "Boss", accountEnabled: false, manager: { displayName: "bob" } });
    await p.t.close();
  });

  it.each([
    ["userPrincipalName", "ada", {}],
    ["primary SMTP address", "cloud", { mail: `ada@${DOMAIN}` }],
  ] as const)("[U] takes over a cloud-only user by its %s, and keeps its id", async (_key, name, properties) => {
    const p = await play([adUser(1, "ada", { proxyAddresses: `SMTP:ada@${DOMAIN}` })]);
    const id = await p.t.addUser(name, properties);
    expect(p.cycle()).toMatchObject({ added: 0, matched: 1, errors: [] });
    expect(await p.users("id,onPremisesImmutableId")).toEqual([{ id, onPremisesImmutableId: anchor(1) }]);
    await p.t.close();
  });

  it("[U] does not take over a user that another object is anchored to", async () => {
    const p = await play([adUser(1, "ada")]);
    await p.t.addUser("ada", { onPremisesImmutableId: anchor(7) });
    const { errors, added } = p.cycle();
    expect([added, errors]).toEqual([0, [{ anchor: anchor(1), code: "InvalidSoftMatch" }]]);
    await p.t.close();
  });

  it("[F] soft-deletes what is gone and restores what comes back, with its id", async () => {
    const p = await play([adUser(1, "ada"), adUser(2, "bob")]);
    p.cycle();
    const before = await p.users("id,userPrincipalName");
    p.people = [adUser(2, "bob")];
    expect(p.cycle()).toMatchObject({ deleted: 1 });
    expect((await p.t.ask("GET", `/directory/deletedItems/${before[0]?.id}`)).status).toBe(200);
    p.people = [adUser(1, "ada"), adUser(2, "bob")];
    expect(p.cycle()).toMatchObject({ restored: 1, added: 0 });
    expect(await p.users("id,userPrincipalName")).toEqual(before);
    await p.t.close();
  });

  it("[U] exports no deletions above the threshold", async () => {
    const p = await play([1, 2, 3].map((n) => adUser(n, `user${n}`)));
    p.cycle();
    p.people = [];
    expect(p.cycle()).toMatchObject({ deleted: 0, errors: [{ anchor: null, code: "DeletionThresholdExceeded" }] });
    expect((await p.users("id")).length).toBe(3);
    await p.t.close();
  });

  it("[U] a userPrincipalName whose domain is not verified goes to the initial domain", async () => {
    const p = await play([adUser(1, "ada", { userPrincipalName: "ada@corp.example" })]);
    p.cycle();
    expect(await p.users("userPrincipalName")).toEqual([{ userPrincipalName: "ada@contoso.onmicrosoft.com" }]);
    await p.t.close();
  });

  it("[D 12] reads the sandbox directory, without the accounts of the system", async () => {
    const folder = await mkdtemp(join(tmpdir(), "muster-connect-"));
    const sandbox = await startSandbox({ folder, fsync: "never" });
    const people = sandbox.connectSource.listUsers();
    const names = people.map(({ attributes }) => attributes.sAMAccountName?.[0]);
    expect(names).toContain("ken0");
    expect(names).not.toContain("krbtgt");
    const t = await openTenant({ connect: { source: sandbox.connectSource } });
    expect(t.tenant.connect?.synchronise()).toMatchObject({ added: people.length, errors: [] });
    await t.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
});
