/** Findings of the examination, each from what was read. */
import { generateKeyPairSync } from "node:crypto";
import { generate } from "selfsigned";
import { describe, expect, test } from "vitest";
import type { Check, Needs } from "../../../../../reconciler/model/check.js";
import {
  examineGroup,
  examineLicences,
  examineUnits,
} from "../../../../../reconciler/targets/entra-id/doctor/groups.js";
import { examineDomains, examineSync } from "../../../../../reconciler/targets/entra-id/doctor/organization.js";
import type { Patient, Sample } from "../../../../../reconciler/targets/entra-id/doctor/patient.js";
import { examineColumns } from "../../../../../reconciler/targets/entra-id/doctor/reads.js";
import { examinePermissions, examineRoles } from "../../../../../reconciler/targets/entra-id/doctor/rights.js";
import { examineCredential } from "../../../../../reconciler/targets/entra-id/doctor/sign-in.js";
import { readClaims } from "../../../../../reconciler/targets/entra-id/doctor/token-claims.js";
import { answeringGraph, id } from "../../../../support/answering-graph.js";
import { needsOf } from "../../../../support/entra-needs.js";

const NOW = Date.parse("2026-03-02T08:00:00Z");
const DAY = 86_400_000;
const READER = ["User.Read.All", "GroupMember.Read.All", "RoleManagement.Read.Directory"];
const { place } = answeringGraph(() => undefined);
const NOTHING: Sample = { users: null, roleAssignments: null, skus: null, units: null };

function patient(
  needs: Partial<Needs> = {},
  roles: readonly string[] | null = READER,
  managed = place.managed,
): Patient {
  return {
    place: { ...place, managed },
    needs: needsOf(needs),
    claims: { roles, principal: id(99), application: null },
    clock: { now: () => NOW },
  };
}

/** "problem group" ... without those that are well. */
function worries(checks: readonly Check[]): string[] {
  return checks
    .filter(({ level }) => level !== "ok")
    .map(({ level, topic, subject }) => `${level} ${topic} ${subject ?? ""}`.trim());
}

describe("the token", () => {
  const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

  test("says what was granted, and to whom", () => {
    const token = jwt({ roles: ["User.Read.All"], oid: id(1), appid: id(2) });
    expect(readClaims(token)).toEqual({ roles: ["User.Read.All"], principal: id(1), application: id(2) });
  });

  test("without roles grants nothing; one that cannot be read says nothing", () => {
    expect(readClaims(jwt({ oid: id(1) })).roles).toEqual([]);
    for (const token of ["opaque", "a.b.c", "", jwt("text"), jwt({ roles: "User.Read.All" })])
      expect(readClaims(token).roles).toBeNull();
  });
});

describe("permissions", () => {
  test("are unknown where the token does not say", () => {
    const checks = examinePermissions(patient({}, null));
    expect(checks).toMatchObject([{ level: "unknown", topic: "permission" }]);
    expect(checks[0]?.what).toContain("User.Read.All");
  });

  test("one that is missing names what will be refused, and what gives it", () => {
    const [missing] = examinePermissions(patient({ verbs: ["enable", "disable"] })).filter(
      ({ level }) => level === "problem",
    );
    expect(missing).toMatchObject({ subject: "User.EnableDisableAccount.All" });
    expect(missing?.what).toBe("User.EnableDisableAccount.All is not granted: enable, disable will be refused");
    expect(missing?.remedy).toContain("muster doctor target entra --delegation");
  });

  test("a wider one does, and is named as too much", () => {
    const checks = examinePermissions(patient({ verbs: ["disable"] }, [...READER, "User.ReadWrite.All"]));
    expect(worries(checks)).toEqual(["warning excess"]);
    expect(checks.map(({ subject }) => subject)).toContain("User.EnableDisableAccount.All (by User.ReadWrite.All)");
    const excess = checks.find(({ topic }) => topic === "excess");
    expect(excess?.what).toBe("more than these policies need: User.ReadWrite.All");
    expect(excess?.remedy).toContain("User.EnableDisableAccount.All");
  });

  test.each(["RoleManagement.ReadWrite.Directory", "AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All"])(
    "%s is a warning of its own",
    (name) => {
      expect(worries(examinePermissions(patient({}, [...READER, name])))).toEqual([`warning excess ${name}`]);
    },
  );

  test("one that is too much and in use is replaced before it is taken away", () => {
    const checks = examinePermissions(patient({ verbs: ["disable"] }, ["Directory.ReadWrite.All"]));
    expect(worries(checks)).toEqual(["warning excess Directory.ReadWrite.All"]);
    const { remedy } = checks.find(({ topic }) => topic === "excess") ?? {};
    expect(remedy).toMatch(/^Grant User\.Read\.All, .*User\.EnableDisableAccount\.All in its place\. Take/);
  });

  test("a reader that may write is told so", () => {
    const checks = examinePermissions(patient({ role: "reader" }, [...READER, "User.Create", "AuditLog.Read.All"]));
    expect(checks.filter(({ topic }) => topic === "excess").map(({ what }) => what)).toEqual([
      "the reader may write: User.Create",
      "more than these policies need: AuditLog.Read.All",
    ]);
  });

  test("what lets the doctor see more is not too much", () => {
    expect(worries(examinePermissions(patient({}, [...READER, "Organization.Read.All"])))).toEqual([]);
  });
});

