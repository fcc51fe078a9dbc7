/**
 * A listing with the query options of graph.md section 4, for any type that has a table: $select, $expand, $filter,
 * $search, $orderby, $count, $top, $skiptoken. Two engines: the advanced one is asked for with `ConsistencyLevel: eventual`
 * and $count=true ($search: the header alone); without the header $count=true is ignored [D 4].
 */
import { badRequest, GraphFailure, unsupportedQuery } from "./errors.js";
import { checkFilter, type Engine, indexFor, matches } from "./filter.js";
import { type FilterNode, parseFilter } from "./filter-syntax.js";
import { replyPage } from "./paging.js";
import type { Json } from "./relations.js";
import type { Reply } from "./request.js";
import { readSelect, type Selection, showProperty } from "./select.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";
import type { TypeRules } from "./types.js";

export interface Source {
  readonly rules: TypeRules;
  /** In @odata.context. */
  readonly set: string;
  /** Objects of the one type of `rules`, in order of creation, behind an ordinal. */
  after(ordinal: number): Iterable<TenantObject>;
  /** By an index, where the source is all living objects of the type. */
  find?(index: string, key: string): readonly TenantObject[];
  /** `selection` undefined: the default set. $expand is the source's own business. */
  render(object: TenantObject, selection: Selection): Json;
}

const OPTIONS: ReadonlySet<string> = new Set(
  ["select", "expand", "filter", "search", "orderby", "count", "top", "skiptoken", "skip", "format"].map(
    (name) => `$${name}`,
  ),
);

/** One page of a source. */
export function replyListing(context: RequestContext, source: Source): Reply {
  checkOptions(context, OPTIONS);
  const engine = readEngine(context);
  const { query } = context;
  if (query.has("$expand") && engine === "advanced") {
    throw unsupportedQuery("$expand is not supported together with advanced queries.");
  }
  const selection = readSelect(query, source.rules, "collection");
  const found = readFound(context, source, engine);
  const order = readOrder(context, source.rules, engine);
  return replyPage(context, {
    set: source.set,
    selection,
    ...(order === undefined ? { after: found } : { ordered: () => [...found(-1)].sort(order) }),
    ...(engine === "advanced" && query.get("$count") === "true" ? { count: () => countOf(found(-1)) } : {}),
    render: (object) => source.render(object, selection),
  });
}

/** The number of a source's objects, as text; 400 without the header [D 4]. */
export function replyCount(context: RequestContext, source: Source): Reply {
  checkOptions(context, new Set(["$filter", "$search"]));
  if (!isEventual(context)) throw badRequest("$count is not currently supported.");
  const found = readFound(context, source, "advanced");
  return { status: 200, raw: String(countOf(found(-1))), headers: { "content-type": "text/plain" } };
}

/** Refuses OData options that the request's kind does not take. */
export function checkOptions(context: RequestContext, allowed: ReadonlySet<string>): void {
  for (const name of context.query.keys()) {
    if (!name.startsWith("$") || allowed.has(name)) continue;
    throw new GraphFailure(400, "BadRequest", `The query option '${name}' is not supported.`);
  }
}

function isEventual({ headers }: RequestContext): boolean {
  return headers.consistencylevel?.toLowerCase() === "eventual";
}

function readEngine(context: RequestContext): Engine {
  const { query } = context;
  const count = query.get("$count");
  if (count !== undefined && count !== "true" && count !== "false") {
    throw badRequest(`Invalid value '${count}' for $count query option found. Valid values are 'true' and 'false'.`);
  }
  return isEventual(context) && (count === "true" || query.has("$search")) ? "advanced" : "plain";
}

/** The source's objects that $filter and $search let through, behind an ordinal. */
function readFound(
  context: RequestContext,
  source: Source,
  engine: Engine,
): (ordinal: number) => Iterable<TenantObject> {
  const filter = context.query.get("$filter");
  const node = filter === undefined ? undefined : parseFilter(filter);
  if (node !== undefined) checkFilter(node, source.rules, engine);
  const search = readSearch(context);
  if (node === undefined && search === undefined) return (ordinal) => source.after(ordinal);
  return function* found(ordinal) {
    for (const object of candidates(source, node, ordinal)) {
      if (node !== undefined && !matches(node, object, source.rules, context.view)) continue;
      if (search === undefined || search(object)) yield object;
    }
  };
}

function candidates(source: Source, node: FilterNode | undefined, ordinal: number): Iterable<TenantObject> {
  const index = node === undefined ? undefined : indexFor(node);
  if (index === undefined || source.find === undefined) return source.after(ordinal);
  const found = source.find(index.index, index.key).filter((object) => object.ordinal > ordinal);
  return found.filter(({ type }) => type === source.rules.type).sort((a, b) => a.ordinal - b.ordinal);
}

const SEARCHED: ReadonlySet<string> = new Set([
  "displayName",
  "mail",
  "userPrincipalName",
  "givenName",
  "surname",
  "description",
]);

/** $search="property:text": one clause, words that begin with the text [U]. */
function readSearch(context: RequestContext): ((object: TenantObject) => boolean) | undefined {
  const text = context.query.get("$search");
  if (text === undefined) return undefined;
  if (!isEventual(context)) {
    throw unsupportedQuery(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    );
  }
  const [, name = "", wanted = ""] = /^"([A-Za-z]+):([^"]+)"$/.exec(text) ?? [];
  if (!SEARCHED.has(name))
    throw badRequest(
      `Syntax error in $search: '${text}' should be "property:text" with a property that can be searched.`,
    );
  const start = wanted.toLowerCase();
  return ({ properties }) => {
    const value = properties[name];
    if (typeof value !== "string") return false;
    const words = value.toLowerCase();
    return words.startsWith(start) || words.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(start));
  };
}

/** The comparison of $orderby; undefined: order of creation. */
function readOrder(
  { query, view }: RequestContext,
  rules: TypeRules,
  engine: Engine,
): ((a: TenantObject, b: TenantObject) => number) | undefined {
  const text = query.get("$orderby");
  if (text === undefined) return undefined;
  const [, name = "", direction = "asc"] = /^\s*([A-Za-z]+)(?:\s+(asc|desc))?\s*$/.exec(text) ?? [];
  const order = Object.hasOwn(rules.properties, name) ? rules.properties[name]?.order : undefined;
  if (order === undefined || (engine === "plain" && (order === "advanced" || query.has("$filter")))) {
    throw unsupportedQuery("Sorting not supported for current query.");
  }
  const key = (object: TenantObject): string =>
    String(showProperty(object, name, rules.properties[name], view) ?? "").toLowerCase();
  const sign = direction === "desc" ? -1 : 1;
  return (a, b) => {
    const [left, right] = [key(a), key(b)];
    return left === right ? a.ordinal - b.ordinal : sign * (left < right ? -1 : 1);
  };
}

function countOf(objects: Iterable<TenantObject>): number {
  let count = 0;
  for (const _object of objects) count++;
  return count;
}
