/** The delegation that the documentation shows is the one that the code prints for the example's policies. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Needs } from "../../../../reconciler/model/check.js";
import type { Target } from "../../../../reconciler/model/files/index.js";
import { compilePolicies } from "../../../../reconciler/policy/compile.js";
import { needsOf } from "../../../../reconciler/policy/needs.js";
import { grantsFor, groundOf } from "../../../../reconciler/targets/active-directory/doctor/grants.js";
import { ActiveDirectoryTarget } from "../../../../reconciler/targets/active-directory/target.js";
import { capabilitiesOf } from "../../../../reconciler/targets/open.js";
import { documentedDelegation } from "../../../support/documented-delegation.js";
import { policiesFrom } from "../../../support/policies.js";

const BASE = "DC=corp,DC=example";
const CLOUD = ["cloud", "contractors", "sources/contractors", "targets/corp-entra"];
const FILES = ["environment", "people", "entitlements", "sources/adventureworks", "targets/corp-ad", ...CLOUD];
const MANAGED = { accounts: [`OU=People,${BASE}`], groups: [`OU=Groups,${BASE}`] };

function needsWith(change: Partial<Target>, role: Needs["role"] = "writer"): Needs {
  const policies = policiesFrom(FILES.map((name) => readFileSync(`policies/${name}.yaml`, "utf8")).join("\n---\n"));
  const targets = policies.targets.map((target) =>
    target.value.name === "corp-ad" ? { ...target, value: { ...target.value, ...change } } : target,
  );
  const changed = { ...policies, targets };
  const policy = compilePolicies(changed, "sandbox", (type) => capabilitiesOf(type as "active-directory"));
  const needs = needsOf(policy, "corp-ad", role);
  if (needs === undefined) throw new Error("the example has no target corp-ad");
  return needs;
}

/** "write title", "create-child user" ... */
function rights(needs: Needs): string[] {
  return grantsFor(needs, groundOf(BASE, MANAGED)).map(({ right, name }) => `${right} ${name}`.trim());
}

test.each([
  ["reader", "CORP\\svc-muster-read"],
  ["writer", "CORP\\svc-muster"],
] as const)("docs/active-directory.md shows the dsacls lines of the %s", async (role, account) => {
  const settings = {
    name: "corp-ad",
    url: "ldaps://nobody.invalid",
    user: "u",
    password: "p",
    claim: "employeeNumber",
  };
  const target = new ActiveDirectoryTarget({ ...settings, base: BASE, managed: MANAGED });
  expect(documentedDelegation("dsacls", role)).toEqual(await target.delegation(needsWith({}, role), "dsacls", account));
});

test("a delegation in Active Directory is one for Windows unless another style is asked for", () => {
  const settings = {
    name: "corp-ad",
    url: "ldaps://nobody.invalid",
    user: "u",
    password: "p",
    claim: "employeeNumber",
  };
  expect(new ActiveDirectoryTarget({ ...settings, base: BASE, managed: MANAGED }).delegationStyles).toEqual([
    "dsacls",
    "samba",
  ]);
});

describe("what is granted follows what the Target allows", () => {
  test("nothing but reading for a reader", () => {
    expect(rights(needsWith({}, "reader"))).toEqual(["read", "list-deleted"]);
  });

  test("who may only disable writes one attribute, and members", () => {
    expect(rights(needsWith({ allow: ["disable"] }))).toEqual(["write userAccountControl", "write member"]);
  });

  test("deleting is granted for moves and deletes only", () => {
    expect(rights(needsWith({ allow: ["create", "update"] }))).not.toContain("delete-child user");
    expect(rights(needsWith({ allow: ["move"] }))).toContain("delete-child user");
    expect(rights(needsWith({ allow: ["delete"] }))).toContain("delete-child user");
  });

  test("restore needs the domain's own right and Deleted Objects", () => {
    const found = rights(needsWith({ allow: ["restore"] }));
    expect(found).toContain("extended Reanimate Tombstones");
    expect(found).toContain("list-deleted");
    expect(rights(needsWith({}))).not.toContain("extended Reanimate Tombstones");
  });

  test("settings of the Target that write", () => {
    expect(rights(needsWith({ createContainers: true }))).toContain("create-child organizationalUnit");
    expect(rights(needsWith({ initialPassword: { mustChange: true } }))).toContain("write pwdLastSet");
    expect(rights(needsWith({ consistencyGuid: "stamp" }))).toContain("write mS-DS-ConsistencyGuid");
    for (const right of ["create-child organizationalUnit", "write pwdLastSet", "write mS-DS-ConsistencyGuid"])
      expect(rights(needsWith({}))).not.toContain(right);
  });

  test("the domain is what the base names with DC", () => {
    expect(groundOf("OU=Sub,DC=corp,DC=example", MANAGED).domain).toBe(BASE);
  });
});
