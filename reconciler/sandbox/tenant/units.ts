/** /directory/administrativeUnits: units, their members, and roles that are scoped to them [D 22, 35]. */
import { randomUUID } from "node:crypto";
import { ADMINISTRATIVE_UNIT } from "./directory-types.js";
import { badRequest, GraphFailure, notFound } from "./errors.js";
import { showObject } from "./groups.js";
import { replyListing } from "./listing.js";
import { findShown, findStored, replyCast, replyMixed } from "./mixed.js";
import { bodyReference } from "./references.js";
import type { Json } from "./relations.js";
import { bodyObject, isObject, type Reply } from "./request.js";
import { type Route, route } from "./router.js";
import { contextOf, readSelect, render } from "./select.js";
import type { RequestContext } from "./state.js";
import type { Mutation, TenantObject } from "./store.js";
import { checkRequired, readProperties } from "./writing.js";

/** Most units that hold one object [D 22]. */
const MAX_UNITS = 30;

function findUnit(context: RequestContext): TenantObject {
  return findShown(context, "administrativeUnit");
}

function findStoredUnit(context: RequestContext): TenantObject {
  return findStored(context, context.parameters.id ?? "", ["administrativeUnit"]);
}

function listUnits(context: RequestContext): Reply {
  const { view } = context;
  return replyListing(context, {
    rules: ADMINISTRATIVE_UNIT,
    set: ADMINISTRATIVE_UNIT.set,
    after: (ordinal) => view.list("administrativeUnit", ordinal),
    render: (unit, selection) => render(unit, ADMINISTRATIVE_UNIT, selection, view),
  });
}

function getUnit(context: RequestContext): Reply {
  const selection = readSelect(context.query, ADMINISTRATIVE_UNIT, "single");
  return { status: 200, body: showObject(context, findUnit(context), { rules: ADMINISTRATIVE_UNIT, selection }) };
}

function createUnit(context: RequestContext): Reply {
  const { tenant } = context;
  const properties = readProperties(bodyObject(context), ADMINISTRATIVE_UNIT, { phase: "create" });
  checkRequired(properties, ADMINISTRATIVE_UNIT);
  const id = randomUUID();
  tenant.commit([{ do: "create", id, type: "administrativeUnit", properties }]);
  const created = findStored(context, id, ["administrativeUnit"]);
  return {
    status: 201,
    body: showObject(context, created, { rules: ADMINISTRATIVE_UNIT, selection: undefined }),
    headers: { location: `${tenant.url}/v1.0/directory/administrativeUnits/${id}` },
  };
}

function updateUnit(context: RequestContext): Reply {
  const unit = findStoredUnit(context);
  const properties = readProperties(bodyObject(context), ADMINISTRATIVE_UNIT, { phase: "update" });
  context.tenant.commit([{ do: "set", id: unit.id, properties }]);
  return { status: 204 };
}

function deleteUnit(context: RequestContext): Reply {
  const unit = findStoredUnit(context);
  const members = [...context.tenant.store.relations.targets("unitMembers", unit.id)];
  context.tenant.commit([
    ...members.flatMap((to) => unmark(context, unit, to)),
    { do: "delete", id: unit.id, at: context.tenant.now() },
  ]);
  return { status: 204 };
}

function listMembers(context: RequestContext): Reply {
  return replyMixed(context, [...context.view.targets("unitMembers", findUnit(context).id)]);
}

function listUsers(context: RequestContext): Reply {
  return replyCast(context, "user", [...context.view.targets("unitMembers", findUnit(context).id)]);
}

