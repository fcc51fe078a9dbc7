/** /users: list, get, create, update, delete. */
import { randomUUID } from "node:crypto";
import { notFound } from "./errors.js";
import { replyPage } from "./paging.js";
import type { Json } from "./relations.js";
import { bodyObject, type Reply, type RequestContext } from "./request.js";
import { type Route, route } from "./router.js";
import { contextOf, formatInstant, readSelect, render } from "./select.js";
import type { TenantObject } from "./store.js";
import { USER } from "./user-type.js";
import { checkRequired, readProperties } from "./writing.js";

/** The living user with this id or userPrincipalName, as the request's view shows it. Throws 404. */
export function findUser(context: RequestContext, name: string | undefined = context.parameters.id): TenantObject {
  const key = name ?? "";
  const object = context.view.get(key.toLowerCase()) ?? context.view.find("userPrincipalName", key.toLowerCase())[0];
  if (object?.type !== "user") throw notFound(key);
  return object;
}

/** The same in the store: what a write is decided on. */
export function findStoredUser(
  context: RequestContext,
  name: string | undefined = context.parameters.id,
): TenantObject {
  const { store } = context.tenant;
  const key = (name ?? "").toLowerCase();
  const user = store.living("user", key) ?? store.get(store.find("userPrincipalName", key)[0] ?? "");
  if (user === undefined) throw notFound(name ?? "");
  return user;
}

function listUsers(context: RequestContext): Reply {
  const selection = readSelect(context.query, USER, "collection");
  return replyPage(context, {
    set: "users",
    selection,
    after: (ordinal) => context.view.list("user", ordinal),
    render: (user) => render(user, USER, selection),
  });
}

function getUser(context: RequestContext): Reply {
  const selection = readSelect(context.query, USER, "single");
  return { status: 200, body: showUser(context, findUser(context), selection) };
}

function showUser(context: RequestContext, user: TenantObject, selection: readonly string[] | undefined): Json {
  return {
    "@odata.context": contextOf(context.tenant.url, "users", selection, "single"),
    ...render(user, USER, selection),
  };
}

function createUser(context: RequestContext): Reply {
  const { tenant } = context;
  const properties = readProperties(bodyObject(context), USER, { phase: "create" });
  checkRequired(properties, USER);
  const id = randomUUID();
  const createdDateTime = formatInstant(tenant.now());
  tenant.commit([
    { do: "create", id, type: "user", properties: { userType: "Member", createdDateTime, ...properties } },
  ]);
  const created = tenant.store.get(id);
  if (created === undefined) throw notFound(id);
  return {
    status: 201,
    body: showUser(context, created, undefined),
    headers: { location: `${tenant.url}/v1.0/users/${id}` },
  };
}

function updateUser(context: RequestContext): Reply {
  const user = findStoredUser(context);
  const properties = readProperties(bodyObject(context), USER, { phase: "update", stored: user.properties });
  context.tenant.commit([{ do: "set", id: user.id, properties }]);
  return { status: 204 };
}

function deleteUser(context: RequestContext): Reply {
  const user = findStoredUser(context);
  context.tenant.commit([{ do: "delete", id: user.id, at: context.tenant.now() }]);
  return { status: 204 };
}

export const USER_ROUTES: readonly Route[] = [
  route("GET", "/users", "users.read", listUsers),
  route("POST", "/users", "users.create", createUser),
  route("GET", "/users/{id}", "users.read", getUser),
  route("PATCH", "/users/{id}", null, updateUser),
  route("DELETE", "/users/{id}", "users.delete", deleteUser),
];
