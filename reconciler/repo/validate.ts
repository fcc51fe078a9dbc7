/**
 * Documents against their schemas. A valid document costs one ajv call; only for one that is not are all errors sought,
 * told in plain words and given their place in the file.
 */
import type { ErrorObject } from "ajv";
import { MusterError, type Where } from "../support/errors.js";
import { nearestWord } from "../support/nearest.js";
import { type Branch, describeSchemaError } from "./describe-schema-error.js";
import { expressionPitfalls } from "./expression-pitfalls.js";
import { type Place, whereOf } from "./place.js";
import { API_VERSION, FILE_KINDS, type FileKind, quickValidator, thoroughValidator } from "./schemas.js";

/**
 * All errors of a document that should be of this kind; none when it is valid. MUS-1002 does not fit the schema,
 * MUS-1003 unknown key, MUS-1005 unquoted id, MUS-1007 another kind or apiVersion, MUS-1103 expression not quoted.
 */
export function validateDocument(kind: FileKind, value: unknown, place: Place): readonly MusterError[] {
  const expression = kind === "Mapping" || kind === "Source";
  const validate = quickValidator(kind);
  if (validate(value)) return expression ? expressionPitfalls(kind, value, place) : [];
  const header = headerErrors(value, [kind], place);
  if (header.length > 0) return header;
  const pitfalls = expression ? expressionPitfalls(kind, value, place) : [];
  const explained = new Set(pitfalls.map((error) => placeText(error.where)));
  const errors = schemaErrors(kind, value, place).filter((error) => !explained.has(placeText(error.where)));
  return [...pitfalls, ...errors].sort(byPlace);
}

/** The kind a document says it is, or the error (MUS-1002, MUS-1007) that says why it is none of those allowed here. */
export function kindOfDocument(value: unknown, allowed: readonly FileKind[], place: Place): FileKind | MusterError {
  const [error] = headerErrors(value, allowed, place);
  return error ?? (value as { kind: FileKind }).kind;
}

function headerErrors(value: unknown, allowed: readonly FileKind[], place: Place): readonly MusterError[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [
      new MusterError("MUS-1002", { what: "the document is not a map of keys and values", where: whereOf(place, "") }),
    ];
  const { apiVersion, kind } = value as { apiVersion?: unknown; kind?: unknown };
  const errors: MusterError[] = [];
  if (apiVersion !== API_VERSION)
    errors.push(headerError(apiVersion, "apiVersion", [API_VERSION], whereOf(place, "/apiVersion")));
  if (!allowed.some((each) => each === kind)) errors.push(headerError(kind, "kind", allowed, whereOf(place, "/kind")));
  return errors;
}

function headerError(value: unknown, key: string, allowed: readonly string[], where: Where): MusterError {
  const near = typeof value === "string" ? nearestWord(value, allowed) : undefined;
  const elsewhere = key === "kind" && FILE_KINDS.some((kind) => kind === value);
  const what =
    value === undefined
      ? `${key} is missing`
      : elsewhere
        ? `a document of kind ${String(value)} does not belong here`
        : `${key} ${JSON.stringify(value)} is not known`;
  const next = near === undefined ? `Use one of: ${allowed.join(", ")}.` : `Did you mean ${near}?`;
  return new MusterError("MUS-1007", { what, where, next });
}

function schemaErrors(kind: FileKind, value: unknown, place: Place): MusterError[] {
  const validate = thoroughValidator(kind);
  validate(value);
  const layout = place.document?.layout();
  const found = new Map<string, MusterError>();
  for (const error of meantErrors(validate.errors ?? [])) {
    const detail = describeSchemaError(error, layout);
    const muster = new MusterError(detail.code, {
      what: detail.what,
      where: whereOf(place, detail.pointer, detail.part),
      ...(detail.next === undefined ? {} : { next: detail.next }),
    });
    found.set(`${detail.pointer} ${muster.message}`, muster);
  }
  return [...found.values()];
}

/**
 * Of a oneOf, ajv reports the errors of all branches. Only those of the branch that was meant are of use: the one whose
 * required keys are there, or whose type fits.
 */
function meantErrors(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = [...errors];
  for (const error of errors) {
    if (error.keyword !== "oneOf") continue;
    const branches = error.schema as readonly Branch[];
    const meant = branches.findIndex((branch) => isMeant(branch, error.data));
    const inside = (other: ErrorObject) =>
      other.instancePath.startsWith(error.instancePath) && other.schemaPath.startsWith(`${error.schemaPath}/`);
    const chosen = `${error.schemaPath}/${meant}/`;
    kept = kept.filter((other) => !inside(other) || (meant >= 0 && other.schemaPath.startsWith(chosen)));
    if (meant >= 0) kept = kept.filter((other) => other !== error);
  }
  return kept;
}

function isMeant(branch: Branch, data: unknown): boolean {
  if (typeof data === "object" && data !== null && !Array.isArray(data))
    return branch.type === "object" && (branch.required ?? []).some((key) => Object.hasOwn(data, key));
  if (branch.enum !== undefined) return branch.enum.some((each) => typeof each === typeof data);
  const type = data === null ? "null" : Array.isArray(data) ? "array" : typeof data;
  return [branch.type ?? []].flat().includes(type);
}

function placeText(where: Where | undefined): string {
  return `${where?.line}:${where?.column}`;
}

function byPlace(a: MusterError, b: MusterError): number {
  return (a.where?.line ?? 0) - (b.where?.line ?? 0) || (a.where?.column ?? 0) - (b.where?.column ?? 0);
}
