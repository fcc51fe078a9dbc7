/** Functions that cut, join and search text. Positions count characters (code points), so that none is cut in two. */
import type { Call, FunctionDefinition } from "../call.js";
import { type Evaluate, optional, repeated, required } from "../signature.js";
import { type ExpressionValue, isTextList } from "../value.js";
import { lift2, lift3, textFunction } from "./lift.js";

const SURROGATE = /[\ud800-\udfff]/;

/** The characters from `start` (counted from 0) to before `end`. */
function sliceCharacters(text: string, start: number, end: number): string {
  if (!SURROGATE.test(text)) return text.slice(start, end);
  return Array.from(text).slice(start, end).join("");
}

/** Null and "" in give "" out, as documented for Left alone. */
function compileLeft(call: Call): Evaluate {
  const source = call.text(0);
  const count = call.number(1);
  return (context) => {
    const text = source(context);
    const length = count(context);
    if (text === null || length === null) return "";
    return length < 0n ? text : sliceCharacters(text, 0, Number(length));
  };
}

function compileMid(call: Call): Evaluate {
  call.refuseBelow(1, 1n, "the first character has position 1");
  call.refuseBelow(2, 0n, "length cannot be negative");
  return lift3(call.text(0), call.number(1), call.number(2), (text, start, length) => {
    if (start < 1n) return call.fail(`start is ${start}; the first character is 1`);
    if (length < 0n) return call.fail(`length is ${length}; it cannot be negative`);
    return sliceCharacters(text, Number(start) - 1, Number(start + length) - 1);
  });
}

/** Empty and null sources are skipped together with their separator; nothing but nulls gives null. */
function compileJoin(call: Call): Evaluate {
  const separator = call.text(0);
  const sources = call.arguments.slice(1).map((_, index) => call.any(index + 1));
  return (context) => {
    const between = separator(context);
    if (between === null) return null;
    let result: string | null = null;
    for (const source of sources) result = append(result, source(context), between, call);
    return result;
  };
}

function append(joined: string | null, value: ExpressionValue, between: string, call: Call): string | null {
  if (value === null) return joined;
  if (isTextList(value)) return value.reduce((sofar, piece) => append(sofar, piece, between, call) ?? "", joined ?? "");
  const piece = call.toText(value);
  if (joined === null || joined === "") return piece;
  return piece === "" ? joined : call.bounded(joined + between + piece);
}

function compileInStr(call: Call): Evaluate {
  call.refuseBelow(2, 1n, "the first character has position 1");
  const start = call.has(2) ? call.number(2) : () => 1n;
  const compare = call.arguments[3]?.node;
  const ignoreCase = compare?.kind === "word" && compare.word === "vbTextCompare";
  return lift3(call.text(0), call.text(1), start, (text, searched, from) => {
    if (from < 1n) return call.fail(`start is ${from}; the first character is 1`);
    const characters = Array.from(ignoreCase ? text.toUpperCase() : text);
    if (Number(from) > characters.length) return 0n;
    if (searched === "") return from;
    const head = characters.slice(0, Number(from) - 1).join("");
    const whole = characters.join("");
    const found = whole.indexOf(ignoreCase ? searched.toUpperCase() : searched, head.length);
    return found === -1 ? 0n : BigInt(Array.from(whole.slice(0, found)).length + 1);
  });
}

/** Runs of delimiters count as one; outside the words that exist, "". */
function compileWord(call: Call): Evaluate {
  const source = call.text(0);
  const number = call.number(1);
  const delimiters = call.text(2);
  return (context) => {
    const text = source(context);
    const index = number(context);
    const ends = delimiters(context);
    if (text === null || index === null || ends === null || index < 1n) return "";
    return splitAtAny(text, ends)[Number(index) - 1] ?? "";
  };
}

function splitAtAny(text: string, delimiters: string): readonly string[] {
  const ends = new Set(delimiters);
  const words: string[] = [];
  let word = "";
  for (const char of text) {
    if (!ends.has(char)) word += char;
    else if (word !== "") {
      words.push(word);
      word = "";
    }
  }
  return word === "" ? words : [...words, word];
}

export const TEXT_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "Append",
    parameters: [required("source", "text"), required("suffix", "text")],
    returns: "text",
    summary: "Source followed by suffix; null when either is null, so that no half-built value arises.",
    origin: "entra",
    compile: (call) => lift2(call.text(0), call.text(1), (source, suffix) => source + suffix),
  },
  {
    name: "Join",
    parameters: [required("separator", "text"), repeated("source", "any")],
    returns: "text",
    summary: "The sources, lists expanded, with the separator between them; null and empty ones are skipped.",
    origin: "entra",
    compile: compileJoin,
  },
  {
    name: "Left",
    parameters: [required("string", "text"), required("numChars", "number")],
    returns: "text",
    summary: 'The first characters; all of them when the number is negative or too large; "" for null.',
    origin: "entra",
    neverNull: true,
    compile: compileLeft,
  },
  {
    name: "Mid",
    parameters: [required("source", "text"), required("start", "number"), required("length", "number")],
    returns: "text",
    summary: 'Characters from start (the first is 1), as many as there are; "" beyond the end.',
    origin: "entra",
    compile: compileMid,
  },
  {
    name: "InStr",
    parameters: [
      required("value1", "text"),
      required("value2", "text"),
      optional("start", "number"),
      optional("compareType", "enum", { words: { quoted: false, values: ["vbTextCompare", "vbBinaryCompare"] } }),
    ],
    returns: "number",
    summary: "Position of value2 in value1, counted from 1; 0 when absent. Case counts unless vbTextCompare.",
    origin: "entra",
    compile: compileInStr,
  },
  {
    name: "Word",
    parameters: [required("string", "text"), required("wordNumber", "number"), required("delimiters", "text")],
    returns: "text",
    summary: 'The word of that number; each character of delimiters separates; "" when there is no such word.',
    origin: "entra",
    neverNull: true,
    compile: compileWord,
  },
  {
    name: "StripSpaces",
    parameters: [required("source", "text")],
    returns: "text",
    summary: "Source without any space (U+0020); other white space stays.",
    origin: "entra",
    compile: textFunction((text) => text.replaceAll(" ", "")),
  },
  {
    name: "Trim",
    parameters: [required("value", "text")],
    returns: "text",
    summary: "Source without white space at its beginning and end.",
    origin: "cloud-sync",
    compile: textFunction((text) => text.trim()),
  },
];
