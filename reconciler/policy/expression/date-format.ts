/**
 * .NET's custom and standard date format strings, as far as both directions share them: the format is cut into tokens
 * once, when the expression is checked. Culture is the invariant one.
 */

export interface DateToken {
  /** A format letter and how often it stands, or literal text. */
  readonly letter: string | undefined;
  readonly count: number;
  readonly literal: string;
}

/** Called with what is wrong with the format; never returns. */
export type Reject = (what: string) => never;

export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
export const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** The standard formats: one letter that stands for a custom format of the invariant culture. */
const STANDARD: ReadonlyMap<string, string> = new Map([
  ["d", "MM/dd/yyyy"],
  ["D", "dddd, dd MMMM yyyy"],
  ["f", "dddd, dd MMMM yyyy HH:mm"],
  ["F", "dddd, dd MMMM yyyy HH:mm:ss"],
  ["g", "MM/dd/yyyy HH:mm"],
  ["G", "MM/dd/yyyy HH:mm:ss"],
  ["M", "MMMM dd"],
  ["m", "MMMM dd"],
  ["O", "yyyy-MM-ddTHH:mm:ss.fffffffK"],
  ["o", "yyyy-MM-ddTHH:mm:ss.fffffffK"],
  ["R", "ddd, dd MMM yyyy HH:mm:ss 'GMT'"],
  ["r", "ddd, dd MMM yyyy HH:mm:ss 'GMT'"],
  ["s", "yyyy-MM-ddTHH:mm:ss"],
  ["t", "HH:mm"],
  ["T", "HH:mm:ss"],
  ["u", "yyyy-MM-dd HH:mm:ss'Z'"],
  ["Y", "yyyy MMMM"],
  ["y", "yyyy MMMM"],
]);
const LETTERS = "dfFhHKmMstyz";
const MAX_FRACTION_DIGITS = 7;

/** Cuts a format into tokens; tells `reject` of an empty format, an open quote or a letter without meaning. */
export function tokenizeDateFormat(format: string, reject: Reject): readonly DateToken[] {
  if (format === "") return reject("the format is empty");
  const custom =
    format.length === 1 ? (STANDARD.get(format) ?? reject(`"${format}" is not a standard format`)) : format;
  const tokens: DateToken[] = [];
  for (let i = 0; i < custom.length; ) {
    const { token, length } = scanToken(custom, i, reject);
    if (token !== undefined) tokens.push(token);
    i += length;
  }
  return tokens;
}

function scanToken(format: string, i: number, reject: Reject): { token: DateToken | undefined; length: number } {
  const char = format.charAt(i);
  if (char === "'" || char === '"') return scanQuoted(format, i, reject);
  if (char === "%") {
    const next = format.charAt(i + 1);
    if (next === "" || next === "%") return reject('the format has a "%" without a letter after it');
    return { token: undefined, length: 1 };
  }
  if (char === "\\") {
    if (i + 1 >= format.length) return reject("the format ends in a backslash");
    return { token: literalToken(format.charAt(i + 1)), length: 2 };
  }
  if (char === "g") return reject("the era (g) is not offered");
  if (!LETTERS.includes(char)) return { token: literalToken(char), length: 1 };
  let count = 1;
  while (format.charAt(i + count) === char) count++;
  if ((char === "f" || char === "F") && count > MAX_FRACTION_DIGITS)
    return reject(`a second has at most ${MAX_FRACTION_DIGITS} decimals (${char})`);
  return { token: { letter: char, count: char === "K" ? 1 : count, literal: "" }, length: char === "K" ? 1 : count };
}

function scanQuoted(format: string, start: number, reject: Reject): { token: DateToken; length: number } {
  const quote = format.charAt(start);
  let literal = "";
  for (let i = start + 1; i < format.length; i++) {
    const char = format.charAt(i);
    if (char === quote) return { token: literalToken(literal), length: i + 1 - start };
    if (char === "\\") i++;
    literal += format.charAt(i);
  }
  return reject(`the format has no closing ${quote}`);
}

function literalToken(literal: string): DateToken {
  return { letter: undefined, count: 0, literal };
}

/** Whether one of the letters stands in the format. */
export function hasLetter(tokens: readonly DateToken[], letters: string): boolean {
  return tokens.some(({ letter }) => letter !== undefined && letters.includes(letter));
}
