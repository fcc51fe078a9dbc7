/** The JSON Schemas of the file kinds, read from the package's schemas/ folder and compiled when a kind is first met. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { sha256 } from "../model/hash.js";
import { MusterError } from "../support/errors.js";

export const API_VERSION = "muster/v1";

/** Every kind of file that has a schema. */
export const FILE_KINDS = [
  "Account",
  "Bootstrap",
  "Entitlement",
  "Environment",
  "Group",
  "Guards",
  "Hold",
  "Lifecycle",
  "Mapping",
  "Override",
  "Release",
  "Run",
  "Scope",
  "Source",
  "SourceRecord",
  "Target",
  "Worker",
] as const;

export type FileKind = (typeof FILE_KINDS)[number];

interface Schemas {
  readonly byKind: ReadonlyMap<string, object>;
  readonly digest: string;
}

let loaded: Schemas | undefined;
// Our own schemas need no check against the schema of schemas, which takes ajv longer to compile than all of them.
const fast = new Ajv2020({ strict: true, allowUnionTypes: true, validateSchema: false });
const quick = new Map<FileKind, ValidateFunction>();
const thorough = new Map<FileKind, ValidateFunction>();

/** Says yes or no, as fast as ajv can. */
export function quickValidator(kind: FileKind): ValidateFunction {
  return compiled(kind, quick, () => fast);
}

/** Finds every error, with the schema and the data of each. */
export function thoroughValidator(kind: FileKind): ValidateFunction {
  return compiled(
    kind,
    thorough,
    () => new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, verbose: true }),
  );
}

/** Digest over all schemas: what was parsed under other schemas is not used. */
export function schemasDigest(): string {
  return load().digest;
}

/** Version of Muster, from its package.json. */
export function musterVersion(): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string };
  return manifest.version;
}

function compiled(kind: FileKind, known: Map<FileKind, ValidateFunction>, ajv: () => Ajv2020): ValidateFunction {
  const before = known.get(kind);
  if (before !== undefined) return before;
  const schema = load().byKind.get(kind);
  if (schema === undefined) throw new MusterError("MUS-9001", { what: `there is no schema for ${kind}` });
  const validate = ajv().compile(schema);
  known.set(kind, validate);
  return validate;
}

function load(): Schemas {
  if (loaded !== undefined) return loaded;
  const folder = join(packageRoot(), "schemas");
  const byKind = new Map<string, object>();
  const texts: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(".schema.json")) continue;
    const text = readFileSync(join(folder, name), "utf8");
    const schema = JSON.parse(text) as { $id: string };
    byKind.set(schema.$id.slice(schema.$id.lastIndexOf("/") + 1), schema);
    texts.push(name, text);
  }
  loaded = { byKind, digest: sha256(texts.join("\n")) };
  return loaded;
}

/** The folder of package.json: this file lies in reconciler/repo, or in dist/reconciler/repo when it is built. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new MusterError("MUS-9001", { what: "Muster's package.json is missing" });
    folder = parent;
  }
  return folder;
}
