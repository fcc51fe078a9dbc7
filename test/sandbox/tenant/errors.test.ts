import { expect } from "vitest";
import { ConnectionCut, type TenantFaults } from "../../../reconciler/sandbox/tenant-server.js";
import { type Cases, describeCases } from "./cases.js";
import { DOMAIN, userBody } from "./open-tenant.js";

const clock = { now: Date.UTC(2026, 10, 21, 12, 30, 15) };

const ERRORS: Cases = {
  "[D 1] the body of an error, with a date that has no zone": async (t) => {
    const headers = { "client-request-id": "11111111-2222-4333-8444-555555555555" };
    const reply = await t.ask("GET", "/users/nobody", { headers });
    const { error } = reply.body;
    expect(Object.keys(reply.body)).toEqual(["error"]);
    expect(error.innerError).toEqual({
      date: "2026-11-21T12:30:15",
      "request-id": reply.headers["request-id"],
      "client-request-id": headers["client-request-id"],
    });
    expect(reply.headers["client-request-id"]).toBe(headers["client-request-id"]);
  },
  "[D 2] a method that the path does not have is 405 Request_BadRequest": async (t) => {
    const reply = await t.ask("DELETE", "/users");
    expect([reply.status, reply.body.error.code]).toEqual([405, "Request_BadRequest"]);
    expect(reply.body.error.message).toBe("Specified HTTP method is not allowed for the request target.");
  },
  "[U] a path that Graph does not have": async (t) => {
    const reply = await t.ask("GET", "/people");
    expect([reply.status, reply.body.error.message]).toEqual([400, "Resource not found for the segment 'people'."]);
  },
  "[U] a body that is no JSON, or not called JSON": async (t) => {
    const send = (type: string, body: string) => {
      const headers = { authorization: `Bearer ${t.tenant.token()}`, "content-type": type };
      return t.tenant.handle({ method: "POST", path: "/v1.0/users", headers, body });
    };
    expect((await send("application/json", "{")).status).toBe(400);
    expect((await send("text/plain", "{}")).status).toBe(400);
    expect((await send("application/json", "[]")).status).toBe(400);
  },
  "[U] an option that is given twice, an option that does not exist": async (t) => {
    expect((await t.ask("GET", "/users?$top=1&$top=2")).status).toBe(400);
    expect((await t.ask("GET", "/users?$selct=id")).status).toBe(400);
  },
};

const TOKENS: Cases = {
  "[F] no token, a foreign token, an altered token": async (t) => {
    const [head, , signature] = t.tenant.token().split(".");
    const claims = Buffer.from(JSON.stringify({ roles: ["User.ReadWrite.All"], exp: 1e12 })).toString("base64url");
    for (const authorization of [undefined, "Bearer x", "Basic x", `Bearer ${head}.${claims}.${signature}`]) {
      const headers = authorization === undefined ? {} : { authorization };
      const reply = await t.tenant.handle({ method: "GET", path: "/v1.0/users", headers, body: null });
      expect(reply.status).toBe(401);
      expect(JSON.parse(reply.body ?? "").error.code).toBe("InvalidAuthenticationToken");
    }
  },
  "[F] a token that is expired": async (t) => {
    const headers = { authorization: `Bearer ${t.tenant.token()}` };
    const get = () => t.tenant.handle({ method: "GET", path: "/v1.0/users", headers, body: null });
    clock.now += 3598_000;
    expect((await get()).status).toBe(200);
    clock.now += 1_000;
    expect((await get()).status).toBe(401);
  },
  "[D 37] reading users needs a permission": async (t) => {
    const reply = await t.ask("GET", "/users", { permissions: ["GroupMember.Read.All"] });
    expect([reply.status, reply.body.error.code]).toEqual([403, "Authorization_RequestDenied"]);
    expect(reply.body.error.message).toBe("Insufficient privileges to complete the operation.");
    expect((await t.ask("GET", "/users", { permissions: ["User.Read.All"] })).status).toBe(200);
  },
  "[D 37] User.Create creates and does not change": async (t) => {
    const permissions = ["User.Create", "User.Read.All"];
    const reply = await t.ask("POST", "/users", { body: userBody("creator"), permissions });
    expect(reply.status).toBe(201);
    expect((await t.ask("PATCH", `/users/${reply.body.id}`, { body: { jobTitle: "x" }, permissions })).status).toBe(
      403,
    );
  },
  "[D 37] accountEnabled needs User.EnableDisableAccount.All and User.Read.All, and covers nothing else": async (t) => {
    const id = await t.addUser("enabler");
    const patch = async (body: object, permissions: string[]) =>
      (await t.ask("PATCH", `/users/${id}`, { body, permissions })).status;
    const both = ["User.EnableDisableAccount.All", "User.Read.All"];
    expect(await patch({ accountEnabled: false }, both)).toBe(204);
    expect(await patch({ accountEnabled: true }, ["User.EnableDisableAccount.All"])).toBe(403);
    expect(await patch({ accountEnabled: true, jobTitle: "x" }, both)).toBe(403);
    expect((await t.ask("GET", `/users/${id}?$select=accountEnabled`)).body.accountEnabled).toBe(false);
  },
  "[D 37] the leave date needs User-LifeCycleInfo.ReadWrite.All and User.Read.All": async (t) => {
    const id = await t.addUser("leaving");
    const body = { employeeLeaveDateTime: "2026-12-31T22:00:00Z" };
    expect((await t.ask("PATCH", `/users/${id}`, { body, permissions: ["User.ReadWrite.All"] })).status).toBe(403);
    const permissions = ["User-LifeCycleInfo.ReadWrite.All", "User.Read.All"];
    expect((await t.ask("PATCH", `/users/${id}`, { body, permissions })).status).toBe(204);
  },
  "[D 37] the token's roles claim lists what was granted": async (t) => {
    const claims = JSON.parse(
      Buffer.from(t.tenant.token(["User.Read.All"]).split(".")[1] ?? "", "base64url").toString(),
    );
    expect(claims).toMatchObject({
      roles: ["User.Read.All"],
      tid: t.tenant.tenantId,
      appid: t.tenant.clientId,
      idtyp: "app",
    });
  },
};

