/**
 * Complete listings. A page may be empty and not be the last; a link is followed as it is. The proof of completeness:
 * every page was read, the last one has no nextLink, no object came twice with different values, and the number of
 * objects is the one that was counted, where somebody counted. What is not proven is read again from the beginning: what
 * was read before a page token expired says nothing of the rest. The count comes from an index that lags, so it is asked
 * again a little later. When two listings in a row agree, more than were counted is no loss, and in a large tenant, which
 * never stands still, a few may be missing.
 */
import { isDeepStrictEqual } from "node:util";
import { MusterError } from "../../support/errors.js";
import type { GraphClient } from "./client.js";
import { isFailure } from "./failure.js";
import { followLink } from "./links.js";
import type { GraphPath } from "./paths.js";

export interface GraphObject {
  readonly id: string;
  readonly [property: string]: unknown;
}

export interface Page {
  readonly objects: readonly GraphObject[];
  /** `@odata.count`, which only a first page has, and only when it was asked for. */
  readonly count: number | null;
  /** `@odata.deltaLink` of the last page of a delta, whole, as it is kept for the next run. */
  readonly deltaLink: string | null;
}

export interface ListingOptions {
  /** Sent with every page: a link does not carry them (`ConsistencyLevel`, `Prefer`). */
  readonly headers?: Readonly<Record<string, string>>;
  /** Counts the objects where the listing itself does not; asked once for each listing. null: nobody can. */
  readonly expected?: () => Promise<number | null>;
}

/** Advanced queries answer from an index that lags; `$count` and this header ask for them. */
export const EVENTUAL = { ConsistencyLevel: "eventual" } as const;

/** What `$count` of a collection says. Throws GraphFailure, and MUS-5003 when it is no number. */
export async function readCount(client: GraphClient, count: GraphPath): Promise<number> {
  const body = await client.get(count, EVENTUAL);
  if (typeof body !== "number") throw incomplete(client, count.template, "a count is no number");
  return body;
}

/** Times that a listing is begun before it counts as incomplete. */
const LISTINGS = 3;
/** Before the second listing, and twice as long before the third. */
const LAG_OF_COUNT_MS = 10_000;

/** Page by page, until there is no nextLink. Throws GraphFailure, MUS-5201 and, for a page that is none, MUS-5003. */
export async function* readPages(
  client: GraphClient,
  start: GraphPath,
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<Page> {
  const { template } = start;
  for (let next: GraphPath | null = start; next !== null; ) {
    const body = (await client.get(next, headers)) as Readonly<Record<string, unknown>> | null;
    const objects = body?.value;
    if (!Array.isArray(objects) || !objects.every(hasId))
      throw incomplete(client, template, "a page is not a list of objects");
    const count = body?.["@odata.count"];
    const delta = body?.["@odata.deltaLink"];
    const link = body?.["@odata.nextLink"];
    yield {
      objects,
      count: typeof count === "number" ? count : null,
      deltaLink: typeof delta === "string" ? delta : null,
    };
    next = link === undefined || link === null ? null : followLink(link, client.root, template);
  }
}

/**
 * All objects of a collection, each once, in the order of the service. Throws GraphFailure, MUS-5201, and MUS-5003 when
 * the listing cannot be proven complete.
 */
export async function readAll(
  client: GraphClient,
  start: GraphPath,
  { headers = {}, expected = async () => null }: ListingOptions = {},
): Promise<readonly GraphObject[]> {
  let doubt = "";
  let before: readonly GraphObject[] | null = null;
  for (let listing = 1; listing <= LISTINGS; listing += 1) {
    const found = await list(client, start, headers);
    const counted = typeof found === "string" ? null : (found.counted ?? (await expected()));
    if (typeof found === "string") {
      doubt = found;
      before = null;
      continue;
    }
    const { objects } = found;
    const missing = (counted ?? 0) - objects.length;
    if (counted === null || missing === 0) return objects;
    const allowed = tolerance(counted);
    if (before !== null && missing <= allowed && differences(before, objects) <= allowed) return objects;
    doubt = `${counted} objects were counted, and ${objects.length} were read`;
    before = objects;
    if (listing < LISTINGS) await client.surroundings.sleep(listing * LAG_OF_COUNT_MS);
  }
  throw incomplete(client, start.template, doubt);
}

/** Objects that are in one listing only. */
function differences(one: readonly GraphObject[], other: readonly GraphObject[]): number {
  const ids = new Set(one.map(({ id }) => id));
  const shared = other.filter(({ id }) => ids.has(id)).length;
  return one.length + other.length - 2 * shared;
}

interface Listing {
  readonly objects: readonly GraphObject[];
  /** `@odata.count` of the listing itself. */
  readonly counted: number | null;
}

/** The objects, or why they may not be all. */
async function list(
  client: GraphClient,
  start: GraphPath,
  headers: Readonly<Record<string, string>>,
): Promise<Listing | string> {
  const objects = new Map<string, GraphObject>();
  let counted: number | null = null;
  try {
    for await (const page of readPages(client, start, headers)) {
      counted ??= page.count;
      for (const object of page.objects) {
        const other = objects.get(object.id);
        if (other !== undefined && !isDeepStrictEqual(other, object))
          return "an object came twice with different values";
        objects.set(object.id, object);
      }
    }
  } catch (error) {
    if (isFailure(error, "expired-page")) return "the listing took longer than its page token lives";
    throw error;
  }
  return { objects: [...objects.values()], counted };
}

/** So many may be missing for good, none of fewer than 1,000; a page of objects must not be. */
function tolerance(count: number): number {
  return Math.min(Math.floor(count / 1_000), 50);
}

export interface Delta {
  /** Entries as they came: one object may come several times, and in any order. */
  readonly entries: readonly GraphObject[];
  /** Where the next round begins, whole. */
  readonly deltaLink: string;
}

/**
 * One round of a delta query, from its first request or from a kept link (`followLink`) to its deltaLink; "expired" where the
 * token is no longer known (410, delta-query-overview), and "too-much" as soon as more objects than `most` have changed: then
 * everything must be read anew. Throws as `readAll` does.
 */
export async function readDelta(
  client: GraphClient,
  start: GraphPath,
  most: number = Number.POSITIVE_INFINITY,
): Promise<Delta | "expired" | "too-much"> {
  const entries: GraphObject[] = [];
  const changed = new Set<string>();
  let deltaLink: string | null = null;
  try {
    for await (const page of readPages(client, start)) {
      entries.push(...page.objects);
      for (const { id } of page.objects) changed.add(id);
      if (changed.size > most) return "too-much";
      deltaLink = page.deltaLink;
    }
  } catch (error) {
    if (isFailure(error, "expired-delta", "expired-page")) return "expired";
    throw error;
  }
  if (deltaLink === null) throw incomplete(client, start.template, "the last page has no deltaLink");
  return { entries, deltaLink };
}

function hasId(value: unknown): value is GraphObject {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string";
}

/** MUS-5003 of a listing: `what` says why it may not be complete. */
export function incomplete(client: GraphClient, template: string, what: string, cause?: unknown): MusterError {
  return new MusterError("MUS-5003", { what: `${what} (GET ${template})`, where: { target: client.target }, cause });
}
