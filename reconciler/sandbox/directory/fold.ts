/**
 * Text comparison of Active Directory (MS-ADTS 2.2.1, MS-UCODEREF: CompareString with NORM_IGNORECASE,
 * NORM_IGNORENONSPACE, NORM_IGNOREKANATYPE, NORM_IGNOREWIDTH): case and diacritics do not count, so "Müller" and "MULLER"
 * are the same name. Approximated here by Unicode compatibility decomposition without marks; the letters below have no
 * decomposition but sort as equal to their expansion.
 */
const EXPANSIONS: ReadonlyMap<string, string> = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["þ", "th"],
  ["ø", "o"],
]);

const ASCII = /^[\x20-\x7e]*$/;

/** Equal texts have equal folds. Trailing blanks do not count. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase().trimEnd();
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[ßæœþø]/g, (letter) => EXPANSIONS.get(letter) ?? letter)
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .trimEnd();
}
