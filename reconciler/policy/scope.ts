/**
 * Scopes: clauses over one worker. The operators are those of Entra's scoping filters, in any of their published
 * spellings, and our own for dates and lists. As there, a null or missing attribute makes every clause false, the
 * negative ones too, except IS NULL: "not X, or unknown" says so with `any`.
 */
import type { Scope } from "../model/files/index.js";
import type { Operand } from "../model/intent.js";
import type { PolicyDocument, Position } from "../model/policy.js";
import { resolveWorkerReference } from "../model/worker.js";
import { MusterError } from "../support/errors.js";
import { compilePattern } from "./expression/index.js";
import { endOfDay } from "./time.js";
import type { WorkerView } from "./worker-view.js";

export interface CompiledScope {
  readonly name: string;
  readonly paths: readonly { readonly path: string; readonly line: number; readonly column: number }[];
  /** Whether the worker is in at `asOf`; include and exclude lists are looked at first. */
  contains(view: WorkerView, asOf: number): boolean;
  /** Instants at which an include or exclude entry for this worker ends. */
  boundaries(view: WorkerView): readonly number[];
}

type Clause = NonNullable<Scope["all"]>[number];
type Test = (value: NonNullable<Operand>, view: WorkerView) => boolean;
type Predicate = (view: WorkerView) => boolean;

/** Canonical operator names; the keys of the table below are upper case with blanks as underscores. */
const ALIASES: Readonly<Record<string, string>> = {
  "&": "OCCURS_IN",
  "!&": "NOT_OCCURS_IN",
  NOT_EQUAL: "NOT_EQUALS",
  GREATER_THAN_OR_EQUAL: "GREATER_THAN_OR_EQUALS",
  CONTAINS: "INCLUDES",
  REGEX_MATCH: "REGEX_MATCH",
  NOT_REGEX_MATCH: "NOT_REGEX_MATCH",
};

const OPERATORS = [
  "EQUALS",
  "NOT_EQUALS",
  "IN",
  "NOT_IN",
  "INCLUDES",
  "STARTS_WITH",
  "ENDS_WITH",
  "OCCURS_IN",
  "NOT_OCCURS_IN",
  "IS_TRUE",
  "IS_FALSE",
  "IS_NULL",
  "IS_NOT_NULL",
  "GREATER_THAN",
  "GREATER_THAN_OR_EQUALS",
  "ON_OR_AFTER",
  "BEFORE",
  "REGEX_MATCH",
  "NOT_REGEX_MATCH",
] as const;
type Operator = (typeof OPERATORS)[number];

/** Compiles a scope; throws MUS-1110 for an unknown operator or a value that does not fit it. */
export function compileScope(document: PolicyDocument<Scope>): CompiledScope {
  const scope = document.value;
  const paths: { path: string; line: number; column: number }[] = [];
  const context: Context = { document, paths };
  const all = (scope.all ?? []).map((clause, i) => compileClause(clause, `/all/${i}`, context));
  const any = (scope.any ?? []).map((clause, i) => compileClause(clause, `/any/${i}`, context));
  return {
    name: scope.name,
    paths,
    contains(view, asOf) {
      if (listed(scope.exclude, view, asOf)) return false;
      if (listed(scope.include, view, asOf)) return true;
      return all.every((test) => test(view)) && (any.length === 0 || any.some((test) => test(view)));
    },
    boundaries: (view) => untils(scope, view),
  };
}

interface Context {
  readonly document: PolicyDocument<Scope>;
  readonly paths: { path: string; line: number; column: number }[];
}

function compileClause(clause: Clause, pointer: string, context: Context): Predicate {
  if ("all" in clause) {
    const parts = clause.all.map((part, i) => compileClause(part, `${pointer}/all/${i}`, context));
    return (view) => parts.every((part) => part(view));
  }
  if ("any" in clause) {
    const parts = clause.any.map((part, i) => compileClause(part, `${pointer}/any/${i}`, context));
    return (view) => parts.some((part) => part(view));
  }
  if ("not" in clause) {
    const part = compileClause(clause.not, `${pointer}/not`, context);
    return (view) => !part(view);
  }
  const at = context.document.positions[`${pointer}/attribute`] ?? { line: context.document.line, column: 1 };
  context.paths.push({ path: clause.attribute, ...at });
  const operator = canonicalOperator(clause.operator, context, pointer);
  const path = clause.attribute;
  if (operator === "IS_NULL") return (view) => isEmpty(view.get(path));
  const test = compileTest(operator, clause.value, context, pointer);
  return (view) => {
    const value = view.get(path);
    return isEmpty(value) ? false : test(value as NonNullable<Operand>, view);
  };
}

function isEmpty(value: Operand | undefined): boolean {
  return value === undefined || value === null || value === "";
}

