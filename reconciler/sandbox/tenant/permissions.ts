/**
 * Application permissions by operation (graph.md section 14; [D 37] and a public matrix [F]). Each operation has
 * alternatives; one suffices, and an alternative is a list of permissions that are all needed. Directory.Read.All and
 * Directory.ReadWrite.All are left out where newer pages leave them out.
 */
import { denied } from "./errors.js";
import type { Caller } from "./request.js";

type Alternatives = readonly (readonly string[])[];

const READ_FULL: Alternatives = [
  ["User.Read.All"],
  ["User.ReadWrite.All"],
  ["Directory.Read.All"],
  ["Directory.ReadWrite.All"],
];
const WRITE_USERS: Alternatives = [["User.ReadWrite.All"], ["Directory.ReadWrite.All"]];
const READ_GROUPS: Alternatives = [
  ["Group.Read.All"],
  ["Group.ReadWrite.All"],
  ["Directory.Read.All"],
  ["Directory.ReadWrite.All"],
];
const READ_MEMBERS: Alternatives = [["GroupMember.Read.All"], ["GroupMember.ReadWrite.All"], ...READ_GROUPS];
const WRITE_GROUPS: Alternatives = [["Group.ReadWrite.All"], ["Directory.ReadWrite.All"]];
const READ_UNITS: Alternatives = [
  ["AdministrativeUnit.Read.All"],
  ["AdministrativeUnit.ReadWrite.All"],
  ["Directory.Read.All"],
  ["Directory.ReadWrite.All"],
];
const READ_ROLES: Alternatives = [
  ["RoleManagement.Read.Directory"],
  ["RoleManagement.ReadWrite.Directory"],
  ["Directory.Read.All"],
  ["Directory.ReadWrite.All"],
];
const READ_ORGANIZATION: Alternatives = [
  ["Organization.Read.All"],
  ["Organization.ReadWrite.All"],
  ["Directory.Read.All"],
  ["Directory.ReadWrite.All"],
];

export const PERMISSIONS = {
  "users.read": [...READ_FULL, ["User.ReadBasic.All"]],
  /** Without it selected properties come as null [F: microsoft-graph-docs #3975]. */
  "users.readFull": READ_FULL,
  "users.create": [["User.Create"], ...WRITE_USERS],
  "users.update": [["User.ReadUpdate.All"], ...WRITE_USERS],
  /** User.ReadUpdate.All is not among them [D 19]. */
  "users.manager": WRITE_USERS,
  "users.enable": [["User.EnableDisableAccount.All", "User.Read.All"], ...WRITE_USERS],
  "users.phones": [["User-Phone.ReadWrite.All"], ...WRITE_USERS],
  "users.otherMails": [["User-Mail.ReadWrite.All"], ...WRITE_USERS],
  "users.password": [["User-PasswordProfile.ReadWrite.All"], ...WRITE_USERS],
  "users.leaveDate.read": [["User-LifeCycleInfo.Read.All"], ["User-LifeCycleInfo.ReadWrite.All"]],
  "users.leaveDate.write": [
    ["User-LifeCycleInfo.ReadWrite.All", "User.Read.All"],
    ["User-LifeCycleInfo.ReadWrite.All", "User.ReadWrite.All"],
  ],
  "users.identities": [["User.ManageIdentities.All"]],
  "users.delete": [["User.DeleteRestore.All"], ...WRITE_USERS],
  "users.restore": [["User.DeleteRestore.All"], ...WRITE_USERS],
  "users.sessions": [["User.RevokeSessions.All"], ...WRITE_USERS],
  "users.accessPass.read": [
    ["UserAuthMethod-TAP.Read.All"],
    ["UserAuthMethod-TAP.ReadWrite.All"],
    ["UserAuthenticationMethod.Read.All"],
    ["UserAuthenticationMethod.ReadWrite.All"],
  ],
  "users.accessPass.write": [["UserAuthMethod-TAP.ReadWrite.All"], ["UserAuthenticationMethod.ReadWrite.All"]],
  "groups.read": [["GroupMember.Read.All"], ["GroupMember.ReadWrite.All"], ...READ_GROUPS],
  "groups.create": [["Group.Create"], ...WRITE_GROUPS],
  "groups.update": WRITE_GROUPS,
  "groups.delete": WRITE_GROUPS,
  "groups.restore": WRITE_GROUPS,
  "members.read": READ_MEMBERS,
  /** Without it the members of a group whose membership is hidden are not listed [D 42]; that the list is empty is [U]. */
  "members.readHidden": [["Member.Read.Hidden"]],
  "members.write": [["GroupMember.ReadWrite.All"], ...WRITE_GROUPS],
  "roleAssignable.write": [["RoleManagement.ReadWrite.Directory"]],
  "licences.write": [["LicenseAssignment.ReadWrite.All"], ...WRITE_USERS],
  "skus.read": [
    ["LicenseAssignment.Read.All"],
    ["LicenseAssignment.ReadWrite.All"],
    ["Organization.Read.All"],
    ["Organization.ReadWrite.All"],
    ["Directory.Read.All"],
    ["Directory.ReadWrite.All"],
  ],
  "organization.read": [...READ_ORGANIZATION, ["User.Read.All"], ["User.ReadWrite.All"]],
  /** Without it all but names and domains come as null [D 39]. */
  "organization.readFull": READ_ORGANIZATION,
  "domains.read": [["Domain.Read.All"], ["Domain.ReadWrite.All"], ["Directory.Read.All"], ["Directory.ReadWrite.All"]],
  "units.read": READ_UNITS,
  "units.write": [["AdministrativeUnit.ReadWrite.All"], ["Directory.ReadWrite.All"]],
  "roles.read": READ_ROLES,
  "audit.read": [["AuditLog.Read.All"]],
  "objects.read": [
    ["Directory.Read.All"],
    ["Directory.ReadWrite.All"],
    ["User.Read.All"],
    ["User.ReadWrite.All"],
    ["Group.Read.All"],
    ["Group.ReadWrite.All"],
    ["GroupMember.Read.All"],
    ["GroupMember.ReadWrite.All"],
  ],
} as const satisfies Record<string, Alternatives>;

export type Operation = keyof typeof PERMISSIONS;

/** Every permission that some operation asks for. */
export const ALL_PERMISSIONS: readonly string[] = [...new Set(Object.values(PERMISSIONS).flat(2))].sort();

export function allows(caller: Caller, operation: Operation): boolean {
  const alternatives: Alternatives = PERMISSIONS[operation];
  return alternatives.some((needed) => needed.every((name) => caller.permissions.has(name)));
}

/** Throws 403 Authorization_RequestDenied. */
export function demand(caller: Caller, operation: Operation): void {
  if (!allows(caller, operation)) throw denied();
}
