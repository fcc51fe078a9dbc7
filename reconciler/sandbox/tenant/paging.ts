/**
 * Pages (graph.md section 3): 100 values unless $top says otherwise, 999 at most; @odata.nextLink carries the query options
 * and an opaque $skiptoken. A listing is not a snapshot: it goes on behind the last object shown, so what is created
 * meanwhile comes at the end and what is deleted vanishes. An ordered listing goes on behind a count, as a sorted index
 * under change does, so a value may be shown twice or never.
 */
import { badRequest, GraphFailure } from "./errors.js";
import type { Json } from "./relations.js";
import type { Reply } from "./request.js";
import { contextOf, type Selection } from "./select.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";

/** Where a listing goes on. */
interface PageToken {
  /** Ordinal of the last object, or the number of values already shown. */
  readonly at: number;
  /** Epoch milliseconds of the first page. */
  readonly since: number;
  /** The query without the token: a token is bound to it. */
  readonly query: string;
}

export interface Listing {
  /** In @odata.context: "users", "directoryObjects". */
  readonly set: string;
  readonly selection: Selection;
  /** The objects behind an ordinal, filtered, in order of creation. */
  readonly after?: (ordinal: number) => Iterable<TenantObject>;
  /** All objects, filtered and ordered; instead of `after`. */
  readonly ordered?: () => readonly TenantObject[];
  /** @odata.count of the first page; asked only when the request has $count=true and the advanced engine. */
  readonly count?: () => number;
  render(object: TenantObject): Json;
}

const DEFAULT_TOP = 100;
const MAX_TOP = 999;

/** One page of a listing, as the request's $top and $skiptoken say. */
export function replyPage(context: RequestContext, listing: Listing): Reply {
  const { query, tenant } = context;
  if (query.has("$skip")) throw badRequest("'$skip' is not supported by the service.");
  const top = Math.min(readTop(query.get("$top")), tenant.options.pageLimit ?? MAX_TOP);
  const token = readToken(context);
  const found = listing.ordered?.().slice(token?.at ?? 0) ?? listing.after?.(token?.at ?? -1) ?? [];
  const page: TenantObject[] = [];
  let isMore = false;
  for (const object of found) {
    isMore = page.length === top;
    if (isMore) break;
    page.push(object);
  }
  const last = listing.ordered === undefined ? (page.at(-1)?.ordinal ?? -1) : (token?.at ?? 0) + page.length;
  const next = { at: last, since: token?.since ?? tenant.now(), query: boundQuery(context) };
  const isCounted = token === undefined && listing.count !== undefined;
  const body = {
    "@odata.context": contextOf(tenant.url, listing.set, listing.selection, "collection"),
    ...(isCounted ? { "@odata.count": listing.count?.() ?? 0 } : {}),
    ...(isMore ? { "@odata.nextLink": nextLink(context, "$skiptoken", encodeToken(next)) } : {}),
    value: page.map((object) => listing.render(object)),
  };
  return { status: 200, body };
}

/** The $top of a page; undefined: the default. */
export function readTop(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TOP;
  const top = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(top))
    throw badRequest(
      `Invalid value '${text}' for $top query option found. The $top query option requires a non-negative integer value.`,
    );
  if (top < 1 || top > MAX_TOP) {
    throw badRequest(`Invalid page size specified: '${text}'. Must be between 1 and ${MAX_TOP} inclusive.`);
  }
  return top;
}

/** The request's own address with another token in it. */
export function nextLink(context: RequestContext, name: string, token: string): string {
  const options = [...context.query].filter(([option]) => !/^\$(skip|delta)token$/.test(option));
  const text = [...options, [name, token]].map(([option, value]) => `${option}=${encodeURIComponent(value ?? "")}`);
  return `${context.tenant.url}/v1.0${context.path}?${text.join("&")}`;
}

/** Path and options, without the token and the order of options. */
function boundQuery(context: RequestContext): string {
  const options = [...context.query]
    .filter(([name]) => name !== "$skiptoken")
    .map(([name, value]) => `${name}=${value}`);
  return [context.path, ...options.sort()].join("&");
}

export function encodeToken(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** What a token holds; undefined when it is none of ours. */
export function decodeToken(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function readToken(context: RequestContext): PageToken | undefined {
  const text = context.query.get("$skiptoken");
  if (text === undefined) return undefined;
  const token = decodeToken(text) as PageToken | undefined;
  if (typeof token?.at !== "number" || token.query !== boundQuery(context)) {
    throw new GraphFailure(400, "Directory_ExpiredPageToken", "The specified page token value is invalid.");
  }
  const life = context.tenant.options.pageTokenMillis ?? Number.POSITIVE_INFINITY;
  if (context.tenant.now() - token.since > life) {
    throw new GraphFailure(
      400,
      "Directory_ExpiredPageToken",
      "The specified page token value has expired and can no longer be included in your request.",
    );
  }
  return token;
}
