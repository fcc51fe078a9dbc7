/** Members and owners of groups, one by one, and the trap of a DELETE without /$ref (graph.md sections 8 and 9). */
import { notFound } from "./errors.js";
import { checkAdditions, checkMembersWritable, checkOwnerRemoval } from "./group-rules.js";
import { deleteGroup } from "./groups.js";
import { findShown, findStored, replyCast, replyCountOf, replyMixed } from "./mixed.js";
import { allows, demand } from "./permissions.js";
import { bodyReference } from "./references.js";
import type { Reply } from "./request.js";
import { type Route, route } from "./router.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";
import { deleteUser } from "./users.js";

type Side = "members" | "owners";

function linked(context: RequestContext, relation: Side): TenantObject[] {
  const group = findShown(context, "group");
  return isHidden(context, group, relation) ? [] : [...context.view.targets(relation, group.id)];
}

function isHidden({ caller }: RequestContext, group: TenantObject, relation: Side): boolean {
  const hides = relation === "members" && group.properties.visibility === "HiddenMembership";
  return hides && !allows(caller, "members.readHidden");
}

function list(relation: Side): (context: RequestContext) => Reply {
  return (context) => {
    return replyMixed(context, linked(context, relation));
  };
}

function listUsers(relation: Side): (context: RequestContext) => Reply {
  return (context) => replyCast(context, "user", linked(context, relation));
}

function listReferences(relation: Side): (context: RequestContext) => Reply {
  return (context) => {
    const { url } = context.tenant;
    const value = linked(context, relation).map(({ id }) => ({ "@odata.id": `${url}/v1.0/directoryObjects/${id}` }));
    return { status: 200, body: { "@odata.context": `${url}/v1.0/$metadata#Collection($ref)`, value } };
  };
}

function countMembers(context: RequestContext): Reply {
  return replyCountOf(context, linked(context, "members"));
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
  const group = findShown(context, "group");
  return replyMixed(context, isHidden(context, group, "members") ? [] : descend(context, group.id));
}

function add(relation: Side): (context: RequestContext) => Reply {
  return (context) => {
    const group = findStored(context, context.parameters.id ?? "", ["group"]);
    checkMembersWritable(context, group);
    const object = bodyReference(context);
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
  return member.type === "user" ? deleteUser(context, member) : deleteGroup(context, member);
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
