/**
 * $expand=manager($select=id): the only expansion that the tenant knows, on users. A user without a manager lacks the
 * property [U]; not with advanced queries [D 4].
 */
import { GraphFailure } from "./errors.js";
import type { Json } from "./relations.js";
import { readSelect, render, type Selection } from "./select.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";
import { USER } from "./user-type.js";

export interface Expand {
  readonly relation: "manager";
  readonly selection: Selection;
}

/** The $expand of a request for users; undefined: none. */
export function readExpand({ query }: Pick<RequestContext, "query">): Expand | undefined {
  const text = query.get("$expand");
  if (text === undefined) return undefined;
  const [, options] = /^\s*manager(?:\((.*)\))?\s*$/.exec(text) ?? [];
  const [, select] = /^\$select=([^;]+)$/.exec(options ?? "") ?? [];
  if (!/^\s*manager\b/.test(text) || (options !== undefined && select === undefined)) {
    throw new GraphFailure(400, "BadRequest", `Parsing OData Select and Expand failed: '${text}' is not supported.`);
  }
  const selection = select === undefined ? undefined : readSelect(new Map([["$select", select]]), USER, "collection");
  return { relation: "manager", selection };
}

/** The expanded property, or nothing. */
export function expandOne(
  { view }: RequestContext,
  user: TenantObject,
  expand: Expand | undefined,
): Readonly<Record<string, Json>> {
  if (expand === undefined) return {};
  for (const manager of view.targets(expand.relation, user.id)) {
    return { [expand.relation]: { "@odata.type": USER.odataType, ...render(manager, USER, expand.selection, view) } };
  }
  return {};
}
