import { describe, expect, test } from "vitest";
import { evaluate, expectRow, failure, type Row, warnings } from "./evaluate.js";

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "Switch: exact text, first key, default, left-out default": [
    ['Switch([c], "other", "DE", "Berlin", "FR", "Paris")', { c: "FR" }, "Paris"],
    ['Switch([c], "other", "DE", "Berlin")', { c: "de" }, "other"],
    ['Switch(ToUpper([c]), "other", "DE", "Berlin")', { c: "de" }, "Berlin"],
    ['Switch([c], , "DE", "Berlin")', { c: "US" }, null],
    ['Switch([c], "other", "DE", "Berlin")', { c: null }, "other"],
    ['Switch([c], "other", "", "none", "DE", "Berlin")', { c: null }, "none"],
    ['Switch([c], "other", "", "none", "DE", "Berlin")', { c: "" }, "none"],
    ['Switch([c], [d], [k], [v], "x", "y")', { c: "K", k: "K", v: "V" }, "V"],
    ['Switch([c], [d], [k], [v], "x", "y")', { c: "x", k: "K" }, "y"],
    ['Switch([c], [d], [k], [v], "x", "y")', { c: null, k: null, v: "V", d: "D" }, "D"],
    ['Switch([c], [d], [k], [v], "x", "y")', { c: null, k: "", v: "V", d: "D" }, "V"],
    ['Switch([f], "other", "True", "yes", "False", "no")', { f: false }, "no"],
    ['Switch(IsPresent([c]), "other", "True", "yes", "False", "no")', { c: null }, "no"],
    ['Switch([c], "other", 1, "one")', { c: "1" }, "one"],
    ['Switch([c], "ok", "x", CDate("2031-01-01"), "y", Item([l], 5))', { c: "z", l: ["a"] }, "ok"],
  ],
  "IIF: comparisons with null do not hold, tests of presence are truthful (5.3)": [
    ['IIF([a] = "x", "yes", "no")', { a: "x" }, "yes"],
    ['IIF([a] = "x", "yes", "no")', { a: "X" }, "no"],
    ['IIF([a] <> "x", "yes", "no")', { a: "y" }, "yes"],
    ['IIF([a] <> "x", "yes", "no")', { a: null }, "no"],
    ['IIF([a] = [b], "yes", "no")', { a: null, b: null }, "no"],
    ['IIF([a] = "", "yes", "no")', { a: "" }, "yes"],
    ['IIF(IsPresent([a]), "yes", "no")', { a: "" }, "no"],
    ['IIF([f], "yes", "no")', { f: true }, "yes"],
    ['IIF([f], "yes", "no")', { f: null }, "no"],
    ['IIF([f], "yes", "no")', { f: "false" }, "no"],
    ['IIF([a] = "x", IIF([b] = "y", "both", "a"), "none")', { a: "x", b: "y" }, "both"],
    ['IIF([a] = "x", CDate([b]), "no")', { a: "z", b: "no date" }, "no"],
  ],
  "comparisons: numbers, instants, else ordinal text (5.7)": [
    ["CBool([a] < 9)", { a: "10" }, "False"],
    ["CBool([a] > [b])", { a: "10", b: "9" }, "True"],
    ["CBool([a] > [b])", { a: "10x", b: "9x" }, "False"],
    ["CBool([a] = 7)", { a: "007" }, "True"],
    ["CBool([a] >= 7)", { a: 7 }, "True"],
    ["CBool([a] <= 6)", { a: 7 }, "False"],
    ['CBool([a] < "a")', { a: "B" }, "True"],
    ['CBool([f] = "True")', { f: true }, "True"],
    ["CBool(CDate([a]) < Now())", { a: "2031-04-02T09:30:14Z" }, "True"],
    ["CBool(CDate([a]) = [b])", { a: "2031-04-02T02:00:00+02:00", b: "2031-04-02" }, "True"],
  ],
  "Coalesce: the first that is not null; empty is not null (5.14)": [
    ['Coalesce([a], [b], "z")', { a: null, b: "b" }, "b"],
    ['Coalesce([a], [b], "z")', { a: "", b: "b" }, ""],
    ['Coalesce([a], "")', { a: null }, ""],
    ["Coalesce([a], [b])", { a: null, b: null }, null],
    ["Coalesce([l], [b])", { l: ["x", "y"] }, ["x", "y"]],
  ],
  "tests of presence": [
    ["IsNull([a])", { a: null }, "True"],
    ["IsNull([a])", { a: "" }, "False"],
    ["IsNullOrEmpty([a])", { a: null }, "True"],
    ["IsNullOrEmpty([a])", { a: "" }, "True"],
    ["IsNullOrEmpty([a])", { a: " " }, "False"],
    ["IsNullOrEmpty([a])", { a: [] }, "True"],
    ["IsPresent([a])", { a: "" }, "False"],
    ["IsPresent([a])", { a: false }, "True"],
    ["IsString([a])", { a: "x" }, "True"],
    ["IsString([a])", { a: ["x"] }, "False"],
    ["IsString([a])", { a: null }, "False"],
  ],
  "Not: True gives False, everything else True": [
    ["Not([a])", { a: true }, "False"],
    ["Not([a])", { a: "True" }, "False"],
    ["Not([a])", { a: false }, "True"],
    ["Not([a])", { a: "other" }, "True"],
    ["Not([a])", { a: null }, "True"],
    ["Not(IsPresent([a]))", { a: "x" }, "False"],
  ],
  "IgnoreFlowIfNullOrEmpty drops the attribute, wherever it is evaluated": [
    ["IgnoreFlowIfNullOrEmpty([a])", { a: "x" }, "x"],
    ["IgnoreFlowIfNullOrEmpty([a])", { a: "" }, undefined],
    ["IgnoreFlowIfNullOrEmpty([a])", { a: null }, undefined],
    ['IIF([b] = "keep", IgnoreFlowIfNullOrEmpty([a]), "new")', { a: null, b: "keep" }, undefined],
    ['IIF([b] = "keep", IgnoreFlowIfNullOrEmpty([a]), "new")', { a: null, b: "go" }, "new"],
  ],
  "Redact passes its value": [["Redact([a])", { a: "x" }, "x"]],
  "SelectUniqueValue skips rules that give null or nothing": [
    ["SelectUniqueValue([a], [b], [c])", { a: null, b: "", c: "kim" }, "kim"],
    ["SelectUniqueValue([a], [b])", { a: null, b: "" }, null],
    ["SelectUniqueValue([a], [b])", {}, undefined],
  ],
};

