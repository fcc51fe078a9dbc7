/**
 * A fast reader for the canonical YAML that Muster itself writes. It is not a YAML parser: it takes a text apart on the
 * guess that `writeYaml` made it, and proves the guess by writing the value again. Where the two texts are the same the
 * value is exactly what a YAML parser reads from it, since `parse(writeYaml(v))` is `v` (a property that is tested);
 * where they are not, the answer is undefined and the real parser reads the file and finds the errors.
 */
import { writeYaml } from "./write-yaml.js";

/** The value of a canonical document, undefined when the text is not canonical. */
export function readCanonical(text: string): unknown {
  if (!text.endsWith("\n") || text.startsWith("-") || text.startsWith("{") || text.startsWith("[")) return undefined;
  const cursor: Cursor = { lines: text.split("\n"), at: 0 };
  cursor.lines.pop();
  let value: unknown;
  try {
    value = readMap(cursor, 0, null);
  } catch (error) {
    if (error instanceof NotCanonical || error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
  return cursor.at === cursor.lines.length && writeYaml(value) === text ? value : undefined;
}

interface Cursor {
  readonly lines: string[];
  at: number;
}

class NotCanonical extends Error {}

/** `first` is the rest of the line that holds the first member, where the map is an item of a list. */
function readMap(cursor: Cursor, indent: number, first: string | null): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  let content = first ?? lineAt(cursor, indent);
  while (content !== null) {
    cursor.at++;
    const colon = endOfKey(content);
    const key = content[0] === '"' ? (JSON.parse(content.slice(0, colon)) as string) : content.slice(0, colon);
    if (key === "__proto__") throw new NotCanonical();
    map[key] = readMember(cursor, indent, content.slice(colon + 1));
    content = lineAt(cursor, indent);
  }
  return map;
}

function endOfKey(content: string): number {
  if (content[0] === '"') {
    const end = /^"(?:[^"\\]|\\.)*"/.exec(content);
    if (end === null || content[end[0].length] !== ":") throw new NotCanonical();
    return end[0].length;
  }
  const at = content.indexOf(": ");
  if (at >= 0) return at;
  if (!content.endsWith(":")) throw new NotCanonical();
  return content.length - 1;
}

function readMember(cursor: Cursor, indent: number, rest: string): unknown {
  if (rest === "") {
    const next = cursor.lines[cursor.at] ?? "";
    return next.startsWith("- ", indent + 2) ? readList(cursor, indent + 2, null) : readMap(cursor, indent + 2, null);
  }
  return readScalar(cursor, indent + 2, rest.slice(1));
}

function readList(cursor: Cursor, indent: number, first: string | null): unknown[] {
  const list: unknown[] = [];
  let content = first ?? lineAt(cursor, indent);
  while (content !== null) {
    if (!content.startsWith("- ")) throw new NotCanonical();
    list.push(readItem(cursor, indent, content.slice(2)));
    content = lineAt(cursor, indent);
  }
  return list;
}

function readItem(cursor: Cursor, indent: number, item: string): unknown {
  if (item.startsWith("- ")) return readList(cursor, indent + 2, item);
  if (isMember(item)) return readMap(cursor, indent + 2, item);
  cursor.at++;
  return readScalar(cursor, indent + 2, item);
}

function isMember(item: string): boolean {
  if (item[0] === '"') return !/^"(?:[^"\\]|\\.)*"$/.test(item);
  return item.endsWith(":") || item.includes(": ");
}

function readScalar(cursor: Cursor, indent: number, text: string): unknown {
  switch (text) {
    case "|":
      return `${readBlock(cursor, indent)}\n`;
    case "|-":
      return readBlock(cursor, indent);
    case "null":
      return null;
    case "true":
      return true;
    case "false":
      return false;
    case "[]":
      return [];
    case "{}":
      return {};
  }
  const c = text.charCodeAt(0);
  if (c === 0x22) return JSON.parse(text);
  if (c !== 0x2d && (c < 0x30 || c > 0x39)) return text;
  const number = Number(text);
  if (!Number.isFinite(number)) throw new NotCanonical();
  return number;
}

function readBlock(cursor: Cursor, indent: number): string {
  const pad = " ".repeat(indent);
  const lines: string[] = [];
  for (; cursor.at < cursor.lines.length; cursor.at++) {
    const line = cursor.lines[cursor.at] ?? "";
    if (line === "") lines.push("");
    else if (line.startsWith(pad)) lines.push(line.slice(indent));
    else break;
  }
  return lines.join("\n");
}

/** The content of the present line where it stands at exactly this indentation, else null. */
function lineAt(cursor: Cursor, indent: number): string | null {
  const line = cursor.lines[cursor.at];
  if (line === undefined || line.length <= indent) return null;
  for (let i = 0; i < indent; i++) if (line.charCodeAt(i) !== 0x20) return null;
  return line.charCodeAt(indent) === 0x20 ? null : line.slice(indent);
}
