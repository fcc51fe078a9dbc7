/**
 * What of an object is shown: the default set of its type, or what $select names [D 8]. A selected property without value
 * is null, a collection []; passwords are never shown. An unknown name is refused.
 */
import { badRequest, GraphFailure } from "./errors.js";
import type { Json, Properties } from "./relations.js";
import type { RequestContext } from "./state.js";
import type { TenantObject } from "./store.js";
import type { PropertyRule, TypeRules } from "./types.js";
import type { View } from "./view.js";

/** Names to show; undefined: the default set. */
export type Selection = readonly string[] | undefined;

/** The $select of a request on objects of this type; on a collection some properties are refused with 501 [D 6, 8]. */
export function readSelect(
  query: RequestContext["query"],
  rules: TypeRules,
  scope: "collection" | "single",
): Selection {
  const text = query.get("$select");
  if (text === undefined) return undefined;
  const names = text.split(",").map((name) => name.trim());
  return [...new Set(names.map((name) => readName(name, rules, scope)))];
}

function readName(name: string, rules: TypeRules, scope: "collection" | "single"): string {
  const [head = "", ...rest] = name.split("/");
  const rule = Object.hasOwn(rules.properties, head) ? rules.properties[head] : undefined;
  if (rule === undefined || rest.length > 0) {
    const resource = rules.odataType.slice(1);
    throw new GraphFailure(
      400,
      "BadRequest",
      `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type '${resource}'.`,
    );
  }
  if (rule.outside && scope === "collection") {
    throw new GraphFailure(501, "NotImplemented", `The property '${name}' is not supported on a collection.`);
  }
  if (rule.outside) throw badRequest(`The property '${name}' is kept by a service that this tenant does not have.`);
  return head;
}

/** The object as JSON, without annotations. */
export function render(object: TenantObject, rules: TypeRules, selection: Selection, view: View): Record<string, Json> {
  const shown: Record<string, Json> = {};
  const names = selection ?? defaultNames(rules);
  for (const name of names) shown[name] = showProperty(object, name, rules.properties[name], view);
  return shown;
}

const DEFAULTS = new WeakMap<TypeRules, readonly string[]>();

function defaultNames(rules: TypeRules): readonly string[] {
  let names = DEFAULTS.get(rules);
  if (names === undefined) {
    names = Object.keys(rules.properties).filter((name) => rules.properties[name]?.shown);
    DEFAULTS.set(rules, names);
  }
  return names;
}

/** One property's value as Graph shows it. */
export function showProperty(object: TenantObject, name: string, rule: PropertyRule | undefined, view: View): Json {
  if (rule?.compute !== undefined) return rule.compute(object, view);
  if (name === "id") return object.id;
  if (name === "deletedDateTime") return object.deletedAt === null ? null : formatInstant(object.deletedAt);
  if (name === "passwordProfile") return null;
  const value = object.properties[name];
  if (rule?.kind === "record" && rule.record === "merge")
    return { ...emptyRecord(rule), ...(value as Properties | undefined) };
  if (value !== undefined && value !== null) return value;
  return rule?.kind === "strings" || rule?.kind === "records" ? [] : null;
}

function emptyRecord(rule: PropertyRule): Record<string, Json> {
  return Object.fromEntries(Object.keys(rule.parts ?? {}).map((name) => [name, null]));
}

/** Epoch milliseconds as Graph writes them: UTC, whole seconds. */
export function formatInstant(millis: number): string {
  return new Date(millis).toISOString().replace(/\.\d+Z$/, "Z");
}

/** @odata.context of a reply. */
export function contextOf(url: string, set: string, selection: Selection, shape: "collection" | "single"): string {
  const columns = selection === undefined ? "" : `(${selection.join(",")})`;
  return `${url}/v1.0/$metadata#${set}${columns}${shape === "single" ? "/$entity" : ""}`;
}
