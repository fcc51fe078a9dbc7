import { expect } from "vitest";
import { type Cases, describeCases } from "./cases.js";
import { DOMAIN, type OpenedTenant, PASSWORD, userBody } from "./open-tenant.js";

const SYNCED_TEXT =
  "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.";
const DOMAIN_TEXT =
  "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.";
const PASSWORD_TEXT =
  "The specified password does not comply with password complexity requirements. Please provide a different password.";

function invalid(property: string): string {
  return `Invalid value specified for property '${property}' of resource 'User'.`;
}

async function refusedCreate(t: OpenedTenant, change: Record<string, unknown>, name = "refused"): Promise<string> {
  const reply = await t.ask("POST", "/users", { body: { ...userBody(name), ...change } });
  expect(reply.status).toBe(400);
  expect(reply.body.error.code).toBe("Request_BadRequest");
  return reply.body.error.message;
}

async function refusedUpdate(t: OpenedTenant, id: string, body: Record<string, unknown>): Promise<string> {
  const reply = await t.ask("PATCH", `/users/${id}`, { body });
  expect(reply.status).toBe(400);
  expect(reply.body.error.code).toBe("Request_BadRequest");
  return reply.body.error.message;
}

async function read(t: OpenedTenant, id: string, names: string): Promise<Record<string, unknown>> {
  const { "@odata.context": _context, ...rest } = (await t.ask("GET", `/users/${id}?$select=${names}`)).body;
  return rest;
}

/** A user as synchronisation makes it. */
async function addSynced(t: OpenedTenant, name: string): Promise<string> {
  const id = await t.addUser(name);
  t.tenant.state.commit([{ do: "set", id, properties: { onPremisesSyncEnabled: true } }]);
  return id;
}

