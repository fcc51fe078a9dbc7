/** The schemas: the types agree with them, ajv takes them strictly, and they take what is right and refuse what is not. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { FILE_KINDS, type FileKind, quickValidator } from "../../reconciler/repo/schemas.js";
import { readDocuments } from "../../reconciler/repo/yaml.js";

type Document = { readonly kind: FileKind } & Record<string, unknown>;
interface Schema {
  readonly $id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

const schemas = readdirSync("schemas").map((name) => JSON.parse(readFileSync(join("schemas", name), "utf8")) as Schema);
const policyFiles = readdirSync("policies", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => join("policies", name));
const documents = [...policyFiles, "test/support/documents-of-every-kind.yaml"].flatMap((path) =>
  readDocuments(readFileSync(path), path, { maxBytes: 1e6 }).map(({ value }) => value as Document),
);

function schemaOf(kind: string): Schema {
  const found = schemas.find(({ $id }) => $id === `muster/v1/${kind}`);
  if (found === undefined) throw new Error(`no schema for ${kind}`);
  return found;
}

/** By the schema of its kind, whatever the document itself says it is. */
function fits(kind: FileKind, document: Document): boolean {
  return quickValidator(kind)(document);
}

/** The longest one, which has most keys. */
function exampleOf(kind: FileKind): Document {
  const length = (document: Document) => JSON.stringify(document).length;
  const [found] = documents.filter((document) => document.kind === kind).sort((a, b) => length(b) - length(a));
  if (found === undefined) throw new Error(`no example of ${kind}`);
  return found;
}

/** A copy with the value at a path ("job.title", "match.0") replaced; undefined removes it. */
function changed(document: Document, path: string, value: unknown): Document {
  const copy = structuredClone(document);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at: Record<string, unknown> = copy;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

describe("schemas", () => {
  it("agree with the generated types", () => {
    execFileSync(process.execPath, ["scripts/generate-types.mjs", "--check"], { stdio: "pipe" });
  });

  it("are one for each kind", () => {
    expect(schemas.map(({ $id }) => $id).sort()).toEqual(FILE_KINDS.map((kind) => `muster/v1/${kind}`).sort());
  });

  it.each(FILE_KINDS)("%s compiles in strict mode", (kind) => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    expect(ajv.compile(schemaOf(kind))).toBeTypeOf("function");
    expect(ajv.errors).toBeNull();
  });

  it("are refused by ajv's strict mode when they have a keyword that does not exist", () => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    expect(() => ajv.compile({ ...schemaOf("Scope"), requierd: ["name"] })).toThrow(/requierd/);
  });
});

describe("documents", () => {
  it("are valid: every one of the example policies, and one of every kind", () => {
    for (const document of documents)
      expect([document.kind, document.name, fits(document.kind, document)]).toContain(true);
    expect(new Set(documents.map(({ kind }) => kind))).toEqual(new Set(FILE_KINDS));
  });

  it.each(FILE_KINDS)("of %s need every required key, know no other, and take no other type", (kind) => {
    const example = exampleOf(kind);
    const schema = schemaOf(kind);
    expect(schema.required).toEqual(expect.arrayContaining(["apiVersion", "kind"]));
    for (const key of schema.required) expect([key, fits(kind, changed(example, key, undefined))]).toContain(false);
    expect(fits(kind, changed(example, "colour", "blue"))).toBe(false);
    // No key takes a list of lists of numbers.
    for (const key of Object.keys(example)) expect([key, fits(kind, changed(example, key, [[0.5]]))]).toContain(false);
    expect(fits(kind, { ...example, apiVersion: "muster/v2" })).toBe(false);
  });

  it.each<[FileKind, string, unknown]>([
    ["Worker", "id", 10023],
    ["Worker", "personId", 8841],
    ["Worker", "job.costCenter", 4410],
    ["Worker", "employment.periods.0.from", "01.12.2026"],
    ["Worker", "employment.periods.0.status", "maybe"],
    ["Worker", "name.nick", "Zo"],
    ["Worker", "scheduled.0.set.id", "7"],
    ["Worker", "scheduled.0.set.timezone", "UTC"],
    ["Worker", "attributes.badge", { a: 1 }],
    ["Worker", "absentSince", "2026-11-20T06:00:00"],
    ["Environment", "planExpires", "24 hours"],
    ["Environment", "staleLimit.maxShare", 10],
    ["Environment", "records.branch", ""],
    ["Target", "type", "openldap"],
    ["Target", "allow.0", "destroy"],
    ["Target", "managed.accounts", "OU=People,DC=corp,DC=example"],
    ["Target", "timeouts", { connect: "10" }],
    ["Target", "timeouts", { connect: "0s" }],
    ["Target", "timeouts", { operation: "1h" }],
    ["Target", "timeouts", { read: "10s" }],
    ["Scope", "all.0.operator", ""],
    ["Scope", "all.0.values", ["x"]],
    ["Mapping", "per", "account"],
    ["Mapping", "attributes.title.onNull", "erase"],
    ["Mapping", "attributes.title.constant", "x"],
    ["Mapping", "attributes.sAMAccountName.unique.maxLength", 0],
    ["Mapping", "attributes.sAMAccountName.unique.candidates", []],
    ["Mapping", "match.0.value", undefined],
    ["Lifecycle", "left.account", "deleted"],
    ["Lifecycle", "prehire.from", "14d"],
    ["Lifecycle", "vanished.treat-as", "active"],
    ["Lifecycle", "gone", { account: "disabled" }],
    ["Entitlement", "membership", "mine"],
    ["Guards", "limits.0.verb", "explode"],
    ["Guards", "limits.0.max", -1],
    ["Guards", "freeze.0.from", "2026-12-23"],
    ["Source", "badRows", "ignore"],
    ["Source", "trust.keyChurn", 2],
    ["Source", "worker.id", "[EmployeeID]"],
    ["Override", "actions", "all"],
    ["Override", "expires", "tomorrow"],
    ["Bootstrap", "lets.explode", 1],
    ["Bootstrap", "lets.create", "many"],
    ["Hold", "blocksDisable", "yes"],
    ["Release", "expires", "2026-12-31T00:00Z"],
    ["SourceRecord", "rows", -1],
    ["Account", "current.state", "locked"],
    ["Account", "current.managed.givenName", 7],
    ["Account", "current.memberships.x", { group: "g" }],
    ["Group", "anchor", ""],
    ["Run", "outcomes.0.outcome", "maybe"],
    ["Run", "outcomes.0.op.verb", "explode"],
    ["Run", "outcomes.0.op.object", {}],
    ["Run", "guards.0.verdict", "ignored"],
  ])("of %s with %s as %j are refused", (kind, path, value) => {
    const example = exampleOf(kind);
    expect(fits(kind, example)).toBe(true);
    expect(fits(kind, changed(example, path, value))).toBe(false);
  });
});
