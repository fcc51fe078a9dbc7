/**
 * Storms: faults of the network and of the service, thrown at random, always the same for the same seed. What they stand for
 * is in docs/graph.md; each is one of the tenant's own switches.
 */
import type { SeenTenantRequest, TenantFault } from "../../../reconciler/sandbox/tenant/options.js";
import type { Tenant } from "../../../reconciler/sandbox/tenant-server.js";
import type { TokenSource } from "../../../reconciler/targets/entra-id/token.js";

export const WEATHERS = [
  "throttled",
  "unavailable",
  "504 after success",
  "cut before",
  "cut after",
  "truncated",
  "page twice",
  "page empty",
  "value missing",
  "page missing",
] as const;
export type Weather = (typeof WEATHERS)[number];

export interface StormSpec {
  readonly kinds: readonly Weather[];
  /** Faults in a hundred requests. */
  readonly percent: number;
  readonly seed: number;
}

/** Numbers from 0 to below 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What happens to a request; counts what was done. A kind that does not fit the request does nothing. */
export function stormOf({ kinds, percent, seed }: StormSpec, counts: Map<Weather, number>) {
  const random = randomFrom(seed);
  return (request: SeenTenantRequest): TenantFault | undefined => {
    const kind = kinds[Math.floor(random() * kinds.length)];
    if (kind === undefined || random() * 100 >= percent) return undefined;
    const fault = faultOf(kind, request, random);
    if (fault !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return fault;
  };
}

function faultOf(kind: Weather, request: SeenTenantRequest, random: () => number): TenantFault | undefined {
  const isListing = request.method === "GET" && request.path.includes("$top=");
  switch (kind) {
    case "throttled": {
      const headers = { "retry-after": String(1 + Math.floor(random() * 20)) };
      return { do: "reply", status: 429, code: "TooManyRequests", headers };
    }
    case "unavailable":
      return { do: "reply", status: random() < 0.5 ? 503 : 500, code: "ServiceUnavailable" };
    case "504 after success":
      return { do: "reply", status: 504, code: "UnknownError", after: true };
    case "cut before":
      return { do: "drop-before" };
    case "cut after":
      return { do: "drop-after" };
    case "truncated":
      // Items of a batch come in one body; they carry no request id of their own. Half of a number is a number.
      return "client-request-id" in request.headers && !request.path.includes("$count")
        ? { do: "truncate" }
        : undefined;
    case "page twice":
      return isListing ? { do: "duplicate" } : undefined;
    case "page empty":
      return isListing ? { do: "empty-page" } : undefined;
    case "value missing":
      return isListing && isCounted(request) ? { do: "omit" } : undefined;
    case "page missing":
      return isListing && isCounted(request) ? { do: "end-early" } : undefined;
  }
}

/** Listings whose number of objects can be asked for: without it nobody could tell that one is cut short. */
function isCounted({ path }: SeenTenantRequest): boolean {
  return /^\/v1\.0\/(users|groups|groups\/[^/]+\/members)\?/.test(path);
}

export interface KeptTokens extends TokenSource {
  /** Requests that were refused for their token. */
  refused(): number;
}

/** Tokens as a client keeps them: one until it is refused, which the tenant does when it has ended. */
export function keptTokens(tenant: Pick<Tenant, "token">): KeptTokens {
  let kept: string | null = null;
  let refused = 0;
  return {
    token: async () => {
      kept ??= tenant.token();
      return kept;
    },
    reject: (token) => {
      refused += 1;
      if (token === kept) kept = null;
    },
    refused: () => refused,
  };
}