const CREATE: Cases = {
  "[D 18] 201 with the default property set and an address": async (t) => {
    const reply = await t.ask("POST", "/users", { body: { ...userBody("created"), employeeId: "77" } });
    expect(reply.status).toBe(201);
    expect(reply.headers.location).toBe(`${t.tenant.url}/v1.0/users/${reply.body.id}`);
    expect(reply.body).toMatchObject({
      displayName: "created",
      userPrincipalName: `created@${DOMAIN}`,
      businessPhones: [],
    });
    expect(Object.keys(reply.body)).not.toContain("employeeId");
  },
  "[D 18] every required property is asked for": async (t) => {
    for (const name of ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"]) {
      const { [name]: _left, ...body } = userBody("incomplete");
      const reply = await t.ask("POST", "/users", { body });
      expect(reply.status).toBe(400);
      expect(reply.body.error.message).toBe(`A value is required for property '${name}' of resource 'User'.`);
    }
  },
  "[D 18] a federated domain needs onPremisesImmutableId": async (t) => {
    const change = { userPrincipalName: "fed@federated.example" };
    expect(await refusedCreate(t, change)).toBe(
      "A value is required for property 'onPremisesImmutableId' of resource 'User'.",
    );
    const reply = await t.ask("POST", "/users", {
      body: { ...userBody("fed"), ...change, onPremisesImmutableId: "ZmVk" },
    });
    expect(reply.status).toBe(201);
  },
  "[F] a userPrincipalName that is taken, in another case, is 400 with ObjectConflict": async (t) => {
    await t.addUser("taken");
    const reply = await t.ask("POST", "/users", { body: userBody("TAKEN") });
    expect(reply.status).toBe(400);
    expect(reply.body.error.message).toBe(
      "Another object with the same value for property userPrincipalName already exists.",
    );
    expect(reply.body.error.details?.[0]).toMatchObject({ code: "ObjectConflict", target: "userPrincipalName" });
  },
  "[F] mail that another one has is a conflict of proxyAddresses": async (t) => {
    await t.addUser("mail1", { mail: `shared@${DOMAIN}` });
    const message = await refusedCreate(t, { mail: `Shared@${DOMAIN}` }, "mail2");
    expect(message).toBe("Another object with the same value for property proxyAddresses already exists.");
  },
  "[U] onPremisesImmutableId is unique": async (t) => {
    await t.addUser("immutable1", { onPremisesImmutableId: "AbC=" });
    const message = await refusedCreate(t, { onPremisesImmutableId: "AbC=" }, "immutable2");
    expect(message).toContain("property onPremisesImmutableId already exists");
  },
  "[F] a domain that is not verified": async (t) => {
    expect(await refusedCreate(t, { userPrincipalName: "a@elsewhere.example" })).toBe(DOMAIN_TEXT);
  },
  "[D 12] accents, blanks and a dot before @ in a userPrincipalName": async (t) => {
    for (const local of ["zoë", "zo e", "zoe.", ""]) {
      expect(await refusedCreate(t, { userPrincipalName: `${local}@${DOMAIN}` })).toBe(invalid("userPrincipalName"));
    }
  },
  "[D 21] 64 characters before @ pass, 65 do not": async (t) => {
    expect(await refusedCreate(t, { userPrincipalName: `${"x".repeat(65)}@${DOMAIN}` })).toBe(
      invalid("userPrincipalName"),
    );
    await t.addUser("long", { userPrincipalName: `${"x".repeat(64)}@${DOMAIN}` });
  },
  "[D 12] accents in mail": async (t) => {
    expect(await refusedCreate(t, { mail: `zoë@${DOMAIN}` })).toBe(invalid("mail"));
  },
  "[D 12] $ and _ in onPremisesImmutableId": async (t) => {
    for (const value of ["a$b", "a_b"]) {
      expect(await refusedCreate(t, { onPremisesImmutableId: value })).toBe(invalid("onPremisesImmutableId"));
    }
  },
  "[D 12] usageLocation is two letters": async (t) => {
    for (const value of ["DEU", "D", "12"])
      expect(await refusedCreate(t, { usageLocation: value })).toBe(invalid("usageLocation"));
  },
  "[D 21] passwords: length, classes and characters": async (t) => {
    for (const password of ["Aa1-567", "alllowercase1", "ALLUPPER1234", `Aa1${"x".repeat(254)}`, "Passwörd-123"]) {
      expect(await refusedCreate(t, { passwordProfile: { password } })).toBe(PASSWORD_TEXT);
    }
    await t.addUser("password3", {
      passwordProfile: { password: "lower and UPPER", forceChangePasswordNextSignIn: true },
    });
  },
  "[D 18] a passwordProfile without password is refused": async (t) => {
    expect(await refusedCreate(t, { passwordProfile: { forceChangePasswordNextSignIn: true } })).toBe(PASSWORD_TEXT);
  },
  "[F] the empty string is refused": async (t) => {
    expect(await refusedCreate(t, { jobTitle: "" })).toBe(invalid("jobTitle"));
  },
  "[F] a wrong JSON type": async (t) => {
    expect(await refusedCreate(t, { usageLocation: { code: "DE" } })).toContain(
      "StartObject node found for usageLocation",
    );
    expect(await refusedCreate(t, { accountEnabled: "true" })).toContain("accountEnabled");
  },
  "[D 11] an unknown property is refused": async (t) => {
    expect(await refusedCreate(t, { jobTitel: "SRE" })).toContain("Invalid property 'jobTitel'");
  },
  "[D 12] read-only properties are refused": async (t) => {
    for (const name of ["proxyAddresses", "onPremisesSyncEnabled", "createdDateTime", "assignedLicenses", "id"]) {
      expect(await refusedCreate(t, { [name]: name === "proxyAddresses" ? [] : "x" })).toContain(name);
    }
  },
  "[U] manager@odata.bind at creation": async (t) => {
    const boss = await t.addUser("boss");
    const bind = `${t.tenant.url}/v1.0/users/${boss}`;
    const id = await t.addUser("report", { "manager@odata.bind": bind });
    expect((await t.ask("GET", `/users/${id}/manager`)).body.id).toBe(boss);
  },
  "[F] manager@odata.bind to nobody is 404 and creates nothing": async (t) => {
    const bind = `${t.tenant.url}/v1.0/users/00000000-0000-4000-8000-000000000000`;
    const reply = await t.ask("POST", "/users", { body: { ...userBody("orphan"), "manager@odata.bind": bind } });
    expect([reply.status, reply.body.error.code]).toEqual([404, "Request_ResourceNotFound"]);
    expect((await t.ask("GET", `/users/orphan@${DOMAIN}`)).status).toBe(404);
  },
};

