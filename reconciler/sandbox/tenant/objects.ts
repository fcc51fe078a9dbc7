/** Directory objects of any type: rendering with @odata.type, /directoryObjects/{id}, /directoryObjects/getByIds. */
import { badRequest, notFound } from "./errors.js";
import { checkOptions } from "./listing.js";
import { readMixedSelect, renderMixed } from "./mixed.js";
import type { Json } from "./relations.js";
import { bodyObject, type Reply } from "./request.js";
import { type Route, route } from "./router.js";
import { rulesOf } from "./rules.js";
import { contextOf, readSelect, render } from "./select.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";
import { showUser } from "./users.js";

/** An object in a place where others types are possible too: with @odata.type and its default set. */
export function showObject(context: RequestContext, object: TenantObject): Record<string, Json> {
  const rules = rulesOf(object.type);
  const shown =
    object.type === "user" ? showUser(context, object, undefined) : render(object, rules, undefined, context.view);
  return { "@odata.type": rules.odataType, ...shown };
}

/** The same with the $select of the request, whose names must be the type's. */
export function replyObject(context: RequestContext, object: TenantObject): Reply {
  checkOptions(context, new Set(["$select"]));
  const rules = rulesOf(object.type);
  const selection = readSelect(context.query, rules, "single");
  const shown =
    object.type === "user" ? showUser(context, object, selection) : render(object, rules, selection, context.view);
  const annotations = {
    "@odata.context": contextOf(context.tenant.url, "directoryObjects", selection, "single"),
    "@odata.type": rules.odataType,
  };
  return { status: 200, body: { ...annotations, ...shown } };
}

function getObject(context: RequestContext): Reply {
  const id = context.parameters.id ?? "";
  const object = context.view.get(id.toLowerCase());
  if (object === undefined) throw notFound(id);
  return replyObject(context, object);
}

const MOST_IDS = 1000;

/** Objects that are not there are left out. */
function getByIds(context: RequestContext): Reply {
  const { ids, types } = bodyObject(context);
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MOST_IDS || !ids.every((id) => typeof id === "string")) {
    throw badRequest(`A value is required for 'ids': 1 to ${MOST_IDS} object ids.`);
  }
  const wanted = Array.isArray(types) && types.length > 0 ? new Set(types) : undefined;
  const found = [...new Set(ids.map((id) => String(id).toLowerCase()))].flatMap((id) => context.view.get(id) ?? []);
  const selection = readMixedSelect(context.query);
  const kept = found.filter(({ type }) => wanted?.has(type) ?? true);
  const value = kept.map((object) => renderMixed(context, object, selection));
  return {
    status: 200,
    body: { "@odata.context": contextOf(context.tenant.url, "directoryObjects", selection, "collection"), value },
  };
}

export const OBJECT_ROUTES: readonly Route[] = [
  route("POST", "/directoryObjects/getByIds", "objects.read", getByIds),
  route("GET", "/directoryObjects/{id}", "objects.read", getObject),
];
