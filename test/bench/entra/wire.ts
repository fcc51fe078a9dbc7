/**
 * What lies between the driver and the tenant: a simulated delay to either side, and somebody who counts what passes. A
 * request that leaves after a 429 came in, before its Retry-After is over, was sent while blocked.
 */
import type { Tenant } from "../../../reconciler/sandbox/tenant-server.js";
import type { Transport, WireReply, WireRequest } from "../../../reconciler/targets/entra-id/transport.js";
import type { SimulatedTime } from "../../support/simulated-time.js";

export interface Traffic {
  /** Requests over HTTP; a batch is one. */
  trips: number;
  /** As the quotas count them: each item of a batch, and not the batch itself. */
  requests: number;
  reads: number;
  writes: number;
  /** Answered with 429. */
  throttled: number;
  whileBlocked: number;
  /** Epoch milliseconds of the first write sent and of the last reply to a write; null before. */
  firstWrite: number | null;
  lastReply: number | null;
  /** By method and path, ids left out. */
  readonly routes: Record<string, number>;
}

export interface Wire extends Transport {
  readonly traffic: Traffic;
}

interface BatchBody {
  readonly requests: readonly { readonly method: string; readonly url: string }[];
}

interface BatchReply {
  readonly responses: readonly { readonly status: number; readonly headers?: Readonly<Record<string, string>> }[];
}

const BATCH = "/v1.0/$batch";
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** `latency`: milliseconds from a request to its reply, half of them to either side. */
export function openWire(tenant: Tenant, time: SimulatedTime, latency: number): Wire {
  const traffic: Traffic = {
    trips: 0,
    requests: 0,
    reads: 0,
    writes: 0,
    throttled: 0,
    whileBlocked: 0,
    firstWrite: null,
    lastReply: null,
    routes: {},
  };
  let blockedUntil = 0;
  return {
    traffic,
    async send(url, { method, headers, body }): Promise<WireReply> {
      const path = url.slice(tenant.url.length);
      const items = itemsOf(path, { method, headers, body });
      const writes = items.filter((item) => item.method !== "GET").length;
      if (time.clock.now() < blockedUntil) traffic.whileBlocked += items.length;
      if (writes > 0) traffic.firstWrite ??= time.clock.now();
      traffic.trips += 1;
      traffic.requests += items.length;
      traffic.writes += writes;
      traffic.reads += items.length - writes;
      for (const item of items) {
        const route = `${item.method} ${(item.url.split("?")[0] ?? "").replace(ID, "{id}")}`;
        traffic.routes[route] = (traffic.routes[route] ?? 0) + 1;
      }
      await time.sleep(latency / 2);
      const reply = await time.during(() => tenant.handle({ method, path, headers, body }));
      await time.sleep(latency / 2);
      if (writes > 0) traffic.lastReply = time.clock.now();
      for (const wait of waitsOf(path, reply.status, reply.headers, reply.body)) {
        traffic.throttled += 1;
        blockedUntil = Math.max(blockedUntil, time.clock.now() + wait);
      }
      return { status: reply.status, headers: reply.headers, body: reply.body ?? "" };
    },
    close: async () => {},
  };
}

function itemsOf(path: string, { method, body }: WireRequest): BatchBody["requests"] {
  if (path !== BATCH) return [{ method, url: path.slice("/v1.0".length) }];
  return (JSON.parse(body ?? "{}") as BatchBody).requests;
}

/** Milliseconds of each Retry-After in the reply; of a batch, those of its items. */
function waitsOf(
  path: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | null,
): readonly number[] {
  const seconds = (from: Readonly<Record<string, string>> = {}) =>
    Number(Object.entries(from).find(([name]) => name.toLowerCase() === "retry-after")?.[1] ?? 0) * 1_000;
  if (path !== BATCH) return status === 429 ? [seconds(headers)] : [];
  const { responses } = JSON.parse(body ?? "{}") as BatchReply;
  return responses.filter((item) => item.status === 429).map((item) => seconds(item.headers));
}
