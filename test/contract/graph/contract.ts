/**
 * Requests to Graph and its replies, held against Microsoft's own description. A property that the description does not
 * name is a problem, at any depth, in a page and in an item of a batch. Problems name methods, paths and properties, never
 * a value. A schema is compiled when it is first needed.
 */
import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { ALLOWED_OPERATIONS, type AllowedOperation, BATCH_REPLY, BATCH_REQUEST } from "./allowed-annotations.js";
import { queryProblems } from "./query.js";
import {
  type ApiSchema,
  type ApiSchemas,
  closedSchema,
  closedTypes,
  type Direction,
  type JsonSchema,
  lastPart,
  propertyNames,
} from "./schemas.js";
import { Templates } from "./templates.js";

interface Content {
  readonly $ref?: string;
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema?: ApiSchema }>>;
}

interface Operation {
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: ApiSchemas;
    readonly responses: Readonly<Record<string, Content>>;
    readonly requestBodies: Readonly<Record<string, Content>>;
  };
}

const BATCH = "/$batch";
const JSON_TYPE = "application/json";

const description = JSON.parse(readFileSync(new URL("./graph-v1.0.json", import.meta.url), "utf8")) as Description;
const { schemas } = description.components;
const templates = new Templates([
  ...new Set([...Object.keys(description.paths), ...ALLOWED_OPERATIONS.map(({ path }) => path), BATCH]),
]);
const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, addUsedSchema: false });
addFormats.default(ajv);
for (const format of ["base64url", "decimal", "int16", "uint8", "int8"]) ajv.addFormat(format, true);
for (const [id, schema] of closedTypes(schemas)) ajv.addSchema(schema as object, id);
const compiled = new Map<string, ValidateFunction>();

/** Path of the description that a request goes to, without values; null when there is none. */
export function templateOf(path: string): string | null {
  return templates.find(splitPath(path).path);
}

/** All operations of the description, to try each of them. */
export function operations(): { readonly method: string; readonly path: string }[] {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    Object.keys(item).flatMap((method) =>
      item[method]?.responses === undefined ? [] : { method: method.toUpperCase(), path },
    ),
  );
}

/**
 * What is wrong with a request. `path` begins with "/v1.0/" and may have a query; `body` is the parsed JSON, undefined or null
 * where there is none.
 */
export function requestProblems(method: string, path: string, body: unknown): string[] {
  const found = findOperation(method, path);
  if (typeof found === "string") return [found];
  const { template, operation, allowed, query } = found;
  const label = `${method} ${template}: the request`;
  if (template === BATCH) return batchRequestProblems(label, body);
  const options = queryProblems(query, operation === null ? null : returnedNames(operation)).map(
    (text) => `${label} ${text}`,
  );
  const content = resolve(operation?.requestBody, "requestBodies");
  const schema = allowed?.request ?? jsonOf(content, "request");
  if (schema === null) return isNothing(body) ? options : [...options, `${label} has a body where none is described`];
  if (isNothing(body)) return content?.required === true ? [...options, `${label} has no body`] : options;
  return [...options, ...bodyProblems(label, `${method} ${template} request`, schema, body)];
}

/** What is wrong with the reply to a request. */
export function replyProblems(method: string, path: string, status: number, body: unknown, asked?: unknown): string[] {
  const found = findOperation(method, path);
  const label = `${method} ${typeof found === "string" ? "(unknown path)" : found.template}: the reply ${status}`;
  if (status >= 400) return bodyProblems(label, "error", typeSchema("microsoft.graph.ODataErrors.ODataError"), body);
  if (typeof found === "string") return [found];
  if (found.template === BATCH) return batchReplyProblems(label, body, asked);
  if (status === 204) return isNothing(body) ? [] : [`${label} has a body`];
  const response = found.operation?.responses[status] ?? found.operation?.responses[`${String(status).charAt(0)}XX`];
  if (response === undefined) return [`${label} has a status that is not described`];
  const content = resolve(response, "responses");
  const schema = jsonOf(content, "reply");
  if (schema === null) return isNothing(body) ? [] : [`${label} has a body where none is described`];
  if (isNothing(body)) return [`${label} has no body`];
  return bodyProblems(label, `${method} ${found.template} reply`, schema, body);
}

interface Found {
  readonly template: string;
  /** null: `$batch`, or an operation of the allow-list that is like no other. */
  readonly operation: Operation | null;
  readonly allowed: AllowedOperation | undefined;
  readonly query: string;
}

function findOperation(method: string, address: string): Found | string {
  const { path, query } = splitPath(address);
  const template = templates.find(path);
  if (template === null) return `${method} goes to a path that is not described`;
  const allowed = ALLOWED_OPERATIONS.find((each) => each.method === method && each.path === template);
  const operation = description.paths[allowed?.like ?? template]?.[method.toLowerCase()] ?? null;
  const isKnown = operation !== null || allowed !== undefined || (template === BATCH && method === "POST");
  return isKnown ? { template, operation, allowed, query } : `${method} ${template} is not described`;
}

