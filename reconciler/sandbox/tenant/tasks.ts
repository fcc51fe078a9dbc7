/** Things done for a user rather than to its properties: end sessions [D 33], temporary access passes [D 36]. */
import { randomBytes, randomUUID } from "node:crypto";
import { badRequest, notFound } from "./errors.js";
import type { Json } from "./relations.js";
import { isObject, type Reply } from "./request.js";
import { type Route, route } from "./router.js";
import { formatInstant } from "./select.js";
import type { RequestContext } from "./state.js";
import type { Mutation, TenantObject } from "./store.js";
import { protect } from "./user-rules.js";
import { findStoredUser, findUser } from "./users.js";

/** Minutes [D 36]. */
const MIN_LIFETIME = 10;
const MAX_LIFETIME = 43_200;
const DEFAULT_LIFETIME = 60;
const METHODS = "/users/{id}/authentication/temporaryAccessPassMethods";

function revokeSessions(context: RequestContext): Reply {
  const user = findStoredUser(context);
  const { tenant } = context;
  protect(context, user, false);
  const properties = { signInSessionsValidFromDateTime: formatInstant(tenant.now()) };
  tenant.commit([{ do: "set", id: user.id, properties }]);
  return { status: 200, body: { "@odata.context": `${tenant.url}/v1.0/$metadata#Edm.Boolean`, value: true } };
}

function showPass({ id, properties }: TenantObject, now: number, secret: string | null): Json {
  const { createdDateTime = null, startDateTime = null, lifetimeInMinutes = null, isUsableOnce = null } = properties;
  const start = Date.parse(String(startDateTime));
  const reason =
    now < start ? "NotYetValid" : now < start + Number(lifetimeInMinutes) * 60_000 ? "EnabledByPolicy" : "Expired";
  return {
    id,
    temporaryAccessPass: secret,
    createdDateTime,
    startDateTime,
    lifetimeInMinutes,
    isUsableOnce,
    isUsable: reason === "EnabledByPolicy",
    methodUsabilityReason: reason,
  };
}

function passesOf(context: RequestContext): TenantObject[] {
  return [...context.view.sources("accessPassOf", findUser(context).id)];
}

function listPasses(context: RequestContext): Reply {
  const { url } = context.tenant;
  const at = `${url}/v1.0/$metadata#users('${context.parameters.id}')/authentication/temporaryAccessPassMethods`;
  const value = passesOf(context).map((pass) => showPass(pass, context.tenant.now(), null));
  return { status: 200, body: { "@odata.context": at, value } };
}

function getPass(context: RequestContext): Reply {
  const pass = passesOf(context).find(({ id }) => id === context.parameters.pass);
  if (pass === undefined) throw notFound(context.parameters.pass ?? "");
  return { status: 200, body: showPass(pass, context.tenant.now(), null) };
}

/** One pass per user: a new one replaces the old. The pass itself is in this reply and nowhere else. */
function createPass(context: RequestContext): Reply {
  const { tenant } = context;
  const user = findStoredUser(context);
  protect(context, user, false);
  const body = isObject(context.body) ? context.body : {};
  const { lifetimeInMinutes = DEFAULT_LIFETIME, isUsableOnce = false, startDateTime } = body;
  const lifetime = typeof lifetimeInMinutes === "number" ? lifetimeInMinutes : Number.NaN;
  if (!Number.isInteger(lifetime) || lifetime < MIN_LIFETIME || lifetime > MAX_LIFETIME) {
    throw badRequest(`lifetimeInMinutes must be a whole number from ${MIN_LIFETIME} to ${MAX_LIFETIME}.`);
  }
  if (typeof isUsableOnce !== "boolean") throw badRequest("isUsableOnce must be a Boolean.");
  const start =
    startDateTime === undefined || startDateTime === null ? tenant.now() : Date.parse(String(startDateTime));
  if (Number.isNaN(start)) throw badRequest("startDateTime must be an instant.");
  const id = randomUUID();
  const properties = {
    createdDateTime: formatInstant(tenant.now()),
    startDateTime: formatInstant(start),
    lifetimeInMinutes: lifetime,
    isUsableOnce,
  };
  const old = [...tenant.store.relations.sources("accessPassOf", user.id)];
  tenant.commit([
    ...old.map((pass): Mutation => ({ do: "purge", id: pass })),
    { do: "create", id, type: "temporaryAccessPass", properties },
    { do: "link", relation: "accessPassOf", from: id, to: user.id },
  ]);
  const created = tenant.store.get(id);
  if (created === undefined) throw notFound(id);
  return { status: 201, body: showPass(created, tenant.now(), randomBytes(6).toString("base64url")) };
}

function deletePass(context: RequestContext): Reply {
  const user = findStoredUser(context);
  const from = context.parameters.pass ?? "";
  if (!context.tenant.store.relations.has({ relation: "accessPassOf", from, to: user.id })) throw notFound(from);
  context.tenant.commit([{ do: "purge", id: from }]);
  return { status: 204 };
}

export const TASK_ROUTES: readonly Route[] = [
  route("POST", "/users/{id}/revokeSignInSessions", "users.sessions", revokeSessions),
  route("GET", METHODS, "users.accessPass.read", listPasses),
  route("POST", METHODS, "users.accessPass.write", createPass),
  route("GET", `${METHODS}/{pass}`, "users.accessPass.read", getPass),
  route("DELETE", `${METHODS}/{pass}`, "users.accessPass.write", deletePass),
];
