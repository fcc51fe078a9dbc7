/**
 * .NET regular expressions to RE2 ones.
 *
 * Patterns are written for .NET's backtracking engine, which can take exponential time; ours runs in time linear in
 * the text. Most of the syntax is shared. This file walks a pattern once and rewrites what differs: classes that are
 * Unicode in .NET (\d \w \s), escapes that RE2 does not know, `$`, group names and their numbering (.NET numbers
 * unnamed groups first). What RE2 cannot do, or would do differently without saying so, is refused with its place:
 * look-around, back references, atomic groups, word boundaries (ASCII only in RE2), class subtraction, Unicode blocks.
 */

export interface Translation {
  readonly pattern: string;
  /** From .NET's number of a group to ours; index 0 is the whole match. */
  readonly groupNumbers: readonly number[];
  readonly groupNames: ReadonlyMap<string, number>;
  /** `$` or \Z outside of multiline mode: in .NET it also matches before a line feed that ends the text. */
  readonly endsBeforeLineFeed: boolean;
}

/** Called with the index of the character and what is wrong with it; never returns. */
export type RejectAt = (index: number, what: string) => never;

const DIGIT = "\\p{Nd}";
const WORD = "\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}";
const SPACE = "\\t\\n\\v\\f\\r\\x{85}\\p{Z}";
const CATEGORIES = new Set(
  "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp Cc Cf Co".split(" "),
);
/** Shared escapes of single characters, and those whose code has to be written out. */
const CHARACTER_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["a", "\\a"],
  ["f", "\\f"],
  ["n", "\\n"],
  ["r", "\\r"],
  ["t", "\\t"],
  ["v", "\\v"],
  ["e", "\\x{1b}"],
]);
const REFUSED_GROUPS: readonly (readonly [string, string])[] = [
  ["(?=", "look-ahead"],
  ["(?!", "look-ahead"],
  ["(?<=", "look-behind"],
  ["(?<!", "look-behind"],
  ["(?>", "an atomic group"],
  ["(?(", "a conditional group"],
];

/** Rewrites a pattern; tells `reject` of the first thing that cannot be translated faithfully. */
export function translatePattern(pattern: string, reject: RejectAt): Translation {
  return new Translator(pattern, reject).translate();
}

class Translator {
  readonly #source: string;
  readonly #reject: RejectAt;
  #index = 0;
  #output = "";
  /** Whether (?m) holds, per open group. */
  readonly #multiline: boolean[] = [false];
  /** The name of each capturing group in order of its bracket; undefined for an unnamed one. */
  readonly #groups: (string | undefined)[] = [];
  #endsBeforeLineFeed = false;

  constructor(source: string, reject: RejectAt) {
    this.#source = source;
    this.#reject = reject;
  }

  translate(): Translation {
    while (this.#index < this.#source.length) this.#next();
    const named = this.#groups.flatMap((name, i) => (name === undefined ? [] : [[name, i + 1] as const]));
    const unnamed = this.#groups.flatMap((name, i) => (name === undefined ? [i + 1] : []));
    return {
      pattern: this.#output,
      groupNumbers: [0, ...unnamed, ...named.map(([, number]) => number)],
      groupNames: new Map(named),
      endsBeforeLineFeed: this.#endsBeforeLineFeed,
    };
  }

  #next(): void {
    const char = this.#source.charAt(this.#index);
    if (char === "\\") this.#emit(2, this.#escape());
    else if (char === "[") this.#class();
    else if (char === "(") this.#open();
    else if (char === ")") {
      if (this.#multiline.length > 1) this.#multiline.pop();
      this.#emit(1, ")");
    } else if (char === "$") this.#emit(1, this.#multiline.at(-1) === true ? "$" : this.#end());
    else this.#emit(1, char);
  }

  #emit(length: number, translated: string): void {
    this.#index += length;
    this.#output += translated;
  }

