/** Compiles a Source: expressions parsed where they stand in the policy file, dates and status made ready for rows. */
import type { Field, Source } from "../model/files/source.js";
import type { PolicyDocument } from "../model/policy.js";
import { pointerKey } from "../policy/compile-mapping.js";
import { type Expression, type ExpressionWarning, parseExpression } from "../policy/expression/index.js";
import { isZone } from "../policy/time.js";
import { attempt } from "../support/collect-errors.js";
import { type MusterError, throwAll, type Where } from "../support/errors.js";
import { compileDateFormat, type DateReader } from "./read-date.js";

/** In the order of schemas/worker.schema.json, which is the order they are written in. */
export const NAME_FIELDS = ["given", "family", "preferred", "middle", "title", "suffix"] as const;
export const JOB_FIELDS = [
  "title",
  "department",
  "division",
  "company",
  "costCenter",
  "location",
  "country",
  "shift",
] as const;
export const CONTACT_FIELDS = ["workPhone", "mobilePhone", "workEmail", "city", "state"] as const;
const EMPLOYMENT_FIELDS = ["from", "lastDay", "leaveFrom", "leaveTo", "accessEnds"] as const;

export type Constant = string | number | boolean | null;

export interface SourceField {
  /** Path in the worker, "job.title"; for reports and as key. */
  readonly label: string;
  /** Columns that it reads; none for a constant. */
  readonly columns: readonly string[];
  readonly rule: { readonly expression: Expression } | { readonly constant: Constant };
  /** Place of the expression. */
  readonly where: Where;
}

export interface CompiledSource {
  readonly name: string;
  /** All fields but the attributes, by label. */
  readonly fields: ReadonlyMap<string, SourceField>;
  /** By attribute name, sorted by it. */
  readonly attributes: readonly (readonly [name: string, field: SourceField])[];
  /** Status values in lower case: a "terminated" that is not taken for "Terminated" keeps a leaver's access. */
  readonly ended: ReadonlySet<string>;
  readonly rescinded: ReadonlySet<string>;
  readonly readDate: DateReader;
  /** Whether a name is an IANA time zone; remembers its answers, which are dear. */
  readonly isZone: (name: string) => boolean;
  /** Every column that is read, in order of first use. */
  readonly columns: readonly string[];
}

/** Throws MUS-12xx for expressions (those of all fields), MUS-1110 for a date format that cannot be read back. */
export function compileSource(document: PolicyDocument<Source>): CompiledSource {
  const { worker } = document.value;
  const { status, dateFormat } = worker.employment;
  const compiler = createCompiler(document);
  const fields = [
    compiler.field("id", worker.id),
    compiler.field("personId", worker.personId),
    compiler.field("type", worker.type),
    ...NAME_FIELDS.map((key) => compiler.field(`name.${key}`, worker.name[key])),
    ...EMPLOYMENT_FIELDS.map((key) => compiler.field(`employment.${key}`, worker.employment[key])),
    compiler.field("employment.status", status),
    compiler.field("timezone", worker.timezone),
    ...JOB_FIELDS.map((key) => compiler.field(`job.${key}`, worker.job?.[key])),
    compiler.field("manager", worker.manager),
    ...CONTACT_FIELDS.map((key) => compiler.field(`contact.${key}`, worker.contact?.[key])),
  ].filter((field) => field !== null);
  const attributes = Object.keys(worker.attributes ?? {})
    .sort()
    .flatMap((name) => {
      const field = compiler.field(`attributes.${name}`, worker.attributes?.[name], `attributes/${pointerKey(name)}`);
      return field === null ? [] : [[name, field] as const];
    });
  throwAll(compiler.errors);
  const all = [...fields, ...attributes.map(([, field]) => field)];
  return {
    name: document.value.name,
    fields: new Map(fields.map((field) => [field.label, field])),
    attributes,
    ended: lowerCased(status?.ended),
    rescinded: lowerCased(status?.rescinded),
    readDate: compileDateFormat(dateFormat ?? "yyyy-MM-dd", placeOf(document, "/worker/employment/dateFormat")),
    isZone: rememberZones(),
    columns: [...new Set(all.flatMap((field) => field.columns))],
  };
}

function rememberZones(): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    // Newer versions of Node take "+01:00" for a zone; the IANA database does not.
    const answer = /^[A-Za-z]/.test(name) && isZone(name);
    known.set(name, answer);
    return answer;
  };
}

/** What the expressions of a source say that is allowed and probably not meant. */
export function sourceWarnings({ fields, attributes }: CompiledSource): ExpressionWarning[] {
  const all = [...fields.values(), ...attributes.map(([, field]) => field)];
  return all.flatMap(({ rule }) => ("expression" in rule ? rule.expression.warnings : []));
}

interface Compiler {
  readonly errors: MusterError[];
  field(label: string, field: Field | { readonly value: string } | undefined, pointer?: string): SourceField | null;
}

function createCompiler(document: PolicyDocument<Source>): Compiler {
  const errors: MusterError[] = [];
  return {
    errors,
    field(label, field, pointer = label.replaceAll(".", "/")) {
      if (field === undefined) return null;
      const key = "constant" in field ? "constant" : "value";
      const where = placeOf(document, `/worker/${pointer}/${key}`);
      if ("constant" in field) return { label, columns: [], rule: { constant: field.constant }, where };
      const expression = attempt(() => parseExpression(field.value, where, { unique: "refused" }), errors);
      return expression === null ? null : { label, columns: expression.paths, rule: { expression }, where };
    },
  };
}

/** Where a value of the Source stands; the document's first line when it has no position of its own. */
export function placeOf(
  document: PolicyDocument<Source>,
  pointer: string,
): Required<Pick<Where, "file" | "line" | "column">> {
  const at = document.positions[pointer] ?? { line: document.line, column: 1 };
  return { file: document.file, line: at.line, column: at.column };
}

function lowerCased(values: readonly string[] | undefined): ReadonlySet<string> {
  return new Set((values ?? []).map((value) => value.toLowerCase()));
}
