/**
 * Quotas (graph.md section 12, [D 7, 31]): resource units per application and tenant by the size of the tenant, writes per
 * application and tenant, and over all. Fixed windows that begin with a request. A refused request counts too, and what is
 * above a limit is carried into the next window, so whoever hammers waits longer. With quotas "off" only the costs are told.
 */
import { GraphFailure } from "./errors.js";
import type { Admission, Gate, TenantState } from "./state.js";

/** Resource units by route; every other request costs 1. */
const COSTS: Readonly<Record<string, number>> = {
  "GET /users": 2,
  "GET /users/delta": 2,
  "GET /groups/{id}/members": 3,
  "GET /groups/{id}/members/microsoft.graph.user": 3,
  "GET /groups/{id}/transitiveMembers": 5,
  "GET /users/{id}/memberOf": 2,
  "GET /users/{id}/memberOf/microsoft.graph.group": 2,
  "GET /users/{id}/transitiveMemberOf": 2,
  "GET /users/{id}/ownedObjects": 2,
  "GET /users/{id}/licenseDetails": 2,
  "POST /users/{id}/getMemberGroups": 2,
  "POST /users/{id}/getMemberObjects": 2,
  "POST /users/{id}/checkMemberGroups": 4,
  "POST /directoryObjects/getByIds": 5,
  "GET /subscribedSkus": 3,
};

/** POSTs that read. */
const READING = /\/(getByIds|getMemberGroups|getMemberObjects|checkMemberGroups|validateProperties)$/;
const SMALL_TOP = 20;

/** Resource units of a request. */
export function costOf({ method, template, query }: Admission): number {
  let cost = COSTS[`${method} ${template}`] ?? 1;
  if (query.has("$select")) cost -= template === "/directoryObjects/getByIds" ? 3 : 1;
  if (query.has("$top") && Number(query.get("$top")) < SMALL_TOP) cost -= 1;
  if (query.has("$expand")) cost += 1;
  return Math.max(1, cost);
}

interface Limit {
  readonly name: string;
  readonly millis: number;
  readonly information: "ResourceUnitLimitExceeded" | "WriteLimitExceeded";
  /** Of the tenant now. */
  most(): number;
}

interface Window {
  start: number;
  used: number;
}

function unitsBySize(users: number): number {
  if (users < 50) return 3_500;
  return users <= 500 ? 5_000 : 8_000;
}

function limitsOf({ store }: TenantState): readonly Limit[] {
  const units = "ResourceUnitLimitExceeded";
  const writes = "WriteLimitExceeded";
  return [
    {
      name: "Tenant_Application/ReadWrite",
      millis: 10_000,
      information: units,
      most: () => unitsBySize(store.count("user")),
    },
    { name: "Application/ReadWrite", millis: 20_000, information: units, most: () => 150_000 },
    { name: "Tenant_Application/Write", millis: 150_000, information: writes, most: () => 3_000 },
    { name: "Tenant/Write", millis: 300_000, information: writes, most: () => 18_000 },
    { name: "Application/Write", millis: 300_000, information: writes, most: () => 35_000 },
  ];
}

/** The gate of a tenant: per application, since the tenant is one. A batch costs nothing, its items do. */
export function makeGate(tenant: TenantState): Gate {
  const limits = limitsOf(tenant);
  const windows = new Map<string, Window>();
  return {
    admit(request) {
      if (request.template === "/$batch") return { headers: {} };
      const cost = costOf(request);
      const headers: Record<string, string> = { "x-ms-resource-unit": String(cost) };
      if (tenant.options.quotas !== "on") return { headers };
      const isWrite = request.method !== "GET" && !READING.test(request.template);
      let failure: GraphFailure | undefined;
      for (const limit of limits) {
        if (limit.information === "WriteLimitExceeded" && !isWrite) continue;
        const key = `${limit.name} ${limit.name.startsWith("Tenant/") ? "" : request.caller.clientId}`;
        const window = openWindow(windows, key, { limit, now: tenant.now() });
        window.used += limit.information === "WriteLimitExceeded" ? 1 : cost;
        const share = window.used / limit.most();
        if (share > 0.8 && limit.name === "Tenant_Application/ReadWrite") {
          headers["x-ms-throttle-limit-percentage"] = Math.min(1.8, share).toFixed(1);
        }
        if (share > 1) failure ??= refuse(limit, { request, tenant, rest: window.start + limit.millis - tenant.now() });
      }
      return failure === undefined ? { headers } : { headers, failure };
    },
  };
}

function openWindow(windows: Map<string, Window>, key: string, at: { limit: Limit; now: number }): Window {
  const { limit, now } = at;
  let window = windows.get(key);
  if (window === undefined) {
    window = { start: now, used: 0 };
    windows.set(key, window);
  }
  const passed = Math.floor((now - window.start) / limit.millis);
  if (passed > 0) {
    window.used = Math.max(0, window.used - passed * limit.most());
    window.start = now;
  }
  return window;
}

function refuse(
  limit: Limit,
  { request, tenant, rest }: { readonly request: Admission; readonly tenant: TenantState; readonly rest: number },
): GraphFailure {
  const { clientId } = request.caller;
  return new GraphFailure(429, "TooManyRequests", "Too many requests", {
    headers: {
      "retry-after": String(Math.max(1, Math.ceil(rest / 1000))),
      "x-ms-throttle-scope": `${limit.name}/${clientId}/${tenant.tenantId}`,
      "x-ms-throttle-information": limit.information,
    },
  });
}
