import { describe, expect, test } from "vitest";
import { listFunctions, parseExpression, suggestQuoted } from "../../../reconciler/policy/expression/index.js";
import { AT, errorsOf, evaluate, expectRow, mistakes, type Row } from "./evaluate.js";

describe("operands", () => {
  const rows: readonly Row[] = [
    ["[id]", { id: "10023" }, "10023"],
    ['"Contoso"', {}, "Contoso"],
    ["42", {}, "42"],
    ["-7", {}, "-7"],
    ["&H1F", {}, "31"],
    ["9223372036854775807", {}, "9223372036854775807"],
    [" \t\r\n[ext_Cost-Center 2]\n ", { "ext_Cost-Center 2": "44" }, "44"],
    ["[urn:ietf:params:User:costCenter]", { "urn:ietf:params:User:costCenter": "x" }, "x"],
    ['[phones[kind eq "desk"].value]', { 'phones[kind eq "desk"].value': "1" }, "1"],
    ['[phones[kind eq "a]b"].value]', { 'phones[kind eq "a]b"].value': "2" }, "2"],
    ['"a \\\\ b \\" c, (d) [e]\nf"', {}, 'a \\ b " c, (d) [e]\nf'],
    ['Append ( "a" , \n "b" )', {}, "ab"],
    ['Append("n", 5)', {}, "n5"],
    ['Left("abc", "2")', {}, "ab"],
    ["[flag]", { flag: true }, "True"],
    ["[count]", { count: 12 }, "12"],
    ["[ratio]", { ratio: 1.5 }, "1.5"],
    ["[tags]", { tags: ["a", "b"] }, ["a", "b"]],
    ["[gone]", { gone: null }, null],
  ];
  test.each(rows)("%s", (...row) => expectRow(row));
});

describe("what is not supplied", () => {
  test("all paths missing: the attribute is unmanaged", () => {
    expect(evaluate('Append([a], "x")')).toBeUndefined();
    expect(evaluate('Coalesce([a], [b], "x")')).toBeUndefined();
  });
  test("one path supplied: the others count as null", () => {
    expect(evaluate('Coalesce([a], [b], "x")', { b: null })).toBe("x");
  });
  test("no path at all: a constant is a value", () => {
    expect(evaluate('Append("a", "b")')).toBe("ab");
  });
  test("a rule of SelectUniqueValue stands for itself", () => {
    const expression = parseExpression('SelectUniqueValue(Append([a], "1"), [b])', AT);
    const environment = { asOf: 0, get: (path: string) => (path === "b" ? "kim" : undefined) };
    expect(expression.alternatives.map((rule) => rule.evaluate(environment))).toEqual([undefined, "kim"]);
    expect(expression.evaluate(environment)).toBe("kim");
  });
});

describe("what an expression tells of itself", () => {
  test("paths are distinct and in order of appearance", () => {
    expect(parseExpression("Join([z], [b.c], IIF([a] = [z], [b.c], [d]))", AT).paths).toEqual(["z", "b.c", "a", "d"]);
  });
  test("Now and Redact are noticed wherever they stand", () => {
    const dated = parseExpression('Switch("a", , "b", DateAdd("d", 1, Now()))', AT);
    expect([dated.usesNow, dated.isRedacted]).toEqual([true, false]);
    const masked = parseExpression("Append(Redact([a]), [b])", AT);
    expect([masked.usesNow, masked.isRedacted]).toEqual([false, true]);
  });
  test("the rules of SelectUniqueValue keep their text", () => {
    const expression = parseExpression('SelectUniqueValue( Append([a], "1") , [b], "c")', AT);
    expect(expression.isUnique).toBe(true);
    expect(expression.alternatives.map(({ text, paths }) => [text, paths])).toEqual([
      ['Append([a], "1")', ["a"]],
      ["[b]", ["b"]],
      ['"c"', []],
    ]);
    expect(parseExpression("[a]", AT).alternatives).toEqual([]);
  });
});

