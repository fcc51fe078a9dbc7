/**
 * The canonical YAML of Muster: the text that every file it writes has, so that diffs show only what changed. Key order
 * as the caller gives it, LF, two spaces, no folding, no anchors, no flow collections but `{}` and `[]`.
 *
 * A text is written plain only where every reader, YAML 1.1 or 1.2, takes it for the text it is: what begins with a
 * letter, is no word such as yes, NO or null, and holds no character that means something to YAML. Everything else is
 * double-quoted (dates, numbers, 12:30, leading zeros, the empty text), several lines are a literal block.
 */
import { MusterError } from "../support/errors.js";

/** YAML 1.1 booleans and nulls, in any case; `e5` is a float to some YAML 1.1 readers. */
const RETYPED = /^(?:y|yes|n|no|on|off|true|false|null|e[-+]?\d+)$/i;
/** Control characters, line breaks of YAML 1.1, the byte order mark, surrogates on their own, non-characters. */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be found
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ESCAPED = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
const BEGINS_PLAIN = /^[\p{L}_]/u;
const ENDS_OR_BREAKS_PLAIN = /: | #|[: ]$/;
/** YAML allows 1,024 characters for a key on one line. */
const MAX_KEY = 1_000;

/** YAML text of a JSON value (undefined members are left out). Throws MUS-9001 for anything else. */
export function writeYaml(value: unknown): string {
  if (isEmpty(value) || typeof value !== "object" || value === null) return `${inline(value)}\n`;
  const out: string[] = [];
  if (Array.isArray(value)) writeList(value, "", "", out);
  else writeMap(value, "", "", out);
  return out.join("");
}

/** `first` stands before the first line in place of the indentation: "- " where a map or list is an item of a list. */
function writeMap(value: object, indent: string, first: string, out: string[]): void {
  let lead = first === "" ? indent : first;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    out.push(lead, quoteKey(key), ":");
    writeMember(member, indent, out);
    lead = indent;
  }
}

function writeMember(value: unknown, indent: string, out: string[]): void {
  const deeper = `${indent}  `;
  if (typeof value === "string" && isBlock(value)) {
    writeBlock(value, deeper, out);
  } else if (typeof value !== "object" || value === null || isEmpty(value)) {
    out.push(" ", inline(value), "\n");
  } else if (Array.isArray(value)) {
    out.push("\n");
    writeList(value, deeper, "", out);
  } else {
    out.push("\n");
    writeMap(value, deeper, "", out);
  }
}

function writeList(items: readonly unknown[], indent: string, first: string, out: string[]): void {
  const deeper = `${indent}  `;
  let lead = first === "" ? indent : first;
  for (const item of items) {
    if (typeof item === "string" && isBlock(item)) {
      out.push(lead, "-");
      writeBlock(item, deeper, out);
    } else if (typeof item !== "object" || item === null || isEmpty(item)) {
      out.push(lead, "- ", inline(item), "\n");
    } else if (Array.isArray(item)) writeList(item, deeper, `${lead}- `, out);
    else writeMap(item, deeper, `${lead}- `, out);
    lead = indent;
  }
}

function writeBlock(text: string, indent: string, out: string[]): void {
  const ends = text.endsWith("\n");
  out.push(ends ? " |\n" : " |-\n");
  for (const line of (ends ? text.slice(0, -1) : text).split("\n")) out.push(line === "" ? "" : indent, line, "\n");
}

/** Whether a text is written as a literal block: several lines, none of which a reader could take differently. */
function isBlock(text: string): boolean {
  if (!text.includes("\n") || text.endsWith("\n\n") || /^[\s]/.test(text)) return false;
  if (/[ \t](?:\n|$)|\n\t/.test(text)) return false;
  return !UNPRINTABLE.test(text.replaceAll("\n", "").replaceAll("\t", ""));
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) ? value.length === 0 : Object.values(value).every((member) => member === undefined);
}

function inline(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (value === null) return "null";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number" && Number.isFinite(value)) return numeral(value);
  if (isEmpty(value)) return Array.isArray(value) ? "[]" : "{}";
  throw new MusterError("MUS-9001", { what: `a ${typeof value} cannot be written as YAML` });
}

/** YAML 1.1 reads a float only with its point. */
function numeral(value: number): string {
  const text = String(value);
  return /^-?\d+e/.test(text) ? text.replace("e", ".0e") : text;
}

function quote(text: string): string {
  const plain =
    BEGINS_PLAIN.test(text) && !ENDS_OR_BREAKS_PLAIN.test(text) && !UNPRINTABLE.test(text) && !RETYPED.test(text);
  return plain ? text : quoted(text);
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(ESCAPED, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function quoteKey(key: string): string {
  const text = quote(key);
  if (text.length > MAX_KEY) throw new MusterError("MUS-9001", { what: "a key is too long for YAML" });
  return text;
}
