/**
 * The grammar of $filter that the tenant reads (OData 4.01 URL conventions 5.1.1, cut down to graph.md section 4):
 *
 *   or      = and { "or" and }          and = unary { "and" unary }          unary = [ "not" ] primary
 *   primary = "(" or ")" | ("startsWith" | "endsWith") "(" path "," literal ")" | path "/any(" name ":" or ")"
 *           | path ("eq" | "ne" | "ge" | "le") literal | path "in" "(" literal { "," literal } ")"
 *   literal = 'text' (quotes doubled inside) | true | false | null | number | instant | GUID
 */
import { GraphFailure } from "./errors.js";

export type Literal = string | number | boolean | null;
export type Comparison = "eq" | "ne" | "ge" | "le";
/** Segments of a property path; within any() the first one is the variable. */
export type Path = readonly string[];

export type FilterNode =
  | { readonly kind: "and"; readonly parts: readonly FilterNode[] }
  | { readonly kind: "or"; readonly parts: readonly FilterNode[] }
  | { readonly kind: "not"; readonly inner: FilterNode }
  | { readonly kind: "compare"; readonly path: Path; readonly operator: Comparison; readonly value: Literal }
  | { readonly kind: "in"; readonly path: Path; readonly values: readonly Literal[] }
  | { readonly kind: "call"; readonly name: "startsWith" | "endsWith"; readonly path: Path; readonly value: string }
  | { readonly kind: "any"; readonly path: Path; readonly variable: string; readonly inner: FilterNode };

type Token = { readonly kind: "text" | "word" | "mark"; readonly text: string };

const TOKEN = /\s*(?:'((?:[^']|'')*)'|([(),:])|([^\s(),:']+(?::\d\d[^\s(),']*)?))/y;
const FUNCTIONS: Readonly<Record<string, "startsWith" | "endsWith">> = {
  startswith: "startsWith",
  endswith: "endsWith",
};

function invalid(why: string): GraphFailure {
  return new GraphFailure(400, "BadRequest", `Invalid filter clause: ${why}`);
}

function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) throw invalid(`Syntax error at position ${at}.`);
    const [, quoted, mark, word] = found;
    if (quoted !== undefined) tokens.push({ kind: "text", text: quoted.replaceAll("''", "'") });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark });
    else tokens.push({ kind: "word", text: word ?? "" });
  }
  return tokens;
}

/** Throws 400 BadRequest where the text is no filter. */
export function parseFilter(text: string): FilterNode {
  const parser = new Parser(readTokens(text));
  const node = parser.readOr();
  parser.expectEnd();
  return node;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expectEnd(): void {
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw invalid(`Syntax error: unexpected '${rest.text}'.`);
  }

  readOr(): FilterNode {
    const parts = [this.#readAnd()];
    while (this.#takeWord("or")) parts.push(this.#readAnd());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "or", parts };
  }

  #readAnd(): FilterNode {
    const parts = [this.#readUnary()];
    while (this.#takeWord("and")) parts.push(this.#readUnary());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "and", parts };
  }

  #readUnary(): FilterNode {
    return this.#takeWord("not") ? { kind: "not", inner: this.#readPrimary() } : this.#readPrimary();
  }

  #readPrimary(): FilterNode {
    if (this.#takeMark("(")) {
      const inner = this.readOr();
      this.#expectMark(")");
      return inner;
    }
    const word = this.#expectWord();
    const name = FUNCTIONS[word.toLowerCase()];
    if (name !== undefined) return this.#readCall(name);
    if (word.endsWith("/any")) return this.#readAny(word.slice(0, -"/any".length).split("/"));
    const path = word.split("/");
    const operator = this.#expectWord();
    if (operator === "in") return { kind: "in", path, values: this.#readList() };
    if (operator !== "eq" && operator !== "ne" && operator !== "ge" && operator !== "le") {
      throw invalid(`The operator '${operator}' is not supported.`);
    }
    return { kind: "compare", path, operator, value: this.#readLiteral() };
  }

  #readCall(name: "startsWith" | "endsWith"): FilterNode {
    this.#expectMark("(");
    const path = this.#expectWord().split("/");
    this.#expectMark(",");
    const value = this.#readLiteral();
    if (typeof value !== "string") throw invalid(`The function '${name}' takes a text.`);
    this.#expectMark(")");
    return { kind: "call", name, path, value };
  }

  #readAny(path: Path): FilterNode {
    this.#expectMark("(");
    const variable = this.#expectWord();
    this.#expectMark(":");
    const inner = this.readOr();
    this.#expectMark(")");
    return { kind: "any", path, variable, inner };
  }

  #readList(): Literal[] {
    this.#expectMark("(");
    const values = [this.#readLiteral()];
    while (this.#takeMark(",")) values.push(this.#readLiteral());
    this.#expectMark(")");
    return values;
  }

  #readLiteral(): Literal {
    const token = this.#next();
    if (token.kind === "text") return token.text;
    if (token.text === "true" || token.text === "false") return token.text === "true";
    if (token.text === "null") return null;
    if (/^-?\d+$/.test(token.text)) return Number(token.text);
    if (/^(\d{4}-\d{2}-\d{2}(T\S+)?|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(token.text)) return token.text;
    throw invalid(`Syntax error: '${token.text}' is no value.`);
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw invalid("Syntax error: the text ends too early.");
    return token;
  }

  #expectWord(): string {
    const token = this.#next();
    if (token.kind !== "word") throw invalid(`Syntax error: unexpected '${token.text}'.`);
    return token.text;
  }

  #takeWord(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "word" || token.text !== text) return false;
    this.#at++;
    return true;
  }

  #takeMark(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "mark" || token.text !== text) return false;
    this.#at++;
    return true;
  }

  #expectMark(text: string): void {
    if (!this.#takeMark(text)) throw invalid(`Syntax error: '${text}' expected.`);
  }
}
