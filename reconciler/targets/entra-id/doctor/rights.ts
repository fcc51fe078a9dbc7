/** Permissions and directory roles of the application, beside what the policies need: what is missing, and what is too much. */
import type { Check } from "../../../model/check.js";
import { counted, ok, problem, unknown, warning } from "../../doctor/findings.js";
import { isMet, leastOf, leastPermissions, RESET_ROLES, type Requirement, requirementsOf } from "../permissions.js";
import type { GraphObject } from "../properties.js";
import type { RoleNames } from "../roles.js";
import { GRAPH, grantIt, type Patient, questionOf } from "./patient.js";

/** One check for each permission that is needed, and those that are too much. */
export function examinePermissions({ place, needs, claims }: Patient): Check[] {
  const requirements = requirementsOf(questionOf({ place, needs }));
  if (claims.roles === null) {
    const names = [...leastPermissions(requirements).keys()].join(", ");
    return [unknown("permission", null, `the token does not say what was granted; needed are ${names}`)];
  }
  const held = new Set(claims.roles);
  const needed = requirements.map((requirement) => examineRequirement(place.target, requirement, held));
  return [...needed, ...examineExcess(requirements, held, needs.role)];
}

function examineRequirement(target: string, requirement: Requirement, held: ReadonlySet<string>): Check {
  const name = leastOf(requirement);
  const what = requirement.purposes.join(", ");
  if (!isMet(requirement, held)) {
    const missing = (requirement.ways[0] ?? []).filter((one) => !held.has(one)).join(" and ");
    return problem("permission", name, `${missing} is not granted: ${what} will be refused`, grantIt(target, missing));
  }
  const way = requirement.ways.find((names) => names.every((one) => held.has(one))) ?? [];
  const by = way.includes(name) ? "" : ` (by ${way.join(" and ")})`;
  return { ...ok("permission", `${name}${by}`, `granted for ${what}`), at: GRAPH };
}

/** What makes an application an administrator, or its reach that of everybody's data. */
const DANGEROUS: Readonly<Record<string, string>> = {
  "AppRoleAssignment.ReadWrite.All": "the application may give itself every permission",
  "Application.ReadWrite.All": "the application may sign in as every other application",
  "Directory.ReadWrite.All": "the application may write nearly everything in the directory",
  "Domain.ReadWrite.All": "the application may change how a domain signs in",
  "Group.ReadWrite.All":
    "the application may read and write the conversations and files of all groups, and delete groups",
  "Policy.ReadWrite.ConditionalAccess": "the application may switch off Conditional Access",
  "RoleManagement.ReadWrite.Directory": "the application may make itself Global Administrator",
  "User.ManageIdentities.All": "the application may change with what people sign in",
  "UserAuthenticationMethod.ReadWrite.All": "the application may sign in as anybody, by a method that it adds",
};

/** Read by the doctor itself where it may; no policy needs it. */
const USEFUL = ["Organization.Read.All"];
const WRITING = /ReadWrite|ReadUpdate|\.Create|EnableDisable|DeleteRestore|RevokeSessions|Manage/;

function examineExcess(
  requirements: readonly Requirement[],
  held: ReadonlySet<string>,
  role: "reader" | "writer",
): Check[] {
  const least = new Set(requirements.flatMap(({ ways }) => ways[0] ?? []));
  const extra = [...held].filter((name) => !least.has(name) && !USEFUL.includes(name)).sort();
  const dangerous = extra.filter((name) => name in DANGEROUS);
  const others = extra.filter((name) => !(name in DANGEROUS));
  const checks = dangerous.map((name) => {
    const without = new Set([...held].filter((one) => one !== name));
    const missing = requirements.filter((requirement) => !isMet(requirement, without));
    const instead = [...leastPermissions(missing).keys()].filter((one) => !without.has(one));
    const first = instead.length === 0 ? "" : `Grant ${instead.join(", ")} in its place. `;
    const what = `${DANGEROUS[name]}; the policies need less`;
    return warning("excess", name, what, `${first}Take ${name} away from the application.`);
  });
  const writing = role === "reader" ? others.filter((name) => WRITING.test(name)) : [];
  if (writing.length > 0) {
    const remedy = "Use an application of its own for reading; only the job that applies needs the writer.";
    checks.push(warning("excess", null, `the reader may write: ${writing.join(", ")}`, remedy));
  }
  const rest = others.filter((name) => !writing.includes(name));
  if (rest.length > 0) {
    const enough = [...leastPermissions(requirements).keys()].join(", ");
    const what = `more than these policies need: ${rest.join(", ")}`;
    checks.push(warning("excess", null, what, `These are enough: ${enough}.`));
  }
  return checks.length > 0 ? checks : [ok("excess", null, "no permission is too much")];
}

/** Roles that the application holds itself; those through a group are not seen. `assignments` null: not readable. */
export function examineRoles(
  { needs, claims }: Patient,
  assignments: readonly GraphObject[] | null,
  names: RoleNames,
): Check[] {
  const needsRole = needs.role === "writer" && needs.tasks.includes("reset-password");
  if (claims.principal === null || assignments === null) {
    const what = "which directory roles the application holds cannot be told";
    return needsRole ? [unknown("role", null, what)] : [];
  }
  const own = assignments.filter(({ principalId }) => principalId === claims.principal);
  const ids = [...new Set(own.map(({ roleDefinitionId }) => String(roleDefinitionId)))];
  // One that is scoped to an administrative unit does not reach everybody.
  const resetting = RESET_ROLES.find(({ id }) =>
    own.some(({ roleDefinitionId, directoryScopeId }) => roleDefinitionId === id && directoryScopeId === "/"),
  );
  const checks = ids
    .filter((id) => !needsRole || id !== resetting?.id)
    .map((id) => {
      const what = "the application holds this directory role, and no policy needs it";
      return warning("role", names[id] ?? id, what, "Take it away: permissions are all that Muster needs here.");
    });
  if (needsRole && resetting === undefined) {
    const remedy = "Assign it to the application (Roles & admins), or take the task out of the lifecycle.";
    checks.push(problem("role", RESET_ROLES[0].name, "is not held: reset-password will be refused", remedy));
  }
  if (needsRole && resetting !== undefined) checks.push(ok("role", resetting.name, "is held, for reset-password"));
  if (checks.length === 0) checks.push(ok("role", null, "the application holds no directory role"));
  const others = new Set(assignments.map(({ principalId }) => principalId));
  others.delete(claims.principal);
  const holders = `${counted(others.size, "user or group", "users and groups")} with directory roles`;
  return [...checks, ok("protected", null, `${holders}: none of them is written`)];
}
