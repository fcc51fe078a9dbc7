/**
 * A page of terminal text. Lines are built from spans with a tone, so that wrapping measures text and never escape
 * codes; hidden characters of every span are made visible here, in the one place through which all text goes.
 */

import { visible } from "./visible.js";
import { displayWidth, padEnd, padStart, pointWidth } from "./width.js";

export type Tone = "plain" | "strong" | "dim" | "danger" | "caution" | "good" | "removed" | "added";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** A plain text or a span. */
export type Part = string | Span;

export interface Glyphs {
  readonly arrow: string;
  readonly dot: string;
  readonly ellipsis: string;
}

export interface PageOptions {
  /** Columns; below 20 counts as 20. */
  readonly width: number;
  readonly color: boolean;
  /** Whether arrows, dots and rules may be other than ASCII. Values are printed as they are. */
  readonly unicode: boolean;
}

export interface Page {
  readonly width: number;
  readonly color: boolean;
  readonly glyphs: Glyphs;
  /** One line, wrapped at `width`; what follows the first line is indented by `hang` (default: indent + 2). */
  line(indent: number, parts: readonly Part[], hang?: number): void;
  /** An empty line, never two in a row and none at the start. */
  blank(): void;
  /** All lines, each with its newline. */
  text(): string;
}

const MIN_WIDTH = 20;
const UNICODE: Glyphs = { arrow: "→", dot: "·", ellipsis: "…" };
const ASCII: Glyphs = { arrow: "->", dot: "-", ellipsis: "..." };
const CODES: Readonly<Record<Exclude<Tone, "plain">, string>> = {
  strong: "1",
  dim: "2",
  danger: "1;31",
  caution: "33",
  good: "32",
  removed: "31",
  added: "32",
};

export function createPage(options: PageOptions): Page {
  const lines: string[] = [];
  const width = Math.max(MIN_WIDTH, Math.floor(options.width));
  return {
    width,
    color: options.color,
    glyphs: options.unicode ? UNICODE : ASCII,
    line(indent, parts, hang = indent + 2) {
      const most = Math.floor(width / 2);
      const simple = paintSimple(parts, width - Math.min(indent, most), options.color);
      if (simple !== null) {
        lines.push(" ".repeat(Math.min(indent, most)) + simple);
        return;
      }
      const cells = toCells(parts);
      for (const [index, row] of wrap(cells, width, Math.min(indent, most), Math.min(hang, most)).entries())
        lines.push(" ".repeat(Math.min(index === 0 ? indent : hang, most)) + paint(row, options.color));
    },
    blank() {
      if (lines.length > 0 && lines.at(-1) !== "") lines.push("");
    },
    text() {
      const body = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
      return body.map((line) => `${line.trimEnd()}\n`).join("");
    },
  };
}

export function tone(name: Tone, text: string): Span {
  return { text, tone: name };
}

export function partWidth(part: Part): number {
  return displayWidth(visible(typeof part === "string" ? part : part.text));
}

/** The part, padded to a column. */
export function column(part: Part, width: number, align: "left" | "right" = "left"): Span {
  const span = typeof part === "string" ? tone("plain", part) : part;
  const text = visible(span.text);
  return { text: align === "left" ? padEnd(text, width) : padStart(text, width), tone: span.tone };
}

/** A line with one text on the left and one on the right edge; two lines where both do not fit. */
export function spreadLine(page: Page, indent: number, left: readonly Part[], right: Part): void {
  const used = left.reduce((sum, part) => sum + partWidth(part), indent);
  const gap = page.width - used - partWidth(right);
  if (gap >= 2) {
    page.line(indent, [...left, " ".repeat(gap), right]);
    return;
  }
  page.line(indent, left);
  page.line(indent + 2, [right]);
}

const PRINTABLE = /^[\x20-\x7e]*$/;

/** The short way for what nearly all lines are: printable ASCII that fits. null where it is not so simple. */
function paintSimple(parts: readonly Part[], room: number, color: boolean): string | null {
  if (color) return null;
  const text = parts.map((part) => (typeof part === "string" ? part : part.text)).join("");
  return text.length <= room && PRINTABLE.test(text) ? text : null;
}

interface Cell {
  readonly point: string;
  readonly width: number;
  readonly tone: Tone;
}

function toCells(parts: readonly Part[]): Cell[] {
  const cells: Cell[] = [];
  for (const part of parts) {
    const span = typeof part === "string" ? tone("plain", part) : part;
    for (const point of visible(span.text)) cells.push({ point, width: pointWidth(point), tone: span.tone });
  }
  return cells;
}

const BREAK_AFTER = new Set([" ", ","]);
const BREAK_IN_WORD = new Set([";", "/", "@", "-"]);

/** Greedy: a line ends after the last blank or comma that fits, else within a path or address, else anywhere. */
function wrap(cells: readonly Cell[], width: number, indent: number, hang: number): Cell[][] {
  const rows: Cell[][] = [];
  let start = 0;
  while (start < cells.length || rows.length === 0) {
    const room = width - (rows.length === 0 ? indent : hang);
    let end = start;
    let used = 0;
    let stop = -1;
    let soft = -1;
    while (end < cells.length) {
      const cell = cells[end] as Cell;
      if (used + cell.width > room) break;
      used += cell.width;
      end++;
      if (BREAK_AFTER.has(cell.point)) stop = end;
      if (BREAK_IN_WORD.has(cell.point)) soft = end;
    }
    const whole = end === cells.length || cells[end]?.point === " ";
    const usable = [stop, soft].find((at) => at > start && !isBlank(cells, start, at));
    const cut = whole ? end : (usable ?? end);
    rows.push(cells.slice(start, cut));
    start = cut;
    while (start < cells.length && cells[start]?.point === " ") start++;
  }
  return rows;
}

/** Whether only blanks lie before the break: breaking there would leave an empty line. */
function isBlank(cells: readonly Cell[], start: number, stop: number): boolean {
  return cells.slice(start, stop).every((cell) => cell.point === " ");
}

function paint(row: readonly Cell[], color: boolean): string {
  let out = "";
  let current: Tone = "plain";
  const close = (): string => (current === "plain" || !color ? "" : "\u001b[0m");
  for (const cell of trimEnd(row)) {
    if (cell.tone !== current) {
      out += close();
      current = cell.tone;
      if (color && current !== "plain") out += `\u001b[${CODES[current]}m`;
    }
    out += cell.point;
  }
  return out + close();
}

function trimEnd(row: readonly Cell[]): readonly Cell[] {
  let end = row.length;
  while (end > 0 && row[end - 1]?.point === " ") end--;
  return row.slice(0, end);
}
