/** Objects found by id, and listings that hold objects of several types (members, memberOf). */
import { badRequest, notFound } from "./errors.js";
import { checkOptions, replyCount, replyListing, type Source } from "./listing.js";
import { replyPage } from "./paging.js";
import type { Json } from "./relations.js";
import type { Reply } from "./request.js";
import { RULES, rulesOf } from "./rules.js";
import { render, type Selection } from "./select.js";
import type { RequestContext } from "./state.js";
import type { ObjectType, TenantObject } from "./store.js";
import { showUser } from "./users.js";

/** The living object that a write names, in the store. Throws 404. */
export function findStored(context: RequestContext, id: string, types: readonly ObjectType[]): TenantObject {
  const object = context.tenant.store.get(id.toLowerCase());
  if (object === undefined || object.deletedAt !== null || !types.includes(object.type)) throw notFound(id);
  return object;
}

/** The living object of a type that a read names, as the request's view shows it. Throws 404. */
export function findShown(context: RequestContext, type: ObjectType, id = context.parameters.id ?? ""): TenantObject {
  const object = context.view.get(id.toLowerCase());
  if (object?.type !== type) throw notFound(id);
  return object;
}

const MIXED: readonly ObjectType[] = ["user", "group", "administrativeUnit", "directoryRole"];

/** The $select of a listing of directoryObject: each name must belong to one of its types at least. */
export function readMixedSelect(query: RequestContext["query"]): Selection {
  const text = query.get("$select");
  if (text === undefined) return undefined;
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) {
    if (MIXED.some((type) => Object.hasOwn(RULES[type]?.properties ?? {}, name))) continue;
    const what = `Could not find a property named '${name}' on type 'microsoft.graph.directoryObject'.`;
    throw badRequest(`Parsing OData Select and Expand failed: ${what}`);
  }
  return [...new Set(names)];
}

/** An object among others of other types: with its @odata.type, and of the selection what its type has. */
export function renderMixed(context: RequestContext, object: TenantObject, selection: Selection): Json {
  const rules = RULES[object.type];
  if (rules === undefined) return { "@odata.type": `#microsoft.graph.${object.type}`, id: object.id };
  const known = selection?.filter((name) => Object.hasOwn(rules.properties, name));
  return { "@odata.type": rules.odataType, id: object.id, ...renderOne(context, object, known) };
}

function renderOne(context: RequestContext, object: TenantObject, selection: Selection): Record<string, Json> {
  if (object.type === "user") return showUser(context, object, selection);
  return render(object, rulesOf(object.type), selection, context.view);
}

/** A page of objects of several types, in order of creation. */
export function replyMixed(context: RequestContext, objects: readonly TenantObject[]): Reply {
  checkOptions(context, new Set(["$select", "$top", "$skiptoken", "$count", "$format"]));
  const selection = readMixedSelect(context.query);
  return replyPage(context, {
    set: "directoryObjects",
    selection,
    after: (ordinal) => inOrder(objects, ordinal),
    render: (object) => renderMixed(context, object, selection),
  });
}

function castSource(context: RequestContext, type: ObjectType, objects: readonly TenantObject[]): Source {
  const rules = rulesOf(type);
  const kept = objects.filter((object) => object.type === type);
  return {
    rules,
    set: rules.set,
    after: (ordinal) => inOrder(kept, ordinal),
    render: (object, selection) => renderOne(context, object, selection),
  };
}

/** A page of what a cast leaves: objects of one type, without @odata.type, with the query options of the type. */
export function replyCast(context: RequestContext, type: ObjectType, objects: readonly TenantObject[]): Reply {
  return replyListing(context, castSource(context, type, objects));
}

/** The number of objects, whatever their type. */
export function replyCountOf(context: RequestContext, objects: readonly TenantObject[]): Reply {
  return replyCount(context, { ...castSource(context, "group", []), after: () => objects });
}

function inOrder(objects: readonly TenantObject[], after: number): TenantObject[] {
  return objects.filter((object) => object.ordinal > after).sort((a, b) => a.ordinal - b.ordinal);
}
