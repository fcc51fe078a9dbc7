/** The table of permissions, and what is chosen from it. What each permission permits is tried in contract/entra-id-doctor.test.ts. */
import { describe, expect, test } from "vitest";
import type { Needs } from "../../../../reconciler/model/check.js";
import {
  leastPermissions,
  PERMISSION_ROWS,
  permissionsToRead,
  requirementsOf,
} from "../../../../reconciler/targets/entra-id/permissions.js";
import { ALL_NEEDS, attribute, needsOf } from "../../../support/entra-needs.js";

const READER = ["User.Read.All", "GroupMember.Read.All", "RoleManagement.Read.Directory"];

function least(needs: Needs, managesUnits = false): string[] {
  return [...leastPermissions(requirementsOf({ needs, managesUnits })).keys()];
}

function beyondReading(needs: Needs, managesUnits = false): string[] {
  return least(needs, managesUnits).filter((name) => !READER.includes(name));
}

test("each row has a permission of its own as its least, so that a check can be known by it", () => {
  const names = PERMISSION_ROWS.map(({ ways }) => ways[0]?.[0]);
  expect(new Set(names).size).toBe(names.length);
});

describe("the least permissions", () => {
  test("a reader needs to read, whatever the verbs", () => {
    expect(least({ ...ALL_NEEDS, role: "reader", licences: [], attributes: [] })).toEqual(READER);
  });

  test.each<[string, Partial<Needs>, string[]]>([
    ["nothing", {}, []],
    ["disable", { verbs: ["disable"] }, ["User.EnableDisableAccount.All"]],
    ["create", { verbs: ["create"], attributes: [attribute("jobTitle")] }, ["User.Create"]],
    [
      "a value that follows a create in a request of its own",
      { verbs: ["create"], attributes: [attribute("employeeHireDate")] },
      ["User.Create", "User.ReadUpdate.All"],
    ],
    [
      "update of a phone only",
      { verbs: ["update"], attributes: [attribute("mobilePhone", "update")] },
      ["User-Phone.ReadWrite.All"],
    ],
    ["what is only matched by", { verbs: ["update"], attributes: [attribute("mobilePhone")] }, []],
    [
      "usageLocation of linked accounts, with licences",
      {
        verbs: ["update", "assign-licence", "remove-licence"],
        attributes: [attribute("usageLocation", "update")],
        licences: ["E3"],
        links: true,
      },
      ["User.ReadUpdate.All", "LicenseAssignment.ReadWrite.All"],
    ],
    ["deletes and restores", { verbs: ["delete", "restore"] }, ["User.DeleteRestore.All"]],
    ["sessions", { verbs: ["run-task"], tasks: ["revoke-sessions"] }, ["User.RevokeSessions.All"]],
  ])("%s", (_what, needs, expected) => {
    expect(beyondReading(needsOf(needs))).toEqual(expected);
  });

  test("members are written by a permission that reads them too", () => {
    const needs = needsOf({ verbs: ["add-member", "remove-member"] });
    expect(least(needs)).toEqual(["User.Read.All", "RoleManagement.Read.Directory", "GroupMember.ReadWrite.All"]);
  });

  test("administrative units are read, and joined by creates only", () => {
    expect(beyondReading(needsOf({ verbs: ["update"] }), true)).toEqual(["AdministrativeUnit.Read.All"]);
    expect(beyondReading(needsOf({ verbs: ["create"] }), true)).toEqual([
      "User.Create",
      "AdministrativeUnit.ReadWrite.All",
    ]);
  });

  test("a manager takes the permission for all writes of users, and the narrower ones are left out", () => {
    const attributes = [attribute("manager", "update"), attribute("mobilePhone", "update")];
    const needs = needsOf({ verbs: ["create", "update", "disable", "delete"], attributes });
    expect(least(needs)).toEqual(["GroupMember.Read.All", "RoleManagement.Read.Directory", "User.ReadWrite.All"]);
    const [, , [, purposes] = []] = [...leastPermissions(requirementsOf({ needs, managesUnits: false }))];
    expect(purposes).toEqual(["reading users", "create", "manager", "mobilePhone", "disable", "delete"]);
  });

  test("Directory.ReadWrite.All is never among them", () => {
    expect(least(ALL_NEEDS, true)).not.toContain("Directory.ReadWrite.All");
  });
});

test.each([
  ["/users", "User.Read.All"],
  ["/users/delta", "User.Read.All"],
  ["/directory/deletedItems/microsoft.graph.user", "User.Read.All"],
  ["/groups/{id}/members", "GroupMember.Read.All"],
  ["/roleManagement/directory/roleAssignments", "RoleManagement.Read.Directory"],
  ["/subscribedSkus", "LicenseAssignment.Read.All"],
  ["/directory/administrativeUnits/{id}/members", "AdministrativeUnit.Read.All"],
])("a read of %s that is refused lacks %s", (template, permission) => {
  expect(permissionsToRead(template, ["jobTitle"])).toEqual([permission]);
});

test("a read that asks for the leave date may lack its permission; of some reads nothing is known", () => {
  const both = ["User.Read.All", "User-LifeCycleInfo.Read.All"];
  expect(permissionsToRead("/users", ["employeeLeaveDateTime"])).toEqual(both);
  expect(permissionsToRead("/organization", [])).toEqual([]);
});
