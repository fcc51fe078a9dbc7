/** /groups: list, get, create, update, delete (graph.md section 9). */
import { randomUUID } from "node:crypto";
import { badRequest, nameTaken, notFound } from "./errors.js";
import { checkAdditions, checkGroupWritable, checkMembersWritable, isUnified } from "./group-rules.js";
import { GROUP } from "./group-type.js";
import { replyCount, replyListing, type Source } from "./listing.js";
import { findShown, findStored } from "./mixed.js";
import { demand } from "./permissions.js";
import { resolveReference } from "./references.js";
import type { Json, Properties } from "./relations.js";
import { bodyObject, type Reply } from "./request.js";
import { type Route, route } from "./router.js";
import { contextOf, formatInstant, readSelect, render, type Selection } from "./select.js";
import type { RequestContext } from "./state.js";
import type { Mutation, TenantObject } from "./store.js";
import type { TypeRules } from "./types.js";
import { checkRequired, readProperties } from "./writing.js";

/** Most references of one request [D 28]. */
const MAX_REFERENCES = 20;

function groupSource({ view }: RequestContext): Source {
  return {
    rules: GROUP,
    set: "groups",
    after: (ordinal) => view.list("group", ordinal),
    render: (group, selection) => render(group, GROUP, selection, view),
  };
}

function listGroups(context: RequestContext): Reply {
  return replyListing(context, groupSource(context));
}

function countGroups(context: RequestContext): Reply {
  return replyCount(context, groupSource(context));
}

function getGroup(context: RequestContext): Reply {
  const selection = readSelect(context.query, GROUP, "single");
  return { status: 200, body: showObject(context, findShown(context, "group"), { rules: GROUP, selection }) };
}

/** One object with its @odata.context. */
export function showObject(
  context: RequestContext,
  object: TenantObject,
  { rules, selection }: { readonly rules: TypeRules; readonly selection: Selection },
): Json {
  return {
    "@odata.context": contextOf(context.tenant.url, rules.set, selection, "single"),
    ...render(object, rules, selection, context.view),
  };
}

function createGroup(context: RequestContext): Reply {
  const { tenant } = context;
  const body = bodyObject(context);
  const given = readProperties(body, GROUP, { phase: "create" });
  checkRequired(given, GROUP);
  const id = randomUUID();
  const properties = { ...given, ...derived(context, given) };
  const group: TenantObject = { id, type: "group", ordinal: 0, properties, deletedAt: null, changed: 0, stamps: {} };
  checkKind(context, group);
  checkNickname(context, properties, id);
  const links = readBinds(context, group, body);
  tenant.commit([{ do: "create", id, type: "group", properties }, ...links]);
  const created = tenant.store.get(id);
  if (created === undefined) throw notFound(id);
  const reply = showObject(context, created, { rules: GROUP, selection: undefined });
  return { status: 201, body: reply, headers: { location: `${tenant.url}/v1.0/groups/${id}` } };
}

/** What Graph adds: creation, and the address of a Microsoft 365 group. */
function derived(context: RequestContext, { groupTypes, mailNickname }: Properties): Properties {
  const createdDateTime = formatInstant(context.tenant.now());
  const common = { createdDateTime, renewedDateTime: createdDateTime };
  if (!Array.isArray(groupTypes) || !groupTypes.includes("Unified")) return common;
  const organization = context.tenant.store.get(context.tenant.tenantId)?.properties.verifiedDomains;
  const domains = (Array.isArray(organization) ? organization : []) as readonly { name: string; isDefault: boolean }[];
  const mail = `${mailNickname}@${domains.find((one) => one.isDefault)?.name}`;
  return { ...common, mail, proxyAddresses: [`SMTP:${mail}`] };
}