function canonicalOperator(text: string, context: Context, pointer: string): Operator {
  const upper = text
    .trim()
    .toUpperCase()
    .replace(/[\s_]+/g, "_");
  const name = ALIASES[upper] ?? upper;
  const known = OPERATORS.find((operator) => operator === name);
  if (known !== undefined) return known;
  throw new MusterError("MUS-1110", {
    what: `unknown operator "${text}" in scope ${context.document.value.name}`,
    where: place(context, `${pointer}/operator`),
    next: `Use one of ${OPERATORS.join(", ").replaceAll("_", " ")}.`,
  });
}

function compileTest(operator: Operator, value: unknown, context: Context, pointer: string): Test {
  const text = () => requireText(value, operator, context, pointer);
  switch (operator) {
    case "EQUALS":
      return equalTo(text());
    case "NOT_EQUALS":
      return not(equalTo(text()));
    case "IN":
      return oneOf(text());
    case "NOT_IN":
      return not(oneOf(text()));
    case "INCLUDES":
      return includes(text());
    case "STARTS_WITH":
      return onText(text(), (have, want) => have.startsWith(want));
    case "ENDS_WITH":
      return onText(text(), (have, want) => have.endsWith(want));
    case "OCCURS_IN":
      return onText(text(), (have, want) => want.includes(have));
    case "NOT_OCCURS_IN":
      return onText(text(), (have, want) => !want.includes(have));
    case "IS_TRUE":
      return (have) => asText(have).toLowerCase() === "true";
    case "IS_FALSE":
      return (have) => asText(have).toLowerCase() === "false";
    case "IS_NOT_NULL":
      return () => true;
    case "IS_NULL":
      return () => false;
    case "GREATER_THAN":
      return onNumber(text(), (have, want) => have > want);
    case "GREATER_THAN_OR_EQUALS":
      return onNumber(text(), (have, want) => have >= want);
    case "ON_OR_AFTER":
      return onText(text(), (have, want) => have >= want);
    case "BEFORE":
      return onText(text(), (have, want) => have < want);
    case "REGEX_MATCH":
      return matches(text(), context, pointer);
    case "NOT_REGEX_MATCH":
      return not(matches(text(), context, pointer));
  }
}

function equalTo(want: string): Test {
  return (have) => asText(have) === want;
}

function oneOf(list: string): Test {
  const wanted = new Set(list.split(",").map((part) => part.trim()));
  return (have) => wanted.has(asText(have));
}

function includes(want: string): Test {
  return (have) => (typeof have === "object" ? have.includes(want) : asText(have).includes(want));
}

function onText(want: string, test: (have: string, want: string) => boolean): Test {
  return (have) => test(asText(have), want);
}

function onNumber(want: string, test: (have: bigint, want: bigint) => boolean): Test {
  const integer = /^-?\d+$/;
  return (have) => integer.test(asText(have)) && integer.test(want) && test(BigInt(asText(have)), BigInt(want));
}

/** The whole value must match (research on Entra's operators leaves anchoring open; the samples anchor). */
function matches(pattern: string, context: Context, pointer: string): Test {
  const at = place(context, `${pointer}/value`);
  const compiled = compilePattern(pattern, { file: at.file, line: at.line, column: at.column }, { anchored: true });
  return (have) => compiled.test(asText(have));
}

function not(test: Test): Test {
  return (have, view) => !test(have, view);
}

function asText(value: NonNullable<Operand>): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

function requireText(value: unknown, operator: Operator, context: Context, pointer: string): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (operator.startsWith("IS_")) return "";
  throw new MusterError("MUS-1110", {
    what: `operator ${operator.replaceAll("_", " ")} needs a value in scope ${context.document.value.name}`,
    where: place(context, pointer),
  });
}

function place(context: Context, pointer: string): { file: string } & Position {
  const at = context.document.positions[pointer] ?? { line: context.document.line, column: 1 };
  return { file: context.document.file, ...at };
}

type Listed = NonNullable<Scope["include"]>;

function listed(list: Listed | undefined, view: WorkerView, asOf: number): boolean {
  if (list === undefined) return false;
  return list.some((entry) => {
    if (resolveWorkerReference(entry.worker, view.worker.source) !== view.file.key) return false;
    return entry.until === undefined || asOf < endOfDay(entry.until, view.worker.timezone);
  });
}

function untils(scope: Scope, view: WorkerView): number[] {
  return [...(scope.include ?? []), ...(scope.exclude ?? [])].flatMap((entry) =>
    entry.until !== undefined && resolveWorkerReference(entry.worker, view.worker.source) === view.file.key
      ? [endOfDay(entry.until, view.worker.timezone)]
      : [],
  );
}
