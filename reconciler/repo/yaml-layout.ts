/** Where things stand in a YAML document: by JSON pointer, computed from the parsed nodes only when it is asked for. */
import { isMap, isScalar, isSeq, type LineCounter, Scalar } from "yaml";
import type { Position } from "../model/policy.js";

/** How a scalar is written. */
export interface ScalarSource {
  readonly style: "plain" | "single" | "double" | "block";
  /** As in the file, with its quotes; of a block scalar its header and text. */
  readonly text: string;
  /** From where it begins to the end of that line: more than `text` where ` #` or `: ` cut it. */
  readonly line: string;
}

export interface Layout {
  /**
   * Place of every value, by pointer: of a scalar where its text begins (behind the quote; for a block scalar its first
   * line), of a map or list the key that holds it.
   */
  readonly positions: Readonly<Record<string, Position>>;
  /** Place of every key. */
  readonly keys: Readonly<Record<string, Position>>;
  /** How each scalar is written; for a flow collection the text from its bracket on. */
  readonly scalars: Readonly<Record<string, ScalarSource>>;
}

/** One step of a JSON pointer (RFC 6901). */
export function pointerStep(key: string | number): string {
  return `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

export function layOut(root: unknown, text: string, lines: LineCounter): Layout {
  const layout = {
    positions: noPlaces(),
    keys: noPlaces(),
    scalars: Object.create(null) as Record<string, ScalarSource>,
  };
  visit(root, "", null);
  return layout;

  function visit(node: unknown, pointer: string, key: Position | null): void {
    const start = rangeOf(node)[0];
    if (isMap(node)) {
      layout.positions[pointer] = key ?? place(start);
      if (text[start] === "{") layout.scalars[pointer] = sourceOf("plain", node);
      for (const pair of node.items) {
        const below = `${pointer}${pointerStep(isScalar(pair.key) ? String(pair.key.value) : "?")}`;
        const at = place(rangeOf(pair.key)[0]);
        layout.keys[below] = at;
        visit(pair.value, below, at);
      }
    } else if (isSeq(node)) {
      layout.positions[pointer] = key ?? place(start);
      if (text[start] === "[") layout.scalars[pointer] = sourceOf("plain", node);
      node.items.forEach((item, index) => {
        visit(item, `${pointer}${pointerStep(index)}`, null);
      });
    } else if (isScalar(node)) {
      const style = styleOf(node);
      layout.positions[pointer] = place(textStart(style, start));
      layout.scalars[pointer] = sourceOf(style, node);
    } else if (key !== null) layout.positions[pointer] = key;
  }

  function sourceOf(style: ScalarSource["style"], node: unknown): ScalarSource {
    const [start, end] = rangeOf(node);
    return { style, text: text.slice(start, end), line: text.slice(start, endOfLine(start)).trimEnd() };
  }

  function textStart(style: ScalarSource["style"], start: number): number {
    if (style === "single" || style === "double") return start + 1;
    if (style === "plain") return start;
    const next = endOfLine(start) + 1;
    let line = next;
    while (line < text.length && text.slice(line, endOfLine(line)).trim() === "") line = endOfLine(line) + 1;
    let indent = 0;
    while (text[line + indent] === " ") indent++;
    return Math.min(next + indent, endOfLine(next), text.length);
  }

  function endOfLine(offset: number): number {
    const end = text.indexOf("\n", offset);
    return end < 0 ? text.length : end;
  }

  function place(offset: number): Position {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  }
}

function noPlaces(): Record<string, Position> {
  return Object.create(null) as Record<string, Position>;
}

function rangeOf(node: unknown): readonly [number, number] {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return [range?.[0] ?? 0, range?.[1] ?? 0];
}

function styleOf(node: Scalar): ScalarSource["style"] {
  switch (node.type) {
    case Scalar.QUOTE_SINGLE:
      return "single";
    case Scalar.QUOTE_DOUBLE:
      return "double";
    case Scalar.BLOCK_FOLDED:
    case Scalar.BLOCK_LITERAL:
      return "block";
    default:
      return "plain";
  }
}