describe("mistakes are found with their place", () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["", ["MUS-1201 10:5"]],
    ["  ", ["MUS-1201 10:7"]],
    ["Append([a], ", ["MUS-1201 10:17"]],
    ['Append([a] "b")', ["MUS-1201 10:16"]],
    ["[a] [b]", ["MUS-1201 10:9"]],
    ["givenName", ["MUS-1201 10:5"]],
    ["'a'", ["MUS-1201 10:5"]],
    ["“a”", ["MUS-1201 10:5"]],
    ['[a] & "b"', ["MUS-1201 10:9"]],
    ["[a", ["MUS-1201 10:5"]],
    ["[a\n]", ["MUS-1201 10:5"]],
    ["[ a]", ["MUS-1201 10:5"]],
    ["[]", ["MUS-1201 10:5"]],
    ['Append([a], "b)', ["MUS-1201 10:17"]],
    ["1.5", ["MUS-1201 10:5"]],
    ["12ab", ["MUS-1201 10:5"]],
    ["9223372036854775808", ["MUS-1201 10:5"]],
    ['[a] = "b"', ["MUS-1201 10:9"]],
    ["IIF([a] = [b] = [c], 1, 2)", ["MUS-1201 10:19"]],
    ["IIF(a = [b], 1, 2)", ["MUS-1201 10:9"]],
    ["IIF([b] = a, 1, 2)", ["MUS-1201 10:15"]],
    ['Replace([a], , "\\d", , "x")', ["MUS-1205 10:21"]],
    ['Append(\n  [a],\n  "x\\n")', ["MUS-1205 12:9"]],
    ['Append(\n  [a],\n  Apend([b], "c"))', ["MUS-1202 12:7"]],
    ["append([a], [b])", ["MUS-1202 10:5"]],
    ["Append([a])", ["MUS-1203 10:5"]],
    ["Append([a], )", ["MUS-1203 10:5"]],
    ["Append([a], [b], [c])", ["MUS-1203 10:5"]],
    ["Now(1)", ["MUS-1203 10:5"]],
    ["Join()", ["MUS-1203 10:5"]],
    ['Join(",")', ["MUS-1203 10:5"]],
    ['Left([a], "x")', ["MUS-1204 10:15"]],
    ['Left([a], Split([b], ","))', ["MUS-1204 10:15"]],
    ["Left([a], IsNull([b]))", ["MUS-1204 10:15"]],
    ['Append([a], Split([b], ","))', ["MUS-1204 10:17"]],
    ['Count("a")', ["MUS-1204 10:11"]],
    ["Append([a] = [b], [c])", ["MUS-1204 10:12"]],
    ["Append(foo, [c])", ["MUS-1204 10:12"]],
    ['IIF(Split([a], ",") = "x", 1, 2)', ["MUS-1204 10:9"]],
    ["DateAdd(d, 1, [a])", ["MUS-1204 10:13"]],
    ['DateAdd("y", 1, [a])', ["MUS-1204 10:13"]],
    ['DateAdd("d", 1, "31.12.2031")', ["MUS-1204 10:21"]],
    ['InStr([a], "b", 1, "vbTextCompare")', ["MUS-1204 10:24"]],
    ['Switch([a], , "x", 1, "y", 2, "x", 3)', ["MUS-1210 10:35"]],
    ['Switch([a], "x", "y")', ["MUS-1203 10:5"]],
    ['Replace([a], "x")', ["MUS-1211 10:5"]],
    ["Append(SelectUniqueValue([a], [b]), [c])", ["MUS-1208 10:12"]],
    ["SelectUniqueValue([a], SelectUniqueValue([b], [c]))", ["MUS-1208 10:28"]],
    ["SelectUniqueValue([a])", ["MUS-1203 10:5"]],
    ["SelectUniqueValue([a], , [b])", ["MUS-1203 10:5"]],
    ["Guid()", ["MUS-1208 10:5"]],
    ["RandomString(8, 1, 1, 1, 1)", ["MUS-1208 10:5"]],
    ["SingleAppRoleAssignment([appRoleAssignments])", ["MUS-1208 10:5"]],
    ["AppRoleAssignmentsComplex([appRoleAssignments])", ["MUS-1208 10:5"]],
    ["DefaultDomain()", ["MUS-1208 10:5"]],
    ["ConvertFromBase64([a])", ["MUS-1202 10:5"]],
    ['ToLower([a], "nowhere-at all")', ["MUS-1204 10:18"]],
    ["Left([a], [b], [c], Apend([d]))", ["MUS-1202 10:25", "MUS-1203 10:5"]],
  ];
  test.each(rows)("%s", (text, expected) => expect(mistakes(text)).toEqual(expected));

  test("a near miss gets a suggestion", () => {
    const next = (text: string) => errorsOf(() => parseExpression(text, AT))[0]?.next;
    expect(next("toLower([a])")).toContain("Did you mean ToLower?");
    expect(next("NormalizeDiacritic([a])")).toContain("Did you mean NormalizeDiacritics?");
    expect(next("Frobnicate([a])")).not.toContain("Did you mean");
  });
  test("an escape shows how to double the backslash", () => {
    expect(errorsOf(() => parseExpression('"\\d+"', AT))[0]?.next).toContain("\\\\d");
  });
  test("10,000 characters are allowed, one more is not", () => {
    const text = (length: number) => `"${"x".repeat(length - 2)}"`;
    expect(parseExpression(text(10_000), AT).text).toHaveLength(10_000);
    expect(mistakes(text(10_001))).toEqual(["MUS-1209 10:5"]);
  });
  test("nesting is bounded, so that no text can exhaust the stack", () => {
    const nest = (depth: number) => `${"Redact(".repeat(depth)}[a]${")".repeat(depth)}`;
    expect(parseExpression(nest(100), AT).paths).toEqual(["a"]);
    expect(mistakes(nest(101))).toEqual(["MUS-1201 10:705"]);
    expect(mistakes("F(".repeat(4999))).toHaveLength(1);
  });
  test("SelectUniqueValue can be refused where nothing is allotted", () => {
    const text = "SelectUniqueValue([a], [b])";
    expect(errorsOf(() => parseExpression(text, AT, { unique: "refused" }))[0]?.code).toBe("MUS-1208");
  });
});