describe("directory roles", () => {
  const USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1";
  const GLOBAL = "62e90394-69f5-4237-9190-012177145e10";
  const held = (...roles: readonly string[]) => [
    ...roles.map((roleDefinitionId) => ({ principalId: id(99), roleDefinitionId, directoryScopeId: "/" })),
    { principalId: id(1), roleDefinitionId: GLOBAL },
  ];
  const resets: Partial<Needs> = { verbs: ["run-task"], tasks: ["reset-password"] };
  const names = { [GLOBAL]: "Global Administrator" };

  test("one is needed to reset passwords, and none for anything else", () => {
    expect(worries(examineRoles(patient(resets), held(), names))).toEqual(["problem role User Administrator"]);
    expect(worries(examineRoles(patient(resets), held(USER_ADMINISTRATOR), names))).toEqual([]);
    expect(worries(examineRoles(patient(), held(USER_ADMINISTRATOR), names))).toEqual([
      `warning role ${USER_ADMINISTRATOR}`,
    ]);
    expect(worries(examineRoles(patient(), held(), names))).toEqual([]);
  });

  test("the least one counts as needed, another beside it is too much", () => {
    expect(worries(examineRoles(patient(resets), held(USER_ADMINISTRATOR, GLOBAL), names))).toEqual([
      "warning role Global Administrator",
    ]);
  });

  test("one that is scoped to an administrative unit is not enough", () => {
    const scoped = held(USER_ADMINISTRATOR).map((one) => ({
      ...one,
      directoryScopeId: `/administrativeUnits/${id(5)}`,
    }));
    expect(worries(examineRoles(patient(resets), scoped, names))).toContain("problem role User Administrator");
  });

  test("are unknown where assignments cannot be read", () => {
    expect(worries(examineRoles(patient(resets), null, names))).toEqual(["unknown role"]);
    expect(examineRoles(patient(), null, names)).toEqual([]);
  });
});

describe("the credential", () => {
  /** Ends a second after NOW. */
  const made = generate([{ name: "commonName", value: "muster" }], {
    notBeforeDate: new Date(NOW - 400 * DAY),
    notAfterDate: new Date(NOW + 1000),
  });
  const examined = (pem: string, now = NOW - 365 * DAY) =>
    examineCredential({ kind: "certificate", clientId: id(1), pem }, now);

  test.each([
    [365, "ok"],
    [30, "ok"],
    [29, "warning"],
    [0, "warning"],
    [-2, "problem"],
  ])("a certificate that ends in %d days is %s", async (days, level) => {
    const { private: key, cert } = await made;
    expect(examined(`${key}\n${cert}`, NOW - days * DAY)).toMatchObject([{ level, topic: "credential" }]);
    expect(examined(`${cert}\n${key}`, NOW - days * DAY)).toMatchObject([{ level }]);
  });

  test("a file without a certificate, without a key, or with another key is a problem", async () => {
    const { private: key, cert } = await made;
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    for (const pem of ["", key, cert, `${String(other)}\n${cert}`])
      expect(examined(pem)).toMatchObject([{ level: "problem" }]);
  });

  test("when a secret ends cannot be told; of the others nothing ends", () => {
    const secret = examineCredential({ kind: "secret", clientId: id(1), secret: "s3cret" }, NOW);
    expect(secret).toMatchObject([{ level: "unknown" }]);
    expect(JSON.stringify(secret)).not.toContain("s3cret");
    expect(examineCredential({ kind: "managed-identity", clientId: null }, NOW)).toMatchObject([{ level: "ok" }]);
  });
});

