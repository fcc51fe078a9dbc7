/** Old and new values as lines of spans: an arrow where both fit, marked words where a long text changed a little. */
import { diffWordsWithSpace } from "diff";
import type { Op } from "../model/op.js";
import { displayValue, isList, isReference, type Value } from "../model/value.js";
import { splitDn } from "../support/dn.js";
import type { Labels } from "./changes.js";
import { type Glyphs, type Part, partWidth, tone } from "./page.js";

export interface ValueStyle {
  /** Columns that one line may take. */
  readonly room: number;
  readonly color: boolean;
  readonly glyphs: Glyphs;
  readonly labels: Labels;
}

/** A text with fewer characters is shown whole, old and new. */
const WORD_DIFF_FROM = 24;
/** Edits after which a word diff is no help any more (and costs time). */
const MAX_EDITS = 200;
const STRONG_RTL = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** One value as a person reads it: references by the person's name, a text with blanks at its ends in quotes. */
export function showValue(value: Value | null, labels: Labels): string {
  if (value === null) return "(empty)";
  if (typeof value === "object" && isReference(value) && "ref" in value) return labels(value.ref);
  if (isList(value)) return value.length === 0 ? "(empty list)" : value.map(quoteBlanks).join(", ");
  return quoteBlanks(displayValue(value));
}

function quoteBlanks(text: string): string {
  return text === "" || /^ | $| {2}/.test(text) ? `"${text}"` : text;
}

/** The change of one value, as one or more lines. */
export function showChange(before: Value | null, after: Value | null, style: ValueStyle): Part[][] {
  if (before !== null && after !== null && isList(before) && isList(after)) return showListChange(before, after, style);
  const old = showValue(before, style.labels);
  const next = showValue(after, style.labels);
  const container = showContainerChange(old, next, style);
  if (container !== null) return container;
  const words = typeof before === "string" && typeof after === "string" ? markWords(before, after, style.color) : null;
  if (words !== null) return [words];
  const line = arrowLine(old, next, before === null, style);
  const width = line.reduce((sum, part) => sum + partWidth(part), 0);
  // Right-to-left text would turn the arrow round: such values get a line each.
  if (width <= style.room && !STRONG_RTL.test(old + next)) return [line];
  return [
    ["from  ", tone("removed", old)],
    ["to    ", tone(after === null ? "danger" : "added", next)],
  ];
}

function arrowLine(old: string, next: string, wasEmpty: boolean, style: ValueStyle): Part[] {
  const arrow = ` ${style.glyphs.arrow} `;
  return [
    tone(wasEmpty ? "dim" : "removed", old),
    tone("dim", arrow),
    tone(next === "(empty)" ? "danger" : "added", next),
  ];
}

function showListChange(before: readonly string[], after: readonly string[], style: ValueStyle): Part[][] {
  const gone = before.filter((item) => !after.includes(item));
  const added = after.filter((item) => !before.includes(item));
  const kept = before.length - gone.length;
  const lines: Part[][] = [
    ...gone.map((item): Part[] => [tone("removed", `- ${quoteBlanks(item)}`)]),
    ...added.map((item): Part[] => [tone("added", `+ ${quoteBlanks(item)}`)]),
  ];
  if (kept > 0) lines.push([tone("dim", `and ${kept} unchanged`)]);
  return lines.length === 0 ? [[showValue(before, style.labels)]] : lines;
}

/** Two DNs below one parent: only what differs, and the parent once. */
function showContainerChange(old: string, next: string, style: ValueStyle): Part[][] | null {
  const a = dnParts(old);
  const b = dnParts(next);
  if (a === null || b === null) return null;
  let shared = 0;
  while (shared < Math.min(a.length, b.length) - 1 && a.at(-1 - shared) === b.at(-1 - shared)) shared++;
  if (shared < 2) return null;
  const parent = a.slice(a.length - shared).join(",");
  const line = arrowLine(a.slice(0, -shared).join(","), b.slice(0, -shared).join(","), false, style);
  const tail = tone("dim", `in ${parent}`);
  const width = line.reduce((sum, part) => sum + partWidth(part), 2 + partWidth(tail));
  return width <= style.room ? [[...line, "  ", tail]] : [line, [tail]];
}

function dnParts(text: string): string[] | null {
  if (!/^[A-Za-z]+=[^,]+,[A-Za-z]+=/.test(text)) return null;
  try {
    return splitDn(text);
  } catch {
    return null;
  }
}

/** A word diff, or null where it would not help: short texts, and texts that share less than half of their words. */
function markWords(before: string, after: string, color: boolean): Part[] | null {
  if (Math.max(before.length, after.length) < WORD_DIFF_FROM || !before.includes(" ") || !after.includes(" "))
    return null;
  const pieces = diffWordsWithSpace(before, after, { maxEditLength: MAX_EDITS });
  if (pieces === undefined) return null;
  const shared = pieces
    .filter((piece) => !piece.added && !piece.removed)
    .reduce((sum, p) => sum + p.value.trim().length, 0);
  if (shared * 2 < Math.max(before.length, after.length)) return null;
  return pieces.map((piece): Part => {
    if (piece.added) return tone("added", color ? piece.value : `{+${piece.value}+}`);
    if (piece.removed) return tone("removed", color ? piece.value : `[-${piece.value}-]`);
    return piece.value;
  });
}

export interface ValueRow {
  readonly name: string;
  readonly before: Value | null;
  readonly after: Value | null;
}

/** The attributes an op is about with their values, sorted by name. */
export function valueRows(op: Op): ValueRow[] {
  const names = new Set([...Object.keys(op.before), ...Object.keys(op.after)]);
  return [...names].sort().map((name) => ({ name, before: op.before[name] ?? null, after: op.after[name] ?? null }));
}
