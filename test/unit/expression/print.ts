/** A syntax tree as text again, and random trees; for the round trip of the parser. */
import fc from "fast-check";
import {
  type ArgumentNode,
  COMPARISON_OPERATORS,
  type OperandNode,
} from "../../../reconciler/policy/expression/syntax.js";

export function print(node: ArgumentNode): string {
  switch (node.kind) {
    case "attribute":
      return `[${node.path}]`;
    case "text":
      return `"${node.value.replace(/[\\"]/g, "\\$&")}"`;
    case "number":
      return node.value.toString();
    case "word":
      return node.word;
    case "omitted":
      return "";
    case "comparison":
      return `${print(node.left)} ${node.operator} ${print(node.right)}`;
    case "call":
      return `${node.name}(${node.arguments.map(print).join(", ")})`;
  }
}

/** The tree without the places of its nodes. */
export function withoutPlaces(node: ArgumentNode): ArgumentNode {
  const place = { start: 0, end: 0 };
  if (node.kind === "call") return { ...node, ...place, arguments: node.arguments.map(withoutPlaces) };
  if (node.kind !== "comparison") return { ...node, ...place };
  return {
    ...node,
    ...place,
    left: withoutPlaces(node.left) as OperandNode,
    right: withoutPlaces(node.right) as OperandNode,
  };
}

const place = { start: 0, end: 0 };
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}$/);
const path = fc.stringMatching(/^[A-Za-z_:.-]([A-Za-z0-9_:. -]{0,10}[A-Za-z0-9])?(\[k eq "[a-z\]]{0,3}"\])?$/);
const leaf: fc.Arbitrary<OperandNode> = fc.oneof(
  path.map((value) => ({ kind: "attribute" as const, path: value, ...place })),
  fc.string({ unit: "binary" }).map((value) => ({ kind: "text" as const, value, ...place })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ kind: "number" as const, value, ...place })),
);

const trees = fc.letrec<{ operand: OperandNode; argument: ArgumentNode }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({
      kind: fc.constant("call" as const),
      name,
      arguments: fc
        .array(tie("argument"), { maxLength: 5 })
        .filter((args) => args.length !== 1 || args[0]?.kind !== "omitted"),
      start: fc.constant(0),
      end: fc.constant(0),
    }),
  ),
  argument: fc.oneof(
    { arbitrary: tie("operand"), weight: 5 },
    { arbitrary: fc.constant<ArgumentNode>({ kind: "omitted", ...place }), weight: 1 },
    { arbitrary: name.map((word): ArgumentNode => ({ kind: "word", word, ...place })), weight: 1 },
    {
      arbitrary: fc
        .tuple(tie("operand"), fc.constantFrom(...COMPARISON_OPERATORS), tie("operand"))
        .map(([left, operator, right]): ArgumentNode => ({ kind: "comparison", operator, left, right, ...place })),
      weight: 1,
    },
  ),
}));

/** Random operands: attributes, texts, numbers and calls of invented functions. */
export const operands = trees.operand;
