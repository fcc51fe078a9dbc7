import { describe, expect, test } from "vitest";
import { compilePattern, parseExpression } from "../../../reconciler/policy/expression/index.js";
import { AT, errorsOf, failure } from "./evaluate.js";

function matches(pattern: string, text: string): boolean {
  return compilePattern(pattern, AT, { anchored: false }).test(text);
}

describe("what .NET means", () => {
  test.each([
    ["\\d", "٣", true],
    ["\\D", "٣", false],
    ["[\\d]", "٣", true],
    ["[\\D]", "٣", false],
    ["^\\w+$", "Łukasz_1", true],
    ["\\W", "é", false],
    ["^[\\w.]+$", "é.ü", true],
    ["^\\s$", "\u00a0", true],
    ["\\S", "\u2003", false],
    ["^[\\s\\S]$", "\n", true],
    ["^.$", "\n", false],
    ["(?s)^.$", "\n", true],
    ["^.$", "\r", true],
    ["b$", "ab", true],
    ["b$", "ab\n", true],
    ["b\\Z", "ab\n", true],
    ["b\\z", "ab\n", false],
    ["a$", "a\nb", false],
    ["(?m)a$", "a\nb", true],
    ["(?m:a$)", "a\nb", true],
    ["(?m)(?-m:a$)", "a\nb", false],
    ["(?i)É", "é", true],
    ["\\:\\-\\ \\é", ":- é", true],
    ["^[\\-\\]\\[&&]+$", "-][&", true],
    ["^[]a]+$", "]a", true],
    ["^[^]a]+$", "b", true],
    ["[[a]", "[", true],
    ["\\x41\\u00e9\\cA\\e\\0", "Aé\u0001\u001b\0", true],
    ["[\\b]", "\b", true],
    ["\\p{Lu}\\P{Lu}", "Aa", true],
    ["a(?#comment)b", "ab", true],
    ["(?'n'a)(?<m>b)", "ab", true],
    ["^a{,2}$", "a{,2}", true],
    ["^(?:ab|c){2}?$", "abc", true],
  ])("%s on %j: %s", (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected));
});

describe("what cannot be translated is refused at its character", () => {
  test.each([
    ["a(?=b)", 6],
    ["a(?!b)", 6],
    ["(?<=a)b", 5],
    ["(?<!a)b", 5],
    ["(?>a)", 5],
    ["(?(a)b)", 5],
    ["(?<a-b>c)", 5],
    ["(?<1>c)", 5],
    ["(a)\\1", 8],
    ["(?<n>a)\\k<n>", 12],
    ["x\\bword", 6],
    ["\\B", 5],
    ["\\Ga", 5],
    ["\\Qa\\E", 5],
    ["\\_", 5],
    ["\\uD800", 5],
    ["\\p{IsCyrillic}", 5],
    ["\\p{Cyrillic}", 5],
    ["\\pL", 5],
    ["(?x)a", 5],
    ["(?n)(a)", 5],
    ["[a-z-[aeiou]]", 10],
    ["[[:alpha:]]", 6],
    ["x[\\W1]", 6],
    ["[^\\s\\S]", 5],
    ["[a", 5],
    ["(?<n>a)(?<n>b)", 12],
    ["a\\", 6],
    ["(a", 5],
    ["a)", 5],
    ["a**", 5],
    ["a++", 5],
    ["*a", 5],
    ["a{1001}", 5],
    ["[z-a]", 5],
  ])("%s", (pattern, column) => {
    const [error] = errorsOf(() => compilePattern(pattern, AT, { anchored: false }));
    expect([error?.code, error?.where]).toEqual(["MUS-1206", { ...AT, column }]);
  });
});

test("anchored: the whole text has to match, whatever the alternatives", () => {
  const whole = compilePattern("a|ab", AT, { anchored: true });
  expect(["a", "ab", "abc", "xa"].map((text) => whole.test(text))).toEqual([true, true, false, false]);
});

describe("hostile patterns take bounded time", () => {
  const text = `${"a".repeat(20_000)}!`;
  test.each(["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^([a-zA-Z]+)*$", "(.*)*x", "^(a?){50}a{50}$"])("%s", (pattern) => {
    const started = performance.now();
    expect(matches(pattern, text)).toBe(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });
  test.each(["^((a+)+)+$", "a.*b|a", "(a|a.*!!)", "(?:a?){20}a{20}b"])("in Replace as well: %s", (pattern) => {
    const expression = parseExpression(`Replace([a], , "${pattern}", , "x")`, AT);
    const started = performance.now();
    expression.evaluate({ asOf: 0, get: () => text.slice(0, 2048) });
    expect(performance.now() - started).toBeLessThan(10_000);
  });
  test("Replace refuses to search a text that is too long for it", () => {
    expect(failure('Replace([a], , "b", , "x")', { a: text })?.code).toBe("MUS-1207");
  });
});
