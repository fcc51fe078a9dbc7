/** One row per text of Microsoft's errors (concepts/errors, the licence problem page, and what public programs test for). */
import { describe, expect, it } from "vitest";
import { CODES } from "../../../../reconciler/support/codes/index.js";
import { EXPLANATIONS, type Meaning, meaningOf } from "../../../../reconciler/targets/entra-id/errors.js";
import { failureOf } from "../../../../reconciler/targets/entra-id/failure.js";

const REQUEST = { method: "PATCH", template: "/users/{id}", requestId: "r" } as const;
const SKU = "6fd2c87f-b296-42f0-b197-1e91e994b900";

const TEXTS: readonly (readonly [Meaning, string])[] = [
  ["taken", "Another object with the same value for property userPrincipalName already exists."],
  ["taken", "Another object with the same value for property proxyAddresses already exists."],
  ["taken", "A conflicting object with one or more of the specified property values is present in the directory."],
  ["already", "One or more added object references already exist for the following modified properties: 'members'."],
  ["already", "One or more added object references already exist for the following modified properties: 'owners'."],
  [
    "not-member",
    "One or more removed object references do not exist for the following modified properties: 'members'.",
  ],
  ["last-owner", "The group must have at least one owner, hence this owner cannot be removed."],
  [
    "synced",
    "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
  ],
  ["mail-enabled", "Cannot Update a mail-enabled security groups and or distribution list."],
  [
    "unverified-domain",
    "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
  ],
  ["invalid-value", "Invalid value specified for property 'officeLocation' of resource 'User'."],
  ["invalid-value", "Property netId is invalid."],
  ["invalid-value", "Property userPrincipalName is invalid."],
  ["invalid-value", "StartObject node found for usageLocation, PrimitiveValue expected"],
  ["value-required", "A value is required for property 'displayName' of resource 'User'."],
  [
    "password-rejected",
    "The specified password does not comply with password complexity requirements. Please provide a different password.",
  ],
  ["licence-location", "License assignment cannot be done for user with invalid usage location."],
  ["licence-seats", `Subscription with SKU ${SKU} does not have any available licenses.`],
  ["licence-unknown", `License ${SKU} does not correspond to a valid company License.`],
  ["licence-not-held", "User does not have a corresponding license."],
  [
    "licence-inherited",
    "User license is inherited from a group membership and it cannot be removed directly from the user.",
  ],
  ["licence-conflict", `License assignment failed because service plans ${SKU}, ${SKU} are mutually exclusive.`],
  [
    "licence-missing-plan",
    `License assignment failed because service plan ${SKU} depends on the service plan(s) ${SKU}.`,
  ],
  ["unknown", "Something that nobody has seen before."],
];

const CODED: readonly (readonly [Meaning, number, string])[] = [
  ["unsupported-query", 400, "Request_UnsupportedQuery"],
  ["expired-page", 400, "Directory_ExpiredPageToken"],
  ["expired-page", 400, "DirectoryPageTokenNotFoundException"],
  ["unauthenticated", 401, "InvalidAuthenticationToken"],
  ["forbidden", 403, "Authorization_RequestDenied"],
  ["quota", 403, "Directory_QuotaExceeded"],
  ["feature-missing", 403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"],
  ["gone", 404, "Request_ResourceNotFound"],
  ["gone", 404, "Directory_ObjectNotFound"],
  ["unknown", 405, "Request_BadRequest"],
  ["taken", 409, "Request_MultipleObjectsWithSameKeyValue"],
  ["concurrent", 409, "Directory_ConcurrencyViolation"],
  ["expired-delta", 410, "syncStateNotFound"],
  ["expired-delta", 410, "resyncRequired"],
  ["expired-delta", 400, "syncStateNotFound"],
  ["dependency", 424, ""],
  ["throttled", 429, "TooManyRequests"],
  ["throttled", 429, ""],
  ["unavailable", 500, "Service_InternalServerError"],
  ["unavailable", 502, ""],
  ["unavailable", 503, "ServiceUnavailable"],
  ["unavailable", 504, "UnknownError"],
  ["unknown", 501, "NotImplemented"],
];

describe("what an error means", () => {
  it.each(TEXTS)("%s: %s", (meaning, text) => {
    expect(meaningOf({ status: 400, code: "Request_BadRequest", text, details: [] })).toBe(meaning);
  });

  it.each(CODED)("%s: %d %s", (meaning, status, code) => {
    expect(meaningOf({ status, code, text: "", details: [] })).toBe(meaning);
  });

  it("is told by the details before the text", () => {
    const text = "Invalid value specified for property 'mailNickname' of resource 'User'.";
    expect(meaningOf({ status: 400, code: "Request_BadRequest", text, details: ["ObjectConflict"] })).toBe("taken");
    expect(meaningOf({ status: 422, code: "", text: "", details: ["PropertyConflict"] })).toBe("taken");
  });

  it("is explained for each, with a code of the registry", () => {
    for (const { code, what } of Object.values(EXPLANATIONS)) {
      expect(CODES[code].next).not.toBe("");
      expect(what).toMatch(/^[a-zA-Z]/);
    }
  });
});

describe("a failure", () => {
  const answer = (status: number, error: unknown) => failureOf(REQUEST, { status, body: { error } });

  it("understands both forms of message and of details", () => {
    const text = "Another object with the same value for property mailNickname already exists.";
    const asObject = answer(400, { code: "Request_BadRequest", message: { lang: "en", value: text } });
    expect(asObject).toMatchObject({ meaning: "taken", properties: ["mailNickname"] });
    const single = answer(400, { code: "Request_BadRequest", details: { code: "ObjectConflict", target: "mail" } });
    expect(single).toMatchObject({ meaning: "taken", properties: ["mail"] });
  });

  it("survives bodies that are none", () => {
    for (const body of [null, "", "<html>", [], 7, { error: null }, { error: "x" }])
      expect(failureOf(REQUEST, { status: 404, body })).toMatchObject({ meaning: "gone", code: "", properties: [] });
  });

  it("passes on no text, and no code or target that is none", () => {
    const failure = answer(400, {
      code: "zoe@contoso.example is taken",
      message: "User zoe@contoso.example ... property 'zoe@contoso.example'",
      details: [{ code: "x", target: "zoe@contoso.example" }],
    });
    expect(JSON.stringify({ ...failure, message: failure.message })).not.toContain("zoe");
  });

  it("of a write may have happened after 5xx only", () => {
    const happened = (status: number) => failureOf(REQUEST, { status, body: null }).mayHaveHappened;
    expect([400, 403, 404, 409, 429, 501].filter(happened)).toEqual([]);
    expect([500, 502, 503, 504].filter(happened)).toEqual([500, 502, 503, 504]);
    expect(failureOf({ ...REQUEST, method: "GET" }, { status: 503, body: null }).mayHaveHappened).toBe(false);
  });
});
