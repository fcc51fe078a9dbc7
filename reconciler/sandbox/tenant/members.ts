/** Members and owners of groups, one by one, and the trap of a DELETE without /$ref (graph.md sections 8 and 9). */
import { mastered, notFound } from "./errors.js";
import { checkAdditions, checkMembersWritable, checkOwnerRemoval } from "./group-rules.js";
import { demand } from "./permissions.js";
import { findShown, findStored, readReferenceBody, replyCast, replyCount, replyMixed } from "./references.js";
import type { Reply, RequestContext } from "./request.js";
import { type Route, route } from "./router.js";
import { readSelect } from "./select.js";
import type { TenantObject } from "./store.js";
import { USER } from "./user-type.js";

type Side = "members" | "owners";

function linked(context: RequestContext, relation: Side): TenantObject[] {
  return [...context.view.targets(relation, findShown(context, "group").id)];
}

function list(relation: Side): (context: RequestContext) => Reply {
  return (context) => {
    const objects = linked(context, relation);
    return replyMixed(context, () => objects);
  };
}

function listUsers(relation: Side): (context: RequestContext) => Reply {
  return (context) => {
    const objects = linked(context, relation);
    return replyCast(context, "user", {
      objects: () => objects,
      selection: readSelect(context.query, USER, "collection"),
    });
  };
}

function listReferences(relation: Side): (context: RequestContext) => Reply {
  return (context) => {
    const { url } = context.tenant;
    const value = linked(context, relation).map(({ id }) => ({ "@odata.id": `${url}/v1.0/directoryObjects/${id}` }));
    return { status: 200, body: { "@odata.context": `${url}/v1.0/$metadata#Collection($ref)`, value } };
  };
}

function countMembers(context: RequestContext): Reply {
  return replyCount(context, linked(context, "members").length);
}

/** Every object below, each once, nested groups included [D 27]. */
export function descend(context: RequestContext, group: string): TenantObject[] {
  const found = new Map<string, TenantObject>();
  const open = [group];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const member of context.view.targets("members", id)) {
      if (found.has(member.id)) continue;
      found.set(member.id, member);
      if (member.type === "group") open.push(member.id);
    }
  }
  return [...found.values()];
}

function listTransitive(context: RequestContext): Reply {
  const objects = descend(context, findShown(context, "group").id);
  return replyMixed(context, () => objects);
}

function add(relation: Side): (context: RequestContext) => Reply {
  return (context) => {
    const group = findStored(context, context.parameters.id ?? "", ["group"]);
    checkMembersWritable(context, group);
    const object = findStored(context, readReferenceBody(context), ["user", "group"]);
    checkAdditions(context, group, { relation, objects: [object] });
    context.tenant.commit([{ do: "link", relation, from: group.id, to: object.id }]);
    return { status: 204 };
  };
}

function remove(relation: Side): (context: RequestContext) => Reply {
  return (context) => {
    const group = findStored(context, context.parameters.id ?? "", ["group"]);
    checkMembersWritable(context, group);
    const link = { relation, from: group.id, to: (context.parameters.member ?? "").toLowerCase() };
    if (!context.tenant.store.relations.has(link)) throw notFound(context.parameters.member ?? "");
    if (relation === "owners") checkOwnerRemoval(context, group);
    context.tenant.commit([{ do: "unlink", ...link }]);
    return { status: 204 };
  };
}

/** The trap [D 26]: without /$ref the member itself is deleted. */
function deleteMember(context: RequestContext): Reply {
  const group = findStored(context, context.parameters.id ?? "", ["group"]);
  const member = findStored(context, context.parameters.member ?? "", ["user", "group"]);
  const { store } = context.tenant;
  if (!store.relations.has({ relation: "members", from: group.id, to: member.id })) throw notFound(member.id);
  demand(context.caller, member.type === "user" ? "users.delete" : "groups.delete");
  if (member.properties.onPremisesSyncEnabled === true) throw mastered();
  context.tenant.commit([{ do: "delete", id: member.id, at: context.tenant.now() }]);
  return { status: 204 };
}

export const MEMBER_ROUTES: readonly Route[] = [
  ...(["members", "owners"] as const).flatMap((side) => [
    route("GET", `/groups/{id}/${side}`, "members.read", list(side)),
    route("GET", `/groups/{id}/${side}/$ref`, "members.read", listReferences(side)),
    route("POST", `/groups/{id}/${side}/$ref`, "members.write", add(side)),
    route("GET", `/groups/{id}/${side}/microsoft.graph.user`, "members.read", listUsers(side)),
    route("DELETE", `/groups/{id}/${side}/{member}/$ref`, "members.write", remove(side)),
  ]),
  route("GET", "/groups/{id}/members/$count", "members.read", countMembers),
  route("DELETE", "/groups/{id}/members/{member}", null, deleteMember),
  route("GET", "/groups/{id}/transitiveMembers", "members.read", listTransitive),
];
