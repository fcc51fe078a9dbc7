/**
 * From Microsoft's OpenAPI 3.0 schemas to JSON Schema 2020-12. As published the description lets every unknown property
 * through; here each type is closed. What has to be read otherwise than it stands:
 * - Types inherit with `allOf`, so that `additionalProperties: false` of one part would refuse the properties of the
 *   other: a type is closed once, around all its parts, with `unevaluatedProperties: false`.
 * - `nullable: true` means nothing to JSON Schema: it becomes a type. Beside a `$ref`, `{type: object, nullable: true}`
 *   means null; literally it would let every object through.
 * - `required: ["@odata.type"]` stands on every type, and neither requests nor most replies carry it.
 * - `discriminator` asserts nothing: a page of directoryObject holds users and groups, told apart by `@odata.type`. Of a
 *   type that was left out nothing is known.
 * - Only the descriptions say what is read-only; a request may not hold it.
 */
import { ALLOWED_NAMES, ALLOWED_PATTERNS, ALLOWED_PROPERTIES, ALLOWED_TYPES } from "./allowed-annotations.js";

export type JsonSchema = boolean | { readonly [keyword: string]: unknown };
export type Direction = "request" | "reply";

/** The parts of an OpenAPI schema that are looked at. */
export interface ApiSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, ApiSchema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly ApiSchema[];
  readonly anyOf?: readonly ApiSchema[];
  readonly oneOf?: readonly ApiSchema[];
  readonly items?: ApiSchema;
  readonly enum?: readonly unknown[];
  readonly discriminator?: { readonly mapping?: Readonly<Record<string, string>> };
  readonly "x-trimmed"?: string;
  readonly "x-open-type"?: boolean;
  readonly [keyword: string]: unknown;
}

export type ApiSchemas = Readonly<Record<string, ApiSchema>>;

/** Keywords that assert the same in both; descriptions, defaults and marks assert nothing. */
const SAME = [
  "type",
  "format",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
];

export function lastPart(ref: string): string {
  return ref.split("/").at(-1) ?? "";
}

/** What refers to a type: each is a schema of its own, so that it is compiled once, and only when it is needed. */
function typeId(type: string, direction: Direction): string {
  return `graph:/${direction}/${type}`;
}

/** All types, closed, by their ids. */
export function closedTypes(schemas: ApiSchemas): ReadonlyMap<string, JsonSchema> {
  const types = new Map<string, JsonSchema>();
  for (const [name, schema] of Object.entries(schemas))
    for (const direction of ["request", "reply"] as const)
      types.set(typeId(name, direction), new Converter(schemas, direction).type(name, schema));
  return types;
}

/** A schema that stands in an operation itself. */
export function closedSchema(schemas: ApiSchemas, schema: ApiSchema, direction: Direction): JsonSchema {
  return new Converter(schemas, direction).schema(schema);
}

/** Properties of a type and of those that inherit from it: what `$select` and `$expand` may name. */
export function propertyNames(schemas: ApiSchemas, type: string): ReadonlySet<string> {
  const names = new Set<string>();
  const collect = (schema: ApiSchema | undefined) => {
    if (schema?.$ref !== undefined) collect(schemas[lastPart(schema.$ref)]);
    for (const part of schema?.allOf ?? []) collect(part);
    for (const name of Object.keys(schema?.properties ?? {})) names.add(name);
  };
  collect(schemas[type]);
  for (const ref of Object.values(schemas[type]?.discriminator?.mapping ?? {})) collect(schemas[lastPart(ref)]);
  return names;
}

class Converter {
  readonly #schemas: ApiSchemas;
  readonly #direction: Direction;

  constructor(schemas: ApiSchemas, direction: Direction) {
    this.#schemas = schemas;
    this.#direction = direction;
  }