const LENGTHS: readonly (readonly [string, number, string])[] = [
  ["displayName", 256, "D 12"],
  ["givenName", 64, "D 12"],
  ["surname", 64, "D 12"],
  ["jobTitle", 128, "D 12"],
  ["department", 64, "D 12"],
  ["companyName", 64, "D 12"],
  ["employeeId", 16, "D 12"],
  ["mobilePhone", 64, "D 12"],
  ["mailNickname", 64, "D 12"],
  ["city", 128, "D 12"],
  ["state", 128, "D 12"],
  ["country", 128, "D 12"],
  ["postalCode", 40, "D 12"],
  ["streetAddress", 1024, "D 12"],
  ["officeLocation", 128, "U"],
];

const LIMITS = Object.fromEntries(
  LENGTHS.map(([name, most, source]) => [
    `[${source}] ${name} takes ${most} characters`,
    async (t: OpenedTenant) => {
      const id = await t.addUser(`length-${name}`);
      expect((await t.ask("PATCH", `/users/${id}`, { body: { [name]: "x".repeat(most) } })).status).toBe(204);
      expect(await refusedUpdate(t, id, { [name]: "x".repeat(most + 1) })).toBe(invalid(name));
    },
  ]),
) as Cases;

const UPDATE: Cases = {
  "[D 11] PATCH is 204 without body and leaves the rest": async (t) => {
    const id = await t.addUser("patched", { jobTitle: "SRE", department: "Platform" });
    const reply = await t.ask("PATCH", `/users/${id}`, { body: { jobTitle: "Lead" } });
    expect([reply.status, reply.body]).toEqual([204, undefined]);
    expect(await read(t, id, "jobTitle,department")).toEqual({ jobTitle: "Lead", department: "Platform" });
  },
  "[F] null clears, the empty string does not": async (t) => {
    const id = await t.addUser("cleared", { jobTitle: "SRE" });
    expect(await refusedUpdate(t, id, { jobTitle: "" })).toBe(invalid("jobTitle"));
    await t.ask("PATCH", `/users/${id}`, { body: { jobTitle: null } });
    expect(await read(t, id, "jobTitle")).toEqual({ jobTitle: null });
  },
  "[D 11] displayName cannot be cleared": async (t) => {
    const id = await t.addUser("named");
    expect(await refusedUpdate(t, id, { displayName: null })).toBe(
      "A value is required for property 'displayName' of resource 'User'.",
    );
  },
  "[U] usageLocation cannot be cleared": async (t) => {
    const id = await t.addUser("located", { usageLocation: "DE" });
    expect(await refusedUpdate(t, id, { usageLocation: null })).toContain("usageLocation");
    expect(await read(t, id, "usageLocation")).toEqual({ usageLocation: "DE" });
  },
  "[D 12] businessPhones holds one value, and [] clears it": async (t) => {
    const id = await t.addUser("phoned");
    expect(await refusedUpdate(t, id, { businessPhones: ["1", "2"] })).toBe(invalid("businessPhones"));
    await t.ask("PATCH", `/users/${id}`, { body: { businessPhones: ["+49 1"] } });
    expect(await read(t, id, "businessPhones")).toEqual({ businessPhones: ["+49 1"] });
    await t.ask("PATCH", `/users/${id}`, { body: { businessPhones: [] } });
    expect(await read(t, id, "businessPhones")).toEqual({ businessPhones: [] });
  },
  "[F] employeeOrgData is replaced as a whole": async (t) => {
    const id = await t.addUser("org", { employeeOrgData: { division: "A", costCenter: "1" } });
    await t.ask("PATCH", `/users/${id}`, { body: { employeeOrgData: { division: "B" } } });
    expect(await read(t, id, "employeeOrgData")).toEqual({ employeeOrgData: { costCenter: null, division: "B" } });
  },
  "[U] onPremisesExtensionAttributes are merged one by one": async (t) => {
    const id = await t.addUser("ext", { onPremisesExtensionAttributes: { extensionAttribute1: "a" } });
    await t.ask("PATCH", `/users/${id}`, {
      body: { onPremisesExtensionAttributes: { extensionAttribute15: "claim" } },
    });
    const { onPremisesExtensionAttributes } = await read(t, id, "onPremisesExtensionAttributes");
    expect(onPremisesExtensionAttributes).toMatchObject({
      extensionAttribute1: "a",
      extensionAttribute2: null,
      extensionAttribute15: "claim",
    });
  },
  "[D 12] mail adds to proxyAddresses": async (t) => {
    const id = await t.addUser("mailed", { mail: `first@${DOMAIN}` });
    expect(await read(t, id, "proxyAddresses")).toEqual({ proxyAddresses: [`SMTP:first@${DOMAIN}`] });
    await t.ask("PATCH", `/users/${id}`, { body: { mail: `second@${DOMAIN}` } });
    const { proxyAddresses } = await read(t, id, "proxyAddresses");
    expect(proxyAddresses).toContain(`SMTP:second@${DOMAIN}`);
  },
  "[D 12] instants are kept in UTC": async (t) => {
    const id = await t.addUser("hired");
    await t.ask("PATCH", `/users/${id}`, { body: { employeeHireDate: "2026-12-01T00:00:00+01:00" } });
    expect(await read(t, id, "employeeHireDate")).toEqual({ employeeHireDate: "2026-11-30T23:00:00Z" });
    expect(await refusedUpdate(t, id, { employeeHireDate: "1 December" })).toContain("employeeHireDate");
  },
  "[F] renaming to a name that is taken": async (t) => {
    await t.addUser("holder");
    const id = await t.addUser("renamed");
    expect(await refusedUpdate(t, id, { userPrincipalName: `holder@${DOMAIN}` })).toContain(
      "userPrincipalName already exists",
    );
    const reply = await t.ask("PATCH", `/users/${id}`, { body: { userPrincipalName: `Renamed@${DOMAIN}` } });
    expect(reply.status).toBe(204);
  },
  "[F] renaming to a domain that is not verified": async (t) => {
    const id = await t.addUser("moved");
    expect(await refusedUpdate(t, id, { userPrincipalName: "moved@elsewhere.example" })).toBe(DOMAIN_TEXT);
  },
  "[F] a failed PATCH changes nothing": async (t) => {
    const id = await t.addUser("atomic", { jobTitle: "SRE" });
    await refusedUpdate(t, id, { jobTitle: "Lead", department: "x".repeat(65) });
    expect(await read(t, id, "jobTitle")).toEqual({ jobTitle: "SRE" });
  },
  "[F] a user that is not there": async (t) => {
    const id = "00000000-0000-4000-8000-000000000001";
    const reply = await t.ask("PATCH", `/users/${id}`, { body: { jobTitle: "x" } });
    expect([reply.status, reply.body.error.code]).toEqual([404, "Request_ResourceNotFound"]);
    expect(reply.body.error.message).toBe(
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    );
  },
  "[D 11] a password reset needs the role User Administrator besides the permission": async (t) => {
    const id = await t.addUser("reset");
    const body = { passwordProfile: { password: PASSWORD } };
    const reply = await t.ask("PATCH", `/users/${id}`, { body });
    expect([reply.status, reply.body.error.code]).toEqual([403, "Authorization_RequestDenied"]);
  },
};

