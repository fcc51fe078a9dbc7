import { describe, expect, test } from "vitest";
import { evaluate, expectRow, failure, mistakes, type Row } from "./evaluate.js";

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "Append: null gives null, never the suffix alone (5.2)": [
    ['Append([a], "-x")', { a: "kim" }, "kim-x"],
    ['Append([a], "-x")', { a: "" }, "-x"],
    ['Append([a], "-x")', { a: null }, null],
    ['Append("x", [a])', { a: null }, null],
  ],
  "Join: empty and null sources are skipped with their separator": [
    ['Join(".", [a], [b])', { a: "kim", b: "lee" }, "kim.lee"],
    ['Join(".", [a], [m], [b])', { a: "kim", m: "", b: "lee" }, "kim.lee"],
    ['Join(".", [a], [m], [b])', { a: "kim", m: null, b: "lee" }, "kim.lee"],
    ['Join("-", [l], "z")', { l: ["a", "b"] }, "a-b-z"],
    ['Join("-", [l])', { l: [] }, ""],
    ['Join("-", [a], [b])', { a: null, b: null }, null],
    ['Join("-", [a], [b])', { a: "", b: null }, ""],
    ['Join("", [a], 1, [f])', { a: "x", f: false }, "x1False"],
  ],
  'Left: documented "" for null; negative or too large gives everything': [
    ["Left([a], 2)", { a: "abc" }, "ab"],
    ["Left([a], 0)", { a: "abc" }, ""],
    ["Left([a], -1)", { a: "abc" }, "abc"],
    ["Left([a], 9)", { a: "abc" }, "abc"],
    ["Left([a], 2)", { a: null }, ""],
    ["Left([a], 1)", { a: "𠮷田" }, "𠮷"],
  ],
  "Mid: counted from 1, cut at the end (5.10)": [
    ["Mid([a], 1, 2)", { a: "abcd" }, "ab"],
    ["Mid([a], 3, 9)", { a: "abcd" }, "cd"],
    ["Mid([a], 5, 1)", { a: "abcd" }, ""],
    ["Mid([a], 2, 0)", { a: "abcd" }, ""],
    ["Mid([a], 2, 1)", { a: null }, null],
    ["Mid([a], 2, 1)", { a: "𠮷田" }, "田"],
  ],
  "InStr: binary by default, start counted from 1 (5.11)": [
    ['InStr([a], "an")', { a: "banana" }, "2"],
    ['InStr([a], "an", 3)', { a: "banana" }, "4"],
    ['InStr([a], "AN")', { a: "banana" }, "0"],
    ['InStr([a], "AN", , vbTextCompare)', { a: "banana" }, "2"],
    ['InStr([a], "AN", 1, vbBinaryCompare)', { a: "banana" }, "0"],
    ['InStr([a], "", 3)', { a: "banana" }, "3"],
    ['InStr([a], "a", 9)', { a: "banana" }, "0"],
    ['InStr([a], "a")', { a: null }, null],
  ],
  "Word: runs of delimiters count as one (5.12)": [
    ['Word([a], 2, " ")', { a: "one two three" }, "two"],
    ['Word([a], 2, ", ")', { a: "one,  two" }, "two"],
    ['Word([a], 1, ",")', { a: "no comma" }, "no comma"],
    ['Word([a], 0, " ")', { a: "one two" }, ""],
    ['Word([a], 3, " ")', { a: "one two" }, ""],
    ['Word([a], 1, " ")', { a: null }, ""],
  ],
  "Split: trimmed pieces, none empty (5.5)": [
    ['Split([a], ",")', { a: "red, green,, blue " }, ["red", "green", "blue"]],
    ['Split([a], "--")', { a: "a-b--c" }, ["a-b", "c"]],
    ['Split([a], ".")', { a: "a.b" }, ["a", "b"]],
    ['Split([a], ",")', { a: null }, null],
  ],
  "StripSpaces removes U+0020 alone": [
    ["StripSpaces([a])", { a: " a b\tc\u00a0d " }, "ab\tc\u00a0d"],
    ["StripSpaces([a])", { a: null }, null],
  ],
  "Trim, an addition": [
    ["Trim([a])", { a: "  a b\t" }, "a b"],
    ["Trim([a])", { a: null }, null],
  ],
  "Count, Item, RemoveDuplicates": [
    ["Count([l])", { l: ["a", "b"] }, "2"],
    ["Count([l])", { l: "one" }, "1"],
    ["Count([l])", { l: null }, "0"],
    ["Item([l], 1)", { l: ["a", "b"] }, "a"],
    ["Item([l], 2)", { l: ["a", "b"] }, "b"],
    ['Item(Split([a], ";"), 2)', { a: "x;y" }, "y"],
    ["Item([l], 1)", { l: null }, null],
    ["RemoveDuplicates([l])", { l: ["b", "a", "b", "B"] }, ["b", "a", "B"]],
    ["RemoveDuplicates([l])", { l: null }, null],
  ],
  "BitAnd in decimal and hexadecimal": [
    ["BitAnd(&HC, 10)", {}, "8"],
    ['BitAnd("&HF7", [a])', { a: "12" }, "4"],
    ["BitAnd([a], 2)", { a: null }, null],
    ["BitAnd([a], 2)", { a: "" }, null],
  ],
  "CStr and CBool": [
    ["CStr([a])", { a: true }, "True"],
    ["CStr(12)", {}, "12"],
    ["CStr([a])", { a: null }, null],
    ["CBool(1)", {}, "True"],
    ['CBool("0")', {}, "False"],
    ['CBool("tRUE")', {}, "True"],
    ["CBool([a] = [b])", { a: "x", b: "x" }, "True"],
    ["CBool([a] = [b])", { a: "x", b: "X" }, "False"],
    ["CBool([a])", { a: null }, null],
  ],
  "ConvertToBase64 (UTF-16LE) and ConvertToUTF8Hex": [
    ['ConvertToBase64("ab")', {}, "YQBiAA=="],
    ["ConvertToBase64([a])", { a: "é€" }, "6QCsIA=="],
    ["ConvertToBase64([a])", { a: null }, null],
    ["ConvertToUTF8Hex([a])", { a: "Aé€" }, "41C3A9E282AC"],
    ["ConvertToUTF8Hex([a])", { a: null }, null],
  ],
  "ToLower and ToUpper: invariant, one letter stays one letter (5.13)": [
    ["ToUpper([a])", { a: "straße é" }, "STRAßE É"],
    ["ToLower([a])", { a: "ÅSA ΣΑΣ" }, "åsa σασ"],
    ["ToLower([a])", { a: "Iİ" }, "iİ"],
    ["ToUpper([a])", { a: "iı" }, "Iı"],
    ['ToUpper([a], "tr-TR")', { a: "iı" }, "İI"],
    ['ToLower([a], "tr-TR")', { a: "Iİ" }, "ıi"],
    ["ToLower([a])", { a: null }, null],
    ["ToUpper([a])", { a: null }, null],
  ],
  "PCase: capitals are lowered first, an apostrophe does not separate (5.6)": [
    ["PCase([a])", { a: "MARY ANN o'neil" }, "Mary Ann O'neil"],
    ["PCase([a])", { a: "jean-luc/anne.marie" }, "Jean-Luc/Anne.Marie"],
    ["PCase([a])", { a: "ÉMILE ǆ" }, "Émile ǅ"],
    ['PCase([a], "\'")', { a: "d'ARCY van dyke" }, "D'Arcy van dyke"],
    ['PCase([a], " -")', { a: "jean-luc le.blanc" }, "Jean-Luc Le.blanc"],
    ["PCase([a])", { a: null }, null],
  ],
  "NormalizeDiacritics: the table's exceptions, other scripts kept (4.1)": [
    ["NormalizeDiacritics([a])", { a: "Zoë Müller Ångström Čapek Nguyễn" }, "Zoe Muller Angstrom Capek Nguyen"],
    ["NormalizeDiacritics([a])", { a: "æ Æ ø Ø ß ł Ł ı İ" }, "ae AE oe OE ss l L i I"],
    ["NormalizeDiacritics([a])", { a: "œ\u0304 Œ\u0304" }, "oe OE"],
    ["NormalizeDiacritics([a])", { a: "ǿ ǽ" }, "oe ae"],
    ["NormalizeDiacritics([a])", { a: "đ ð þ ŋ ħ ẞ" }, "đ ð þ ŋ ħ ẞ"],
    ["NormalizeDiacritics([a])", { a: "й が" }, "й が"],
    ["NormalizeDiacritics([a])", { a: "e\u0301" }, "e"],
    ["NormalizeDiacritics([a])", { a: null }, null],
  ],
};