/** Only Microsoft 365 and security groups can be made [D 27]. */
function checkKind(context: RequestContext, group: TenantObject): void {
  const { mailEnabled, securityEnabled, isAssignableToRole, membershipRule } = group.properties;
  if (mailEnabled === true && !isUnified(group)) {
    throw badRequest(
      "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.",
    );
  }
  if (mailEnabled !== true && (isUnified(group) || securityEnabled !== true)) {
    throw badRequest("Group needs to be a valid combination of mailEnabled, securityEnabled and groupTypes.");
  }
  const isRule =
    Array.isArray(group.properties.groupTypes) && group.properties.groupTypes.includes("DynamicMembership");
  if (isRule && typeof membershipRule !== "string") throw badRequest("A dynamic group needs a membershipRule.");
  if (isAssignableToRole !== true) return;
  demand(context.caller, "roleAssignable.write");
  if (securityEnabled !== true || isRule) {
    throw badRequest("A role-assignable group must be security-enabled and its membership cannot be dynamic.");
  }
}

function checkNickname(context: RequestContext, { mailNickname }: Properties, id: string): void {
  if (typeof mailNickname !== "string") return;
  const holders = context.tenant.store.find("groupMailNickname", mailNickname.toLowerCase());
  if (holders.some((holder) => holder !== id)) throw nameTaken("mailNickname");
}

/** The links of members@odata.bind and owners@odata.bind; all or none. */
function readBinds(context: RequestContext, group: TenantObject, body: Readonly<Record<string, Json>>): Mutation[] {
  const links: Mutation[] = [];
  for (const relation of ["members", "owners"] as const) {
    const value = body[`${relation}@odata.bind`];
    if (value === undefined) continue;
    if (!Array.isArray(value)) throw badRequest(`A collection is expected for '${relation}@odata.bind'.`);
    const objects = value.map((each: Json) => resolveReference(context, each));
    checkAdditions(context, group, { relation, objects });
    for (const object of objects) links.push({ do: "link", relation, from: group.id, to: object.id });
  }
  if (links.length > MAX_REFERENCES) {
    throw badRequest(`The request exceeds the maximum of ${MAX_REFERENCES} object references in a single request.`);
  }
  return links;
}

/** Properties need more than members do; both in one request need both. */
function updateGroup(context: RequestContext): Reply {
  const group = findStored(context, context.parameters.id ?? "", ["group"]);
  const body = bodyObject(context);
  const names = Object.keys(body).filter((name) => !name.startsWith("@"));
  const isLinking = names.some((name) => name.endsWith("@odata.bind"));
  if (isLinking) demand(context.caller, "members.write");
  if (!isLinking || names.some((name) => !name.includes("@"))) demand(context.caller, "groups.update");
  checkGroupWritable(context, group);
  if (isLinking) checkMembersWritable(context, group);
  const properties = readProperties(body, GROUP, { phase: "update", stored: group.properties });
  checkNickname(context, properties, group.id);
  const links = readBinds(context, group, body);
  const sets: Mutation[] = Object.keys(properties).length === 0 ? [] : [{ do: "set", id: group.id, properties }];
  context.tenant.commit([...sets, ...links]);
  return { status: 204 };
}

/** A Microsoft 365 group is soft-deleted, a security group is gone [D 24]; a licensed one stays [D 9]. */
export function deleteGroup(context: RequestContext, group: TenantObject): Reply {
  checkGroupWritable(context, group);
  const licences = group.properties.assignedLicenses;
  if (Array.isArray(licences) && licences.length > 0) {
    throw badRequest("The group cannot be deleted because it has licenses assigned. Remove the licenses first.");
  }
  const { id } = group;
  context.tenant.commit([isUnified(group) ? { do: "delete", id, at: context.tenant.now() } : { do: "purge", id }]);
  return { status: 204 };
}

export const GROUP_ROUTES: readonly Route[] = [
  route("GET", "/groups", "groups.read", listGroups),
  route("POST", "/groups", "groups.create", createGroup),
  route("GET", "/groups/$count", "groups.read", countGroups),
  route("GET", "/groups/{id}", "groups.read", getGroup),
  route("PATCH", "/groups/{id}", null, updateGroup),
  route("DELETE", "/groups/{id}", "groups.delete", (context) =>
    deleteGroup(context, findStored(context, context.parameters.id ?? "", ["group"])),
  ),
];
