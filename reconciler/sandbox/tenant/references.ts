/** Objects that are named by others: @odata.id and @odata.bind, and listings that hold objects of several types. */
import { badRequest, notFound, unsupportedQuery } from "./errors.js";
import { replyPage } from "./paging.js";
import type { Json } from "./relations.js";
import { bodyObject, type Reply, type RequestContext } from "./request.js";
import { readSegments } from "./router.js";
import { RULES } from "./rules.js";
import { render, type Selection } from "./select.js";
import type { ObjectType, TenantObject } from "./store.js";

/** The id at the end of a reference such as https://graph.microsoft.com/v1.0/directoryObjects/ID. Throws 400. */
export function readReference(value: Json | undefined): string {
  const path = typeof value === "string" ? /^https?:\/\/[^/]+\/v1\.0(\/.+)$/.exec(value)?.[1] : undefined;
  const segments = path === undefined ? [] : readSegments(path);
  const id = segments.at(-1);
  if (segments.length !== 2 || id === undefined) {
    throw badRequest("Invalid URL in the reference: '@odata.id' must be an absolute URL of a directory object.");
  }
  return id.toLowerCase();
}

/** The @odata.id of the request's body. */
export function readReferenceBody(context: RequestContext): string {
  return readReference(bodyObject(context)["@odata.id"]);
}

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
export function renderMixed(object: TenantObject, selection: Selection): Json {
  const rules = RULES[object.type];
  if (rules === undefined) return { "@odata.type": `#microsoft.graph.${object.type}`, id: object.id };
  const known = selection?.filter((name) => Object.hasOwn(rules.properties, name));
  return { "@odata.type": rules.odataType, id: object.id, ...render(object, rules, known) };
}

/** A page of objects of several types, in order of creation. */
export function replyMixed(context: RequestContext, objects: () => Iterable<TenantObject>): Reply {
  const selection = readMixedSelect(context.query);
  return replyPage(context, {
    set: "directoryObjects",
    selection,
    after: (ordinal) => inOrder(objects(), ordinal),
    render: (object) => renderMixed(object, selection),
  });
}

/** A page of what a cast leaves: objects of one type, without @odata.type. */
export function replyCast(
  context: RequestContext,
  type: ObjectType,
  { objects, selection }: { readonly objects: () => Iterable<TenantObject>; readonly selection: Selection },
): Reply {
  const rules = RULES[type];
  if (rules === undefined) throw badRequest(`Invalid cast to '${type}'.`);
  return replyPage(context, {
    set: rules.set,
    selection,
    after: (ordinal) =>
      inOrder(
        [...objects()].filter((object) => object.type === type),
        ordinal,
      ),
    render: (object) => render(object, rules, selection),
  });
}

function inOrder(objects: Iterable<TenantObject>, after: number): TenantObject[] {
  return [...objects].filter((object) => object.ordinal > after).sort((a, b) => a.ordinal - b.ordinal);
}

/** Refused without the advanced engine [D 4]. */
export function demandAdvanced({ headers, query, path }: RequestContext, what: string): void {
  const isEventual = headers.consistencylevel?.toLowerCase() === "eventual";
  const isCount = path.endsWith("/$count");
  if (isEventual && (isCount || query.get("$count")?.toLowerCase() === "true")) return;
  if (isCount) throw badRequest("$count is not currently supported.");
  throw unsupportedQuery(
    `${what} is not supported because the required parameters might be missing. Add $count=true query parameter and ConsistencyLevel:eventual header.`,
  );
}

/** The reply of a /$count segment: a number as text. */
export function replyCount(context: RequestContext, count: number): Reply {
  demandAdvanced(context, "$count");
  return { status: 200, raw: String(count), headers: { "content-type": "text/plain" } };
}
