/** Compiles one mapping: expressions parsed with the position they have in the file, rules put in evaluation order. */
import type { Mapping } from "../model/files/index.js";
import { STAGES, type Stage } from "../model/identity.js";
import type { PolicyDocument } from "../model/policy.js";
import type { Value } from "../model/value.js";
import { MusterError, type Where } from "../support/errors.js";
import {
  type CompiledAttribute,
  type CompiledMapping,
  type CompiledUnique,
  type CompiledValue,
  isAccountPath,
  splitAccountPath,
} from "./compiled.js";
import { type Expression, type ExpressionWarning, parseExpression } from "./expression/index.js";

type Rule = Mapping["attributes"][string];
export type MappingParts = Pick<
  CompiledMapping,
  "match" | "primary" | "container" | "containerDrift" | "attributes" | "attribute"
>;

/** Throws MUS-12xx for an expression that does not parse, MUS-1106 for rules that depend on each other in a circle. */
export function compileMapping(document: PolicyDocument<Mapping>): MappingParts {
  const mapping = document.value;
  const rules = Object.entries(mapping.attributes).map(([name, rule]) => compileAttribute(document, name, rule));
  const attributes = orderAttributes(document, rules);
  return {
    match: (mapping.match ?? []).map((match, i) => ({
      attribute: match.attribute,
      expression: parseAt(document, match.value, `/match/${i}/value`),
      line: lineAt(document, `/match/${i}`),
    })),
    primary: mapping.primary === undefined ? null : parseAt(document, mapping.primary, "/primary"),
    container: compileContainer(document),
    containerDrift: mapping.container?.onDrift ?? "correct",
    attributes,
    attribute: new Map(attributes.map((attribute) => [attribute.name, attribute])),
  };
}

export function lineAt(document: PolicyDocument<unknown>, pointer: string): number {
  return document.positions[pointer]?.line ?? document.line;
}

/** File, line and column of what a pointer names; the first line of the document where that is not known. */
export function whereAt(document: PolicyDocument<unknown>, pointer: string): Where {
  const { file, line, positions } = document;
  return { file, ...(positions[pointer] ?? { line }) };
}

/** JSON pointers escape `/` and `~` in keys (RFC 6901). */
export function pointerKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function parseAt(document: PolicyDocument<unknown>, text: string, pointer: string): Expression {
  const at = document.positions[pointer] ?? { line: document.line, column: 1 };
  return parseExpression(text, { file: document.file, line: at.line, column: at.column });
}

function compileAttribute(document: PolicyDocument<Mapping>, name: string, rule: Rule): CompiledAttribute {
  const pointer = `/attributes/${pointerKey(name)}`;
  const when: Partial<Record<Stage, CompiledValue>> = {};
  if ("when" in rule && rule.when !== undefined) {
    for (const stage of STAGES) {
      const value = rule.when[stage];
      if (value !== undefined) when[stage] = compileWhen(document, value, `${pointer}/when/${stage}`);
    }
  }
  const value =
    "primary" in rule
      ? compilePrimary(document, rule.primary, pointer)
      : "value" in rule || "constant" in rule
        ? compileValue(document, rule, pointer)
        : null;
  const unique = compileUnique(document, rule, pointer, value?.expression ?? null);
  const expressions = unique === null ? (value?.expression ? [value.expression] : []) : unique.candidates;
  const paths = [...expressions, ...Object.values(when).flatMap((w) => w.expression ?? [])].flatMap((e) => e.paths);
  return {
    name,
    file: document.file,
    line: lineAt(document, pointer),
    rule: unique === null ? value : null,
    unique,
    reference: "reference" in rule ? { onUnresolved: rule.onUnresolved ?? "keep" } : null,
    primary: "primary" in rule,
    createOnly: "apply" in rule && rule.apply === "create-only",
    onNull: ("onNull" in rule ? rule.onNull : undefined) ?? "keep",
    onDrift: rule.onDrift ?? "correct",
    when,
    hrPaths: [...new Set(paths.filter((path) => !isAccountPath(path)))],
    deferred: paths.some(isAccountPath),
  };
}

function compilePrimary(document: PolicyDocument<unknown>, text: string, pointer: string): CompiledValue {
  const expression = parseAt(document, text, `${pointer}/primary`);
  return { kind: "expression", expression, constant: null, line: lineAt(document, pointer) };
}

function compileValue(
  document: PolicyDocument<unknown>,
  rule: { value: string } | { constant: unknown },
  pointer: string,
): CompiledValue {
  const line = lineAt(document, pointer);
  if ("value" in rule) {
    return { kind: "expression", expression: parseAt(document, rule.value, `${pointer}/value`), constant: null, line };
  }
  return { kind: "constant", expression: null, constant: rule.constant as Value | null, line };
}

