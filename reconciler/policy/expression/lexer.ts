/** Text to tokens. Every mistake names the character where it begins. */
import { MusterError } from "../../support/errors.js";
import { type ExpressionPosition, locate } from "./position.js";

export interface Token {
  readonly kind: "name" | "attribute" | "text" | "number" | "operator" | "(" | ")" | "," | "end";
  /** The decoded value of a text or attribute, else the characters themselves. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const BLANKS = /[ \t\r\n]+/y;
const NAME = /[A-Za-z][A-Za-z0-9]*/y;
const NUMBER = /-?[0-9]+(?![A-Za-z0-9_.])|&H[0-9A-Fa-f]+(?![A-Za-z0-9_.])/y;
const OPERATOR = /<>|>=|<=|=|>|</y;

/** Scans the whole text; throws MUS-1201 or MUS-1205 at the first character that fits nowhere. */
export function tokenize(text: string, at: ExpressionPosition): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  for (;;) {
    offset = skip(text, BLANKS, offset);
    if (offset >= text.length) break;
    const token = scanToken(text, offset, at);
    tokens.push(token);
    offset = token.end;
  }
  tokens.push({ kind: "end", value: "", start: text.length, end: text.length });
  return tokens;
}

function skip(text: string, pattern: RegExp, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

function scanToken(text: string, start: number, at: ExpressionPosition): Token {
  const char = text[start];
  if (char === "(" || char === ")" || char === ",") return { kind: char, value: char, start, end: start + 1 };
  if (char === '"') return scanText(text, start, at);
  if (char === "[") return scanAttribute(text, start, at);
  for (const [kind, pattern] of [
    ["name", NAME] as const,
    ["number", NUMBER] as const,
    ["operator", OPERATOR] as const,
  ]) {
    const end = skip(text, pattern, start);
    if (end > start) return { kind, value: text.slice(start, end), start, end };
  }
  throw new MusterError("MUS-1201", { ...explainCharacter(text, start), where: locate(text, at, start) });
}

function explainCharacter(text: string, start: number): { what: string; next?: string } {
  const char = String.fromCodePoint(text.codePointAt(start) ?? 0);
  if (char === "'" || char === "“" || char === "”" || char === "‘" || char === "’")
    return { what: `A text begins with ${char}`, next: 'Write texts in plain double quotes: "text".' };
  if (char === "&")
    return { what: "The operator & does not exist in provisioning expressions", next: "Use Append or Join." };
  if (char === "]") return { what: "A ] has no [ before it", next: "Write an attribute as [name]." };
  if (/[-0-9]/.test(char))
    return { what: "A number is not whole", next: "Write whole numbers, in digits or as &H hexadecimal, or quote it." };
  return { what: `Unexpected character ${JSON.stringify(char)}`, next: 'Texts stand in double quotes ("text").' };
}

function scanText(text: string, start: number, at: ExpressionPosition): Token {
  let value = "";
  for (let i = start + 1; i < text.length; i++) {
    const char = text[i];
    if (char === '"') return { kind: "text", value, start, end: i + 1 };
    if (char !== "\\") {
      value += char;
      continue;
    }
    const escaped = text[i + 1];
    if (escaped !== "\\" && escaped !== '"' && escaped !== undefined)
      throw new MusterError("MUS-1205", {
        what: `\\${escaped} is not an escape; only \\\\ and \\" are`,
        where: locate(text, at, i),
        next: `Write \\\\${escaped} for a backslash followed by ${escaped}.`,
      });
    value += escaped ?? "";
    i++;
  }
  throw new MusterError("MUS-1201", {
    what: 'A text has no closing "',
    where: locate(text, at, start),
    next: 'Close the text with "; a quotation mark inside it is written \\".',
  });
}

/** Up to the bracket that closes the first one: SCIM paths hold brackets and quoted text of their own. */
function scanAttribute(text: string, start: number, at: ExpressionPosition): Token {
  const end = findClosingBracket(text, start);
  const fail = (what: string, next: string): never => {
    throw new MusterError("MUS-1201", { what, where: locate(text, at, start), next });
  };
  if (end === -1) return fail("An attribute has no closing ]", "Close the attribute with ].");
  const value = text.slice(start + 1, end);
  if (value.trim() === "") return fail("An attribute has no name", "Write the attribute's name: [name.given].");
  if (value !== value.trim()) return fail(`[${value}] begins or ends with a blank`, `Write [${value.trim()}].`);
  return { kind: "attribute", value, start, end: end + 1 };
}

function findClosingBracket(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === "\n" || char === "\r") return -1;
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === "[") depth++;
    else if (!quoted && char === "]" && --depth === 0) return i;
  }
  return -1;
}

/** The offset in the expression of the character at `index` of a text's decoded value. */
export function offsetInText(text: string, start: number, index: number): number {
  let offset = start + 1;
  for (let i = 0; i < index; i++) offset += text[offset] === "\\" ? 2 : 1;
  return offset;
}