const SYNCED: Cases = {
  "[F] directory attributes of a synced user are refused, accountEnabled too": async (t) => {
    const id = await addSynced(t, "synced1");
    for (const body of [
      { jobTitle: "x" },
      { accountEnabled: false },
      { displayName: "y" },
      { usageLocation: "DE", city: "B" },
    ]) {
      expect(await refusedUpdate(t, id, body)).toBe(SYNCED_TEXT);
    }
  },
  "[D 12] phones and extension attributes of a synced user are read-only": async (t) => {
    const id = await addSynced(t, "synced2");
    expect(await refusedUpdate(t, id, { businessPhones: ["1"] })).toBe(SYNCED_TEXT);
    expect(await refusedUpdate(t, id, { mobilePhone: "1" })).toBe(SYNCED_TEXT);
    const record = { onPremisesExtensionAttributes: { extensionAttribute1: "x" } };
    expect(await refusedUpdate(t, id, record)).toBe(SYNCED_TEXT);
  },
  "[F] usageLocation of a synced user is writable": async (t) => {
    const id = await addSynced(t, "synced3");
    expect((await t.ask("PATCH", `/users/${id}`, { body: { usageLocation: "DE" } })).status).toBe(204);
  },
  "[U] employeeHireDate of a synced user is writable": async (t) => {
    const id = await addSynced(t, "synced4");
    expect((await t.ask("PATCH", `/users/${id}`, { body: { employeeHireDate: "2026-12-01T00:00:00Z" } })).status).toBe(
      204,
    );
  },
  "[U] the manager of a synced user is AD's": async (t) => {
    const id = await addSynced(t, "synced5");
    const boss = await t.addUser("synced5-boss");
    const body = { "@odata.id": `${t.tenant.url}/v1.0/users/${boss}` };
    const reply = await t.ask("PUT", `/users/${id}/manager/$ref`, { body });
    expect([reply.status, reply.body.error.message]).toEqual([400, SYNCED_TEXT]);
  },
  "[F] a synced user is deleted in AD": async (t) => {
    const id = await addSynced(t, "synced6");
    expect((await t.ask("DELETE", `/users/${id}`)).body.error.message).toBe(SYNCED_TEXT);
  },
  "[D 12] after conversion to cloud-only extension attributes stay read-only": async (t) => {
    const id = await addSynced(t, "synced7");
    t.tenant.state.commit([{ do: "set", id, properties: { onPremisesSyncEnabled: false } }]);
    expect((await t.ask("PATCH", `/users/${id}`, { body: { jobTitle: "x" } })).status).toBe(204);
    const record = { onPremisesExtensionAttributes: { extensionAttribute1: "x" } };
    expect(await refusedUpdate(t, id, record)).toBe(SYNCED_TEXT);
  },
};

const ADMIN: Cases = {
  "[D 11] with the role a password is reset, and never shown": async (t) => {
    const id = await t.addUser("reset");
    const body = { passwordProfile: { password: `${PASSWORD}x` } };
    expect((await t.ask("PATCH", `/users/${id}`, { body })).status).toBe(204);
    expect(await read(t, id, "passwordProfile")).toEqual({ passwordProfile: null });
    expect(await refusedUpdate(t, id, { passwordProfile: { password: "short" } })).toBe(PASSWORD_TEXT);
  },
};

const seed = { domains: [DOMAIN], federated: ["federated.example"], users: [] };
describeCases("POST /users", CREATE, { seed });
describeCases("lengths", LIMITS);
describeCases("PATCH /users/{id}", UPDATE);
describeCases("synced users", SYNCED);
describeCases("PATCH /users/{id} with a role", ADMIN, { directoryRoles: ["User Administrator"] });
