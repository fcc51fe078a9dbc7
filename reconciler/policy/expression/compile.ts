/** Checks a syntax tree and turns it into closures; all mistakes of one expression are reported together. */
import { MusterError, type Where } from "../../support/errors.js";
import { type Argument, Call, type CallPlace, type FunctionDefinition } from "./call.js";
import { arrangeArguments, checkArguments, suggestFunction } from "./check.js";
import { compileComparison } from "./comparison.js";
import { FUNCTIONS } from "./functions/index.js";
import { explainRefusal } from "./functions/refused.js";
import { offsetInText } from "./lexer.js";
import { type ExpressionPosition, locate } from "./position.js";
import type { Evaluate } from "./signature.js";
import type { ArgumentNode, AttributeNode, CallNode, ComparisonNode } from "./syntax.js";
import { fromOperand } from "./value.js";

export interface ExpressionWarning {
  readonly what: string;
  readonly where: Where;
}

/** The text that is compiled, and what was found in it. */
export interface Compilation {
  readonly text: string;
  readonly at: ExpressionPosition;
  readonly errors: MusterError[];
  readonly warnings: ExpressionWarning[];
}

/** Compiles a node; on a mistake notes the error and gives a closure that is never run. */
export function compileNode(node: ArgumentNode, compilation: Compilation): Argument {
  switch (node.kind) {
    case "attribute":
      return { node, kind: "any", constant: undefined, evaluate: readAttribute(node), signature: undefined };
    case "text":
    case "number": {
      const { kind, value } = node;
      return { node, kind, constant: value, evaluate: () => value, signature: undefined };
    }
    case "comparison":
      return compileComparisonNode(node, compilation);
    case "word":
    case "omitted":
      return { node, kind: "enum", constant: undefined, evaluate: () => null, signature: undefined };
    case "call":
      return compileCall(node, compilation);
  }
}

function readAttribute({ path }: AttributeNode): Evaluate {
  return ({ environment }) => {
    const value = environment.get(path);
    return value === undefined ? null : fromOperand(value);
  };
}

function compileComparisonNode(node: ComparisonNode, compilation: Compilation): Argument {
  const left = compileNode(node.left, compilation);
  const right = compileNode(node.right, compilation);
  const where = locate(compilation.text, compilation.at, node.start);
  if (left.kind === "list" || right.kind === "list")
    compilation.errors.push(new MusterError("MUS-1204", { what: "A list cannot be compared", where }));
  const evaluate = compileComparison(node.operator, left.evaluate, right.evaluate, (what) => {
    throw new MusterError("MUS-1207", { what: `Comparison: ${what}`, where });
  });
  return { node, kind: "boolean", constant: undefined, evaluate, signature: undefined };
}

function compileCall(node: CallNode, compilation: Compilation): Argument {
  const definition = FUNCTIONS.get(node.name);
  if (definition === undefined) {
    compilation.errors.push(unknownFunction(node, compilation));
    for (const argument of node.arguments) compileNode(argument, compilation);
    return { node, kind: "any", constant: undefined, evaluate: () => null, signature: undefined };
  }
  const args = arrangeArguments(definition, node).map((argument) =>
    argument.kind === "omitted" ? undefined : compileNode(argument, compilation),
  );
  const call = new Call(definition, args, node.start, placeOf(compilation));
  const evaluate = compileChecked(definition, call, compilation);
  return { node, kind: definition.returns, constant: undefined, evaluate, signature: definition };
}

function compileChecked(definition: FunctionDefinition, call: Call, compilation: Compilation): Evaluate {
  try {
    checkArguments(call);
    return definition.compile(call);
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    compilation.errors.push(error);
    return () => null;
  }
}

function unknownFunction(node: CallNode, { text, at }: Compilation): MusterError {
  const where = locate(text, at, node.start);
  const refusal = explainRefusal(node.name);
  if (refusal !== undefined) return new MusterError(refusal.code, { what: refusal.what, where, next: refusal.next });
  const next = suggestFunction(node.name, FUNCTIONS.keys());
  const what = `${node.name} is not a function`;
  return new MusterError("MUS-1202", next === undefined ? { what, where } : { what, where, next });
}

function placeOf({ text, at, warnings }: Compilation): CallPlace {
  return {
    where: (offset) => locate(text, at, offset),
    whereInText: (node, index) =>
      locate(text, at, node.kind === "text" ? offsetInText(text, node.start, index) : node.start),
    warn: (what, where) => warnings.push({ what, where }),
  };
}
