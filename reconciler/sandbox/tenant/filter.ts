/**
 * $filter: which property takes which operator on which engine, and what then matches. Default deny: what the type's table
 * does not name is refused, because a test that passes on a lenient emulator and fails on Graph is worse than none
 * (graph.md section 4, [D 4, 15]). Text is compared without case [U].
 */
import { GraphFailure, unsupportedQuery } from "./errors.js";
import type { FilterNode, Literal, Path } from "./filter-syntax.js";
import type { Json } from "./relations.js";
import { isObject } from "./request.js";
import { showProperty } from "./select.js";
import type { TenantObject } from "./store.js";
import type { FilterOperator, PropertyRule, TypeRules } from "./types.js";
import type { View } from "./view.js";

export type Engine = "plain" | "advanced";

/** Operators that the default engine has for no property. */
const ALWAYS_ADVANCED: ReadonlySet<string> = new Set(["ne", "not", "endsWith"]);

/** Throws 400 unless the type's table allows the filter on this engine. */
export function checkFilter(node: FilterNode, rules: TypeRules, engine: Engine): void {
  check(node, { rules, engine, isNegated: false, collection: undefined });
}

interface CheckScope {
  readonly rules: TypeRules;
  readonly engine: Engine;
  readonly isNegated: boolean;
  /** Within any(): the collection's name and the variable. */
  readonly collection: { readonly name: string; readonly variable: string } | undefined;
}

function check(node: FilterNode, scope: CheckScope): void {
  if (node.kind === "and" || node.kind === "or") for (const part of node.parts) check(part, scope);
  else if (node.kind === "compare")
    checkLeaf(node.path, node.value === null ? ["null", node.operator] : [node.operator], scope);
  else if (node.kind === "in") checkLeaf(node.path, ["in"], scope);
  else if (node.kind === "call") checkLeaf(node.path, [node.name], scope);
  else if (node.kind === "not") {
    requireAdvanced("not", scope);
    check(node.inner, { ...scope, isNegated: true });
  } else {
    const name = node.path[0] ?? "";
    requireOperator(name, "any", scope);
    check(node.inner, { ...scope, collection: { name, variable: node.variable } });
  }
}

function checkLeaf(path: Path, operators: readonly FilterOperator[], scope: CheckScope): void {
  const { collection, rules } = scope;
  const name = collection?.variable === path[0] ? (collection?.name ?? "") : (path[0] ?? "");
  const rule = findRule(name, rules);
  const isList = rule.kind === "strings" || rule.kind === "records";
  if (isList !== (collection?.name === name)) throw unsupportedClause(name, rules);
  if (rule.kind === "record" && (path.length !== 2 || !Object.hasOwn(rule.parts ?? {}, path[1] ?? ""))) {
    throw unsupportedClause(path.join("/"), rules);
  }
  for (const operator of operators) {
    if (operators[0] !== "null" || operator === "null") requireOperator(name, operator, scope);
    else if (ALWAYS_ADVANCED.has(operator)) requireAdvanced(operator, scope);
  }
  if (scope.isNegated) requireOperator(name, "not", scope);
}

function findRule(name: string, rules: TypeRules): PropertyRule {
  const rule = Object.hasOwn(rules.properties, name) ? rules.properties[name] : undefined;
  if (rule !== undefined) return rule;
  const type = rules.odataType.slice(1);
  throw new GraphFailure(
    400,
    "BadRequest",
    `Invalid filter clause: Could not find a property named '${name}' on type '${type}'.`,
  );
}

function requireOperator(name: string, operator: FilterOperator, scope: CheckScope): void {
  const { filter } = findRule(name, scope.rules);
  if (filter?.plain.includes(operator)) return;
  if (!filter?.advanced.includes(operator)) throw unsupportedClause(name, scope.rules);
  if (ALWAYS_ADVANCED.has(operator)) requireAdvanced(operator, scope);
  if (scope.engine === "plain") throw unsupportedClause(name, scope.rules);
}

