/**
 * The one place where text becomes Markdown. Instead of escaping every construct that GitHub knows (and those it will
 * learn), words are let through only when they are plainly harmless; anything else goes into a code span, where no
 * HTML, link, mention, emoji, issue reference or emphasis is read. The three characters that could end a code span or a
 * table cell, or that a careless renderer could take for HTML, are written as `\u{60}`, `\u{7c}` and `\u{3c}`.
 */
import { escapePoint, visible } from "./visible.js";

/** A word of letters and digits, with the punctuation of prose around and a few joining characters within. */
const WORD = /^["'(]*[\p{L}\p{N}][\p{L}\p{M}\p{N}'’,.%/-]*[")']*[.,;:!?]?$/u;
/** A percent sign, an arrow, a dash, a time of day or an offset. */
const SIGN = /^(?:[%→·-]|%?[).,]|%\)[.,]?|\(?[+-]?\d\d:\d\d\)?[.,]?)$/u;
/** GitHub links these although every character of them is harmless: www.x, GH-12, commit ids. */
const LINKED = /www\.|GH-\d|(?:^|[^\p{L}\p{N}])[0-9a-f]{7,64}(?:$|[^\p{L}\p{N}])/iu;
const LIST_MARK = /^(?:\d+[.)]|-)$/;

/**
 * "prose": word by word, so that a sentence stays a sentence. "value": all or nothing, so that a value is one span.
 * At most `limit` characters of the text are taken; a cut is shown by an ellipsis.
 */
export function escapeMarkdown(text: string, as: "prose" | "value", limit = 200): string {
  const shown = cut(visible(text), limit);
  if (shown.trim() === "") return shown === "" ? "" : codeSpan(`"${shown}"`);
  const words = shown.split(" ").filter((word) => word !== "");
  if (as === "value") return words.every(isHarmless) && words.join(" ") === shown ? shown : codeSpan(shown);
  return words.map((word, index) => (isHarmless(word, index) ? word : codeSpan(word))).join(" ");
}

function isHarmless(word: string, index: number): boolean {
  return (WORD.test(word) || SIGN.test(word)) && !LINKED.test(word) && !(index === 0 && LIST_MARK.test(word));
}

function codeSpan(text: string): string {
  return `\`${text.replace(/[`|<]/g, escapePoint)}\``;
}

/** Cuts between code points. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let out = "";
  for (const point of text) {
    if (out.length + point.length >= limit) break;
    out += point;
  }
  return `${out.trimEnd()}…`;
}

/** A row of a table; cells are Markdown already. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
