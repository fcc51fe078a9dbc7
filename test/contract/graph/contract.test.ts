/** The measuring stick itself: it finds a misspelt property on either side, at any depth, and lets through what Graph sends. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  ALLOWED_ANNOTATIONS_SIZE,
  ALLOWED_NAMES,
  ALLOWED_OPERATIONS,
  ALLOWED_OPTIONS,
  ALLOWED_PATTERNS,
  ALLOWED_PROPERTIES,
  ALLOWED_TYPES,
} from "./allowed-annotations.js";
import { operations, replyProblems, requestProblems, templateOf } from "./contract.js";
import { assertContract, contractObserver } from "./observer.js";

const USER = {
  accountEnabled: true,
  displayName: "Zoë Müller",
  mailNickname: "zoe.mueller",
  userPrincipalName: "zoe.mueller@contoso.example",
  passwordProfile: { forceChangePasswordNextSignIn: true, password: "not-a-real-secret-1" },
  employeeId: "10023",
  usageLocation: "DE",
  employeeOrgData: { costCenter: "4410", division: null },
  onPremisesExtensionAttributes: { extensionAttribute15: "op-1" },
  "manager@odata.bind": "https://graph.microsoft.com/v1.0/users/6fd2c87f",
  extension_0123456789abcdef0123456789abcdef_badge: "blue",
};
const SKU = "6fd2c87f-b296-42f0-b197-1e91e994b900";
const ERROR = {
  error: {
    code: "Request_ResourceNotFound",
    message: "Resource 'x' does not exist or one of its queried reference-property objects are not present.",
    innerError: { date: "2026-01-01T00:00:00", "request-id": "r", "client-request-id": "c" },
  },
};

function page(...value: readonly object[]) {
  return { "@odata.context": "x", "@odata.nextLink": "https://graph.microsoft.com/v1.0/users?$skiptoken=x", value };
}

describe("the contract of Graph", () => {
  it("compiles every operation in both directions in a bounded time", () => {
    const started = process.cpuUsage();
    const all = operations();
    for (const { method, path } of all) {
      const address = `/v1.0${path.replaceAll(/\{[^}]+\}/g, "1")}`;
      expect(templateOf(address)).toBe(path);
      requestProblems(method, address, {});
      replyProblems(method, address, 200, {});
    }
    const { user } = process.cpuUsage(started);
    console.log(`${all.length} operations compiled in ${Math.round(user / 1_000)} ms of processor time`);
    expect(all.length).toBeGreaterThan(75);
    expect(user).toBeLessThan(5_000_000);
  });

  it("lets through what Graph sends and takes", () => {
    const member = { "@odata.type": "#microsoft.graph.user", id: "2", "@removed": { reason: "deleted" } };
    const problems = [
      requestProblems("POST", "/v1.0/users", USER),
      requestProblems("PATCH", "/v1.0/users/zoe%40contoso.example", { jobTitle: null, businessPhones: [] }),
      requestProblems("PATCH", "/v1.0/groups/1", {
        "members@odata.bind": ["https://graph.microsoft.com/v1.0/users/1"],
      }),
      requestProblems("POST", "/v1.0/groups/1/members/$ref", { "@odata.id": "https://graph.microsoft.com/v1.0/x/1" }),
      requestProblems("POST", "/v1.0/users/1/assignLicense", {
        addLicenses: [{ skuId: SKU, disabledPlans: [] }],
        removeLicenses: [SKU],
      }),
      requestProblems("POST", "/v1.0/directory/deletedItems/1/restore", { newUserPrincipalName: "z@contoso.example" }),
      requestProblems("POST", "/v1.0/directory/deletedItems/1/restore", undefined),
      requestProblems(
        "GET",
        "/v1.0/users?$select=id,onPremisesExtensionAttributes&$expand=manager($select=id)&$top=999",
        null,
      ),
      requestProblems("GET", "/v1.0/users?$filter=employeeId%20eq%20'o''neil%20eq%20x'", null),
      requestProblems("GET", "/v1.0/users?$filter=assignedLicenses/any(l:l/skuId eq 1) and startsWith(mail,'a')", null),
      replyProblems("POST", "/v1.0/users", 201, { "@odata.context": "x", id: "1", displayName: "Z", jobTitle: null }),
      replyProblems("PATCH", "/v1.0/users/1", 204, null),
      replyProblems("GET", "/v1.0/users/$count", 200, 12),
      replyProblems("GET", "/v1.0/groups/1/members", 200, page({ ...member, "@removed": undefined, displayName: "Z" })),
      replyProblems("GET", "/v1.0/groups/1/members", 200, page({ "@odata.type": "#microsoft.graph.device", id: "3" })),
      replyProblems("GET", "/v1.0/users/delta", 200, {
        "@odata.deltaLink": "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x",
        value: [{ id: "1", "@removed": { reason: "changed" } }],
      }),
      replyProblems("GET", "/v1.0/groups/delta()", 200, { value: [{ id: "1", "members@delta": [member] }] }),
      replyProblems("GET", "/v1.0/users/1", 404, ERROR),
      replyProblems("POST", "/v1.0/users/1/revokeSignInSessions", 200, { "@odata.context": "x", value: true }),
    ];
    expect(problems).toEqual(problems.map(() => []));
  });

  it("knows both spellings of actions, functions and casts", () => {
    expect(templateOf("/v1.0/users/1/microsoft.graph.assignLicense")).toBe("/users/{user-id}/assignLicense");
    expect(templateOf("/v1.0/users/microsoft.graph.delta()?$select=id")).toBe("/users/delta()");
    expect(templateOf("/v1.0/users/delta?$select=id")).toBe("/users/delta()");
    expect(templateOf("/v1.0/directory/deletedItems/graph.user")).toBe("/directory/deletedItems/microsoft.graph.user");
    expect(templateOf("/v1.0/users/delta%40contoso.example")).toBe("/users/{user-id}");
  });

  it.each([
    ["at the top", "POST", "/v1.0/users", { ...USER, jobTitel: "SRE" }, "unknown property jobTitel"],
    ["in a nested object", "POST", "/v1.0/users", { ...USER, passwordProfile: { passwort: "x" } }, "property passwort"],
    [
      "in a list",
      "POST",
      "/v1.0/users/1/assignLicense",
      { addLicenses: [{ sku: SKU }], removeLicenses: [] },
      "property sku",
    ],
    [
      "in the parameters of an action",
      "POST",
      "/v1.0/users/1/assignLicense",
      { addLicences: [] },
      "property addLicences",
    ],
    ["in a bind", "PATCH", "/v1.0/groups/1", { "member@odata.bind": ["x"] }, "property member@odata.bind"],
    ["in $select", "GET", "/v1.0/users?$select=id,displayNane", null, "unknown property displayNane in $select"],
    ["in $filter", "GET", "/v1.0/users?$filter=employeeID eq '1'", null, "unknown property employeeID in $filter"],
    ["in $expand", "GET", "/v1.0/users?$expand=managers($select=id)", null, "unknown property managers in $expand"],
    ["of an option", "GET", "/v1.0/users?$selects=id", null, "unknown option $selects"],
    ["in the path", "POST", "/v1.0/users/1/assignLicence", { addLicenses: [] }, "a path that is not described"],
    ["as a wrong type", "PATCH", "/v1.0/users/1", { accountEnabled: "true" }, "at /accountEnabled must be boolean"],
    [
      "as a read-only property",
      "PATCH",
      "/v1.0/users/1",
      { onPremisesSyncEnabled: true },
      "/onPremisesSyncEnabled is read-only",
    ],
    ["as an id", "POST", "/v1.0/users", { ...USER, id: "1" }, "/id is read-only"],
    [
      "as more members than a bind takes",
      "PATCH",
      "/v1.0/groups/1",
      { "members@odata.bind": Array(21).fill("x") },
      "20",
    ],
    ["as a missing body", "POST", "/v1.0/users", undefined, "has no body"],
    [
      "as a body where there is none",
      "POST",
      "/v1.0/users/1/revokeSignInSessions",
      { x: 1 },
      "where none is described",
    ],
    ["as a method", "PUT", "/v1.0/users/1", {}, "PUT /users/{user-id} is not described"],
  ])("finds what is wrong in a request: %s", (_, method, path, body, expected) => {
    const problems = requestProblems(method, path, body);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it.each([
    ["at the top", "GET", "/v1.0/users/1", 200, { id: "1", displayNane: "Z" }, "unknown property displayNane"],
    [
      "in a page",
      "GET",
      "/v1.0/users",
      200,
      page({ id: "1" }, { id: "2", displayNane: "Z" }),
      "at /value/1 has the unknown",
    ],
    ["of a page", "GET", "/v1.0/users", 200, { ...page(), "@odata.nextlink": "x" }, "property @odata.nextlink"],
    [
      "in a page of mixed types",
      "GET",
      "/v1.0/groups/1/members",
      200,
      page({ "@odata.type": "#microsoft.graph.user", id: "1", displayNane: "Z" }),
      "property displayNane",
    ],
    [
      "in the name of a type",
      "GET",
      "/v1.0/groups/1/members",
      200,
      page({ "@odata.type": "#microsoft.graph.usr", id: "1" }),
      "/@odata.type must be equal to one of the allowed values",
    ],
    ["in a nested object", "GET", "/v1.0/users/1", 200, { employeeOrgData: { devision: "x" } }, "property devision"],
    [
      "in a delta",
      "GET",
      "/v1.0/users/delta",
      200,
      { value: [{ id: "1", "@removed": { reason: "gone" } }] },
      "reason must be",
    ],
    ["in an error", "GET", "/v1.0/users/1", 404, { error: { kode: "x", message: "m", code: "c" } }, "property kode"],
    ["as an error without a code", "GET", "/v1.0/users/1", 404, { error: { message: "m" } }, "'code'"],
    ["as a missing body", "POST", "/v1.0/users", 201, null, "has no body"],
    ["as a body with 204", "PATCH", "/v1.0/users/1", 204, { id: "1" }, "has a body"],
    ["as a status", "DELETE", "/v1.0/users/1", 200, null, "a status that is not described"],
  ])("finds what is wrong in a reply: %s", (_, method, path, status, body, expected) => {
    const problems = replyProblems(method, path, status, body);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it("looks into the items of a batch", () => {
    const asked = {
      requests: [
        { id: "1", method: "GET", url: "/users/1?$select=id" },
        {
          id: "2",
          method: "PATCH",
          url: "/users/2",
          headers: { "Content-Type": "application/json" },
          body: { jobTitle: "x" },
        },
      ],
    };
    const answered = {
      responses: [
        { id: "2", status: 204, headers: {} },
        { id: "1", status: 200, body: { id: "1" } },
      ],
    };
    expect(requestProblems("POST", "/v1.0/$batch", asked)).toEqual([]);
    expect(replyProblems("POST", "/v1.0/$batch", 200, answered, asked)).toEqual([]);

    const misspelt = { requests: [{ ...asked.requests[1], body: { jobTitel: "x" } }] };
    expect(requestProblems("POST", "/v1.0/$batch", misspelt)).toEqual([
      "$batch: PATCH /users/{user-id}: the request has the unknown property jobTitel",
    ]);
    const wrong = {
      responses: [
        { id: "1", status: 200, body: { displayNane: "x" } },
        { id: "3", status: 204 },
      ],
    };
    expect(replyProblems("POST", "/v1.0/$batch", 200, wrong, asked)).toEqual([
      "$batch: GET /users/{user-id}: the reply 200 has the unknown property displayNane",
      "POST /$batch: the reply 200 answers an item that was not sent",
    ]);
    const tooMany = {
      requests: Array.from({ length: 21 }, (_, n) => ({ id: String(n), method: "GET", url: "/users/1" })),
    };
    expect(requestProblems("POST", "/v1.0/$batch", tooMany)).toHaveLength(1);
    const versioned = { requests: [{ id: "1", method: "GET", url: "/v1.0/users/1" }] };
    expect(requestProblems("POST", "/v1.0/$batch", versioned)).toHaveLength(1);
    const repeated = {
      requests: [
        { id: "a", method: "GET", url: "/users/1" },
        { id: "A", method: "GET", url: "/users/2" },
      ],
    };
    expect(requestProblems("POST", "/v1.0/$batch", repeated)).toEqual([
      "POST /$batch: the request has two items with one id",
    ]);
  });

  it("says nothing of whom a request was about", () => {
    const secret = "zoe.mueller@contoso.example";
    const path = `/v1.0/users/${encodeURIComponent(secret)}`;
    const problems = [
      ...requestProblems("PATCH", path, { accountEnabled: secret, passwordProfile: secret, mailNickname: [secret] }),
      ...replyProblems("GET", path, 200, { id: 7, displayName: { secret } }),
      ...requestProblems("PATCH", `${path}/x`, {}),
    ];
    expect(problems.length).toBeGreaterThan(4);
    expect(problems.join("\n")).not.toContain("zoe");
  });
});

describe("the allow-list", () => {
  const entries = [
    ALLOWED_NAMES,
    ALLOWED_PATTERNS,
    ALLOWED_TYPES,
    ALLOWED_OPTIONS,
    ALLOWED_PROPERTIES,
    ALLOWED_OPERATIONS,
  ].flat();

  it("is short, and says where each entry comes from", () => {
    console.log(`${ALLOWED_ANNOTATIONS_SIZE} things pass that Microsoft's description does not know`);
    expect(ALLOWED_ANNOTATIONS_SIZE).toBe(entries.length + 1);
    expect(ALLOWED_ANNOTATIONS_SIZE).toBeLessThanOrEqual(25);
    for (const { source } of entries) expect(source.length).toBeGreaterThan(20);
  });

  it("holds nothing that the description knows by now", () => {
    const text = readFileSync(new URL("./graph-v1.0.json", import.meta.url), "utf8");
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, { properties?: object }> } };
    const known = ALLOWED_PROPERTIES.filter(({ type, name }) => name in (components.schemas[type]?.properties ?? {}));
    expect(known).toEqual([]);
  });
});

describe("the observer", () => {
  const reply = (body: unknown, status = 200) => ({ status, headers: {}, body: JSON.stringify(body) });
  const get = { method: "GET", path: "/v1.0/users/1", body: null };

  it("keeps each problem once and passes over what is not Graph", () => {
    const observer = contractObserver();
    observer.observe({ method: "POST", path: "/tenant/oauth2/v2.0/token", body: "grant_type=x" }, reply({ any: 1 }));
    expect(() => assertContract(observer)).toThrow(/nothing was checked/);
    observer.observe(get, reply({ id: "1" }));
    assertContract(observer);
    observer.observe(get, reply({ displayNane: "Z" }));
    observer.observe({ ...get, path: "/v1.0/users/2" }, reply({ displayNane: "Y" }));
    expect(observer.count()).toBe(3);
    expect(observer.problems()).toEqual(["GET /users/{user-id}: the reply 200 has the unknown property displayNane"]);
    expect(() => assertContract(observer)).toThrow(/displayNane/);
  });

  it("looks at requests, unless they are wrong on purpose", () => {
    const request = { method: "PATCH", path: "/v1.0/users/1", body: '{"jobTitel":"x"}' };
    const answer = { status: 204, headers: {}, body: null };
    const strict = contractObserver();
    strict.observe(request, answer);
    expect(strict.problems()).toHaveLength(1);
    const lenient = contractObserver({ foreign: () => true });
    lenient.observe(request, answer);
    expect(lenient.problems()).toEqual([]);
  });

  it("takes a page of a gateway for what it is, and nothing else that is not JSON", () => {
    const observer = contractObserver();
    observer.observe(get, { status: 502, headers: { "content-type": "text/html" }, body: "<html>" });
    expect(observer.problems()).toEqual([]);
    observer.observe(get, { status: 200, headers: { "content-type": "text/html" }, body: "<html>" });
    expect(observer.problems()).toEqual(["GET: the body of a reply 200 is not JSON"]);
  });
});
