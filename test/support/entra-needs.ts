/** Needs of policies in a tenant, for tests of the doctor. */
import type { NeededAttribute, Needs } from "../../reconciler/model/check.js";

export function attribute(name: string, ...writtenBy: readonly string[]): NeededAttribute {
  return { name, writtenBy, multi: false, maxLength: null };
}

/** A writer that needs nothing but what is given. */
export function needsOf(parts: Partial<Needs> = {}): Needs {
  return {
    role: "writer",
    verbs: [],
    attributes: [],
    tasks: [],
    makesContainers: false,
    containers: [],
    groups: [],
    ...parts,
  };
}

/** Everything that has a permission of its own, but for the manager, whose permission makes the others superfluous. */
export const ALL_NEEDS: Needs = needsOf({
  verbs: [
    "create",
    "update",
    "rename",
    "enable",
    "disable",
    "delete",
    "restore",
    "add-member",
    "remove-member",
    "assign-licence",
    "remove-licence",
    "run-task",
  ],
  attributes: [
    attribute("employeeLeaveDateTime", "update"),
    attribute("jobTitle", "update"),
    attribute("mobilePhone", "update"),
    attribute("otherMails", "update"),
    attribute("userPrincipalName", "update", "rename"),
  ],
  tasks: ["reset-password", "revoke-sessions", "temporary-access-pass"],
  groups: ["Staff"],
  licences: ["ENTERPRISEPACK"],
});
