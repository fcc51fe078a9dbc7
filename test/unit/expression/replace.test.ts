import { describe, expect, test } from "vitest";
import { expectRow, failure, mistakes, type Row } from "./evaluate.js";

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "1: old value and replacement, literal, every occurrence": [
    ['Replace([a], "-", , , "/", , )', { a: "4-17-2" }, "4/17/2"],
    ['Replace([a], ".", , , "", , )', { a: "a.b.c" }, "abc"],
    ['Replace([a], "x", , , "$&", , )', { a: "axb" }, "a$&b"],
    ['Replace([a], "X", , , "y", , )', { a: "axb" }, "axb"],
    ['Replace([a], "x", , , "y")', { a: null }, null],
  ],
  "2: old value and template": [
    ['Replace([a], "{id}", , , , , "https://x/{id}?{id}")', { a: "7$&" }, "https://x/7$&?7$&"],
    ['Replace([a], "{id}", , , , , "constant")', { a: "7" }, "constant"],
    ['Replace([a], "{id}", , , , , "x{id}")', { a: null }, null],
  ],
  "3: pattern and replacement": [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of .NET for groups
    ['Replace([a], , "(?<floor>\\\\d)-(?<door>\\\\d+)", , "${door}/${floor}", , )', { a: "4-17" }, "17/4"],
    ['Replace([a], , "\\\\s+", , " ", , )', { a: "a \t b\u00a0c" }, "a b c"],
    ['Replace([a], , "\\\\d", , "", , )', { a: "a1b٣c" }, "abc"],
    ['Replace([a], , "\\\\W", , "", , )', { a: "é-ü_1" }, "éü_1"],
    ['Replace([a], , "(a)(?<n>b)(c)", , "$1$2$3", , )', { a: "abc" }, "acb"],
    ['Replace([a], , "b", , "[$`|$&|$\'|$_|$$]", , )', { a: "abc" }, "a[a|b|c|abc|$]c"],
    ['Replace([a], , "(b)|(x)", , "<$2$9>", , )', { a: "abc" }, "a<$9>c"],
    ['Replace([a], , "[a-z]*", , "-", , )', { a: "abc1" }, "--1-"],
    ['Replace([a], , "", , "-", , )', { a: "𠮷b" }, "-𠮷-b-"],
    ['Replace([a], , "z", , "-", , )', { a: "abc" }, "abc"],
    ['Replace([a], , "(?i)B", , "-", , )', { a: "abB" }, "a--"],
    ['Replace([a], , "b", , [r], , )', { a: "abc", r: "<$0>" }, "a<b>c"],
    ['Replace([a], , "b", , "-", , )', { a: null }, null],
  ],
  "4: pattern, group and replacement: only the group's text": [
    ['Replace([a], , "(?<n>\\\\d+)px", "n", "0", , )', { a: "12px 3em 4px" }, "0px 3em 0px"],
    ['Replace([a], , "a(?<n>\\\\d)?", "n", "x", , )', { a: "a1 a" }, "ax a"],
    ['Replace([a], , "a(.)c", "1", "x", , )', { a: "abc" }, "axc"],
    ['Replace([a], , "(?<n>b)", "n", "x", , )', { a: null }, null],
  ],
  "5: pattern, group and another attribute: the source where it has a value": [
    ['Replace([a], , "(?<n>[^@]+)@", "n", , [m], )', { a: "own", m: "kim@x" }, "own"],
    ['Replace([a], , "(?<n>[^@]+)@", "n", , [m], )', { a: null, m: "kim@x" }, "kim"],
    ['Replace([a], , "(?<n>[^@]+)@", "n", , [m], )', { a: "", m: "kim@x" }, "kim"],
    ['Replace([a], , "(?<n>[^@]+)@", "n", , [m], )', { a: null, m: "kim" }, null],
    ['Replace([a], , "(?<n>[^@]+)@", "n", , [m], )', { a: null, m: null }, null],
  ],
};

for (const [title, rows] of Object.entries(TABLE))
  describe(title, () => {
    test.each(rows)("%s of %j", (...row) => expectRow(row));
  });

describe("combinations that no documentation gives a meaning are refused", () => {
  test.each([
    "Replace([a])",
    'Replace([a], "x")',
    'Replace([a], , "x")',
    'Replace([a], "x", "y", , "z")',
    'Replace([a], , "x", "n")',
    'Replace([a], , "x", , , [b])',
    'Replace([a], "x", , , "y", , "z")',
  ])("%s", (text) => expect(mistakes(text)).toEqual(["MUS-1211 10:5"]));
});

test("what is wrong with a pattern is shown at its character", () => {
  expect(mistakes('Replace([a], , "a(?=b)", , "c")')).toEqual(["MUS-1206 10:22"]);
  expect(mistakes('Replace([a], , "\\\\d\\\\bx", , "c")')).toEqual(["MUS-1206 10:24"]);
  expect(mistakes('Replace([a], , "(a", , "c")')).toEqual(["MUS-1206 10:21"]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of .NET for groups
  expect(mistakes('Replace([a], , "(?<n>a)", , "x${m}")')).toEqual(["MUS-1206 10:35"]);
  expect(mistakes('Replace([a], , "(?<n>a)", "m", "x")')).toEqual(["MUS-1206 10:31"]);
  expect(mistakes('Replace([a], "", , , "x")')).toEqual(["MUS-1204 10:18"]);
  expect(mistakes('Replace([a], , [b], , "x")')).toEqual(["MUS-1204 10:20"]);
});

test("values that Replace cannot use", () => {
  expect(failure('Replace([a], [b], , , "x")', { a: "a", b: "" })?.code).toBe("MUS-1207");
  expect(failure('Replace([a], , "b$", , "x")', { a: "ab\n" })?.code).toBe("MUS-1207");
});