  type(name: string, schema: ApiSchema): JsonSchema {
    const mapping = Object.entries(schema.discriminator?.mapping ?? {}).filter(([, ref]) => lastPart(ref) !== name);
    if (mapping.length === 0) return this.schema(schema, name);
    const isTyped = (test: JsonSchema) => ({ required: ["@odata.type"], properties: { "@odata.type": test } });
    const own = `#${name}`;
    const types = [own, ...mapping.map(([type]) => type), ...ALLOWED_TYPES.map(({ type }) => type)];
    return {
      properties: { "@odata.type": { enum: types } },
      allOf: [
        ...mapping.map(([type, ref]) => ({ if: { not: isTyped({ const: type }) }, else: this.#ref(ref) })),
        { if: isTyped({ not: { const: own } }), else: this.schema(schema, name) },
      ],
    };
  }

  schema(schema: ApiSchema, name?: string): JsonSchema {
    if (schema.$ref !== undefined) return this.#ref(schema.$ref);
    if (schema["x-trimmed"] !== undefined) return { type: schema.nullable === true ? ["object", "null"] : "object" };
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) return this.#choice(choices);
    if (schema.allOf === undefined && schema.properties === undefined) return this.#plain(schema);
    return {
      ...this.#open(schema),
      type: schema.nullable === true ? ["object", "null"] : "object",
      properties: { ...this.#properties(schema), ...this.#allowed(name) },
      ...(this.#isOpen(schema) ? { patternProperties: EXTENSIONS } : {}),
      unevaluatedProperties: false,
    };
  }

  #ref(ref: string): JsonSchema {
    return { $ref: typeId(lastPart(ref), this.#direction) };
  }

  #choice(choices: readonly ApiSchema[]): JsonSchema {
    const isNull = (choice: ApiSchema) => choice.type === "object" && choice.nullable === true && !choice.properties;
    const values = choices.filter((choice) => !isNull(choice)).map((choice) => this.schema(choice));
    const [first] = values;
    const value = first !== undefined && values.length === 1 ? first : { anyOf: values };
    return values.length === choices.length ? value : { if: { type: "null" }, else: value };
  }

  /** Without the properties: of an inherited type, and of what stands beside `allOf`. */
  #open(schema: ApiSchema): { readonly [keyword: string]: unknown } {
    const parts = (schema.allOf ?? []).map((part) => {
      const base = part.$ref === undefined ? part : (this.#schemas[lastPart(part.$ref)] ?? {});
      return { ...this.#open(base), properties: this.#properties(base) };
    });
    const required = (schema.required ?? []).filter((name) => name !== "@odata.type");
    return {
      ...(parts.length === 0 ? {} : { allOf: parts }),
      ...(required.length === 0 ? {} : { required }),
    };
  }

  #properties({ properties = {} }: ApiSchema): Record<string, JsonSchema> {
    return Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [
        name,
        this.#direction === "request" && isReadOnly(property) ? false : this.schema(property),
      ]),
    );
  }

  #allowed(type: string | undefined): Record<string, JsonSchema> {
    const names = ALLOWED_NAMES.filter((each) => each.in === "both" || each.in === this.#direction);
    const own = ALLOWED_PROPERTIES.filter((each) => each.type === type);
    return Object.fromEntries([...names, ...own].map(({ name, schema }) => [name, schema]));
  }

  #isOpen(schema: ApiSchema): boolean {
    if (schema["x-open-type"] === true) return true;
    return (schema.allOf ?? []).some((part) =>
      this.#isOpen(part.$ref === undefined ? part : (this.#schemas[lastPart(part.$ref)] ?? {})),
    );
  }

  #plain(schema: ApiSchema): JsonSchema {
    const plain: Record<string, unknown> = {};
    for (const keyword of SAME) if (schema[keyword] !== undefined) plain[keyword] = schema[keyword];
    if (schema.items !== undefined) plain.items = this.schema(schema.items);
    if (schema.additionalProperties !== undefined)
      plain.additionalProperties = this.schema(schema.additionalProperties as ApiSchema);
    if (schema.nullable !== true) return plain;
    if (schema.type !== undefined) plain.type = [schema.type, "null"];
    if (schema.enum !== undefined) plain.enum = [...schema.enum, null];
    return plain;
  }
}

const EXTENSIONS = Object.fromEntries(ALLOWED_PATTERNS.map(({ pattern, schema }) => [pattern, schema]));

/** "Read-only." of the description; what is so for synced objects only is not meant. */
function isReadOnly({ description = "" }: ApiSchema): boolean {
  return /\bRead-only\b(?! for)/.test(description);
}
