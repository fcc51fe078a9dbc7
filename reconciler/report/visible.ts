/**
 * Makes hidden characters visible. Values come from HR and directories: a newline would forge a line of a report, a
 * bidirectional override would reorder it, an escape sequence would repaint the terminal, and a no-break space would
 * make two different names look alike. Everything that is printed passes through `visible`.
 */

/** Controls, format characters, separators, private use, lone surrogates, and all that a renderer may leave out. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** Blanks that look like a space and are none; the ideographic space is twice as wide and thereby visible. */
const ODD_BLANK = /[\p{Zs}]/u;
const MARK = /[\p{Mn}\p{Me}]/u;
const PICTOGRAPH = /[\p{Extended_Pictographic}\p{Emoji_Modifier}]/u;
const PLAIN = /^[\x20-\x7e]*$/;
/** More marks than any living script stacks on one letter. */
const MAX_MARKS = 4;
const JOINER = "\u200d";
const EMOJI_STYLE = "\ufe0f";

/** The text with every hidden character as `\u{202e}` (newline, return and tab as `\n`, `\r`, `\t`). Idempotent. */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  const points = [...text];
  let out = "";
  let marks = MAX_MARKS;
  points.forEach((point, index) => {
    const mark = MARK.test(point);
    const hidden = isHidden(point, points[index - 1] ?? "", points[index + 1] ?? "") || (mark && marks >= MAX_MARKS);
    out += hidden ? escapePoint(point) : point;
    marks = hidden || point === " " ? MAX_MARKS : mark ? marks + 1 : 0;
  });
  return out;
}

/** `\u{7c}` for one code point, with the short form where there is one. */
export function escapePoint(point: string): string {
  if (point === "\n") return "\\n";
  if (point === "\r") return "\\r";
  if (point === "\t") return "\\t";
  return `\\u{${(point.codePointAt(0) ?? 0).toString(16)}}`;
}

function isHidden(point: string, previous: string, next: string): boolean {
  if (point === " " || point === "\u3000") return false;
  if (point === JOINER) return !((PICTOGRAPH.test(previous) || previous === EMOJI_STYLE) && PICTOGRAPH.test(next));
  if (point === EMOJI_STYLE) return !PICTOGRAPH.test(previous);
  return HIDDEN.test(point) || ODD_BLANK.test(point);
}
