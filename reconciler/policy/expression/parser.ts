/** Tokens to a syntax tree, by recursive descent. The grammar is that of Entra's mapping expressions. */
import { MusterError } from "../../support/errors.js";
import { MAX_EXPRESSION_CHARS, MAX_EXPRESSION_DEPTH } from "../../support/limits.js";
import { type Token, tokenize } from "./lexer.js";
import { type ExpressionPosition, locate } from "./position.js";
import { type ArgumentNode, type CallNode, COMPARISON_OPERATORS, type OperandNode, type WordNode } from "./syntax.js";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Throws MUS-1201 (syntax), MUS-1205 (escape) or MUS-1209 (length), each with its place. */
export function parseSyntax(text: string, at: ExpressionPosition): OperandNode {
  if (text.length > MAX_EXPRESSION_CHARS)
    throw new MusterError("MUS-1209", {
      what: `The expression has ${text.length} characters; ${MAX_EXPRESSION_CHARS} are allowed`,
      where: locate(text, at, 0),
    });
  return new Parser(text, at, tokenize(text, at)).parse();
}

class Parser {
  readonly #text: string;
  readonly #at: ExpressionPosition;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(text: string, at: ExpressionPosition, tokens: readonly Token[]) {
    this.#text = text;
    this.#at = at;
    this.#tokens = tokens;
  }

  parse(): OperandNode {
    if (this.#token.kind === "end") this.#fail("The expression is empty", this.#token);
    const node = this.#operandOrWord();
    if (node.kind === "word") return this.#failWord(node);
    const rest = this.#token;
    if (rest.kind === "operator")
      this.#fail("A comparison stands outside of IIF and CBool", rest, "Write IIF(a = b, valueIfTrue, valueIfFalse).");
    if (rest.kind !== "end") this.#fail(`Unexpected ${describe(rest)} after the end of the expression`, rest);
    return node;
  }

  get #token(): Token {
    const token = this.#tokens[this.#index];
    if (token === undefined) throw new MusterError("MUS-9001", { what: "the parser read past the end" });
    return token;
  }

  #take(): Token {
    const token = this.#token;
    this.#index++;
    return token;
  }

  #fail(what: string, token: { readonly start: number }, next?: string): never {
    const where = locate(this.#text, this.#at, token.start);
    throw new MusterError("MUS-1201", next === undefined ? { what, where } : { what, where, next });
  }

  #failWord(node: WordNode): never {
    const next = `Write [${node.word}] for an attribute, "${node.word}" for a text, ${node.word}(...) for a function.`;
    this.#fail(`${node.word} is neither an attribute nor a text`, node, next);
  }

  #operandOrWord(): OperandNode | WordNode {
    const token = this.#take();
    const { start, end } = token;
    switch (token.kind) {
      case "attribute":
        return { kind: "attribute", path: token.value, start, end };
      case "text":
        return { kind: "text", value: token.value, start, end };
      case "number":
        return { kind: "number", value: this.#number(token), start, end };
      case "name":
        return this.#token.kind === "(" ? this.#call(token) : { kind: "word", word: token.value, start, end };
      default:
        return this.#fail(`Expected a function, an attribute, a text or a number, found ${describe(token)}`, token);
    }
  }

  #number(token: Token): bigint {
    const value = BigInt(token.value.startsWith("&H") ? `0x${token.value.slice(2)}` : token.value);
    if (value < INT64_MIN || value > INT64_MAX) this.#fail("The number does not fit 64 bits", token);
    return value;
  }

  #call(name: Token): CallNode {
    this.#take();
    if (++this.#depth > MAX_EXPRESSION_DEPTH)
      this.#fail(`More than ${MAX_EXPRESSION_DEPTH} functions stand inside each other`, name);
    const args: ArgumentNode[] = [];
    if (this.#token.kind !== ")") {
      args.push(this.#argument());
      while (this.#token.kind === ",") {
        this.#take();
        args.push(this.#argument());
      }
    }
    const close = this.#take();
    if (close.kind !== ")") this.#fail(`Expected , or ) in ${name.value}, found ${describe(close)}`, close);
    this.#depth--;
    return { kind: "call", name: name.value, arguments: args, start: name.start, end: close.end };
  }

  #argument(): ArgumentNode {
    const first = this.#token;
    if (first.kind === "," || first.kind === ")") return { kind: "omitted", start: first.start, end: first.start };
    const left = this.#operandOrWord();
    if (this.#token.kind !== "operator") return left;
    const operator = COMPARISON_OPERATORS.find((known) => known === this.#token.value);
    if (left.kind === "word") return this.#failWord(left);
    this.#take();
    const right = this.#operandOrWord();
    if (right.kind === "word") return this.#failWord(right);
    if (operator === undefined) throw new MusterError("MUS-9001", { what: "the lexer gave an unknown operator" });
    if (this.#token.kind === "operator")
      this.#fail("A comparison has two sides only", this.#token, "Nest IIF for more than one condition.");
    return { kind: "comparison", operator, left, right, start: left.start, end: right.end };
  }
}

function describe(token: Token): string {
  if (token.kind === "end") return "the end of the expression";
  if (token.kind === "text") return "a text";
  if (token.kind === "attribute") return `[${token.value}]`;
  return token.value;
}