/** Members of a restricted unit say so themselves: isManagementRestricted. */
function addMember(context: RequestContext): Reply {
  const unit = findStoredUnit(context);
  const object = bodyReference(context);
  const { relations } = context.tenant.store;
  const link = { relation: "unitMembers", from: unit.id, to: object.id };
  if (relations.has(link)) {
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'members'.",
    );
  }
  if ([...relations.sources("unitMembers", object.id)].length >= MAX_UNITS) {
    const message = `Unable to perform update. The update would exceed the maximum quota count '${MAX_UNITS}' for back-link 'members'.`;
    throw new GraphFailure(403, "Directory_QuotaExceeded", message);
  }
  const isMarked = unit.properties.isMemberManagementRestricted === true;
  const mark: Mutation = { do: "set", id: object.id, properties: { isManagementRestricted: true } };
  context.tenant.commit([{ do: "link", ...link }, ...(isMarked ? [mark] : [])]);
  return { status: 204 };
}

function removeMember(context: RequestContext): Reply {
  const unit = findStoredUnit(context);
  const to = (context.parameters.member ?? "").toLowerCase();
  const link = { relation: "unitMembers", from: unit.id, to };
  if (!context.tenant.store.relations.has(link)) throw notFound(to);
  context.tenant.commit([{ do: "unlink", ...link }, ...unmark(context, unit, to)]);
  return { status: 204 };
}

/** The mark goes with the last restricted unit. */
function unmark(context: RequestContext, unit: TenantObject, id: string): Mutation[] {
  const { store } = context.tenant;
  if (unit.properties.isMemberManagementRestricted !== true) return [];
  const others = [...store.relations.sources("unitMembers", id)].filter((other) => other !== unit.id);
  const isStill = others.some(
    (other) => store.living("administrativeUnit", other)?.properties.isMemberManagementRestricted === true,
  );
  return isStill ? [] : [{ do: "set", id, properties: { isManagementRestricted: false } }];
}

function showScoped({ id, properties }: TenantObject): Json {
  return { id, ...properties };
}

function listScoped(context: RequestContext): Reply {
  const unit = findUnit(context);
  const value = [...context.view.list("scopedRoleMembership")]
    .filter(({ properties }) => properties.administrativeUnitId === unit.id)
    .map(showScoped);
  return {
    status: 200,
    body: {
      "@odata.context": contextOf(context.tenant.url, "scopedRoleMemberships", undefined, "collection"),
      value,
    },
  };
}

function addScoped(context: RequestContext): Reply {
  const unit = findStoredUnit(context);
  const { roleId, roleMemberInfo } = bodyObject(context);
  const member = isObject(roleMemberInfo) ? String(roleMemberInfo.id) : "";
  const role = findStored(context, String(roleId), ["directoryRole"]);
  const user = findStored(context, member, ["user"]);
  const properties = {
    administrativeUnitId: unit.id,
    roleId: role.id,
    roleMemberInfo: { id: user.id, displayName: user.properties.displayName ?? null },
  };
  const id = randomUUID();
  context.tenant.commit([
    { do: "create", id, type: "scopedRoleMembership", properties },
    { do: "link", relation: "scopedRoleOf", from: id, to: user.id },
  ]);
  return { status: 201, body: { id, ...properties } };
}

const UNITS = "/directory/administrativeUnits";

export const UNIT_ROUTES: readonly Route[] = [
  route("GET", UNITS, "units.read", listUnits),
  route("POST", UNITS, "units.write", createUnit),
  route("GET", `${UNITS}/{id}`, "units.read", getUnit),
  route("PATCH", `${UNITS}/{id}`, "units.write", updateUnit),
  route("DELETE", `${UNITS}/{id}`, "units.write", deleteUnit),
  route("GET", `${UNITS}/{id}/members`, "units.read", listMembers),
  route("GET", `${UNITS}/{id}/members/microsoft.graph.user`, "units.read", listUsers),
  route("POST", `${UNITS}/{id}/members/$ref`, "units.write", addMember),
  route("DELETE", `${UNITS}/{id}/members/{member}/$ref`, "units.write", removeMember),
  route("GET", `${UNITS}/{id}/scopedRoleMembers`, "units.read", listScoped),
  route("POST", `${UNITS}/{id}/scopedRoleMembers`, "roleAssignable.write", addScoped),
];
