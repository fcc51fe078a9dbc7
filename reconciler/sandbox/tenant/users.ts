/** /users: list, count, get, create, update, delete (graph.md sections 2, 6, 7 and 8). */
import { randomUUID } from "node:crypto";
import { badRequest, notFound, valueRequired } from "./errors.js";
import { type Expand, expandOne, readExpand } from "./expand.js";
import { checkOptions, replyCount, replyListing, type Source } from "./listing.js";
import { allows, demand } from "./permissions.js";
import { resolveReference } from "./references.js";
import type { Json, Properties } from "./relations.js";
import { bodyObject, type Reply } from "./request.js";
import { type Route, route } from "./router.js";
import { contextOf, formatInstant, readSelect, render, type Selection } from "./select.js";
import type { RequestContext } from "./state.js";
import type { Mutation, TenantObject } from "./store.js";
import {
  checkDomain,
  checkMastered,
  checkUnique,
  demandNames,
  protect,
  protectUpdate,
  readPassword,
  withAddresses,
} from "./user-rules.js";
import { USER } from "./user-type.js";
import { checkRequired, readProperties } from "./writing.js";

/** The living user with this id or userPrincipalName, as the request's view shows it. Throws 404. */
export function findUser(context: RequestContext, name: string = context.parameters.id ?? ""): TenantObject {
  const key = name.toLowerCase();
  const object = context.view.get(key) ?? context.view.find("userPrincipalName", key)[0];
  if (object?.type !== "user") throw notFound(name);
  return object;
}

/** The same in the store: what a write is decided on. */
export function findStoredUser(context: RequestContext, name: string = context.parameters.id ?? ""): TenantObject {
  const { store } = context.tenant;
  const key = name.toLowerCase();
  const user = store.living("user", key) ?? store.get(store.find("userPrincipalName", key)[0] ?? "");
  if (user === undefined) throw notFound(name);
  return user;
}

/** What User.ReadBasic.All shows; everything else is null, without an error [F: microsoft-graph-docs #3975]. */
const BASIC: ReadonlySet<string> = new Set(["id", "displayName", "givenName", "surname", "mail", "userPrincipalName"]);

/** A user as JSON with what the caller may read of it, without annotations. */
export function showUser(context: RequestContext, user: TenantObject, selection: Selection): Record<string, Json> {
  const shown = render(user, USER, selection, context.view);
  if (allows(context.caller, "users.readFull")) return shown;
  return Object.fromEntries(
    Object.entries(shown).map(([name, value]) => [name, BASIC.has(name) ? value : hidden(value)]),
  );
}

function hidden(value: Json): Json {
  return Array.isArray(value) ? [] : null;
}

/** The $select of a request, with the permissions that some properties need: [D 12, 20] and [D 8]; that it is 403 is [U]. */
export function selectUser(context: RequestContext, scope: "collection" | "single"): Selection {
  const selection = readSelect(context.query, USER, scope);
  if (selection?.includes("employeeLeaveDateTime")) demand(context.caller, "users.leaveDate.read");
  if (selection?.includes("signInActivity")) demand(context.caller, "audit.read");
  return selection;
}

/** The living users, for listings. */
function userSource(context: RequestContext, expand: Expand | undefined): Source {
  return {
    rules: USER,
    set: "users",
    after: (ordinal) => context.view.list("user", ordinal),
    find: (index, key) => context.view.find(index, key),
    render: (user, selection) => ({ ...showUser(context, user, selection), ...expandOne(context, user, expand) }),
  };
}

function listUsers(context: RequestContext): Reply {
  selectUser(context, "collection");
  return replyListing(context, userSource(context, readExpand(context)));
}

function countUsers(context: RequestContext): Reply {
  return replyCount(context, userSource(context, undefined));
}

const SINGLE: ReadonlySet<string> = new Set(["$select", "$expand", "$format"]);

function getUser(context: RequestContext): Reply {
  checkOptions(context, SINGLE);
  const selection = selectUser(context, "single");
  return replyUser(context, findUser(context), { selection, expand: readExpand(context) });
}

/** A reply with one user. */
export function replyUser(
  context: RequestContext,
  user: TenantObject,
  {
    selection,
    expand,
    status = 200,
  }: { readonly selection?: Selection; readonly expand?: Expand | undefined; readonly status?: number } = {},
): Reply {
  const body = {
    "@odata.context": contextOf(context.tenant.url, "users", selection, "single"),
    ...showUser(context, user, selection),
    ...expandOne(context, user, expand),
  };
  return { status, body };
}

