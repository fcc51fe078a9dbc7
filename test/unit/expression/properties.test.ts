import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toCivil, toInstant } from "../../../reconciler/policy/expression/calendar.js";
import {
  type Expression,
  listFunctions,
  type OperandValue,
  parseExpression,
} from "../../../reconciler/policy/expression/index.js";
import { parseSyntax } from "../../../reconciler/policy/expression/parser.js";
import { MusterError, MusterErrors } from "../../../reconciler/support/errors.js";
import { AT, errorsOf, evaluate } from "./evaluate.js";
import { operands, print, withoutPlaces } from "./print.js";

const RUNS = { numRuns: 500 };

test("a tree that is printed and parsed again is the same tree", () => {
  fc.assert(
    fc.property(operands, (tree) => {
      const text = print(tree);
      fc.pre(text.length <= 10_000);
      expect(withoutPlaces(parseSyntax(text, AT))).toEqual(tree);
    }),
    RUNS,
  );
});

/** Text made of what expressions are made of, so that it comes far into the parser. */
const PIECES = [
  "(",
  ")",
  ",",
  "[",
  "]",
  '"',
  "\\",
  "=",
  "<>",
  "-",
  "&H",
  "7",
  " ",
  "\n",
  "a",
  "[a]",
  '"x"',
  "IIF(",
  "Left(",
];
const noise = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom(...PIECES)).map((list) => list.join("")),
);

test("no text makes the parser throw anything but its own errors, with a place inside the text", () => {
  fc.assert(
    fc.property(noise, (text) => {
      try {
        parseExpression(text, AT);
      } catch (error) {
        expect(error instanceof MusterError || error instanceof MusterErrors).toBe(true);
        for (const { code, where } of errorsOf(() => parseExpression(text, AT))) {
          expect(code).toMatch(/^MUS-12/);
          const line = text.split("\n")[(where?.line ?? 0) - AT.line];
          expect((where?.column ?? 0) - AT.column).toBeLessThanOrEqual(line?.length ?? -1);
        }
      }
    }),
    RUNS,
  );
});

const value: fc.Arbitrary<OperandValue> = fc.oneof(
  fc.constantFrom(null, "", "2031-04-02", "7", "True", "a, b"),
  fc.string({ unit: "binary" }),
  fc.boolean(),
  fc.integer(),
  fc.array(fc.string()),
);
const calls = fc.constantFrom(...listFunctions().map((definition) => definition.name)).chain((name) =>
  fc
    .array(fc.constantFrom("[a]", "[b]", "[c]", '"d"', '"yyyy"', '"(x)"', "3", "", "Now()", "[a] > [b]"), {
      maxLength: 7,
    })
    .map((args) => `${name}(${args.join(", ")})`),
);

test("an expression that passed the check evaluates, or fails with MUS-1207", () => {
  const checked = calls.map(parsed).filter((expression) => expression !== undefined);
  fc.assert(
    fc.property(checked, value, value, value, (expression, a, b, c) => {
      try {
        expression.evaluate({ asOf: 0, get: (path) => ({ a, b, c })[path] });
      } catch (error) {
        expect(error).toMatchObject({ name: "MusterError", code: "MUS-1207" });
      }
    }),
    { numRuns: 1000 },
  );
});

function parsed(text: string): Expression | undefined {
  try {
    return parseExpression(text, AT);
  } catch {
    return undefined;
  }
}

describe("laws", () => {
  const text = fc.string({ unit: "grapheme" });
  test("Left and Mid cut a text into two without loss", () => {
    fc.assert(
      fc.property(text, fc.nat(12), (a, n) => {
        expect(`${evaluate("Left([a], [n])", { a, n })}${evaluate("Mid([a], [n], 999)", { a, n: n + 1 })}`).toBe(a);
      }),
    );
  });
  test("what InStr finds, Mid gives", () => {
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        fc.pre(b !== "");
        expect(evaluate("Mid([t], InStr([t], [b]), [n])", { t: a + b + c, b, n: [...b].length })).toBe(b);
      }),
    );
  });
  test("NormalizeDiacritics, ToLower, ToUpper, StripSpaces and PCase applied twice are as once", () => {
    const functions = ["NormalizeDiacritics", "ToLower", "ToUpper", "StripSpaces", "PCase"];
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom(...functions), (a, name) => {
        expect(evaluate(`${name}(${name}([a]))`, { a })).toBe(evaluate(`${name}([a])`, { a }));
      }),
      RUNS,
    );
  });
  test("NormalizeDiacritics leaves no mark on a letter of Western Europe", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-zÀ-ÖØ-öø-ÿ]*$/), (a) => {
        fc.pre(!/[ðÐþÞ]/.test(a));
        expect(evaluate("NormalizeDiacritics([a])", { a })).toMatch(/^[A-Za-z]*$/);
      }),
    );
  });
  test("a literal Replace is split and join", () => {
    fc.assert(
      fc.property(text, fc.string({ minLength: 1, maxLength: 2 }), text, (a, old, by) => {
        expect(evaluate("Replace([a], [o], , , [b])", { a, o: old, b: by })).toBe(a.split(old).join(by));
      }),
    );
  });
});

test("the calendar agrees with that of the engine, from the year 1 to 9999", () => {
  const dates = fc.date({
    min: new Date("0001-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, (date) => {
      const epochMs = date.getTime();
      const civil = toCivil({ epochMs, ticks: 7 });
      expect([civil.year, civil.month, civil.day]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
      ]);
      expect([civil.hour, civil.minute, civil.second]).toEqual([
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
      ]);
      expect(civil.fraction).toBe(date.getUTCMilliseconds() * 10_000 + 7);
      expect(toInstant(civil, 0)).toEqual({ epochMs, ticks: 7 });
    }),
    RUNS,
  );
});
