/** What ajv found, in plain words. Values are shown where the policy author wrote them as a choice, never of a type error. */
import type { ErrorObject } from "ajv";
import { nearestWord } from "../support/nearest.js";
import { type Layout, pointerStep } from "./yaml-layout.js";

export interface SchemaErrorDetail {
  readonly code: "MUS-1002" | "MUS-1003" | "MUS-1005";
  readonly what: string;
  readonly next?: string;
  readonly pointer: string;
  /** Whether the place is that of the key or of its value. */
  readonly part: "key" | "value";
}

/** Keys whose values are ids: YAML would drop their leading zeros. */
const IDS = new Set([
  "id",
  "personId",
  "manager",
  "costCenter",
  "worker",
  "workers",
  "identity",
  "anchor",
  "claim",
  "primary",
  "group",
  "ended",
]);

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map of keys and values",
  null: "null",
};

/** A branch of a oneOf. */
export interface Branch {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
}

interface Parent {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly description?: string;
}

/** One error of the thorough validator (which keeps schema and data with each). */
export function describeSchemaError(error: ErrorObject, layout: Layout | undefined): SchemaErrorDetail {
  const pointer = error.instancePath;
  const params = error.params as Readonly<Record<string, unknown>>;
  const parent = (error.parentSchema ?? {}) as Parent;
  if (error.keyword === "additionalProperties")
    return unknownKey(pointer, String(params.additionalProperty), Object.keys(parent.properties ?? {}));
  if (error.keyword === "propertyNames")
    return unknownKey(
      pointer,
      String(params.propertyName),
      (parent as { propertyNames?: { enum?: string[] } }).propertyNames?.enum ?? [],
    );
  if (error.keyword === "type") return wrongType(error, [params.type].flat() as string[], layout);
  const name = nameOf(pointer);
  const detail = { code: "MUS-1002", pointer, part: "value" } as const;
  switch (error.keyword) {
    case "required":
      return {
        ...detail,
        what: `${nameOf(`${pointer}${pointerStep(String(params.missingProperty))}`)} is missing`,
        part: "key",
      };
    case "enum":
      return { ...detail, ...oneOfThese(name, error.data, params.allowedValues as unknown[]) };
    case "const":
      return { ...detail, what: `${name} must be ${show(params.allowedValue)}` };
    case "oneOf":
      return { ...detail, what: `${name} must be one of: ${(error.schema as Branch[]).map(branchText).join("; ")}` };
    case "pattern":
      return {
        ...detail,
        what: `${name} is ${show(error.data)}, which is not ${expectation(parent, String(params.pattern))}`,
      };
    case "minLength":
      return { ...detail, what: `${name} is empty` };
    case "maxLength":
      return { ...detail, what: `${name} is longer than ${String(params.limit)} characters` };
    case "minItems":
    case "minProperties":
      return { ...detail, what: `${name} needs at least ${String(params.limit)} entry` };
    default:
      return { ...detail, what: `${name} ${error.message ?? "does not fit"}` };
  }
}

function unknownKey(pointer: string, key: string, known: readonly string[]): SchemaErrorDetail {
  const near = nearestWord(key, known);
  const next = near === undefined ? `Keys that are known here: ${known.join(", ")}.` : `Did you mean ${near}?`;
  const inside = pointer === "" ? "" : ` in ${nameOf(pointer)}`;
  const whole: SchemaErrorDetail = {
    code: "MUS-1003",
    what: `the key ${key} is not known${inside}`,
    pointer: `${pointer}${pointerStep(key)}`,
    part: "key",
  };
  return known.length === 0 ? whole : { ...whole, next };
}

function wrongType(error: ErrorObject, expected: readonly string[], layout: Layout | undefined): SchemaErrorDetail {
  const pointer = error.instancePath;
  const name = nameOf(pointer);
  const source = layout?.scalars[pointer];
  const retyped = expected.includes("string") && (typeof error.data === "number" || typeof error.data === "boolean");
  if (retyped && pointer.split("/").some((step, i, all) => i >= all.length - 2 && IDS.has(step))) {
    const text = source?.text ?? String(error.data);
    return {
      code: "MUS-1005",
      what: `${name} is ${text} without quotes, which YAML reads as ${TYPES[typeof error.data]} and not as the text it is`,
      next: `Write "${text}".`,
      pointer,
      part: "value",
    };
  }
  const got =
    error.data === null ? "null" : (TYPES[Array.isArray(error.data) ? "array" : typeof error.data] ?? "something else");
  const what = `${name} must be ${expected.map((type) => TYPES[type] ?? type).join(" or ")}, not ${got}`;
  const next = retyped && source !== undefined ? { next: "Put the value in quotes, so that it stays text." } : {};
  return { code: "MUS-1002", what, ...next, pointer, part: "value" };
}

function oneOfThese(name: string, value: unknown, allowed: readonly unknown[]): { what: string; next?: string } {
  const words = allowed.map((each) => (each === null ? "null" : String(each)));
  const near = typeof value === "string" ? nearestWord(value, words) : undefined;
  const what = `${name} is ${show(value)}, but must be ${words.length === 1 ? words[0] : `one of ${words.join(", ")}`}`;
  return near === undefined ? { what } : { what, next: `Did you mean ${near}?` };
}

function branchText(branch: Branch): string {
  if (branch.enum !== undefined) return branch.enum.map(show).join(", ");
  if (branch.required !== undefined) return `a map with ${branch.required.join(" and ")}`;
  return [branch.type ?? "anything"]
    .flat()
    .map((type) => TYPES[type] ?? type)
    .join(" or ");
}

function expectation(parent: Parent, pattern: string): string {
  if (pattern.startsWith("^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}("))
    return "an instant with its offset, such as 2026-12-01T09:00:00+01:00";
  if (pattern === "^\\d{4}-\\d{2}-\\d{2}$") return "a date such as 2026-12-01";
  return parent.description === undefined ? `of the form ${pattern}` : `as it should be: ${parent.description}`;
}

function show(value: unknown): string {
  return typeof value === "string"
    ? JSON.stringify(value)
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object" && value !== null
        ? "a map"
        : String(value);
}

/** "/attributes/title/onNull" as a person writes it: attributes.title.onNull. */
function nameOf(pointer: string): string {
  if (pointer === "") return "the document";
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".");
}
