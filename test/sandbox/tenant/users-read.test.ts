import { expect } from "vitest";
import { type Cases, describeCases } from "./cases.js";
import { type Answer, DOMAIN, EVENTUAL, type OpenedTenant, userBody } from "./open-tenant.js";

const DEFAULTS = [
  "businessPhones",
  "displayName",
  "givenName",
  "id",
  "jobTitle",
  "mail",
  "mobilePhone",
  "officeLocation",
  "preferredLanguage",
  "surname",
  "userPrincipalName",
];
const OUTSIDE = [
  "aboutMe",
  "birthday",
  "hireDate",
  "interests",
  "mySite",
  "pastProjects",
  "preferredName",
  "responsibilities",
  "schools",
  "skills",
  "mailboxSettings",
];

function names(body: object): string[] {
  return Object.keys(body)
    .filter((name) => !name.startsWith("@"))
    .sort();
}

const READ: Cases = {
  "[D 8] the default property set, get and list alike": async (t) => {
    const id = await t.addUser("default", { employeeId: "1", department: "x" });
    expect(names((await t.ask("GET", `/users/${id}`)).body)).toEqual(DEFAULTS);
    const listed = (await t.ask("GET", `/users?$filter=id eq '${id}'`)).body.value[0];
    expect(names(listed ?? {})).toEqual(DEFAULTS);
  },
  "[D 8] accountEnabled and employeeId only with $select, and then nothing else": async (t) => {
    const id = await t.addUser("selected", { employeeId: "2" });
    const { body } = await t.ask("GET", `/users/${id}?$select=accountEnabled,employeeId`);
    expect(body).toMatchObject({ accountEnabled: true, employeeId: "2" });
    expect(names(body)).toEqual(["accountEnabled", "employeeId"]);
  },
  "[D 8] a selected property without value is null, a collection is []": async (t) => {
    const id = await t.addUser("empty");
    const { body } = await t.ask("GET", `/users/${id}?$select=jobTitle,otherMails,proxyAddresses,employeeOrgData`);
    expect(body).toMatchObject({ jobTitle: null, otherMails: [], proxyAddresses: [], employeeOrgData: null });
  },
  "[D 8] properties kept outside the directory are 501 on collections": async (t) => {
    for (const name of OUTSIDE) {
      const reply = await t.ask("GET", `/users?$select=id,${name}`);
      expect([reply.status, reply.body.error.code]).toEqual([501, "NotImplemented"]);
    }
  },
  "[D 4] an unknown property in $select is refused": async (t) => {
    const reply = await t.ask("GET", "/users?$select=jobTitel");
    expect(reply.status).toBe(400);
    expect(reply.body.error.message).toContain("jobTitel");
  },
  "[D 8] $skip is not supported": async (t) => {
    expect((await t.ask("GET", "/users?$skip=5")).status).toBe(400);
  },
  "[D 8] by userPrincipalName, in any case, with a quote in it": async (t) => {
    const id = await t.addUser("o'neil", { mailNickname: "oneil" });
    expect((await t.ask("GET", `/users/O%27Neil%40${DOMAIN}`)).body.id).toBe(id);
  },
  "[M7] a userPrincipalName with # must be encoded": async (t) => {
    const id = await t.addUser("guest", { userPrincipalName: `zoe_x.example#EXT#@${DOMAIN}` });
    expect((await t.ask("GET", `/users/zoe_x.example%23EXT%23%40${DOMAIN}`)).body.id).toBe(id);
  },
  "[F] a user that is not there is 404 with its name": async (t) => {
    const reply = await t.ask("GET", `/users/nobody@${DOMAIN}`);
    expect([reply.status, reply.body.error.code]).toEqual([404, "Request_ResourceNotFound"]);
    expect(reply.body.error.message).toContain(`'nobody@${DOMAIN}'`);
  },
  "[F] User.ReadBasic.All shows null where a value is, without an error": async (t) => {
    const id = await t.addUser("basic", { usageLocation: "DE", businessPhones: ["1"] });
    const permissions = ["User.ReadBasic.All"];
    const { status, body } = await t.ask("GET", `/users/${id}?$select=displayName,usageLocation,businessPhones`, {
      permissions,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ displayName: "basic", usageLocation: null, businessPhones: [] });
  },
  "[D 12] employeeLeaveDateTime needs a permission of its own to read": async (t) => {
    const id = await t.addUser("leaver", { employeeLeaveDateTime: "2026-12-31T22:00:00Z" });
    const path = `/users/${id}?$select=employeeLeaveDateTime`;
    expect((await t.ask("GET", path)).body.employeeLeaveDateTime).toBe("2026-12-31T22:00:00Z");
    expect((await t.ask("GET", path, { permissions: ["User.ReadWrite.All"] })).status).toBe(403);
  },
  "[F] $expand=manager($select=id) on a listing": async (t) => {
    const boss = await t.addUser("expanded-boss");
    await t.addUser("expanded", { employeeId: "exp", "manager@odata.bind": `${t.tenant.url}/v1.0/users/${boss}` });
    const { body } = await t.ask("GET", "/users?$filter=employeeId eq 'exp'&$select=id&$expand=manager($select=id)");
    expect(body.value[0]?.manager).toEqual({ "@odata.type": "#microsoft.graph.user", id: boss });
  },
  "[U] a user without manager lacks the expanded property": async (t) => {
    const boss = await t.addUser("top");
    const { body } = await t.ask("GET", `/users/${boss}?$select=id&$expand=manager($select=id)`);
    expect(names(body)).toEqual(["id"]);
  },
  "[D 4] $expand does not combine with advanced queries": async (t) => {
    const reply = await t.ask("GET", "/users?$expand=manager($select=id)&$count=true", { headers: EVENTUAL });
    expect(reply.status).toBe(400);
  },
};

