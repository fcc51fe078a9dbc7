/** /directoryRoles and /roleManagement: who holds which directory role. These listings have no pages [D 5]. */

import { DIRECTORY_ROLE } from "./directory-types.js";
import { badRequest, notFound } from "./errors.js";
import { showObject } from "./groups.js";
import { findShown, renderMixed } from "./mixed.js";
import { bodyReference } from "./references.js";
import type { Json } from "./relations.js";
import type { Reply } from "./request.js";
import { ROLES } from "./role-table.js";
import { type Route, route } from "./router.js";
import { contextOf, readSelect, render } from "./select.js";
import { principalOf, rolesOfPrincipal } from "./service-principal.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";

/** A role by id, or as roleTemplateId=... in the key. */
function findRole(context: RequestContext): TenantObject {
  const id = context.parameters.id ?? "";
  for (const role of context.view.list("directoryRole")) if (role.properties.roleTemplateId === id) return role;
  return findShown(context, "directoryRole");
}

function members(context: RequestContext, role: string): Json[] {
  return [...context.view.targets("roleMembers", role)].map((member) => renderMixed(context, member, undefined));
}

function collection(context: RequestContext, set: string, value: readonly Json[]): Reply {
  return {
    status: 200,
    body: { "@odata.context": contextOf(context.tenant.url, set, undefined, "collection"), value },
  };
}

function listRoles(context: RequestContext): Reply {
  const selection = readSelect(context.query, DIRECTORY_ROLE, "collection");
  const expand = context.query.get("$expand");
  if (expand !== undefined && !/^members(\(.*\))?$/.test(expand)) {
    throw badRequest(`Parsing OData Select and Expand failed: Could not find a property named '${expand}'.`);
  }
  const value = [...context.view.list("directoryRole")].map((role) => ({
    ...render(role, DIRECTORY_ROLE, selection, context.view),
    ...(expand === undefined ? {} : { members: members(context, role.id) }),
  }));
  return collection(context, "directoryRoles", value);
}

function getRole(context: RequestContext): Reply {
  const selection = readSelect(context.query, DIRECTORY_ROLE, "single");
  return { status: 200, body: showObject(context, findRole(context), { rules: DIRECTORY_ROLE, selection }) };
}

function listMembers(context: RequestContext): Reply {
  return collection(context, "directoryObjects", members(context, findRole(context).id));
}

function addMember(context: RequestContext): Reply {
  const role = findRole(context);
  const object = bodyReference(context);
  const link = { relation: "roleMembers", from: role.id, to: object.id };
  if (context.tenant.store.relations.has(link)) {
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'members'.",
    );
  }
  if (object.type === "group" && object.properties.isAssignableToRole !== true) {
    throw badRequest("The group cannot be assigned to a role: isAssignableToRole is not set.");
  }
  context.tenant.commit([{ do: "link", ...link }]);
  return { status: 204 };
}

function removeMember(context: RequestContext): Reply {
  const to = (context.parameters.member ?? "").toLowerCase();
  const link = { relation: "roleMembers", from: findRole(context).id, to };
  if (!context.tenant.store.relations.has(link)) throw notFound(to);
  context.tenant.commit([{ do: "unlink", ...link }]);
  return { status: 204 };
}

function listDefinitions(context: RequestContext): Reply {
  const value = ROLES.map(({ displayName, templateId }) => ({
    id: templateId,
    displayName,
    description: null,
    isBuiltIn: true,
    isEnabled: true,
    templateId,
    version: "1",
  }));
  return collection(context, "roleManagement/directory/roleDefinitions", value);
}

/** Tenant-wide assignments, those of administrative units and those of the client itself; $filter=principalId eq '...' is what it takes. */
function listAssignments(context: RequestContext): Reply {
  const filter = context.query.get("$filter");
  const principal = filter === undefined ? undefined : /^principalId eq '([^']+)'$/.exec(filter)?.[1]?.toLowerCase();
  if (filter !== undefined && principal === undefined) throw badRequest("Invalid filter clause.");
  const wide = [...context.view.list("directoryRole")].flatMap((role) =>
    [...context.view.targets("roleMembers", role.id)].map((member) => ({
      id: Buffer.from(`${role.id}${member.id}`.replaceAll("-", ""), "hex").toString("base64url"),
      principalId: member.id,
      roleDefinitionId: String(role.properties.roleTemplateId),
      directoryScopeId: "/",
    })),
  );
  const scoped = [...context.view.list("scopedRoleMembership")].map(({ id, properties }) => ({
    id,
    principalId: String((properties.roleMemberInfo as { id: string }).id),
    roleDefinitionId: String(context.view.get(String(properties.roleId))?.properties.roleTemplateId ?? null),
    directoryScopeId: `/administrativeUnits/${properties.administrativeUnitId}`,
  }));
  const own = principalOf(context.tenant);
  const ours = rolesOfPrincipal(context.tenant).map((role) => ({
    id: Buffer.from(`${role}${own}`.replaceAll("-", ""), "hex").toString("base64url"),
    principalId: own,
    roleDefinitionId: role,
    directoryScopeId: "/",
  }));
  const kept = [...wide, ...scoped, ...ours].filter((one) => principal === undefined || one.principalId === principal);
  return collection(context, "roleManagement/directory/roleAssignments", kept);
}

export const ROLE_ROUTES: readonly Route[] = [
  route("GET", "/directoryRoles", "roles.read", listRoles),
  route("GET", "/directoryRoles/{id}", "roles.read", getRole),
  route("GET", "/directoryRoles/{id}/members", "roles.read", listMembers),
  route("POST", "/directoryRoles/{id}/members/$ref", "roleAssignable.write", addMember),
  route("DELETE", "/directoryRoles/{id}/members/{member}/$ref", "roleAssignable.write", removeMember),
  route("GET", "/roleManagement/directory/roleDefinitions", "roles.read", listDefinitions),
  route("GET", "/roleManagement/directory/roleAssignments", "roles.read", listAssignments),
];
