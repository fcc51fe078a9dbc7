/**
 * The expression language of mappings: the function syntax that Entra ID provisioning documents, with a few declared
 * additions. An expression is parsed and checked once per policy and evaluated once per person, so the syntax tree is
 * compiled to closures; whatever can be found wrong without a person is found here.
 */
import { MusterError, throwAll, type Where } from "../../support/errors.js";
import { type Compilation, compileNode, type ExpressionWarning } from "./compile.js";
import { UNIQUE_FUNCTION } from "./functions/choice.js";
import { parseSyntax } from "./parser.js";
import { type ExpressionPosition, locate } from "./position.js";
import type { ArgumentNode, CallNode, OperandNode } from "./syntax.js";
import type { Environment, ExpressionValue } from "./value.js";

export interface Expression {
  readonly text: string;
  /** The attributes read, as they stand between the brackets; distinct, in order of appearance. */
  readonly paths: readonly string[];
  /** Where each path stands first. */
  readonly places: Readonly<Record<string, Where>>;
  readonly usesNow: boolean;
  /** SelectUniqueValue stands at the top. */
  readonly isUnique: boolean;
  /** The rules of SelectUniqueValue in order; empty for every other expression. */
  readonly alternatives: readonly Expression[];
  /** Redact stands somewhere in it: the whole result is masked in reports. */
  readonly isRedacted: boolean;
  /** Shapes that are allowed but probably not meant, or that Entra does not support. */
  readonly warnings: readonly ExpressionWarning[];
  /**
   * The value for one person: null for "known to be empty"; undefined for "not managed", when there are paths and the
   * environment supplies none of them, or when IgnoreFlowIfNullOrEmpty dropped the attribute. A unique expression gives
   * its first rule's value that is neither null nor empty. Throws MUS-1207 for a value it cannot use.
   */
  evaluate(environment: Environment): ExpressionValue | undefined;
}

export interface ParseOptions {
  /** Whether SelectUniqueValue may stand at the top; by default it may. */
  readonly unique?: "allowed" | "refused";
}

/**
 * Parses and checks an expression. Throws MusterError (or MusterErrors for several mistakes) with a code MUS-12xx and
 * the file, line and column of each mistake.
 */
export function parseExpression(text: string, at: ExpressionPosition, options: ParseOptions = {}): Expression {
  const root = parseSyntax(text, at);
  const compilation: Compilation = { text, at, errors: [], warnings: [] };
  refuseUnique(root, compilation, options);
  const isUnique = isUniqueCall(root);
  const alternatives = isUnique ? compileRules(root, compilation) : [];
  const evaluate = isUnique ? firstValue(alternatives) : compileWhole(root, compilation);
  throwAll(compilation.errors);
  return { ...describe(text, root, compilation), isUnique, alternatives, evaluate };
}

type Described = Omit<Expression, "isUnique" | "alternatives" | "evaluate">;

function describe(text: string, root: OperandNode, { text: whole, at, warnings }: Compilation): Described {
  const places: Record<string, Where> = {};
  let usesNow = false;
  let isRedacted = false;
  visitNodes(root, (node) => {
    if (node.kind === "attribute") places[node.path] ??= locate(whole, at, node.start);
    if (node.kind !== "call") return;
    usesNow ||= node.name === "Now";
    isRedacted ||= node.name === "Redact";
  });
  return { text, paths: Object.keys(places), places, usesNow, isRedacted, warnings };
}

function visitNodes(node: ArgumentNode, visit: (node: ArgumentNode) => void): void {
  visit(node);
  if (node.kind === "call") for (const argument of node.arguments) visitNodes(argument, visit);
  if (node.kind !== "comparison") return;
  visitNodes(node.left, visit);
  visitNodes(node.right, visit);
}

function refuseUnique(root: OperandNode, { text, at, errors }: Compilation, options: ParseOptions): void {
  if (options.unique !== "refused" || !isUniqueCall(root)) return;
  const what = `${UNIQUE_FUNCTION} is not allowed here: only an account's attribute is allotted`;
  errors.push(new MusterError("MUS-1208", { what, where: locate(text, at, root.start) }));
}

function isUniqueCall(root: OperandNode): root is CallNode {
  return root.kind === "call" && root.name === UNIQUE_FUNCTION;
}

/** Each rule is an expression of its own; names are allotted from their values for all people at once. */
function compileRules(root: CallNode, compilation: Compilation): readonly Expression[] {
  const { text, at, errors } = compilation;
  const rules = root.arguments.filter((node) => node.kind !== "omitted");
  if (rules.length < 2 || rules.length !== root.arguments.length)
    errors.push(
      new MusterError("MUS-1203", {
        what: `${UNIQUE_FUNCTION} takes at least two rules, none left out`,
        where: locate(text, at, root.start),
        next: "For one candidate with a counter write `unique:` with `candidates:` instead of an expression.",
      }),
    );
  return rules.flatMap((node) => {
    if (node.kind === "comparison" || node.kind === "word") {
      const what = `${UNIQUE_FUNCTION}: a rule is a function, an attribute or a text`;
      errors.push(new MusterError("MUS-1204", { what, where: locate(text, at, node.start) }));
      return [];
    }
    const evaluate = compileWhole(node, compilation);
    const described = describe(text.slice(node.start, node.end), node, compilation);
    return [{ ...described, isUnique: false, alternatives: [], evaluate }];
  });
}

/** A whole expression: undefined when the environment supplies none of its paths, or when the attribute was dropped. */
function compileWhole(root: OperandNode, compilation: Compilation): Expression["evaluate"] {
  const { evaluate } = compileNode(root, compilation);
  const { paths } = describe(compilation.text, root, compilation);
  return (environment) => {
    if (paths.length > 0 && paths.every((path) => environment.get(path) === undefined)) return undefined;
    const context = { environment, dropped: false };
    const value = evaluate(context);
    return context.dropped ? undefined : value;
  };
}

function firstValue(rules: readonly Expression[]): Expression["evaluate"] {
  return (environment) => {
    let value: ExpressionValue | undefined;
    for (const rule of rules) {
      const candidate = rule.evaluate(environment);
      if (candidate !== undefined && candidate !== null && candidate !== "") return candidate;
      if (candidate !== undefined) value = null;
    }
    return value;
  };
}
