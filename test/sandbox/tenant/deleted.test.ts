import { expect } from "vitest";
import { type Cases, describeCases } from "./cases.js";
import { DOMAIN, EVENTUAL, type OpenedTenant } from "./open-tenant.js";

const ITEMS = "/directory/deletedItems";
const DAY = 24 * 3600 * 1000;
const clock = { now: Date.UTC(2026, 10, 1) };

async function addDeleted(t: OpenedTenant, name: string, properties: Record<string, unknown> = {}): Promise<string> {
  const id = await t.addUser(name, properties);
  expect((await t.ask("DELETE", `/users/${id}`)).status).toBe(204);
  return id;
}

const DELETED: Cases = {
  "[D 23] DELETE moves a user to the deleted items": async (t) => {
    const id = await addDeleted(t, "gone");
    expect((await t.ask("GET", `/users/${id}`)).status).toBe(404);
    expect((await t.ask("GET", `/users/gone@${DOMAIN}`)).status).toBe(404);
    expect((await t.ask("GET", "/users")).body.value.map((user) => user.id)).not.toContain(id);
    expect((await t.ask("GET", `${ITEMS}/${id}`)).body).toMatchObject({ id, "@odata.type": "#microsoft.graph.user" });
  },
  "[D 24] the list needs the cast": async (t) => {
    const id = await addDeleted(t, "listed", { employeeId: "d1" });
    expect((await t.ask("GET", ITEMS)).status).toBe(400);
    const { body } = await t.ask("GET", `${ITEMS}/microsoft.graph.user?$select=id,employeeId,deletedDateTime`);
    const deletedDateTime = new Date(clock.now).toISOString().replace(".000", "");
    expect(body.value).toContainEqual({ id, employeeId: "d1", deletedDateTime });
  },
  "[D 24] $orderby=deletedDateTime is an advanced query": async (t) => {
    const path = `${ITEMS}/microsoft.graph.user?$orderby=deletedDateTime`;
    expect((await t.ask("GET", path)).body.error.code).toBe("Request_UnsupportedQuery");
    expect((await t.ask("GET", `${path}&$count=true`, { headers: EVENTUAL })).status).toBe(200);
  },
  "[U] deleted items are found by employeeId": async (t) => {
    const id = await addDeleted(t, "refound", { employeeId: "d2" });
    const { body } = await t.ask("GET", `${ITEMS}/microsoft.graph.user?$filter=employeeId eq 'd2'&$select=id`);
    expect(body.value).toEqual([{ id }]);
  },
  "[U] the userPrincipalName of a deleted user is free, and has the id as prefix": async (t) => {
    const id = await addDeleted(t, "freed");
    const { body } = await t.ask("GET", `${ITEMS}/${id}`);
    expect(body.userPrincipalName).toBe(`${id.replaceAll("-", "")}freed@${DOMAIN}`);
    await t.addUser("freed");
  },
  "[D 25] restore gives 200, the id, the name, the manager": async (t) => {
    const boss = await t.addUser("restorer");
    const id = await addDeleted(t, "restored", {
      "manager@odata.bind": `${t.tenant.url}/v1.0/users/${boss}`,
      jobTitle: "SRE",
    });
    expect((await t.ask("GET", `/users/${boss}/directReports`)).body.value).toEqual([]);
    const reply = await t.ask("POST", `${ITEMS}/${id}/restore`);
    expect([reply.status, reply.body.id, reply.body.jobTitle]).toEqual([200, id, "SRE"]);
    expect((await t.ask("GET", `/users/restored@${DOMAIN}`)).body.id).toBe(id);
    expect((await t.ask("GET", `/users/${id}/manager`)).body.id).toBe(boss);
  },
  "[U] restore fails when the name was taken": async (t) => {
    const id = await addDeleted(t, "retaken");
    await t.addUser("retaken");
    const reply = await t.ask("POST", `${ITEMS}/${id}/restore`);
    expect(reply.status).toBe(400);
    expect(reply.body.error.message).toContain("property userPrincipalName already exists");
    expect((await t.ask("GET", `${ITEMS}/${id}`)).status).toBe(200);
  },
  "[F] newUserPrincipalName": async (t) => {
    const id = await addDeleted(t, "newname");
    await t.addUser("newname");
    const body = { newUserPrincipalName: `newname2@${DOMAIN}` };
    const reply = await t.ask("POST", `${ITEMS}/${id}/restore`, { body });
    expect([reply.status, reply.body.userPrincipalName]).toEqual([200, `newname2@${DOMAIN}`]);
  },
  "[F] newUserPrincipalName must be of a verified domain": async (t) => {
    const id = await addDeleted(t, "newdomain");
    const body = { newUserPrincipalName: "newdomain@elsewhere.example" };
    expect((await t.ask("POST", `${ITEMS}/${id}/restore`, { body })).body.error.message).toContain(
      "verified domain names",
    );
  },
  "[F] autoReconcileProxyConflict drops addresses that somebody took": async (t) => {
    const id = await addDeleted(t, "proxied", { mail: `both@${DOMAIN}` });
    await t.addUser("proxied2", { mail: `both@${DOMAIN}` });
    expect((await t.ask("POST", `${ITEMS}/${id}/restore`)).body.error.message).toContain(
      "proxyAddresses already exists",
    );
    const reply = await t.ask("POST", `${ITEMS}/${id}/restore`, { body: { autoReconcileProxyConflict: true } });
    expect(reply.status).toBe(200);
    expect((await t.ask("GET", `/users/${id}?$select=proxyAddresses`)).body.proxyAddresses).toEqual([]);
  },
  "[F] restoring what is not there is 404": async (t) => {
    expect((await t.ask("POST", `${ITEMS}/00000000-0000-4000-8000-000000000002/restore`)).status).toBe(404);
    expect((await t.ask("POST", `${ITEMS}/${await t.addUser("alive")}/restore`)).status).toBe(404);
  },
  "[F] /users/{id}/restore always answers 404": async (t) => {
    expect((await t.ask("POST", `/users/${await addDeleted(t, "wrongplace")}/restore`)).status).toBe(404);
  },
  "[D 23] a second DELETE purges": async (t) => {
    const id = await addDeleted(t, "purged");
    expect((await t.ask("DELETE", `${ITEMS}/${id}`)).status).toBe(204);
    expect((await t.ask("GET", `${ITEMS}/${id}`)).status).toBe(404);
    expect((await t.ask("POST", `${ITEMS}/${id}/restore`)).status).toBe(404);
  },
  "[D 23] 30 days, then gone": async (t) => {
    const id = await addDeleted(t, "expired");
    clock.now += 30 * DAY - 1000;
    expect((await t.ask("GET", `${ITEMS}/${id}`)).status).toBe(200);
    clock.now += 1000;
    expect((await t.ask("GET", `${ITEMS}/${id}`)).status).toBe(404);
  },
  "[D 37] deleting and restoring need their permission": async (t) => {
    const id = await t.addUser("permitted");
    const permissions = ["User.Read.All"];
    expect((await t.ask("DELETE", `/users/${id}`, { permissions })).status).toBe(403);
    expect((await t.ask("DELETE", `/users/${id}`, { permissions: ["User.ReadWrite.All"] })).status).toBe(204);
    expect((await t.ask("POST", `${ITEMS}/${id}/restore`, { permissions })).status).toBe(403);
    expect((await t.ask("POST", `${ITEMS}/${id}/restore`, { permissions: ["User.DeleteRestore.All"] })).status).toBe(
      200,
    );
  },
};

describeCases("deleted items", DELETED, { now: () => clock.now, tokenSeconds: 3599 });