  #end(): string {
    this.#endsBeforeLineFeed = true;
    return "\\z";
  }

  /** An escape outside of a class; `#index` stands at the backslash and is moved past what exceeds two characters. */
  #escape(): string {
    const letter = this.#source.charAt(this.#index + 1);
    switch (letter) {
      case "d":
        return DIGIT;
      case "D":
        return "\\P{Nd}";
      case "w":
        return `[${WORD}]`;
      case "W":
        return `[^${WORD}]`;
      case "s":
        return `[${SPACE}]`;
      case "S":
        return `[^${SPACE}]`;
      case "A":
      case "z":
        return `\\${letter}`;
      case "Z":
        return this.#end();
      case "b":
      case "B":
        return this.#refuse(`\\${letter}`, "it finds the borders of unaccented words only in our engine");
      default:
        return this.#character();
    }
  }

  #refuse(what: string, why: string): never {
    return this.#reject(this.#index, `${what} is not offered: ${why}`);
  }

  /** An escape that means the same inside and outside of a class: a character or a Unicode category. */
  #character(): string {
    const letter = this.#source.charAt(this.#index + 1);
    const known = CHARACTER_ESCAPES.get(letter);
    if (known !== undefined) return known;
    const rest = this.#source.slice(this.#index + 1);
    if (letter === "p" || letter === "P") return this.#category(rest);
    const hex = /^(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))/.exec(rest);
    if (hex !== null) return this.#code(Number.parseInt(hex[1] ?? hex[2] ?? "", 16), hex[0].length);
    const control = /^c([A-Za-z])/.exec(rest)?.[1];
    if (control !== undefined) return this.#code(control.toUpperCase().charCodeAt(0) - 64, 2);
    const octal = /^0[0-7]{0,2}/.exec(rest)?.[0];
    if (octal !== undefined) return this.#code(Number.parseInt(octal, 8), octal.length);
    if (/^[1-9k]/.test(letter)) return this.#refuse("A back reference", "it cannot be matched in bounded time");
    if (letter === "") return this.#reject(this.#index, "The pattern ends in a backslash");
    if (/[A-Za-z0-9_]/.test(letter)) return this.#reject(this.#index, `\\${letter} is not an escape of patterns`);
    return quoteCharacter(letter);
  }

  #code(code: number, length: number): string {
    if (code >= 0xd800 && code <= 0xdfff) return this.#reject(this.#index, "Half a surrogate pair is not a character");
    this.#index += length - 1;
    return `\\x{${code.toString(16)}}`;
  }

  #category(rest: string): string {
    const name = /^[pP]\{([^}]*)\}/.exec(rest)?.[1];
    if (name === undefined) return this.#reject(this.#index, "A Unicode category is written \\p{Lu}");
    if (!CATEGORIES.has(name))
      return this.#reject(this.#index, `\\p{${name}} is not offered; general categories such as \\p{Lu} are`);
    this.#index += name.length + 2;
    return `\\${rest.charAt(0)}{${name}}`;
  }

  #open(): void {
    const rest = this.#source.slice(this.#index);
    const refused = REFUSED_GROUPS.find(([start]) => rest.startsWith(start));
    if (refused !== undefined) this.#refuse(refused[1], "it cannot be matched in bounded time");
    const comment = /^\(\?#[^)]*\)/.exec(rest)?.[0];
    const named = /^\(\?(?:<([A-Za-z_][A-Za-z0-9_]*)>|'([A-Za-z_][A-Za-z0-9_]*)')/.exec(rest);
    if (!rest.startsWith("(?")) this.#capture(undefined, 1);
    else if (comment !== undefined) this.#emit(comment.length, "");
    else if (named !== null) this.#capture(named[1] ?? named[2], named[0].length);
    else this.#options(rest);
  }

  #capture(name: string | undefined, length: number): void {
    if (name !== undefined && this.#groups.includes(name))
      this.#reject(this.#index, `Two groups have the name ${name}`);
    this.#groups.push(name);
    this.#multiline.push(this.#multiline.at(-1) === true);
    this.#emit(length, "(");
  }

  /** `(?:`, `(?i:` and `(?i)`; an option without colon holds up to the end of the group around it. */
  #options(rest: string): void {
    const found = /^\(\?([A-Za-z]*)(?:-([A-Za-z]+))?([:)])/.exec(rest);
    if (found === null) this.#reject(this.#index, "This kind of group is not offered");
    const [written, on = "", off = "", last] = found;
    const unknown = /[^ims]/.exec(on + off)?.[0];
    if (unknown !== undefined) this.#reject(this.#index, `The option ${unknown} is not offered; i, m and s are`);
    const before = this.#multiline.at(-1) === true;
    const multiline = off.includes("m") ? false : on.includes("m") || before;
    if (last === ":") this.#multiline.push(multiline);
    else this.#multiline[this.#multiline.length - 1] = multiline;
    this.#emit(written.length, written === "(?)" ? "" : written);
  }

  /** A character class. RE2 has no complement within a class, so \W and \S stand only beside their opposite. */
  #class(): void {
    const start = this.#index;
    const negated = this.#source.startsWith("[^", start);
    this.#index += negated ? 2 : 1;
    const kinds = new Set<string>();
    let members = "";
    for (let first = true; ; first = false) {
      const char = this.#source.charAt(this.#index);
      if (char === "") this.#reject(start, "A character class has no closing ]");
      if (char === "]" && !first) break;
      members += this.#member(char, kinds);
    }
    this.#index++;
    this.#output += this.#finishClass(start, negated, members, kinds);
  }

  #member(char: string, kinds: Set<string>): string {
    if (char === "[") {
      const previous = this.#source.charAt(this.#index - 1);
      if (previous === "-") this.#refuse("Subtraction of classes", "write the class out");
      if (this.#source.charAt(this.#index + 1) === ":") this.#refuse("A POSIX class", "write \\p{L} or a range");
    }
    if (char !== "\\") {
      this.#index++;
      return char === "[" || char === "]" || char === "&" ? `\\${char}` : char;
    }
    const letter = this.#source.charAt(this.#index + 1);
    const translated = this.#classEscape(letter, kinds);
    this.#index += 2;
    return translated;
  }

  #classEscape(letter: string, kinds: Set<string>): string {
    if ("wWsS".includes(letter) && letter !== "") kinds.add(letter);
    if (letter === "d") return DIGIT;
    if (letter === "D") return "\\P{Nd}";
    if (letter === "w") return WORD;
    if (letter === "s") return SPACE;
    if (letter === "W" || letter === "S") return "";
    return letter === "b" ? "\\x{8}" : this.#character();
  }

  #finishClass(start: number, negated: boolean, members: string, kinds: Set<string>): string {
    const complement = ["W", "S"].find((letter) => kinds.has(letter));
    if (complement === undefined) return `[${negated ? "^" : ""}${members}]`;
    const everything = kinds.has(complement.toLowerCase());
    if (everything && !negated) return "(?s:.)";
    return this.#reject(start, `\\${complement} within a class is not offered; write it outside, as an alternative`);
  }
}

function quoteCharacter(char: string): string {
  return char.charCodeAt(0) < 0x80 ? `\\${char}` : char;
}
