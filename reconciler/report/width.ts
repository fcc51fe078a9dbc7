/**
 * Columns that text takes in a terminal. Unicode Standard Annex 11 (East Asian Width) says which characters are wide;
 * terminals agree on it but for emoji sequences, which are counted at their widest, so that a line may come out shorter
 * than reckoned and never longer.
 */

const ZERO = /[\p{Mn}\p{Me}\u200d]/u;
const WIDE_EMOJI = /\p{Emoji_Presentation}/u;
const PICTOGRAPH = /\p{Extended_Pictographic}/u;
const EMOJI_STYLE = 0xfe0f;

/** First and last code point of the blocks that are wide or fullwidth. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x1d300, 0x1d376],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

/** Columns of one code point: 0, 1 or 2. */
export function pointWidth(point: string): 0 | 1 | 2 {
  const code = point.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return 1;
  // The style selector turns a narrow symbol into a wide emoji: it counts for the second column.
  if (code === EMOJI_STYLE) return 1;
  if (ZERO.test(point)) return 0;
  if (code >= 0x1160 && code <= 0x11ff) return 0;
  if (WIDE_EMOJI.test(point) || (code >= 0x1f000 && PICTOGRAPH.test(point))) return 2;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Columns of a text without controls (see visible.ts). */
export function displayWidth(text: string): number {
  let width = 0;
  for (const point of text) width += pointWidth(point);
  return width;
}

/** Pads with blanks on the right; a longer text stays as it is. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Cuts to a width and ends with `mark` where something was cut. */
export function truncate(text: string, width: number, mark: string): string {
  if (displayWidth(text) <= width) return text;
  let out = "";
  let left = width - displayWidth(mark);
  for (const point of text) {
    left -= pointWidth(point);
    if (left < 0) break;
    out += point;
  }
  return out.trimEnd() + mark;
}
