/**
 * Which application permissions of Microsoft Graph each thing needs: the one table for what the doctor looks for, what a
 * delegation grants, what errors advise and what docs/entra-id.md shows. Sources: docs/graph.md section 14.
 *
 * A row has ways, the least first; one of them suffices, and all permissions of a way are needed together. Wider ways stand
 * there because Microsoft lists them as "higher privileged" for the same operation, so whoever holds one of them needs no other.
 */
import type { Needs } from "../../model/check.js";
import type { Verb } from "../../model/op.js";
import { findProperty } from "./properties.js";

/** What the policies ask, and whether administrative units are the managed scope. */
export interface Question {
  readonly needs: Needs;
  readonly managesUnits: boolean;
}

export interface PermissionRow {
  /** For the documentation: what needs it, in code marks where policies say it so. */
  readonly what: string;
  readonly ways: readonly (readonly string[])[];
  /** What of these policies needs it: verbs, tasks, attributes, things to read; nothing: it is not needed. */
  readonly purposes: (question: Question) => readonly string[];
  /** Reads that are refused without it, by their path without values. */
  readonly reads?: RegExp;
  /** Of those reads, only the ones that ask for this property. */
  readonly property?: string;
}

const ALL_OF_DIRECTORY = ["Directory.Read.All", "Directory.ReadWrite.All"] as const;
const WIDER_WRITES = [["User.ReadWrite.All"], ["Directory.ReadWrite.All"]] as const;

function one(...names: readonly string[]): readonly (readonly string[])[] {
  return names.map((name) => [name]);
}

function verbs(...wanted: readonly Verb[]) {
  return ({ needs }: Question) => (needs.role === "reader" ? [] : wanted.filter((verb) => needs.verbs.includes(verb)));
}

function task(name: string) {
  return ({ needs }: Question) => (needs.role === "writer" && needs.tasks.includes(name) ? [name] : []);
}

/** Attributes with permissions of their own; whatever is not among them is an ordinary one. */
const PHONES = ["businessPhones", "mobilePhone"];
const LEAVE_DATE = "employeeLeaveDateTime";
const APART = [...PHONES, "otherMails", LEAVE_DATE, "manager"];

/**
 * Attributes of these that a PATCH writes: those that an update may touch, and those that follow a create in a request of
 * their own.
 */
function patched({ needs }: Question, isMeant: (name: string) => boolean): string[] {
  if (needs.role === "reader") return [];
  const follows = (name: string) =>
    needs.verbs.includes("create") && name !== "manager" && findProperty(name)?.alone === true;
  return needs.attributes
    .filter(({ name, writtenBy }) => isMeant(name) && (writtenBy.length > 0 || follows(name)))
    .map(({ name }) => name);
}

function attributes(names: readonly string[]) {
  return (question: Question) => patched(question, (name) => names.includes(name));
}

/** Verbs that write ordinary attributes. */
function ordinary(question: Question): readonly string[] {
  const { needs } = question;
  const isOrdinary = (name: string) => !APART.includes(name);
  const written = needs.attributes.filter(({ name }) => isOrdinary(name)).flatMap(({ writtenBy }) => writtenBy);
  const updates = verbs("update", "rename")(question).filter((verb) => written.includes(verb));
  return updates.length > 0 ? updates : patched(question, isOrdinary);
}

