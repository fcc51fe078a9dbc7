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

/**
 * A word as .NET's ToTitleCase sees it: from a letter up to a blank, punctuation or a symbol, but not a plain
 * apostrophe. Digits and marks do not end it.
 */
const TITLE_WORD = /\p{L}(?:[^\p{Z}\p{P}\p{S}\p{Cc}\p{Cf}]|')*/gu;
/** Digraphs whose title case is not their upper case. */
const TITLE_CASE = new Map([
  ["ǆ", "ǅ"],
  ["ǉ", "ǈ"],
  ["ǌ", "ǋ"],
  ["ǳ", "ǲ"],
]);

/** First letter of each word upper, the rest lower. With separators, words end at those characters and no others. */
export function properCase(text: string, separators?: string): string {
  if (separators === undefined) return lowerCase(text).replace(TITLE_WORD, titleCase);
  const ends = new Set(separators);
  let result = "";
  let inWord = false;
  for (const char of lowerCase(text)) {
    result += inWord ? char : titleCase(char);
    inWord = !ends.has(char);
  }
  return result;
}

function titleCase(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0) ?? 0);
  return (TITLE_CASE.get(first) ?? upperCase(first)) + word.slice(first.length);
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

/** The blocks of Latin letters with marks, in which one letter never depends on the next. */
const PLAIN_LATIN = /^[\0-\u024f]*$/;
const LATIN_LETTER = /[\x80-\u024f]/g;
const stripped = new Map<string, string>();

/** Latin letters without their marks; marks of other scripts stay, since there they make other letters. */
export function normalizeDiacritics(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text;
  return PLAIN_LATIN.test(text) ? text.replace(LATIN_LETTER, stripLetter) : stripMarks(text);
}

/** At most 464 letters are kept. */
function stripLetter(letter: string): string {
  const known = stripped.get(letter);
  if (known !== undefined) return known;
  const plain = stripMarks(letter);
  stripped.set(letter, plain);
  return plain;
}

function stripMarks(text: string): string {
  return text
    .normalize("NFD")
    .replace(MARKED_LATIN, "$1")
    .replace(SPECIAL, (letter) => SPECIAL_LETTERS.get(letter) ?? letter)
    .normalize("NFC");
}
