/** From the member's side: memberOf and its kin. */
import { badRequest } from "./errors.js";
import { findShown, replyCast, replyMixed } from "./mixed.js";
import type { Json } from "./relations.js";
import { bodyObject, type Reply } from "./request.js";
import { type Route, route } from "./router.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";
import { findUser } from "./users.js";

/** Relations that make an object "member of" another: groups, directory roles, administrative units. */
const RELATIONS = ["members", "roleMembers", "unitMembers"] as const;
/** Most ids of checkMemberGroups. */
const MAX_CHECKED = 20;

function containers(context: RequestContext, id: string): TenantObject[] {
  return RELATIONS.flatMap((relation) => [...context.view.sources(relation, id)]);
}

/** All groups, roles and units above an object, each once. */
function ascend(context: RequestContext, member: string): TenantObject[] {
  const found = new Map<string, TenantObject>();
  const open = [member];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const container of containers(context, id)) {
      if (found.has(container.id)) continue;
      found.set(container.id, container);
      if (container.type === "group") open.push(container.id);
    }
  }
  return [...found.values()];
}

function listMemberOf(context: RequestContext): Reply {
  return replyMixed(context, containers(context, subject(context).id));
}

function listGroupsOf(context: RequestContext): Reply {
  return replyCast(context, "group", containers(context, subject(context).id));
}

function listTransitive(context: RequestContext): Reply {
  return replyMixed(context, ascend(context, subject(context).id));
}

function listOwned(context: RequestContext): Reply {
  return replyMixed(context, [...context.view.sources("owners", findUser(context).id)]);
}

function subject(context: RequestContext): TenantObject {
  return context.template.startsWith("/users/") ? findUser(context) : findShown(context, "group");
}

function strings(context: RequestContext, value: readonly string[]): Reply {
  const at = `${context.tenant.url}/v1.0/$metadata#Collection(Edm.String)`;
  return { status: 200, body: { "@odata.context": at, value } };
}

function getMemberGroups(context: RequestContext): Reply {
  const isSecurity = bodyObject(context).securityEnabledOnly === true;
  const groups = ascend(context, findUser(context).id).filter(({ type }) => type === "group");
  const kept = groups.filter((group) => !isSecurity || group.properties.securityEnabled === true);
  return strings(
    context,
    kept.map(({ id }) => id),
  );
}

function getMemberObjects(context: RequestContext): Reply {
  return strings(
    context,
    ascend(context, findUser(context).id).map(({ id }) => id),
  );
}

function checkMemberGroups(context: RequestContext): Reply {
  const asked = readIds(bodyObject(context).groupIds, "groupIds", MAX_CHECKED);
  const held = new Set(ascend(context, findUser(context).id).map(({ id }) => id));
  return strings(
    context,
    asked.filter((id) => held.has(id)),
  );
}

function readIds(value: Json | undefined, name: string, most: number): string[] {
  if (!Array.isArray(value) || value.some((id: Json) => typeof id !== "string")) {
    throw badRequest(`A collection of strings is expected for '${name}'.`);
  }
  if (value.length > most) throw badRequest(`Too many values in '${name}': at most ${most} are allowed.`);
  return value.map((id: Json) => String(id).toLowerCase());
}

export const MEMBERSHIP_ROUTES: readonly Route[] = [
  ...(["users", "groups"] as const).flatMap((set) => [
    route("GET", `/${set}/{id}/memberOf`, "members.read", listMemberOf),
    route("GET", `/${set}/{id}/memberOf/microsoft.graph.group`, "members.read", listGroupsOf),
    route("GET", `/${set}/{id}/transitiveMemberOf`, "members.read", listTransitive),
  ]),
  route("GET", "/users/{id}/ownedObjects", "members.read", listOwned),
  route("POST", "/users/{id}/getMemberGroups", "members.read", getMemberGroups),
  route("POST", "/users/{id}/getMemberObjects", "members.read", getMemberObjects),
  route("POST", "/users/{id}/checkMemberGroups", "members.read", checkMemberGroups),
];
