/** Pages as they should not be but may be: empty ones in the middle [D 5], repeated values, missing values, missing pages. */
import type { Json } from "./relations.js";
import { isObject, type Reply, type TenantRequest } from "./request.js";
import type { TenantState } from "./state.js";

export type PageFault = "empty-page" | "duplicate" | "omit" | "end-early";

/** A reply that is no page stays as it is. */
export function alterPage(tenant: TenantState, request: TenantRequest, fault: PageFault, reply: Reply): Reply {
  const { body } = reply;
  if (!isObject(body) || !Array.isArray(body.value)) return reply;
  const value: readonly Json[] = body.value;
  const page = body;
  switch (fault) {
    case "empty-page":
      return { ...reply, body: emptyPage(page, `${tenant.url}${request.path}`) };
    case "duplicate":
      return { ...reply, body: { ...page, value: [...value.slice(0, 1), ...value] } };
    case "omit":
      return { ...reply, body: { ...page, value: value.slice(0, -1) } };
    case "end-early": {
      const { "@odata.nextLink": _next, ...rest } = page;
      return { ...reply, body: rest };
    }
  }
}

/** No values, and a link to the page that was asked for; it is no delta page's end. */
function emptyPage(page: Readonly<Record<string, Json>>, link: string): Json {
  const { "@odata.deltaLink": _end, ...rest } = page;
  return { ...rest, value: [], "@odata.nextLink": link };
}
