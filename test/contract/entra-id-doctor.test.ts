/**
 * The doctor over the wire: each permission shown right by its absence. Without one the doctor says so and the driver's
 * write, or read, is refused by the tenant; with it both are well. What the doctor sends is looked at too: it writes nothing.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Check, Needs } from "../../reconciler/model/check.js";
import type { Verb } from "../../reconciler/model/op.js";
import { leastPermissions, requirementsOf } from "../../reconciler/targets/entra-id/permissions.js";
import { EntraIdTarget } from "../../reconciler/targets/entra-id/target.js";
import { ALL_NEEDS, attribute, needsOf } from "../support/entra-needs.js";
import { applyOne, type OpParts, readyOp } from "../support/ready-ops.js";
import { CLAIM, type TenantHarness, tenantHarness } from "./harness-tenant.js";

const UNIT = "Lab";
const SELECTION = { attributes: ["employeeLeaveDateTime"], groups: [], licences: ["ENTERPRISEPACK"] };
const SKU = "6fd2c87f-b296-42f0-b197-1e91e994b900";
/** The least that ALL_NEEDS ask, one permission for each thing: what section 14 of docs/graph.md lists. */
const LEAST = [
  "AdministrativeUnit.Read.All",
  "AdministrativeUnit.ReadWrite.All",
  "GroupMember.Read.All",
  "GroupMember.ReadWrite.All",
  "LicenseAssignment.Read.All",
  "LicenseAssignment.ReadWrite.All",
  "RoleManagement.Read.Directory",
  "User-LifeCycleInfo.Read.All",
  "User-LifeCycleInfo.ReadWrite.All",
  "User-Mail.ReadWrite.All",
  "User-PasswordProfile.ReadWrite.All",
  "User-Phone.ReadWrite.All",
  "User.Create",
  "User.DeleteRestore.All",
  "User.EnableDisableAccount.All",
  "User.Read.All",
  "User.ReadUpdate.All",
  "User.RevokeSessions.All",
  "UserAuthMethod-TAP.ReadWrite.All",
];

let h: TenantHarness;
let group: string;
let serial = 0;

beforeAll(async () => {
  const people = [1, 2, 3, 4, 5, 6].map((n) => `person${n}@contoso.example`);
  h = await tenantHarness({
    tenant: {
      seed: {
        domains: ["contoso.example"],
        users: people.map((userPrincipalName) => ({
          properties: { userPrincipalName, displayName: userPrincipalName, mailNickname: "x", accountEnabled: true },
        })),
        units: [{ properties: { displayName: UNIT } }],
      },
    },
  });
  group = await h.addGroup("Staff");
});
afterAll(() => h.close());

/** A driver of an application with these permissions. */
function driver(permissions: readonly string[], managed: readonly string[] = ["tenant"]): EntraIdTarget {
  const rule = { handOut: "sealed", mustChange: false } as const;
  const sink = { open: async () => {}, put: async () => ({ withdraw: async () => {} }), close: async () => {} };
  return new EntraIdTarget({
    ...h.driver,
    authority: h.tenant.authority,
    managed: { accounts: managed, groups: ["tenant"] },
    passwords: { initial: rule, reset: rule, sink },
    tokens: { token: async () => h.tenant.token(permissions), reject: () => {} },
  });
}

async function examined(permissions: readonly string[], needs: Needs = ALL_NEEDS): Promise<readonly Check[]> {
  return driver(permissions, [UNIT]).examine(needs, h.surroundings.clock);
}

/** "permission User.Create" ... of what is a problem. */
function problems(checks: readonly Check[]): string[] {
  return checks
    .filter(({ level }) => level === "problem")
    .map(({ topic, subject }) => `${topic} ${subject ?? ""}`.trim());
}

async function write(permissions: readonly string[], verb: Verb, parts: OpParts, managed?: readonly string[]) {
  const target = driver(permissions, managed);
  await target.open("writer");
  try {
    if (managed !== undefined) await target.observe(SELECTION);
    const { kind, code = null } = (await applyOne(target, readyOp(verb, parts))) as { kind: string; code?: string };
    return { kind, code };
  } finally {
    await target.close();
  }
}