export const PERMISSION_ROWS: readonly PermissionRow[] = [
  {
    what: "every plan: users, deleted users",
    ways: one("User.Read.All", "User.ReadWrite.All", ...ALL_OF_DIRECTORY),
    purposes: () => ["reading users"],
    reads: /^\/(users|directory\/deletedItems)\b/,
  },
  {
    what: "every plan: groups and their members",
    ways: one(
      "GroupMember.Read.All",
      "GroupMember.ReadWrite.All",
      "Group.Read.All",
      "Group.ReadWrite.All",
      ...ALL_OF_DIRECTORY,
    ),
    purposes: () => ["reading groups"],
    reads: /^\/groups\b/,
  },
  {
    what: "every plan: who holds directory roles",
    ways: one("RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", ...ALL_OF_DIRECTORY),
    purposes: () => ["seeing who holds roles"],
    reads: /^\/roleManagement\b/,
  },
  {
    what: "entitlements with `licence`, reading",
    ways: one(
      "LicenseAssignment.Read.All",
      "LicenseAssignment.ReadWrite.All",
      "Organization.Read.All",
      "Organization.ReadWrite.All",
      ...ALL_OF_DIRECTORY,
    ),
    purposes: ({ needs }) => ((needs.licences ?? []).length > 0 ? ["reading licences"] : []),
    reads: /^\/subscribedSkus\b/,
  },
  {
    what: "administrative units in `managed.accounts`",
    ways: one("AdministrativeUnit.Read.All", "AdministrativeUnit.ReadWrite.All", ...ALL_OF_DIRECTORY),
    purposes: ({ managesUnits }) => (managesUnits ? ["reading administrative units"] : []),
    reads: /^\/directory\/administrativeUnits\b/,
  },
  {
    what: "groups and units whose membership is hidden",
    ways: one("Member.Read.Hidden"),
    // Whether there are any is known when they are read: their errors and findings say so.
    purposes: () => [],
  },
  {
    what: "`employeeLeaveDateTime`, reading",
    ways: one("User-LifeCycleInfo.Read.All", "User-LifeCycleInfo.ReadWrite.All"),
    purposes: ({ needs }) =>
      needs.attributes.some(({ name }) => name === LEAVE_DATE) ? [`reading ${LEAVE_DATE}`] : [],
    reads: /^\/users\b/,
    property: LEAVE_DATE,
  },
  { what: "`create`", ways: [["User.Create"], ...WIDER_WRITES], purposes: verbs("create") },
  {
    what: "`create` with administrative units in `managed.accounts`",
    ways: one("AdministrativeUnit.ReadWrite.All", "Directory.ReadWrite.All"),
    purposes: (question) => (question.managesUnits ? verbs("create")(question) : []),
  },
  {
    what: "`update`, `rename`; what follows a `create` (`employeeHireDate`)",
    ways: [["User.ReadUpdate.All"], ...WIDER_WRITES],
    purposes: ordinary,
  },
  { what: "`update` of `manager`", ways: [...WIDER_WRITES], purposes: attributes(["manager"]) },
  {
    what: "`update` of `businessPhones`, `mobilePhone`",
    ways: [["User-Phone.ReadWrite.All"], ...WIDER_WRITES],
    purposes: attributes(PHONES),
  },
  {
    what: "`update` of `otherMails`",
    ways: [["User-Mail.ReadWrite.All"], ...WIDER_WRITES],
    purposes: attributes(["otherMails"]),
  },
  {
    what: "`employeeLeaveDateTime`, writing",
    ways: [
      ["User-LifeCycleInfo.ReadWrite.All", "User.Read.All"],
      ["User-LifeCycleInfo.ReadWrite.All", "User.ReadWrite.All"],
    ],
    purposes: attributes([LEAVE_DATE]),
  },
  {
    what: "`enable`, `disable`",
    ways: [["User.EnableDisableAccount.All", "User.Read.All"], ...WIDER_WRITES],
    purposes: verbs("enable", "disable"),
  },
  {
    what: "`delete`, `purge`, `restore`",
    ways: [["User.DeleteRestore.All"], ...WIDER_WRITES],
    purposes: verbs("delete", "purge", "restore"),
  },
  {
    what: "`add-member`, `remove-member`",
    ways: one("GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"),
    purposes: verbs("add-member", "remove-member"),
  },
  {
    what: "`assign-licence`, `remove-licence`",
    ways: [["LicenseAssignment.ReadWrite.All"], ...WIDER_WRITES],
    purposes: verbs("assign-licence", "remove-licence"),
  },
  {
    what: "task `revoke-sessions`",
    ways: [["User.RevokeSessions.All"], ...WIDER_WRITES],
    purposes: task("revoke-sessions"),
  },
  {
    what: "task `temporary-access-pass`",
    ways: one("UserAuthMethod-TAP.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"),
    purposes: task("temporary-access-pass"),
  },
  {
    what: "task `reset-password`, with the directory role User Administrator",
    ways: [["User-PasswordProfile.ReadWrite.All"], ...WIDER_WRITES],
    purposes: task("reset-password"),
  },
];

/** A row that these policies need, and what for. */
export interface Requirement {
  readonly ways: PermissionRow["ways"];
  readonly purposes: readonly string[];
}

export function requirementsOf(question: Question): Requirement[] {
  return PERMISSION_ROWS.map(({ ways, purposes }) => ({ ways, purposes: purposes(question) })).filter(
    ({ purposes }) => purposes.length > 0,
  );
}

export function isMet({ ways }: Requirement, held: ReadonlySet<string>): boolean {
  return ways.some((way) => way.every((name) => held.has(name)));
}

/** The permission that a requirement is known by: the first of its least way. */
export function leastOf({ ways }: Requirement): string {
  return ways[0]?.[0] ?? "";
}

/**
 * The permissions to grant, and what each is for: the least way of each requirement, without those that another one makes
 * superfluous. Who must be trusted with User.ReadWrite.All gains nothing by User.Create.
 */
export function leastPermissions(requirements: readonly Requirement[]): ReadonlyMap<string, readonly string[]> {
  const chosen = new Set(requirements.flatMap(({ ways }) => ways[0] ?? []));
  for (const name of [...chosen]) {
    chosen.delete(name);
    if (!requirements.every((requirement) => isMet(requirement, chosen))) chosen.add(name);
  }
  const purposes = new Map([...chosen].map((name): [string, string[]] => [name, []]));
  for (const requirement of requirements) {
    const way = requirement.ways.find((names) => names.every((name) => chosen.has(name))) ?? [];
    for (const name of way.slice(0, 1)) purposes.get(name)?.push(...requirement.purposes);
  }
  return new Map([...purposes].map(([name, list]) => [name, [...new Set(list)]]));
}

/** The least permissions for a read of these properties, by its path without values; none where the table does not know it. */
export function permissionsToRead(template: string, properties: readonly string[]): string[] {
  return PERMISSION_ROWS.filter(
    ({ reads, property }) => reads?.test(template) && (property === undefined || properties.includes(property)),
  ).flatMap(({ ways }) => ways[0] ?? []);
}

/** Directory roles (Microsoft Entra built-in roles) by which an application may reset passwords, the least first. */
export const RESET_ROLES = [
  { name: "User Administrator", id: "fe930be7-5e62-47db-91af-98c3a49a38b1" },
  { name: "Privileged Authentication Administrator", id: "7be44c8a-adaf-4e2a-84d6-ab2649e08a13" },
  { name: "Global Administrator", id: "62e90394-69f5-4237-9190-012177145e10" },
] as const;