const BOUND = new Set(["manager@odata.bind"]);

function createUser(context: RequestContext): Reply {
  const { tenant } = context;
  const body = bodyObject(context);
  const given = readProperties(body, USER, { phase: "create" });
  checkRequired(given, USER);
  if (given.employeeLeaveDateTime !== undefined) demand(context.caller, "users.leaveDate.write");
  readPassword(given.passwordProfile ?? null, "create");
  const domain = checkDomain(tenant, String(given.userPrincipalName));
  if (domain.type === "Federated" && typeof given.onPremisesImmutableId !== "string") {
    throw valueRequired("onPremisesImmutableId", USER.resource);
  }
  const id = randomUUID();
  const now = formatInstant(tenant.now());
  const common = { userType: "Member", createdDateTime: now, lastPasswordChangeDateTime: now };
  const properties = { ...common, ...withAddresses(withoutPassword(given), {}) };
  checkUnique(tenant, id, properties);
  const manager = readBound(context, body);
  const mutations: Mutation[] = [{ do: "create", id, type: "user", properties }];
  if (manager !== undefined) mutations.push({ do: "link", relation: "manager", from: id, to: manager.id });
  tenant.commit(mutations);
  const created = tenant.store.get(id);
  if (created === undefined) throw notFound(id);
  const location = `${tenant.url}/v1.0/users/${id}`;
  return { ...replyUser(context, created, { status: 201 }), headers: { location } };
}

/** manager@odata.bind [U]; other bindings are refused. */
function readBound(context: RequestContext, body: Properties): TenantObject | undefined {
  const other = Object.keys(body).find((name) => name.endsWith("@odata.bind") && !BOUND.has(name));
  if (other !== undefined) throw badRequest(`The annotation '${other}' is not supported here.`);
  const reference = body["manager@odata.bind"];
  return reference === undefined ? undefined : resolveReference(context, reference);
}

function withoutPassword({ passwordProfile: _password, ...rest }: Properties): Properties {
  return rest;
}

function updateUser(context: RequestContext): Reply {
  const { tenant } = context;
  const body = bodyObject(context);
  const names = Object.keys(body).filter((name) => !name.includes("@"));
  demandNames(context, names);
  const user = findStoredUser(context);
  const given = readProperties(body, USER, { phase: "update", stored: user.properties });
  const bound = Object.keys(body).find((name) => name.endsWith("@odata.bind"));
  if (bound !== undefined) throw badRequest(`The annotation '${bound}' is not supported here.`);
  protectUpdate(context, user, names);
  checkMastered(user, names);
  if (given.passwordProfile !== undefined) readPassword(given.passwordProfile, "update");
  if (typeof given.userPrincipalName === "string") checkDomain(tenant, given.userPrincipalName);
  const changed = withAddresses(withoutPassword(given), user.properties);
  checkUnique(tenant, user.id, changed);
  const reset = given.passwordProfile === undefined ? {} : { lastPasswordChangeDateTime: formatInstant(tenant.now()) };
  tenant.commit([{ do: "set", id: user.id, properties: { ...changed, ...reset } }]);
  return { status: 204 };
}

/**
 * DELETE: to the deleted items, where the userPrincipalName has the id as prefix, so that it is free again [U]. A synced
 * user is deleted in AD [F].
 */
export function deleteUser(context: RequestContext, user: TenantObject): Reply {
  const { tenant } = context;
  protect(context, user, true);
  checkMastered(user, ["deletedDateTime"]);
  tenant.commit(deletion(user, tenant.now()));
  return { status: 204 };
}

/** The soft delete of a user, which frees its userPrincipalName. */
export function deletion(user: TenantObject, at: number): Mutation[] {
  const userPrincipalName = `${user.id.replaceAll("-", "")}${String(user.properties.userPrincipalName)}`;
  return [
    { do: "set", id: user.id, properties: { userPrincipalName } },
    { do: "delete", id: user.id, at },
  ];
}

export const USER_ROUTES: readonly Route[] = [
  route("GET", "/users", "users.read", listUsers),
  route("POST", "/users", "users.create", createUser),
  route("GET", "/users/$count", "users.read", countUsers),
  route("GET", "/users/{id}", "users.read", getUser),
  route("PATCH", "/users/{id}", null, updateUser),
  route("DELETE", "/users/{id}", "users.delete", (context) => deleteUser(context, findStoredUser(context))),
];
