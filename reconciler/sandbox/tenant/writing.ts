/**
 * From a request's body to property values: the checks that follow from a type's table alone (graph.md section 6). What
 * needs the store (is the name taken, is the domain verified) is the handler's.
 */
import { badRequest, type GraphFailure, invalidValue, valueRequired } from "./errors.js";
import type { Json, Properties } from "./relations.js";
import { isObject } from "./request.js";
import { formatInstant } from "./select.js";
import type { PropertyRule, TypeRules } from "./types.js";

export interface WriteOptions {
  readonly phase: "create" | "update";
  /** What is stored now, for records that are merged. */
  readonly stored?: Properties;
}

/**
 * The values to store. Annotations and `@odata.bind` are left out: the handler reads them. Refuses unknown and read-only
 * properties, wrong JSON types, the empty string, what is too long or has wrong characters.
 */
export function readProperties(
  body: Readonly<Record<string, Json>>,
  rules: TypeRules,
  options: WriteOptions,
): Properties {
  const properties: Record<string, Json> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name.includes("@")) continue;
    const rule = Object.hasOwn(rules.properties, name) ? rules.properties[name] : undefined;
    if (rule === undefined) {
      const resource = rules.odataType.slice("#microsoft.graph.".length);
      throw badRequest(`Invalid property '${name}': it is not a property of the type '${resource}'.`);
    }
    checkWritable(name, rule, rules, options);
    properties[name] = readValue(name, value, rule, rules, options.stored ?? {});
  }
  return properties;
}

/** Throws unless the body names every property that a new object needs. */
export function checkRequired(properties: Properties, rules: TypeRules): void {
  for (const name of rules.required) {
    if (properties[name] === undefined || properties[name] === null) throw valueRequired(name, rules.resource);
  }
}

function checkWritable(name: string, rule: PropertyRule, rules: TypeRules, { phase }: WriteOptions): void {
  if (rule.write === "always" || (rule.write === "create" && phase === "create")) return;
  throw badRequest(
    `Property '${name}' is read-only and cannot be set.`.replace("Property", `${rules.resource} property`),
  );
}

function readValue(name: string, value: Json, rule: PropertyRule, rules: TypeRules, stored: Properties): Json {
  if (value === null) {
    if (rule.kind === "strings") throw invalidValue(name, rules.resource);
    if (!rule.nullable && rule.record !== "merge") throw valueRequired(name, rules.resource);
    return null;
  }
  switch (rule.kind) {
    case "string":
    case "guid":
      return readText(name, value, rule, rules);
    case "boolean":
      if (typeof value !== "boolean") throw wrongType(name, value, "Edm.Boolean");
      return value;
    case "integer":
      if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(name, value, "Edm.Int32");
      return value;
    case "instant":
      return readInstant(name, value);
    case "strings":
      return readTexts(name, value, rule, rules);
    case "record":
      return readRecord(name, value, { rule, rules, stored });
    case "records":
    case "object":
      return value;
  }
}

function readText(name: string, value: Json, rule: PropertyRule, rules: TypeRules): string {
  if (typeof value !== "string") throw wrongType(name, value, "Edm.String");
  const isLong = rule.maxLength !== undefined && value.length > rule.maxLength;
  if (value === "" || isLong || (rule.pattern !== undefined && !rule.pattern.test(value))) {
    throw invalidValue(name, rules.resource);
  }
  return value;
}

function readTexts(name: string, value: Json, rule: PropertyRule, rules: TypeRules): Json {
  if (!Array.isArray(value)) throw wrongType(name, value, "Collection(Edm.String)");
  if (rule.maxItems !== undefined && value.length > rule.maxItems) throw invalidValue(name, rules.resource);
  return value.map((each: Json) => readText(name, each, rule, rules));
}

function readRecord(
  name: string,
  value: Json,
  { rule, rules, stored }: { readonly rule: PropertyRule; readonly rules: TypeRules; readonly stored: Properties },
): Json {
  if (!isObject(value)) throw wrongType(name, value, "an object");
  const parts = rule.parts ?? {};
  const read: Record<string, Json> = {};
  for (const [part, given] of Object.entries(value)) {
    if (part.startsWith("@")) continue;
    const length = Object.hasOwn(parts, part) ? parts[part] : undefined;
    if (length === undefined) throw badRequest(`Invalid property '${part}': it is not a property of '${name}'.`);
    if (given === null) read[part] = null;
    else read[part] = readText(part, given, { ...rule, kind: "string", maxLength: length }, rules);
  }
  if (rule.record === "merge") return { ...(stored[name] as Properties | undefined), ...read };
  return { ...Object.fromEntries(Object.keys(parts).map((part) => [part, null])), ...read };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** In UTC, without fraction. */
function readInstant(name: string, value: Json): string {
  const millis = typeof value === "string" && INSTANT.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(millis)) throw wrongType(name, value, "Edm.DateTimeOffset");
  return formatInstant(millis);
}

/** 400 for a JSON value of another type; the wording varies on the wire [F]. */
function wrongType(name: string, value: Json, expected: string): GraphFailure {
  const node = Array.isArray(value) ? "StartArray" : typeof value === "object" ? "StartObject" : "PrimitiveValue";
  return badRequest(`${node} node found for ${name}, ${expected} expected.`);
}