const MANAGER: Cases = {
  "[D 19] PUT $ref sets and replaces the manager, 204": async (t) => {
    const [id, first, second] = [await t.addUser("m1"), await t.addUser("m2"), await t.addUser("m3")];
    for (const boss of [first, second]) {
      const body = { "@odata.id": `https://graph.microsoft.com/v1.0/users/${boss}` };
      expect((await t.ask("PUT", `/users/${id}/manager/$ref`, { body })).status).toBe(204);
      expect((await t.ask("GET", `/users/${id}/manager`)).body.id).toBe(boss);
    }
    expect((await t.ask("GET", `/users/${first}/directReports`)).body.value).toEqual([]);
    expect((await t.ask("GET", `/users/${second}/directReports`)).body.value.map((user) => user.id)).toEqual([id]);
  },
  "[D 19] DELETE $ref removes it, 204": async (t) => {
    const boss = await t.addUser("m4");
    const id = await t.addUser("m5", { "manager@odata.bind": `${t.tenant.url}/v1.0/users/${boss}` });
    expect((await t.ask("DELETE", `/users/${id}/manager/$ref`)).status).toBe(204);
    expect((await t.ask("GET", `/users/${id}/manager`)).status).toBe(404);
  },
  "[F] no manager is 404 that quotes 'manager'": async (t) => {
    const reply = await t.ask("GET", `/users/${await t.addUser("m6")}/manager`);
    expect(reply.status).toBe(404);
    expect(reply.body.error.message).toBe(
      "Resource 'manager' does not exist or one of its queried reference-property objects are not present.",
    );
  },
  "[F] a manager that is not there is 404 with its id": async (t) => {
    const gone = "00000000-0000-4000-8000-00000000000a";
    const body = { "@odata.id": `${t.tenant.url}/v1.0/users/${gone}` };
    const reply = await t.ask("PUT", `/users/${await t.addUser("m7")}/manager/$ref`, { body });
    expect([reply.status, reply.body.error.code]).toEqual([404, "Request_ResourceNotFound"]);
    expect(reply.body.error.message).toContain(gone);
  },
  "[D 19] a body that is no reference is 400": async (t) => {
    const body = { "@odata.id": "https://elsewhere.example/users/1" };
    expect((await t.ask("PUT", `/users/${await t.addUser("m8")}/manager/$ref`, { body })).status).toBe(400);
  },
};

/** Five users, and tokens that are handed on. */
async function fill(t: OpenedTenant): Promise<void> {
  for (const name of ["p1", "p2", "p3", "p4", "p5"]) await t.addUser(name, { department: "pages" });
}

async function pagesOf(t: OpenedTenant, path: string, headers: Record<string, string> = {}): Promise<Answer[]> {
  const pages: Answer[] = [];
  for (let next: string | undefined = path; next !== undefined; next = pages.at(-1)?.body["@odata.nextLink"]) {
    pages.push(await t.ask("GET", next, { headers }));
    expect(pages.at(-1)?.status).toBe(200);
  }
  return pages;
}