describe("the table of functions", () => {
  test("has every function of the reference that is not refused, and names its additions", () => {
    const documented =
      "Append BitAnd CBool CDate Coalesce ConvertToBase64 ConvertToUTF8Hex Count CStr DateAdd DateDiff DateFromNum " +
      "FormatDateTime IgnoreFlowIfNullOrEmpty IIF InStr IsNull IsNullOrEmpty IsPresent IsString Item Join Left Mid " +
      "NormalizeDiacritics Not Now NumFromDate PCase Redact RemoveDuplicates Replace SelectUniqueValue Split " +
      "StripSpaces Switch ToLower ToUpper Word";
    const names = (origin: string) => listFunctions().flatMap((f) => (f.origin === origin ? [f.name] : []));
    expect(new Set(names("entra"))).toEqual(new Set(documented.split(" ")));
    expect(names("cloud-sync")).toEqual(["Error", "Trim"]);
    expect(names("muster")).toContain("EndOfDay");
  });
  test("names its parameters", () => {
    const left = listFunctions().find((f) => f.name === "Left");
    expect(left?.parameters.map(({ name, kind, need }) => [name, kind, need])).toEqual([
      ["string", "text", "required"],
      ["numChars", "number", "required"],
    ]);
  });
});

test("the quoted form for YAML is a block scalar of the same text", () => {
  expect(suggestQuoted('Append([a], " #1")')).toBe('|-\n  Append([a], " #1")');
  expect(suggestQuoted('  Append(\r\n  [a],\n  "b")\n')).toBe('|-\n  Append(\n    [a],\n    "b")');
});