type WhenRule = "clear" | "keep" | { value: string } | { constant: unknown };

function compileWhen(document: PolicyDocument<unknown>, rule: WhenRule, pointer: string): CompiledValue {
  if (typeof rule === "object") return compileValue(document, rule, pointer);
  return { kind: rule, expression: null, constant: null, line: lineAt(document, pointer) };
}

/** `SelectUniqueValue(a, b)` at the top of a value is Entra's way to say `unique: { candidates: [a, b] }`. */
function compileUnique(
  document: PolicyDocument<Mapping>,
  rule: Rule,
  pointer: string,
  expression: Expression | null,
): CompiledUnique | null {
  const defaults = { counter: false, maxLength: null, charset: null, retain: null, reserved: [] };
  if (expression?.isUnique === true) {
    return { ...defaults, candidates: expression.alternatives, within: "target", onRename: "keep" };
  }
  if (!("unique" in rule)) return null;
  const unique = rule.unique;
  return {
    candidates: unique.candidates.map((text, i) => parseAt(document, text, `${pointer}/unique/candidates/${i}`)),
    counter: unique.counter ?? false,
    maxLength: unique.maxLength ?? null,
    charset: unique.charset === undefined ? null : { allow: unique.charset.allow, fold: unique.charset.fold ?? false },
    within: unique.within ?? "target",
    retain: unique.retain ?? null,
    onRename: unique.onRename ?? "keep",
    reserved: (unique.reserved ?? []).map((name) => name.toLowerCase()),
  };
}

function compileContainer(document: PolicyDocument<Mapping>): MappingParts["container"] {
  const out: Partial<Record<Stage | "default", CompiledValue>> = {};
  const container = document.value.container ?? {};
  for (const stage of [...STAGES, "default"] as const) {
    const place = container[stage];
    if (place !== undefined) out[stage] = compileValue(document, place, `/container/${stage}`);
  }
  return out;
}

/** Rules that read `[account.X]` come after X; a circle is MUS-1106. The order is stable: as in the file otherwise. */
function orderAttributes(document: PolicyDocument<Mapping>, rules: readonly CompiledAttribute[]): CompiledAttribute[] {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const done = new Set<string>();
  const open: string[] = [];
  const out: CompiledAttribute[] = [];
  const visit = (rule: CompiledAttribute): void => {
    if (done.has(rule.name)) return;
    if (open.includes(rule.name)) throw circle(document, rule, [...open.slice(open.indexOf(rule.name)), rule.name]);
    open.push(rule.name);
    for (const path of accountPaths(rule)) {
      const { target, attribute } = splitAccountPath(path);
      const dependency = target === null ? byName.get(attribute) : undefined;
      if (target === null && dependency === undefined) throw unknownAccountPath(document, rule, path);
      if (dependency !== undefined) visit(dependency);
    }
    open.pop();
    done.add(rule.name);
    out.push(rule);
  };
  for (const rule of rules) visit(rule);
  return out;
}

export function expressionsOf(rule: CompiledAttribute): Expression[] {
  const values = [rule.rule, ...Object.values(rule.when)].flatMap((value) => value?.expression ?? []);
  return [...values, ...(rule.unique?.candidates ?? [])];
}

/** What the expressions of a mapping say that is allowed and probably not meant. */
export function warningsOf(mapping: CompiledMapping): ExpressionWarning[] {
  const places = Object.values<CompiledValue | undefined>(mapping.container);
  const all = [
    ...mapping.attributes.flatMap(expressionsOf),
    ...mapping.match.map(({ expression }) => expression),
    ...places.flatMap((place) => place?.expression ?? []),
    ...(mapping.primary === null ? [] : [mapping.primary]),
  ];
  return all.flatMap(({ warnings }) => warnings);
}

export function accountPaths(rule: CompiledAttribute): string[] {
  return expressionsOf(rule)
    .flatMap(({ paths }) => paths)
    .filter(isAccountPath);
}

function circle(document: PolicyDocument<Mapping>, rule: CompiledAttribute, path: readonly string[]): MusterError {
  return new MusterError("MUS-1106", {
    what: `attributes of mapping ${document.value.name} depend on each other: ${path.join(" -> ")}`,
    where: { file: document.file, line: rule.line },
  });
}

function unknownAccountPath(document: PolicyDocument<Mapping>, rule: CompiledAttribute, path: string): MusterError {
  return new MusterError("MUS-1104", {
    what: `${rule.name} reads [${path}], which mapping ${document.value.name} does not map`,
    where: { file: document.file, line: rule.line },
    next: "Map the attribute in the same mapping, or correct its name.",
  });
}