function requireAdvanced(operator: string, { engine }: CheckScope): void {
  if (engine === "advanced") return;
  throw unsupportedQuery(
    `Operator '${operator}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information.`,
  );
}

function unsupportedClause(name: string, rules: TypeRules): GraphFailure {
  return unsupportedQuery(
    `Unsupported or invalid query filter clause specified for property '${name}' of resource '${rules.resource}'.`,
  );
}

/** Whether an object fits a filter that was checked. */
export function matches(node: FilterNode, object: TenantObject, rules: TypeRules, view: View): boolean {
  return test(node, (path) => {
    const [name = "", part] = path;
    const value = showProperty(object, name, rules.properties[name], view);
    return part === undefined ? value : isObject(value) ? (value[part] ?? null) : null;
  });
}

type Read = (path: Path) => Json;

function test(node: FilterNode, read: Read): boolean {
  switch (node.kind) {
    case "and":
      return node.parts.every((part) => test(part, read));
    case "or":
      return node.parts.some((part) => test(part, read));
    case "not":
      return !test(node.inner, read);
    case "any": {
      const values = read(node.path);
      return (
        Array.isArray(values) && values.some((value: Json) => test(node.inner, readItem(value, node.variable, read)))
      );
    }
    case "in":
      return node.values.some((value) => compare(read(node.path), value) === 0);
    case "call":
      return testCall(node.name, read(node.path), node.value);
    case "compare": {
      const order = compare(read(node.path), node.value);
      if (node.operator === "eq") return order === 0;
      if (node.operator === "ne") return order !== 0;
      return node.operator === "ge" ? order >= 0 : order <= 0;
    }
  }
}

/** Within any(): the variable is the item, or leads into it. */
function readItem(item: Json, variable: string, outer: Read): Read {
  return (path) => {
    if (path[0] !== variable) return outer(path);
    const part = path[1];
    return part === undefined ? item : isObject(item) ? (item[part] ?? null) : null;
  };
}

function testCall(name: "startsWith" | "endsWith", value: Json, wanted: string): boolean {
  if (typeof value !== "string") return false;
  const [text, part] = [value.toLowerCase(), wanted.toLowerCase()];
  return name === "startsWith" ? text.startsWith(part) : text.endsWith(part);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T/;

/** Below, at or above 0; not a number where the two cannot be compared, so that only ne holds. */
function compare(value: Json, wanted: Literal): number {
  if (value === wanted) return 0;
  if (typeof value === "string" && typeof wanted === "string") {
    if (INSTANT.test(value) && INSTANT.test(wanted)) return Date.parse(value) - Date.parse(wanted);
    const [left, right] = [value.toLowerCase(), wanted.toLowerCase()];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (typeof value === "boolean" && typeof wanted === "boolean") return Number(value) - Number(wanted);
  if (typeof value === "number" && typeof wanted === "number") return value - wanted;
  return Number.NaN;
}

/** Properties with an index of their name (indexes.ts). */
const INDEXED: ReadonlySet<string> = new Set([
  "userPrincipalName",
  "employeeId",
  "mail",
  "mailNickname",
  "onPremisesImmutableId",
]);

/** An index and key under which everything that fits is found; undefined: all objects must be tried. */
export function indexFor(node: FilterNode): { readonly index: string; readonly key: string } | undefined {
  if (node.kind === "and") {
    for (const part of node.parts) {
      const found = indexFor(part);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (node.kind === "any") {
    const { inner, path } = node;
    if (path.join("/") !== "proxyAddresses" || inner.kind !== "compare" || inner.operator !== "eq") return undefined;
    return typeof inner.value === "string" ? { index: "proxyAddress", key: inner.value.toLowerCase() } : undefined;
  }
  if (node.kind !== "compare" || node.operator !== "eq" || typeof node.value !== "string") return undefined;
  const [name = "", part] = node.path;
  if (part === undefined) return INDEXED.has(name) ? { index: name, key: node.value.toLowerCase() } : undefined;
  return name === "onPremisesExtensionAttributes"
    ? { index: "extensionAttribute", key: `${part}=${node.value}`.toLowerCase() }
    : undefined;
}