const PAGES: Cases = {
  "[D 5] nextLink leads through all users once, the last page has none": async (t) => {
    await fill(t);
    const pages = await pagesOf(t, "/users?$top=2&$select=displayName,id&$filter=department eq 'pages'");
    expect(pages.map(({ body }) => body.value.map((user) => user.displayName))).toEqual([
      ["p1", "p2"],
      ["p3", "p4"],
      ["p5"],
    ]);
    expect(pages[0]?.body["@odata.nextLink"]).toContain("$select=displayName%2Cid");
  },
  "[D 14] 100 per page by default, 999 at most": async (t) => {
    t.tenant.state.commit(
      Array.from({ length: 1100 }, (_, at) => {
        const id = `00000000-0000-4000-8001-${String(at).padStart(12, "0")}`;
        return {
          do: "create",
          id,
          type: "user",
          properties: { ...userBody(`many${at}`), passwordProfile: null },
        } as const;
      }),
    );
    expect((await t.ask("GET", "/users")).body.value).toHaveLength(100);
    expect((await t.ask("GET", "/users?$top=999")).body.value).toHaveLength(999);
    expect((await t.ask("GET", "/users?$top=1000")).status).toBe(400);
    expect((await t.ask("GET", "/users?$top=0")).status).toBe(400);
  },
  "[D 5] @odata.count on the first page only, and the header on each": async (t) => {
    const path = "/users?$top=2&$count=true&$filter=department eq 'pages'";
    const pages = await pagesOf(t, path, EVENTUAL);
    expect(pages.map(({ body }) => body["@odata.count"])).toEqual([5, undefined, undefined]);
  },
  "[D 4] $count=true without the header is ignored": async (t) => {
    const { status, body } = await t.ask("GET", "/users?$top=2&$count=true");
    expect(status).toBe(200);
    expect(Object.keys(body)).not.toContain("@odata.count");
  },
  "[D 4] /users/$count without the header": async (t) => {
    const reply = await t.ask("GET", "/users/$count");
    expect([reply.status, reply.body.error.code]).toEqual([400, "Request_BadRequest"]);
    expect(reply.body.error.message).toBe("$count is not currently supported.");
  },
  "[D 4] /users/$count with the header is a number as text": async (t) => {
    const reply = await t.ask("GET", "/users/$count?$filter=department eq 'pages'", { headers: EVENTUAL });
    expect([reply.body, reply.headers["content-type"]]).toEqual([5, "text/plain"]);
  },
  "[F] a token of another query is refused": async (t) => {
    const { body } = await t.ask("GET", "/users?$top=2");
    const token = new URL(body["@odata.nextLink"]).searchParams.get("$skiptoken");
    const reply = await t.ask("GET", `/users?$top=3&$skiptoken=${token}`);
    expect([reply.status, reply.body.error.code]).toEqual([400, "Directory_ExpiredPageToken"]);
  },
  "[U] what is deleted while pages are read vanishes, what is created comes at the end": async (t) => {
    const filter = "$filter=department eq 'moving'";
    const ids = await Promise.all(["v1", "v2", "v3"].map((name) => t.addUser(name, { department: "moving" })));
    const first = await t.ask("GET", `/users?$top=1&$select=displayName&${filter}`);
    await t.ask("DELETE", `/users/${ids[1]}`);
    await t.addUser("v4", { department: "moving" });
    const rest = await pagesOf(t, first.body["@odata.nextLink"]);
    expect(rest.flatMap(({ body }) => body.value.map((user) => user.displayName))).toEqual(["v3", "v4"]);
  },
};

const clock = { now: Date.UTC(2026, 10, 21) };
const EXPIRY: Cases = {
  "[F] a page token that is too old": async (t) => {
    await fill(t);
    const { body } = await t.ask("GET", "/users?$top=2");
    clock.now += 59_000;
    expect((await t.ask("GET", body["@odata.nextLink"])).status).toBe(200);
    clock.now += 2_000;
    const reply = await t.ask("GET", body["@odata.nextLink"]);
    expect([reply.status, reply.body.error.code]).toEqual([400, "Directory_ExpiredPageToken"]);
  },
};

type PageFault = "empty-page" | "duplicate" | "omit" | "end-early";
const faults = { before: undefined } as { before: undefined | (() => { do: PageFault } | undefined) };
function once(kind: PageFault): void {
  faults.before = () => {
    faults.before = undefined;
    return { do: kind };
  };
}

const PAGE_FAULTS: Cases = {
  "[D 5] a page may be empty and still have a nextLink": async (t) => {
    await fill(t);
    once("empty-page");
    const pages = await pagesOf(t, "/users?$top=3");
    expect(pages.map(({ body }) => body.value.length)).toEqual([0, 3, 2]);
  },
  "[U] a value may come twice": async (t) => {
    once("duplicate");
    const { body } = await t.ask("GET", "/users?$top=3");
    expect(body.value[0]).toEqual(body.value[1]);
    expect(body.value).toHaveLength(4);
  },
  "[U] a value may be missing, which the count tells": async (t) => {
    once("omit");
    const { body } = await t.ask("GET", "/users?$top=3&$count=true", { headers: EVENTUAL });
    expect([body.value.length, body["@odata.count"]]).toEqual([2, 5]);
  },
  "[U] a page may say that it is the last one, and the count tells otherwise": async (t) => {
    once("end-early");
    const { body } = await t.ask("GET", "/users?$top=3&$count=true", { headers: EVENTUAL });
    expect([body.value.length, body["@odata.nextLink"], body["@odata.count"]]).toEqual([3, undefined, 5]);
  },
};

const SMALL_PAGES: Cases = {
  "[U] pages may be smaller than $top asks for": async (t) => {
    await fill(t);
    const pages = await pagesOf(t, "/users?$top=999");
    expect(pages.map(({ body }) => body.value.length)).toEqual([2, 2, 1]);
  },
};

describeCases("reading users", READ);
describeCases("manager", MANAGER);
describeCases("pages", PAGES);
describeCases("page tokens", EXPIRY, { now: () => clock.now, pageTokenMillis: 60_000 });
describeCases("pages with faults", PAGE_FAULTS, { faults });
describeCases("small pages", SMALL_PAGES, { pageLimit: 2 });
