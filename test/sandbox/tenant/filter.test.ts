import { expect } from "vitest";
import { type Cases, describeCases } from "./cases.js";
import { type Answer, DOMAIN, EVENTUAL, type OpenedTenant } from "./open-tenant.js";

async function ask(t: OpenedTenant, filter: string, advanced = false): Promise<Answer> {
  const path = `/users?$select=displayName&$filter=${encodeURIComponent(filter)}`;
  return advanced ? t.ask("GET", `${path}&$count=true`, { headers: EVENTUAL }) : t.ask("GET", path);
}

async function found(t: OpenedTenant, filter: string, advanced = false): Promise<unknown[]> {
  const reply = await ask(t, filter, advanced);
  if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
  return reply.body.value.map((user) => user.displayName);
}

async function refused(t: OpenedTenant, filter: string, advanced = false): Promise<string> {
  const reply = await ask(t, filter, advanced);
  expect([reply.status, reply.body.error?.code]).toEqual([400, "Request_UnsupportedQuery"]);
  return reply.body.error.message;
}

/** anna (DE, R&D, extension "c1"), ben (US, no department), carl (disabled). */
async function people(t: OpenedTenant): Promise<void> {
  await t.addUser("anna", {
    employeeId: "100",
    usageLocation: "DE",
    department: "R&D + #1",
    givenName: "Anna",
    mail: `anna@${DOMAIN}`,
    otherMails: ["anna@home.example"],
    companyName: "Contoso",
    employeeHireDate: "2026-12-01T00:00:00Z",
    onPremisesExtensionAttributes: { extensionAttribute15: "c1" },
  });
  await t.addUser("ben", { employeeId: "101", usageLocation: "US", givenName: "O'Ben" });
  await t.addUser("carl", { employeeId: "200", usageLocation: "US", accountEnabled: false, department: "Sales" });
}

const PLAIN: Cases = {
  "[D 4] eq on the properties that Muster looks up": async (t) => {
    await people(t);
    expect(await found(t, "employeeId eq '101'")).toEqual(["ben"]);
    expect(await found(t, `userPrincipalName eq 'ANNA@${DOMAIN}'`)).toEqual(["anna"]);
    expect(await found(t, "mailNickname eq 'carl'")).toEqual(["carl"]);
    expect(await found(t, `proxyAddresses/any(p:p eq 'smtp:anna@${DOMAIN}')`)).toEqual(["anna"]);
  },
  "[D 4] text is quoted with ' doubled inside, and URL-encoded": async (t) => {
    expect(await found(t, "givenName eq 'O''Ben'")).toEqual(["ben"]);
    expect(await found(t, "department eq 'R&D + #1'")).toEqual(["anna"]);
  },
  "[D 4] startsWith, in, ge, le by default": async (t) => {
    expect(await found(t, "startsWith(displayName,'a')")).toEqual(["anna"]);
    expect(await found(t, "usageLocation in ('DE','FR')")).toEqual(["anna"]);
    expect(await found(t, "usageLocation ge 'E'")).toEqual(["ben", "carl"]);
    expect(await found(t, "department le 'S'")).toEqual(["anna"]);
  },
  "[D 4] and, or and brackets": async (t) => {
    expect(await found(t, "usageLocation eq 'US' and accountEnabled eq true")).toEqual(["ben"]);
    expect(await found(t, "employeeId eq '100' or (usageLocation eq 'US' and accountEnabled eq false)")).toEqual([
      "anna",
      "carl",
    ]);
  },
  "[D 4] accountEnabled eq": async (t) => {
    expect(await found(t, "accountEnabled eq false")).toEqual(["carl"]);
  },
  "[D 4] otherMails/any": async (t) => {
    expect(await found(t, "otherMails/any(m:startsWith(m,'anna@'))")).toEqual(["anna"]);
  },
};

const ADVANCED_TEXT = (operator: string): string =>
  `Operator '${operator}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information`;

