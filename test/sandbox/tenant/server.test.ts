import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenedTenant, openTenant } from "./open-tenant.js";

describe("tenant", () => {
  let opened: OpenedTenant;
  beforeAll(async () => {
    opened = await openTenant({ seed: "default" });
  });
  afterAll(() => opened.close());

  it("lists the people of the seed", async () => {
    const reply = await opened.ask("GET", "/users");
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    expect(reply.body.value.length).toBeGreaterThan(10);
  });

  it("creates, changes and deletes a user", async () => {
    const id = await opened.addUser("zoe");
    expect((await opened.ask("PATCH", `/users/${id}`, { body: { jobTitle: "SRE" } })).status).toBe(204);
    expect((await opened.ask("GET", `/users/${id}`)).body.jobTitle).toBe("SRE");
    expect((await opened.ask("DELETE", `/users/${id}`)).status).toBe(204);
    expect((await opened.ask("GET", `/users/${id}`)).status).toBe(404);
  });

  it("keeps its secret in a file", async () => {
    expect((await readFile(opened.tenant.clientSecretFile, "utf8")).length).toBeGreaterThan(30);
  });
});