describe("columns of the users looked at", () => {
  const user = (n: number, more: Record<string, unknown> = {}) => ({
    id: id(n),
    accountEnabled: false,
    createdDateTime: "2026-01-01T00:00:00Z",
    [place.claim]: null,
    ...more,
  });
  const five = [1, 2, 3, 4, 5].map((n) => user(n, { jobTitle: n === 3 ? "Clerk" : null }));

  test("what everybody has and nobody shows is hidden; false is shown", () => {
    const hidden = five.map((one) => ({ ...one, accountEnabled: null, createdDateTime: null }));
    expect(worries(examineColumns(place, hidden, ["jobTitle"]))).toEqual(["problem column"]);
    expect(worries(examineColumns(place, five, ["jobTitle"]))).toEqual([]);
  });

  test("what nobody has is told, of enough users", () => {
    const what = (users: typeof five) => examineColumns(place, users, ["jobTitle", "employeeId"])[0]?.what;
    expect(what(five)).toContain("nobody has employeeId,");
    expect(what(five.slice(0, 4))).not.toContain("nobody has");
  });

  test("a claim that something else uses is a warning, ours is none", () => {
    const claimed = (value: string) => [user(1, { [place.claim]: value })];
    expect(worries(examineColumns(place, claimed("cost 4711"), []))).toEqual([`warning claim ${place.claim}`]);
    expect(worries(examineColumns(place, claimed("muster-0123456789"), []))).toEqual([]);
  });

  test("nobody to look at is unknown", () => {
    expect(worries(examineColumns(place, [], []))).toEqual(["unknown column"]);
  });
});

describe("a group of an entitlement", () => {
  const cloud = { id: id(1), displayName: "Staff", groupTypes: [], mailEnabled: false, securityEnabled: true };
  const what = (found: readonly Record<string, unknown>[] | null, managed = place.managed) =>
    examineGroup({ ...place, managed }, "Staff", found).map(({ level, what: text }) => `${level} ${text}`);

  test("is there once, can be written, and is managed", () => {
    expect(what([cloud])).toEqual([]);
    expect(what([])).toEqual(["problem is not there"]);
    expect(what([cloud, { ...cloud, id: id(2) }])).toEqual(["problem is the name of 2 groups, so nothing is planned"]);
    expect(what(null)).toEqual(["unknown it could not be asked for"]);
    expect(what([cloud], { accounts: ["tenant"], groups: ["Others"] })).toEqual([
      "problem is not among managed.groups, so nobody is added or removed",
    ]);
    expect(what([cloud], { accounts: ["tenant"], groups: ["staff"] })).toEqual([]);
  });

  test.each([
    [{ groupTypes: ["DynamicMembership"] }, "dynamic"],
    [{ onPremisesSyncEnabled: true }, "synchronised"],
    [{ mailEnabled: true }, "mail-enabled"],
    [{ isAssignableToRole: true }, "role-assignable"],
    [{ isManagementRestricted: true }, "restricted"],
  ])("that cannot be written says why: %o", (kind, word) => {
    expect(what([{ ...cloud, ...kind }])).toEqual([expect.stringMatching(new RegExp(`^problem .*${word}`))]);
  });
});

describe("a licence", () => {
  const sku = (more: Record<string, unknown> = {}) => ({
    skuId: id(7),
    skuPartNumber: "ENTERPRISEPACK",
    capabilityStatus: "Enabled",
    prepaidUnits: { enabled: 3, warning: 0 },
    consumedUnits: 2,
    servicePlans: [{ servicePlanId: id(8), servicePlanName: "TEAMS1" }],
    ...more,
  });
  const examined = (skus: readonly Record<string, unknown>[] | null, plans: readonly string[] = []) =>
    examineLicences(patient({ licences: ["ENTERPRISEPACK"], disabledPlans: { ENTERPRISEPACK: plans } }), skus);

  test("is one that the tenant has, with a free seat and the plans that are named", () => {
    expect(examined([sku()], ["teams1", id(8)])).toMatchObject([{ level: "ok", what: "1 of 3 seats free" }]);
    expect(worries(examined([sku({ skuPartNumber: "EMS" })]))).toEqual(["problem licence ENTERPRISEPACK"]);
    expect(worries(examined([sku()], ["SWAY"]))).toEqual(["problem licence ENTERPRISEPACK"]);
    expect(worries(examined([sku({ consumedUnits: 3 })]))).toEqual(["warning licence ENTERPRISEPACK"]);
    expect(worries(examined([sku({ consumedUnits: 3, prepaidUnits: { enabled: 3, warning: 1 } })]))).toEqual([]);
    expect(worries(examined([sku({ capabilityStatus: "Suspended" })]))).toEqual(["warning licence ENTERPRISEPACK"]);
    expect(examined(null)).toEqual([]);
  });
});