const ADVANCED: Cases = {
  "[D 4] ne, not and endsWith need the advanced engine": async (t) => {
    await people(t);
    expect(await refused(t, "department ne 'Sales'")).toContain(ADVANCED_TEXT("ne"));
    expect(await refused(t, "not(startsWith(displayName,'a'))")).toContain(ADVANCED_TEXT("not"));
    expect(await refused(t, "endsWith(mail,'home.example')")).toContain(ADVANCED_TEXT("endsWith"));
    expect(await found(t, "department ne 'Sales'", true)).toEqual(["anna", "ben"]);
    expect(await found(t, "not(startsWith(displayName,'a'))", true)).toEqual(["ben", "carl"]);
    expect(await found(t, `endsWith(mail,'${DOMAIN}')`, true)).toEqual(["anna"]);
  },
  "[D 4] the header alone is not enough for an operator": async (t) => {
    const reply = await t.ask("GET", "/users?$filter=department ne 'x'", { headers: EVENTUAL });
    expect(reply.body.error.code).toBe("Request_UnsupportedQuery");
  },
  "[D 4] null only with the advanced engine": async (t) => {
    await refused(t, "department eq null");
    expect(await found(t, "department eq null", true)).toEqual(["ben"]);
    expect(await found(t, "department ne null", true)).toEqual(["anna", "carl"]);
  },
  "[D 15] properties of the second index": async (t) => {
    for (const name of [
      "companyName",
      "employeeType",
      "mobilePhone",
      "officeLocation",
      "postalCode",
      "onPremisesSamAccountName",
    ]) {
      expect(await refused(t, `${name} eq 'x'`)).toBe(
        `Unsupported or invalid query filter clause specified for property '${name}' of resource 'User'.`,
      );
    }
    expect(await found(t, "companyName eq 'Contoso'", true)).toEqual(["anna"]);
    expect(await found(t, "employeeHireDate ge 2026-11-30T23:00:00-01:00", true)).toEqual(["anna"]);
  },
  "[D 15] the claim in an extension attribute": async (t) => {
    const filter = "onPremisesExtensionAttributes/extensionAttribute15 eq 'c1'";
    await refused(t, filter);
    expect(await found(t, filter, true)).toEqual(["anna"]);
    expect(await found(t, "onPremisesExtensionAttributes/extensionAttribute15 eq 'c2'", true)).toEqual([]);
  },
  "[D 4] id takes eq by default, in only with the advanced engine": async (t) => {
    const id = String((await t.ask("GET", `/users/anna@${DOMAIN}`)).body.id);
    expect(await found(t, `id eq '${id}'`)).toEqual(["anna"]);
    await refused(t, `id in ('${id}')`);
    expect(await found(t, `id in ('${id}')`, true)).toEqual(["anna"]);
  },
  "[D 4] an operator that a property never has is refused on both engines": async (t) => {
    for (const filter of [
      "employeeId ge '1'",
      "startsWith(jobTitle,'x')",
      "employeeId in ('1')",
      "preferredDataLocation eq 'EUR'",
    ]) {
      await refused(t, filter);
      await refused(t, filter, true);
    }
  },
  "[D 4] a collection needs any()": async (t) => {
    await refused(t, "proxyAddresses eq 'smtp:x'");
  },
  "[U] an unknown property, a broken text": async (t) => {
    for (const filter of [
      "jobTitel eq 'x'",
      "displayName eq",
      "displayName eq 'x",
      "displayName eq x",
      "(displayName eq 'x'",
      "displayName gt 'x'",
    ]) {
      const reply = await ask(t, filter);
      expect([filter, reply.status, reply.body.error.code]).toEqual([filter, 400, "BadRequest"]);
    }
  },
};

const ORDER: Cases = {
  "[D 4] $orderby displayName by default, not with $filter": async (t) => {
    for (const name of ["Zed", "amy", "Bob"]) await t.addUser(name, { department: "x" });
    const list = async (path: string, headers = {}): Promise<unknown[]> =>
      (await t.ask("GET", path, { headers })).body.value.map((user) => user.displayName);
    expect(await list("/users?$orderby=displayName")).toEqual(["amy", "Bob", "Zed"]);
    expect(await list("/users?$orderby=displayName desc")).toEqual(["Zed", "Bob", "amy"]);
    const both = "/users?$orderby=displayName&$filter=department eq 'x'";
    expect((await t.ask("GET", both)).body.error.code).toBe("Request_UnsupportedQuery");
    expect(await list(`${both}&$count=true`, EVENTUAL)).toEqual(["amy", "Bob", "Zed"]);
  },
  "[D 4] createdDateTime is ordered by the advanced engine only, jobTitle never": async (t) => {
    expect((await t.ask("GET", "/users?$orderby=createdDateTime")).status).toBe(400);
    expect((await t.ask("GET", "/users?$orderby=createdDateTime&$count=true", { headers: EVENTUAL })).status).toBe(200);
    expect((await t.ask("GET", "/users?$orderby=jobTitle&$count=true", { headers: EVENTUAL })).status).toBe(400);
  },
  "[D 4] $search without the header names it": async (t) => {
    const reply = await t.ask("GET", `/users?$search="displayName:am"`);
    expect([reply.status, reply.body.error.code]).toEqual([400, "Request_UnsupportedQuery"]);
    expect(reply.body.error.message).toContain("ConsistencyLevel: eventual");
  },
  "[U] $search finds beginnings of words": async (t) => {
    await t.addUser("search", { displayName: "Zoë van Dyke" });
    for (const [text, count] of [
      ["dyk", 1],
      ["yke", 0],
      ["zoë van", 1],
    ] as const) {
      const path = `/users?$search=${encodeURIComponent(`"displayName:${text}"`)}`;
      expect((await t.ask("GET", path, { headers: EVENTUAL })).body.value, text).toHaveLength(count);
    }
  },
};

describeCases("$filter", PLAIN);
describeCases("$filter, advanced", ADVANCED);
describeCases("$orderby and $search", ORDER);