for (const [title, rows] of Object.entries(TABLE))
  describe(title, () => {
    test.each(rows)("%s of %j", (...row) => expectRow(row));
  });

test("Error fails with its message, and only where it is evaluated", () => {
  const text = 'Switch([c], Error("no country"), "DE", "Berlin")';
  expect(evaluate(text, { c: "DE" })).toBe("Berlin");
  const error = failure(text, { c: "XX" });
  expect([error?.code, error?.where?.column, error?.what]).toEqual(["MUS-1207", 17, "Error: no country"]);
});

test("a date compared with what is no date fails at the comparison", () => {
  const error = failure("IIF(CDate([a]) > [b], 1, 2)", { a: "2031-01-01", b: "soon" });
  expect([error?.code, error?.where?.column]).toEqual(["MUS-1207", 9]);
});

describe("warnings", () => {
  test.each([
    ["IIF(IsPresent([a]), 1, 2)", ["10:9"]],
    ['IIF([a] = "", 1, 2)', ["10:9"]],
    ['IIF([a] = "x", 1, 2)', []],
    ['Switch(IsNull([a]), , "True", 1)', ["10:12"]],
    ['Coalesce(Left([a], 1), "x")', ["10:14"]],
    ['Coalesce([a], "x", [b])', ["10:19"]],
    ['Coalesce([a], "x")', []],
  ])("%s", (text, expected) => {
    expect(warnings(text).map((warning) => warning.split(" ")[0])).toEqual(expected);
  });
});
