/**
 * Case and marks of letters, independent of machine and locale. .NET's invariant culture maps one character to one
 * character; JavaScript does not (ß to SS, a final sigma by context), so letters outside ASCII are mapped one by one.
 */

/** Beyond ASCII at all? Most values are not, and take the engine's fast path. */
const BEYOND_ASCII = /[^\0-\x7f]/;
/** The two letters that .NET's invariant culture leaves alone: they belong to Turkish. */
const INVARIANT_FIXED = new Set(["ı", "İ"]);

/** Upper case of the invariant culture, or of a culture such as `tr-TR`. */
export function upperCase(text: string, culture?: string): string {
  if (culture === undefined && !BEYOND_ASCII.test(text)) return text.toUpperCase();
  return mapLetters(text, culture, (letter) => (culture ? letter.toLocaleUpperCase(culture) : letter.toUpperCase()));
}

/** Lower case of the invariant culture, or of a culture such as `tr-TR`. */
export function lowerCase(text: string, culture?: string): string {
  if (culture === undefined && !BEYOND_ASCII.test(text)) return text.toLowerCase();
  return mapLetters(text, culture, (letter) => (culture ? letter.toLocaleLowerCase(culture) : letter.toLowerCase()));
}

function mapLetters(text: string, culture: string | undefined, map: (letter: string) => string): string {
  let result = "";
  for (const letter of text) {
    const mapped = culture === undefined && INVARIANT_FIXED.has(letter) ? letter : map(letter);
    result += mapped.length === letter.length ? mapped : letter;
  }
  return result;
}

const LETTER = /\p{L}/u;
/** The general categories at which .NET's ToTitleCase ends a word; digits and marks do not end it. */
const SEPARATOR = /[\p{Z}\p{P}\p{S}\p{Cc}\p{Cf}]/u;
/** Digraphs whose title case is not their upper case. */
const TITLE_CASE = new Map([
  ["ǆ", "ǅ"],
  ["ǉ", "ǈ"],
  ["ǌ", "ǋ"],
  ["ǳ", "ǲ"],
]);

/**
 * First letter of each word upper, the rest lower. Without separators words end as in .NET's ToTitleCase: at blanks,
 * punctuation and symbols, but not at a plain apostrophe within a word. With separators, only at those characters.
 */
export function properCase(text: string, separators?: string): string {
  const ends = separators === undefined ? undefined : new Set(separators);
  let result = "";
  let inWord = false;
  for (const char of lowerCase(text)) {
    if (inWord) {
      inWord = ends === undefined ? char === "'" || !SEPARATOR.test(char) : !ends.has(char);
      result += char;
      continue;
    }
    inWord = ends === undefined ? LETTER.test(char) : !ends.has(char);
    result += inWord ? (TITLE_CASE.get(char) ?? upperCase(char)) : char;
  }
  return result;
}

/** Letters that do not decompose, as the documented table maps them. Others (đ ð þ ŋ ħ ẞ) are kept. */
const SPECIAL_LETTERS = new Map([
  ["æ", "ae"],
  ["Æ", "AE"],
  ["ø", "oe"],
  ["Ø", "OE"],
  ["œ", "oe"],
  ["Œ", "OE"],
  ["ß", "ss"],
  ["ł", "l"],
  ["Ł", "L"],
  ["ı", "i"],
]);
const SPECIAL = /[æÆøØœŒßłŁı]/g;
const MARKED_LATIN = /(\p{Script=Latin})\p{M}+/gu;

/** Latin letters without their marks; marks of other scripts stay, since there they make other letters. */
export function normalizeDiacritics(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text;
  return text
    .normalize("NFD")
    .replace(MARKED_LATIN, "$1")
    .replace(SPECIAL, (letter) => SPECIAL_LETTERS.get(letter) ?? letter)
    .normalize("NFC");
}
