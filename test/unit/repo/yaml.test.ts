import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readCanonical } from "../../../reconciler/repo/read-canonical.js";
import { readDocument, readDocuments, writeYaml } from "../../../reconciler/repo/yaml.js";
import { MusterError, MusterErrors } from "../../../reconciler/support/errors.js";

const LIMITS = { maxBytes: 4 * 1024 * 1024 };

function errorsOf(run: () => unknown): readonly MusterError[] {
  try {
    run();
  } catch (error) {
    if (error instanceof MusterErrors) return error.errors;
    if (error instanceof MusterError) return [error];
    throw error;
  }
  return [];
}

/** Texts that some YAML reader takes for something else, and ordinary ones. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.stringMatching(/^[-0-9:._ eExXoOTZ+#\n\t&*!|>'"%@`,[\]{}?a-f]{0,20}$/),
  fc
    .array(fc.constantFrom("a", " b", "", "# c", "d: e", "- f", "---", "...", "\tg", "h "), { maxLength: 5 })
    .map((l) => l.join("\n")),
  fc.constantFrom("yes", "NO", "y", "N", "on", "Off", "null", "~", "Null", "true", "TRUE", "", "0x1F", "0o17", "1_000"),
  fc.constantFrom(
    "12:30",
    "2026-12-01",
    "0010023",
    "1e3",
    ".inf",
    ".NaN",
    "-.inf",
    "=",
    "<<",
    "0b11",
    "190:20:30",
    "-0",
  ),
);
const scalar = fc.oneof(
  { weight: 5, arbitrary: text },
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, tie("list"), tie("map")),
  list: fc.array(tie("value"), { maxLength: 4 }),
  map: fc.dictionary(
    text.filter((key) => key !== "__proto__"),
    tie("value"),
    { maxKeys: 5, noNullPrototype: true },
  ),
}));

describe("writeYaml", () => {
  it("is read back as the same value by YAML 1.2 and 1.1, and is stable", () => {
    fc.assert(
      fc.property(json.value, (value) => {
        const yaml = writeYaml(value);
        expect(parse(yaml)).toEqual(value);
        expect(parse(yaml, { version: "1.1" })).toEqual(value);
        expect(writeYaml(parse(yaml))).toBe(yaml);
        expect(yaml).not.toMatch(/\r/);
      }),
      { numRuns: 1500 },
    );
  });

  it("quotes what a YAML 1.1 reader retypes and nothing else", () => {
    const value = {
      date: "2026-12-01",
      no: "NO",
      time: "12:30",
      id: "0010023",
      empty: "",
      name: "Zoë Müller",
      url: "a:b",
    };
    expect(writeYaml(value)).toBe(
      'date: "2026-12-01"\n"no": "NO"\ntime: "12:30"\nid: "0010023"\nempty: ""\nname: Zoë Müller\nurl: a:b\n',
    );
  });

  it("writes several lines as a literal block and keeps the order of keys", () => {
    expect(writeYaml({ b: "one\n  two", a: [{ x: "y\nz\n", w: [] }, ["q", {}]] })).toBe(
      "b: |-\n  one\n    two\na:\n  - x: |\n      y\n      z\n    w: []\n  - - q\n    - {}\n",
    );
  });

  it("refuses what JSON does not have", () => {
    expect(() => writeYaml({ a: Number.NaN })).toThrow("MUS-9001");
    expect(() => writeYaml({ a: () => 1 })).toThrow("MUS-9001");
  });
});

describe("the fast reader", () => {
  it("reads every canonical map, and agrees with the parser on any text it accepts", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), json.value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
        (value) => {
          expect(readCanonical(writeYaml(value))).toEqual(value);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 4 }), json.value, { maxKeys: 3, noNullPrototype: true }),
        fc.nat(),
        fc.constantFrom("", " ", ":", "\n", "- ", '"', "#", "&a "),
        (value, at, change) => {
          const yaml = writeYaml(value);
          const mutated =
            yaml.slice(0, at % yaml.length) + change + yaml.slice((at % yaml.length) + (change === "" ? 1 : 0));
          const fast = readCanonical(mutated);
          if (fast !== undefined) expect(fast).toEqual(parse(mutated));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("leaves duplicates, comments and foreign styles to the parser", () => {
    for (const yaml of [
      "a: b\na: c\n",
      "a: b # c\n",
      "a: 'b'\n",
      "a: {b: c}\n",
      "a:\n- b\n",
      "a: b",
      "a: yes\n",
      "a: 2026-12-01\n",
    ])
      expect(readCanonical(yaml)).toBeUndefined();
  });
});

describe("readDocuments", () => {
  it("reports all errors of a file, with line and column", () => {
    const errors = errorsOf(() => readDocuments("a: 1\nb: &x 2\na: 3\nc: *x\nd: !!str 4\n5: e\n", "p.yaml", LIMITS));
    expect(errors.map((e) => [e.code, e.where?.line, e.where?.column])).toEqual([
      ["MUS-1006", 2, 7],
      ["MUS-1001", 3, 1],
      ["MUS-1006", 4, 4],
      ["MUS-1001", 5, 10],
      ["MUS-1001", 6, 1],
    ]);
  });

  it("reports syntax errors at their place", () => {
    const errors = errorsOf(() => readDocuments("a: b\nc: d: e\n", "p.yaml", LIMITS));
    expect(errors[0]?.code).toBe("MUS-1001");
    expect(errors[0]?.where).toMatchObject({ file: "p.yaml", line: 2 });
  });

  it("treats warnings as errors", () => {
    expect(errorsOf(() => readDocuments("a: !unknown b\n", "p.yaml", LIMITS)).map((e) => e.code)).toContain("MUS-1001");
  });

  it("reads several documents and knows the line of each", () => {
    const documents = readDocuments("# first\na: 1\n---\n\nb: 2\n---\n", "p.yaml", LIMITS);
    expect(documents.map((d) => [d.line, d.value])).toEqual([
      [2, { a: 1 }],
      [5, { b: 2 }],
    ]);
    expect(readDocuments("# only a comment\n", "p.yaml", LIMITS)).toEqual([]);
    expect(errorsOf(() => readDocument("a: 1\n---\nb: 2\n", "w.yaml", LIMITS))[0]?.where?.line).toBe(3);
  });

  it("gives the place where each text begins", () => {
    const yaml = "a:\n  - b: plain\n    c: 'single'\n    d: |-\n      block\n      more\n  - \"x\"\ne/f: {g: h}\n";
    const positions = readDocuments(yaml, "p.yaml", LIMITS)[0]?.positions;
    expect(positions).toMatchObject({
      "/a": { line: 1, column: 1 },
      "/a/0": { line: 2, column: 5 },
      "/a/0/b": { line: 2, column: 8 },
      "/a/0/c": { line: 3, column: 9 },
      "/a/0/d": { line: 5, column: 7 },
      "/a/1": { line: 7, column: 6 },
      "/e~1f": { line: 8, column: 1 },
      "/e~1f/g": { line: 8, column: 10 },
    });
  });

  it("has the same positions for a file that the fast reader read", () => {
    const yaml = writeYaml({ a: { b: "c", d: "one\ntwo" } });
    expect(readDocuments(yaml, "p.yaml", LIMITS)[0]?.positions).toMatchObject({ "/a/d": { line: 4, column: 5 } });
  });

  it("refuses large files and bytes that are not UTF-8 before it parses", () => {
    expect(errorsOf(() => readDocuments("a: b\n", "p.yaml", { maxBytes: 4 }))[0]?.code).toBe("MUS-1004");
    expect(errorsOf(() => readDocuments(Uint8Array.of(0x61, 0x3a, 0x20, 0xff), "p.yaml", LIMITS))[0]?.code).toBe(
      "MUS-1013",
    );
  });

  it("does not expand a bomb, nor recurse without end, nor compare all keys with all", () => {
    const bomb = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`);
    expect(errorsOf(() => readDocuments(`a0: &a0 x\n${bomb.join("\n")}\n`, "p.yaml", LIMITS))[0]?.code).toBe(
      "MUS-1006",
    );
    expect(errorsOf(() => readDocuments(`a: ${"[".repeat(20_000)}`, "p.yaml", LIMITS))[0]?.code).toBe("MUS-1001");
    const wide = Array.from({ length: 50_000 }, (_, i) => `k${i}: 'v'`).join("\n");
    const start = performance.now();
    readDocuments(wide, "p.yaml", LIMITS);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("keeps a key named __proto__ a key", () => {
    const value = readDocuments("__proto__: {a: b}\n", "p.yaml", LIMITS)[0]?.value as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