async function account(properties: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const name = `made${++serial}`;
  const made = await h.must("POST", "/users", {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@contoso.example`,
    usageLocation: "DE",
    passwordProfile: { password: "Correct-horse-1" },
    ...properties,
  });
  return String(made.id);
}

function create(): OpParts {
  const name = `new${++serial}`;
  const after = { displayName: name, userPrincipalName: `${name}@contoso.example`, enabled: true };
  return { object: { claim: `muster-${name}` }, after };
}

const update = (name: string, value: string | string[]) => async () => ({
  object: { anchor: await account() },
  slot: name,
  before: { [name]: null },
  after: { [name]: value },
});

async function rename(): Promise<OpParts> {
  const anchor = await account();
  const [before, after] = [`made${serial}@contoso.example`, `renamed${serial}@contoso.example`];
  return { object: { anchor }, before: { userPrincipalName: before }, after: { userPrincipalName: after } };
}

async function deleted(): Promise<string> {
  const id = await account({ accountEnabled: false });
  await h.deleteAccount(id);
  return id;
}

/** What each permission is for, as a write of the driver. */
const WRITES: readonly (readonly [permission: string, verb: Verb, parts: () => Promise<OpParts>])[] = [
  ["User.Create", "create", async () => create()],
  ["User.ReadUpdate.All", "update", update("jobTitle", "Engineer")],
  ["User.ReadUpdate.All", "rename", rename],
  ["User-Phone.ReadWrite.All", "update", update("mobilePhone", "+49 30 1")],
  ["User-Mail.ReadWrite.All", "update", update("otherMails", ["a@fabrikam.example"])],
  ["User-LifeCycleInfo.ReadWrite.All", "update", update("employeeLeaveDateTime", "2026-03-01T00:00:00Z")],
  ["User.EnableDisableAccount.All", "disable", async () => ({ object: { anchor: await account() } })],
  ["User.DeleteRestore.All", "delete", async () => ({ object: { anchor: await account({ accountEnabled: false }) } })],
  ["User.DeleteRestore.All", "restore", async () => ({ object: { anchor: await deleted() } })],
  ["GroupMember.ReadWrite.All", "add-member", async () => ({ object: { anchor: await account() }, slot: group })],
  [
    "LicenseAssignment.ReadWrite.All",
    "assign-licence",
    async () => ({ object: { anchor: await account() }, slot: SKU, after: { member: true } }),
  ],
  [
    "User.RevokeSessions.All",
    "run-task",
    async () => ({ object: { anchor: await account() }, slot: "revoke-sessions" }),
  ],
  [
    "UserAuthMethod-TAP.ReadWrite.All",
    "run-task",
    async () => ({ object: { anchor: await account() }, slot: "temporary-access-pass" }),
  ],
  [
    "User-PasswordProfile.ReadWrite.All",
    "run-task",
    async () => ({ object: { anchor: await account() }, slot: "reset-password" }),
  ],
];

test("the permissions of the table are those that are documented as the least", () => {
  const question = { needs: ALL_NEEDS, managesUnits: true };
  expect([...new Set(requirementsOf(question).flatMap(({ ways }) => ways[0] ?? []))].sort()).toEqual(LEAST);
});

test("with the least permissions nothing is missing and nothing too much", async () => {
  const checks = await examined(LEAST);
  expect(problems(checks)).toEqual([]);
  expect(checks.filter(({ topic }) => topic === "excess")).toMatchObject([{ level: "ok" }]);
});

test("what --delegation prints is enough, though it leaves out what another permission covers", async () => {
  const question = { needs: ALL_NEEDS, managesUnits: true };
  const names = [...leastPermissions(requirementsOf(question)).keys()];
  expect(names.length).toBeLessThan(LEAST.length);
  expect(problems(await examined(names))).toEqual([]);
  for (const [permission, verb, parts] of WRITES)
    expect(`${permission} ${(await write(names, verb, await parts())).kind}`).toBe(`${permission} done`);
});

describe("without one permission", () => {
  test.each(WRITES)("%s (%s) the doctor says so, and the write is refused", async (permission, verb, parts) => {
    const others = LEAST.filter((name) => name !== permission);
    expect(problems(await examined(others))).toEqual([`permission ${permission}`]);
    const made = await parts();
    expect(await write(others, verb, made)).toEqual({ kind: "failed", code: "MUS-5202" });
    expect(await write(LEAST, verb, made)).toMatchObject({ kind: "done" });
  });

  test("AdministrativeUnit.ReadWrite.All a new account stays outside of its unit", async () => {
    const others = LEAST.filter((name) => name !== "AdministrativeUnit.ReadWrite.All");
    expect(problems(await examined(others))).toEqual(["permission AdministrativeUnit.ReadWrite.All"]);
    expect(await write(others, "create", create(), [UNIT])).toEqual({ kind: "failed", code: "MUS-5202" });
    expect(await write(LEAST, "create", create(), [UNIT])).toMatchObject({ kind: "done" });
  });

  test("User.ReadWrite.All a manager is not written, and with it nothing narrower is needed", async () => {
    const needs = { ...ALL_NEEDS, attributes: [...ALL_NEEDS.attributes, attribute("manager", "update")] };
    expect(problems(await examined(LEAST, needs))).toEqual(["permission User.ReadWrite.All"]);
    const [anchor, manager] = [await account(), await account()];
    const parts = {
      object: { anchor },
      slot: "manager",
      before: { manager: null },
      after: { manager: { dn: manager } },
    };
    const resolved = { ...parts, references: { manager } };
    expect(await write(LEAST, "update", resolved)).toEqual({ kind: "failed", code: "MUS-5202" });
    expect(await write([...LEAST, "User.ReadWrite.All"], "update", resolved)).toMatchObject({ kind: "done" });
    const least = [...leastPermissions(requirementsOf({ needs, managesUnits: true })).keys()];
    expect(least.filter((name) => name.startsWith("User."))).toEqual(["User.ReadWrite.All"]);
  });

  const READS = [
    ["GroupMember.Read.All", ["GroupMember.ReadWrite.All"], ["read groups"]],
    ["RoleManagement.Read.Directory", [], ["read role assignments"]],
    ["LicenseAssignment.Read.All", ["LicenseAssignment.ReadWrite.All"], ["read subscriptions"]],
    ["AdministrativeUnit.Read.All", ["AdministrativeUnit.ReadWrite.All"], ["read administrative units"]],
    ["User-LifeCycleInfo.Read.All", ["User-LifeCycleInfo.ReadWrite.All"], ["read users"]],
  ] as const;
  test.each(READS)("%s the read is tried, and refused", async (permission, wider, expected) => {
    const others = LEAST.filter((name) => name !== permission && !(wider as readonly string[]).includes(name));
    const found = problems(await examined(others));
    expect(found).toEqual(expect.arrayContaining([`permission ${permission}`, ...expected]));
    const target = driver(others, [UNIT]);
    await target.open("reader");
    const next = expect.stringContaining(permission) as string;
    await expect(target.observe(SELECTION)).rejects.toMatchObject({ code: "MUS-5202", next });
    await target.close();
  });

  test("User.Read.All everything is missing; with basic profiles only, columns are hidden without an error", async () => {
    const others = LEAST.filter((name) => name !== "User.Read.All");
    expect(problems(await examined(others))).toEqual(
      expect.arrayContaining(["permission User.Read.All", "permission User.EnableDisableAccount.All", "read users"]),
    );
    const basic = await examined([...others, "User.ReadBasic.All"], needsOf({ role: "reader" }));
    expect(problems(basic)).toEqual(["permission User.Read.All", "column"]);
    expect(basic.find(({ topic }) => topic === "column")?.what).toContain("accountEnabled, createdDateTime");
  });

  test("without the directory role a password is not reset, whatever the permissions", async () => {
    const bare = await tenantHarness({ tenant: { directoryRoles: [] } });
    const anchor = await bare.addAccount({ displayName: "ada", userPrincipalName: "ada@contoso.example" });
    const needs = needsOf({ verbs: ["run-task"], tasks: ["reset-password"] });
    expect(problems(await bare.target.examine(needs, bare.surroundings.clock))).toEqual(["role User Administrator"]);
    const outcome = await applyOne(bare.target, readyOp("run-task", { object: { anchor }, slot: "reset-password" }));
    expect(outcome).toMatchObject({ kind: "failed", code: "MUS-5202" });
    await bare.close();
  });
});

test("it signs in, reads, and writes nothing: not even in a batch", async () => {
  const seen: { readonly method: string; readonly path: string }[] = [];
  h.faults.before = (request) => {
    seen.push(request);
    return undefined;
  };
  const [writes, tokens] = [h.tenant.counters.writes, h.tenant.counters.tokens];
  const { tokens: _given, ...settings } = h.driver;
  const target = new EntraIdTarget({
    ...settings,
    authority: h.tenant.authority,
    credential: {
      kind: "secret",
      clientId: h.tenant.clientId,
      secret: readFileSync(h.tenant.clientSecretFile, "utf8").trim(),
    },
  });
  const checks = await target.examine(
    { ...ALL_NEEDS, links: true, domains: ["contoso.example"] },
    h.surroundings.clock,
  );
  h.faults.before = undefined;
  expect(h.tenant.counters.writes).toBe(writes);
  expect(h.tenant.counters.tokens).toBe(tokens + 1);
  expect(new Set(seen.map(({ method, path }) => (path.startsWith("/v1.0/$batch") ? "batch" : method)))).toEqual(
    new Set(["GET", "batch"]),
  );
  expect(seen.length).toBeLessThan(25);
  expect(
    seen.some(({ path }) => decodeURIComponent(path).includes(`${CLAIM.replace(".", "/")} eq 'muster-doctor'`)),
  ).toBe(true);
  const printed = JSON.stringify(checks);
  expect(printed).not.toContain(h.tenant.token().split(".")[1]?.slice(0, 40));
  expect(checks.filter(({ topic }) => ["connect", "tls", "sign-in", "clock"].includes(topic))).toMatchObject([
    { topic: "connect", level: "ok", subject: h.tenant.url },
    { topic: "tls", level: "ok" },
    { topic: "sign-in", level: "ok" },
    { topic: "clock", level: "ok" },
  ]);
});