for (const [title, rows] of Object.entries(TABLE))
  describe(title, () => {
    test.each(rows)("%s of %j", (...row) => expectRow(row));
  });

describe("values that a function cannot use", () => {
  test.each([
    ['Append("x", Mid([a], [n], 2))', { a: "abc", n: "0" }, "MUS-1207 10:17"],
    ["Mid([a], 1, [n])", { a: "abc", n: "-1" }, "MUS-1207 10:5"],
    ["Item([l], 3)", { l: ["a", "b"] }, "MUS-1207 10:5"],
    ["Left([a], [n])", { a: "abc", n: "two" }, "MUS-1207 10:5"],
    ["Append([l], [a])", { a: "x", l: ["a", "b"] }, "MUS-1207 10:5"],
    ['InStr([a], "a", [n])', { a: "abc", n: 0 }, "MUS-1207 10:5"],
    ["CBool([a])", { a: "maybe" }, "MUS-1207 10:5"],
    ["Split([a], [b])", { a: "x", b: "" }, "MUS-1207 10:5"],
  ])("%s", (text, operands, expected) => {
    const error = failure(text, operands);
    expect(`${error?.code} ${error?.where?.line}:${error?.where?.column}`).toBe(expected);
  });

  test("the same mistakes written out are found before anybody is evaluated", () => {
    expect(mistakes("Mid([a], 0, 2)")).toEqual(["MUS-1204 10:14"]);
    expect(mistakes("Mid([a], 1, -2)")).toEqual(["MUS-1204 10:17"]);
    expect(mistakes("Item([a], 0)")).toEqual(["MUS-1204 10:15"]);
    expect(mistakes('InStr([a], "b", 0)')).toEqual(["MUS-1204 10:21"]);
    expect(mistakes('Split([a], "")')).toEqual(["MUS-1204 10:16"]);
  });

  test("the message shows the value at fault, shortened, and no other", () => {
    const what = failure("Append([secret], Left([a], [n]))", { secret: "hidden", a: "abc", n: "z".repeat(200) })?.what;
    expect(what).toContain('zzz..."');
    expect(what?.length).toBeLessThan(120);
    expect(what).not.toContain("hidden");
  });
});

describe("nested functions cannot build a text that fills the memory", () => {
  const nest = (head: string, tail: string) => `${head.repeat(60)}[a]${tail.repeat(60)}`;
  test.each([
    ["ConvertToUTF8Hex", nest("ConvertToUTF8Hex(", ")")],
    ["ConvertToBase64", nest("ConvertToBase64(", ")")],
    ["Replace of a text", nest("Replace(", ', "a", , , "aaaa")')],
    ["Replace of a pattern", 'Replace([a], , "a", , "$_$_")'],
    ["Join", nest('Join("", [b], ', ", [b])")],
  ])("%s", (_, text) => {
    expect(failure(text, { a: "a".repeat(1000), b: "b".repeat(20_000) })?.what).toMatch(/too long|longer than/);
  });
});

test("laws of Left and Mid hold for characters beyond the basic plane too", () => {
  const a = "a𠮷é田z";
  for (let n = 0; n <= 6; n++)
    expect(`${evaluate("Left([a], [n])", { a, n })}${evaluate("Mid([a], [n], 9)", { a, n: n + 1 })}`).toBe(a);
});