function splitPath(address: string): { readonly path: string; readonly query: string } {
  const [path = "", ...query] = address.replace(/^\/v1\.0(?=\/)/, "").split("?");
  return { path: path.replace(/(?<=.)\/$/, ""), query: query.join("?") };
}

function isNothing(body: unknown): boolean {
  return body === undefined || body === null || body === "";
}

function resolve(content: Content | undefined, kind: "responses" | "requestBodies"): Content | undefined {
  return content?.$ref === undefined ? content : description.components[kind][lastPart(content.$ref)];
}

/** A count comes as text, which is a JSON number all the same. */
function jsonOf(content: Content | undefined, direction: Direction): JsonSchema | null {
  const schema = content?.content?.[JSON_TYPE]?.schema ?? content?.content?.["text/plain"]?.schema;
  return schema === undefined ? null : closedSchema(schemas, schema, direction);
}

function typeSchema(type: string): JsonSchema {
  return closedSchema(schemas, { $ref: type }, "reply");
}

/** Properties of the objects that an operation returns. */
function returnedNames(operation: Operation): ReadonlySet<string> | null {
  const content = resolve(operation.responses["2XX"] ?? operation.responses["200"], "responses");
  const type = entityOf(content?.content?.[JSON_TYPE]?.schema);
  return type === null ? null : propertyNames(schemas, type);
}

function entityOf(schema: ApiSchema | undefined): string | null {
  if (schema === undefined) return null;
  const value = listOf(schema);
  if (value !== undefined) return entityOf(value.items);
  if (schema.$ref !== undefined) return lastPart(schema.$ref);
  for (const choice of schema.anyOf ?? []) {
    const type = entityOf(choice);
    if (type !== null) return type;
  }
  return null;
}

/** The list of a page. */
function listOf(schema: ApiSchema): ApiSchema | undefined {
  const here = schema.$ref === undefined ? schema : (schemas[lastPart(schema.$ref)] ?? {});
  return here.properties?.value ?? here.allOf?.map(listOf).find((value) => value !== undefined);
}

function bodyProblems(label: string, key: string, schema: JsonSchema, body: unknown): string[] {
  let validate = compiled.get(key);
  if (validate === undefined) {
    validate = ajv.compile(schema as object);
    compiled.set(key, validate);
  }
  if (validate(body)) return [];
  const texts = (validate.errors ?? []).filter(saysSomething).map((error) => `${label}${explain(error)}`);
  return [...new Set(texts)].slice(0, 10);
}

/** Not the errors that only say that an inner one exists. */
function saysSomething({ keyword }: ErrorObject): boolean {
  return keyword !== "if" && keyword !== "anyOf";
}

/** Where, and what rule; ajv puts no value into either. */
function explain({ instancePath, keyword, params, message }: ErrorObject): string {
  const at = instancePath === "" ? "" : ` at ${instancePath}`;
  if (keyword === "unevaluatedProperties") return `${at} has the unknown property ${params.unevaluatedProperty}`;
  if (keyword === "additionalProperties") return `${at} has the unknown property ${params.additionalProperty}`;
  if (keyword === "false schema") return `${at} is read-only`;
  return `${at} ${message ?? keyword}`;
}

interface Item {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

function batchRequestProblems(label: string, body: unknown): string[] {
  const outer = bodyProblems(label, "batch request", BATCH_REQUEST, body);
  if (outer.length > 0) return outer;
  const { requests } = body as { readonly requests: readonly Item[] };
  const ids = new Set(requests.map(({ id }) => id.toLowerCase()));
  const repeated = ids.size === requests.length ? [] : [`${label} has two items with one id`];
  return [...repeated, ...requests.flatMap((item) => requestProblems(item.method, item.url, item.body).map(inBatch))];
}

/** The replies are told apart by the requests: without them only errors can be looked at. */
function batchReplyProblems(label: string, body: unknown, asked: unknown): string[] {
  const outer = bodyProblems(label, "batch reply", BATCH_REPLY, body);
  if (outer.length > 0) return outer;
  const requests = (asked as { readonly requests?: readonly Item[] } | undefined)?.requests ?? [];
  const { responses } = body as { readonly responses: readonly { id: string; status: number; body?: unknown }[] };
  return responses.flatMap(({ id, status, body: inner }) => {
    const item = requests.find((each) => each.id.toLowerCase() === id.toLowerCase());
    if (item === undefined) return [`${label} answers an item that was not sent`];
    return replyProblems(item.method, item.url, status, inner).map(inBatch);
  });
}

function inBatch(problem: string): string {
  return `$batch: ${problem}`;
}