test("administrative units are there, once, and not restricted for a writer", () => {
  const managed = { accounts: ["Lab"], groups: null };
  const unit = { id: id(1), displayName: "Lab", isMemberManagementRestricted: false };
  const examined = (units: readonly Record<string, unknown>[], role: Needs["role"] = "writer") =>
    worries(examineUnits(patient({ role }, READER, managed), units));
  expect(examined([unit])).toEqual([]);
  expect(examined([])).toEqual(["problem unit Lab"]);
  expect(examined([unit, { ...unit, id: id(2) }])).toEqual(["problem unit Lab"]);
  expect(examined([{ ...unit, isMemberManagementRestricted: true }])).toEqual(["problem unit Lab"]);
  expect(examined([{ ...unit, isMemberManagementRestricted: true }], "reader")).toEqual([]);
});

describe("domains of names", () => {
  const verified = (type: string) => ({ verifiedDomains: [{ name: "Contoso.example", type }] });
  const users = [{ userPrincipalName: "ada@contoso.example" }];
  const examined = (
    organization: Record<string, unknown> | null,
    sample: Partial<Sample> = {},
    needs: Partial<Needs> = {},
  ) =>
    worries(
      examineDomains(patient({ domains: ["contoso.example"], verbs: ["create"], ...needs }), organization, {
        ...NOTHING,
        ...sample,
      }),
    );

  test("are verified; a federated one takes no creates", () => {
    expect(examined(verified("Managed"))).toEqual([]);
    expect(examined({ verifiedDomains: [{ name: "other.example", type: "Managed" }] })).toEqual([
      "problem domain contoso.example",
    ]);
    expect(examined(verified("Federated"))).toEqual(["problem domain contoso.example"]);
    expect(examined(verified("Federated"), {}, { verbs: ["update"] })).toEqual([]);
  });

  test("that cannot be read are known by who has them, or unknown", () => {
    expect(examined(null)).toEqual(["unknown domain contoso.example"]);
    expect(examined(null, { users })).toEqual([]);
  });
});

describe("synchronisation", () => {
  const MORE = [...READER, "Organization.Read.All"];
  const synced = (hours: number) => ({
    onPremisesSyncEnabled: true,
    onPremisesLastSyncDateTime: new Date(NOW - hours * 3_600_000).toISOString(),
  });
  const examined = async (organization: Record<string, unknown> | null, needs: Partial<Needs>, roles = MORE) =>
    worries(await examineSync(patient(needs, roles), organization));

  test("is late after three hours", async () => {
    expect(await examined(synced(1), { links: true })).toEqual([]);
    expect(await examined(synced(4), { links: true })).toEqual(["warning sync"]);
    expect(await examined(synced(4), {})).toEqual(["warning sync"]);
  });

  test("is missing where mappings link, and nothing otherwise", async () => {
    const none = { onPremisesSyncEnabled: null, onPremisesLastSyncDateTime: null };
    expect(await examined(none, { links: true })).toEqual(["problem sync"]);
    expect(await examined(none, {})).toEqual([]);
  });

  test("that cannot be read is judged by a user who is synchronised", async () => {
    const withUser = (user: Record<string, unknown> | null) => {
      const tenant = answeringGraph(() => ({ status: 200, body: { value: user === null ? [] : [user] } }));
      return examineSync({ ...patient({ links: true }), place: tenant.place }, null);
    };
    expect(worries(await withUser({ id: id(1), onPremisesSyncEnabled: true }))).toEqual(["unknown sync"]);
    expect(worries(await withUser(null))).toEqual(["warning sync"]);
    // A filter that was ignored shows anybody.
    expect(worries(await withUser({ id: id(1), onPremisesSyncEnabled: null }))).toEqual(["warning sync"]);
  });
});