const faults: TenantFaults = {};

const FAULTS: Cases = {
  "[D 7] a reply instead of the request, with its headers": async (t) => {
    faults.before = () => ({ do: "reply", status: 429, code: "TooManyRequests", headers: { "retry-after": "600" } });
    const reply = await t.ask("POST", "/users", { body: userBody("throttled") });
    faults.before = undefined;
    expect([reply.status, reply.body.error.code, reply.headers["retry-after"]]).toEqual([
      429,
      "TooManyRequests",
      "600",
    ]);
    expect((await t.ask("GET", `/users/throttled@${DOMAIN}`)).status).toBe(404);
  },
  "[D 1] 504 after the write happened": async (t) => {
    faults.before = () => ({ do: "reply", status: 504, code: "UnknownError", after: true });
    expect((await t.ask("POST", "/users", { body: userBody("late") })).status).toBe(504);
    faults.before = undefined;
    expect((await t.ask("GET", `/users/late@${DOMAIN}`)).status).toBe(200);
  },
  "[U] a connection that is cut before and after": async (t) => {
    for (const [kind, status] of [
      ["drop-before", 404],
      ["drop-after", 200],
    ] as const) {
      faults.before = () => ({ do: kind });
      await expect(t.ask("POST", "/users", { body: userBody(kind) })).rejects.toThrow(ConnectionCut);
      faults.before = undefined;
      expect((await t.ask("GET", `/users/${kind}@${DOMAIN}`)).status).toBe(status);
    }
  },
  "[D 38] a truncated body and one that is HTML": async (t) => {
    faults.before = () => ({ do: "truncate" });
    await expect(t.ask("GET", "/users")).rejects.toThrow(SyntaxError);
    faults.before = () => ({
      do: "reply",
      status: 502,
      body: "<html></html>",
      headers: { "content-type": "text/html" },
    });
    await expect(t.ask("GET", "/users")).rejects.toThrow(SyntaxError);
    faults.before = undefined;
  },
  "[U] writes are seen and counted": async (t) => {
    const seen: string[] = [];
    faults.onWrite = ({ method, write }) => seen.push(`${method} ${write}`);
    const before = t.tenant.counters.writes;
    const id = await t.addUser("seen");
    await t.ask("GET", `/users/${id}`);
    await t.ask("DELETE", `/users/${id}`);
    faults.onWrite = undefined;
    expect(seen).toEqual([`POST ${before + 1}`, `DELETE ${before + 2}`]);
  },
};

describeCases("errors", ERRORS, { now: () => clock.now });
describeCases("tokens and permissions", TOKENS, { now: () => clock.now });
describeCases("faults", FAULTS, { faults });
