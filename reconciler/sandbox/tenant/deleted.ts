/**
 * /directory/deletedItems (graph.md section 8, [D 23, 24, 25]): users, and the groups that are soft-deleted, for 30 days;
 * restore and purge. What is special to a type is in its Restoring; groups.ts has that of groups.
 */
import { badRequest, notFound } from "./errors.js";
import { replyListing } from "./listing.js";
import { replyObject } from "./objects.js";
import { demand } from "./permissions.js";
import type { Json, Properties } from "./relations.js";
import { isObject, type Reply } from "./request.js";
import { type Route, route } from "./router.js";
import { rulesOf } from "./rules.js";
import { render } from "./select.js";
import type { RequestContext, TenantState } from "./state.js";
import type { ObjectType, TenantObject } from "./store.js";
import { checkDomain, checkMastered, checkUnique, protect } from "./user-rules.js";
import { USER } from "./user-type.js";
import { replyUser, showUser } from "./users.js";
import { readProperties } from "./writing.js";

const KEPT_MILLIS = 30 * 24 * 3600 * 1000;

function findDeleted(context: RequestContext, type?: ObjectType): TenantObject {
  const id = context.parameters.id ?? "";
  const object = context.view.deleted(id.toLowerCase());
  if (object === undefined || (type !== undefined && object.type !== type)) throw notFound(id);
  return object;
}

/** The same in the store: what a write is decided on. */
function findStoredDeleted(context: RequestContext): TenantObject {
  const id = context.parameters.id ?? "";
  const object = context.tenant.store.get(id.toLowerCase());
  if (object === undefined || object.deletedAt === null) throw notFound(id);
  return object;
}

function listDeleted(type: "user" | "group"): (context: RequestContext) => Reply {
  return (context) => {
    const rules = rulesOf(type);
    return replyListing(context, {
      rules,
      set: "directoryObjects",
      after: (ordinal) => context.view.listDeleted(type, ordinal),
      render: (object, selection) =>
        type === "user" ? showUser(context, object, selection) : render(object, rules, selection, context.view),
    });
  };
}

function getDeleted(context: RequestContext): Reply {
  const object = findDeleted(context);
  demand(context.caller, object.type === "user" ? "users.read" : "groups.read");
  return replyObject(context, object);
}

/** For good: the second delete. */
function purge(context: RequestContext): Reply {
  const object = findStoredDeleted(context);
  demand(context.caller, object.type === "user" ? "users.delete" : "groups.delete");
  if (object.type === "user") protect(context, object, true);
  context.tenant.commit([{ do: "purge", id: object.id }]);
  return { status: 204 };
}

function restore(context: RequestContext): Reply {
  const object = findStoredDeleted(context);
  if (object.type === "user") return restoreUser(context, object);
  demand(context.caller, "groups.restore");
  context.tenant.commit([{ do: "restore", id: object.id }]);
  return replyObject(context, context.tenant.store.get(object.id) ?? object);
}

/** newUserPrincipalName and autoReconcileProxyConflict [F: entra-powershell #1484]; a name that is taken is refused [U]. */
function restoreUser(context: RequestContext, user: TenantObject): Reply {
  const { tenant } = context;
  demand(context.caller, "users.restore");
  protect(context, user, true);
  checkMastered(user, ["deletedDateTime"]);
  const body = isObject(context.body) ? context.body : {};
  const properties: Record<string, Json> = { userPrincipalName: restoredName(user, body.newUserPrincipalName) };
  checkDomain(tenant, String(properties.userPrincipalName));
  const addresses = user.properties.proxyAddresses;
  if (Array.isArray(addresses)) {
    const isFree = (address: Json): boolean =>
      tenant.store.find("proxyAddress", String(address).toLowerCase()).length === 0;
    properties.proxyAddresses = body.autoReconcileProxyConflict === true ? addresses.filter(isFree) : addresses;
  }
  const { onPremisesImmutableId } = user.properties;
  checkUnique(tenant, user.id, {
    ...properties,
    ...(onPremisesImmutableId === undefined ? {} : { onPremisesImmutableId }),
  });
  tenant.commit([
    { do: "restore", id: user.id },
    { do: "set", id: user.id, properties },
  ]);
  return replyObject(context, tenant.store.get(user.id) ?? user);
}

function restoredName(user: TenantObject, wanted: Json | undefined): string {
  const prefix = user.id.replaceAll("-", "");
  const kept = String(user.properties.userPrincipalName);
  if (wanted === undefined || wanted === null) return kept.startsWith(prefix) ? kept.slice(prefix.length) : kept;
  const read: Properties = readProperties({ userPrincipalName: wanted }, USER, { phase: "update" });
  return String(read.userPrincipalName);
}

function refuseWithoutCast(): never {
  throw badRequest("The request needs a type: /directory/deletedItems/microsoft.graph.user or another one.");
}

/** Purges what was deleted 30 days ago, whenever a request finds it so. */
export function installExpiry(tenant: TenantState): void {
  const due = new Map<string, number>();
  const note = (object: TenantObject | undefined): void => {
    if (object?.deletedAt != null) due.set(object.id, object.deletedAt + KEPT_MILLIS);
  };
  for (const type of ["user", "group"] as const) for (const object of tenant.store.list(type)) note(object);
  tenant.store.onCommit(({ objects }) => {
    for (const [id, { after }] of objects) {
      due.delete(id);
      note(after);
    }
  });
  tenant.background.push((now) => {
    for (const [id, at] of due) {
      // In the order of deletion, so the first one that is not due ends it.
      if (at > now) return;
      tenant.commit([{ do: "purge", id }]);
    }
  });
}

/** /users/{id}/restore always answers 404 [F: devx-api #837]. */
function restoreInWrongPlace(context: RequestContext): never {
  throw notFound(context.parameters.id ?? "");
}

export const DELETED_ROUTES: readonly Route[] = [
  route("GET", "/directory/deletedItems", "users.read", refuseWithoutCast),
  route("GET", "/directory/deletedItems/microsoft.graph.user", "users.read", listDeleted("user")),
  route("GET", "/directory/deletedItems/microsoft.graph.group", "groups.read", listDeleted("group")),
  route("GET", "/directory/deletedItems/{id}", null, getDeleted),
  route("GET", "/directory/deletedItems/{id}/microsoft.graph.user", "users.read", (context) =>
    replyUser(context, findDeleted(context, "user")),
  ),
  route("DELETE", "/directory/deletedItems/{id}", null, purge),
  route("POST", "/directory/deletedItems/{id}/restore", null, restore),
  route("POST", "/users/{id}/restore", "users.restore", restoreInWrongPlace),
];
