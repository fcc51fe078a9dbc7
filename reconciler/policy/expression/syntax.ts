/** The syntax tree. Offsets count UTF-16 units from the start of the text; `end` is exclusive. */

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface CallNode extends Span {
  readonly kind: "call";
  readonly name: string;
  readonly arguments: readonly ArgumentNode[];
}

export interface AttributeNode extends Span {
  readonly kind: "attribute";
  /** The text between the brackets, as it stands. */
  readonly path: string;
}

export interface TextNode extends Span {
  readonly kind: "text";
  readonly value: string;
}

export interface NumberNode extends Span {
  readonly kind: "number";
  readonly value: bigint;
}

export interface ComparisonNode extends Span {
  readonly kind: "comparison";
  readonly operator: ComparisonOperator;
  readonly left: OperandNode;
  readonly right: OperandNode;
}

/** A bare word, such as vbTextCompare. */
export interface WordNode extends Span {
  readonly kind: "word";
  readonly word: string;
}

/** A left-out argument: nothing between two commas. Not the empty string. */
export interface OmittedNode extends Span {
  readonly kind: "omitted";
}

export type OperandNode = CallNode | AttributeNode | TextNode | NumberNode;
export type ArgumentNode = OperandNode | ComparisonNode | WordNode | OmittedNode;

export const COMPARISON_OPERATORS = ["=", "<>", ">", ">=", "<", "<="] as const;
export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number];
