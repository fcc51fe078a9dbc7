import { describe, expect, it } from "vitest";
import { explainBrokenExpression } from "../../../reconciler/repo/expression-pitfalls.js";
import type { FileKind } from "../../../reconciler/repo/schemas.js";
import { kindOfDocument, validateDocument } from "../../../reconciler/repo/validate.js";
import { readDocuments } from "../../../reconciler/repo/yaml.js";
import { MusterError } from "../../../reconciler/support/errors.js";

function check(kind: FileKind, text: string) {
  const [document] = readDocuments(text, "f.yaml", { maxBytes: 100_000, explain: explainBrokenExpression });
  if (document === undefined) throw new Error("no document");
  return validateDocument(kind, document.value, { file: "f.yaml", document });
}

const WORKER = `apiVersion: muster/v1
kind: Worker
source: hr
id: "1"
type: employee
name: {}
employment: { periods: [] }
timezone: Europe/Berlin
`;

function mapping(attributes: string): string {
  return `apiVersion: muster/v1
kind: Mapping
name: ad
target: corp
account: provision
scope: all
lifecycle: standard
attributes:
${attributes.replace(/^/gm, "  ")}
`;
}

describe("validateDocument", () => {
  it("accepts what fits", () => {
    expect(check("Worker", WORKER)).toEqual([]);
    expect(check("Mapping", mapping("title: { value: '[job.title]', onNull: clear }"))).toEqual([]);
  });

  it("tells an unknown key, with a near one and its place", () => {
    const [error, ...rest] = check("Worker", `${WORKER}job: { titel: x }\n`);
    expect(rest).toEqual([]);
    expect(error).toMatchObject({ code: "MUS-1003", where: { line: 9, column: 8 } });
    expect(error?.what).toContain("titel");
    expect(error?.next).toBe("Did you mean title?");
  });

  it("tells all errors at once, in order", () => {
    const errors = check("Worker", `${WORKER.replace("type: employee\n", "")}absentSince: tomorrow\nmanagr: x\n`);
    expect(errors.map((e) => e.code)).toEqual(["MUS-1002", "MUS-1002", "MUS-1003"]);
    expect(errors[0]?.what).toBe("type is missing");
    expect(errors[1]?.what).toContain("an instant with its offset");
    expect(errors[1]?.where).toMatchObject({ line: 8, column: 14 });
  });

  it("shows the source text of an id that YAML took for a number", () => {
    const [id] = check("Worker", WORKER.replace('"1"', "0010023"));
    expect(id).toMatchObject({ code: "MUS-1005", where: { line: 4, column: 5 } });
    expect(id?.what).toContain("0010023");
    expect(id?.next).toBe('Write "0010023".');
    const errors = check("Worker", `${WORKER}manager: 0x1F\njob: { costCenter: 0441, title: 5 }\npersonId: true\n`);
    expect(errors.map((e) => e.code)).toEqual(["MUS-1005", "MUS-1005", "MUS-1002", "MUS-1005"]);
    expect(errors[1]?.next).toBe('Write "0441".');
  });

  it("speaks of the branch that was meant", () => {
    const [one, ...more] = check("Mapping", mapping("title: { constant: x, onNul: clear }"));
    expect(more).toEqual([]);
    expect(one).toMatchObject({ code: "MUS-1003", next: "Did you mean onNull?" });
    const unique = check("Mapping", mapping("title:\n  unique: { candidates: ['[id]'], maxLength: 0 }\n  when: {}"));
    expect(unique.map((e) => e.what)).toEqual([
      "attributes.title.unique.maxLength must be >= 1",
      expect.stringContaining("when"),
    ]);
    const none = check("Mapping", mapping("title: { onNull: clear }"));
    expect(none).toHaveLength(1);
    expect(none[0]?.what).toBe(
      "attributes.title must be one of: a map with value; a map with constant; a map with reference; a map with unique; a map with primary",
    );
  });

  it("says what a choice may be", () => {
    const [error] = check("Mapping", mapping("title: { constant: x, onNull: claer }"));
    expect(error?.what).toBe('attributes.title.onNull is "claer", but must be one of keep, clear');
    expect(error?.next).toBe("Did you mean clear?");
  });

  it("never shows a value of the wrong type", () => {
    const text = `apiVersion: muster/v1
kind: Target
name: t
type: memory
claim: x
managed: { accounts: [a] }
bind: { user: u, password: 123456 }
`;
    const errors = check("Target", text);
    expect(errors).toHaveLength(1);
    expect(JSON.stringify([errors[0]?.what, errors[0]?.next])).not.toContain("123456");
  });

  it("tells another kind or apiVersion", () => {
    expect(check("Worker", WORKER.replace("kind: Worker", "kind: Scope"))[0]).toMatchObject({ code: "MUS-1007" });
    expect(check("Worker", WORKER.replace("muster/v1", "muster/v2"))[0]).toMatchObject({
      code: "MUS-1007",
      where: { line: 1 },
    });
    const kind = kindOfDocument({ apiVersion: "muster/v1", kind: "Maping" }, ["Mapping", "Scope"], { file: "f" });
    expect((kind as MusterError).next).toBe("Did you mean Mapping?");
    expect(kindOfDocument([], ["Mapping"], { file: "f" })).toBeInstanceOf(MusterError);
  });
});

describe("expressions that YAML takes for something else", () => {
  it.each([
    ["a list", "title: { value: [job.title] }", "[job.title]"],
    ["a plain scalar", 'title:\n  value: Join(", ", [a], [b])', 'Join(", ", [a], [b])'],
    ["cut at a comment", 'title:\n  value: Join(" #", [a])', 'Join(" #", [a])'],
    ["broken at a colon", 'title:\n  value: Join(": ", [a])', 'Join(": ", [a])'],
    ["followed by more", "title:\n  value: [a] & [b]", "[a] & [b]"],
    ["backslashes", 'title:\n  value: "Replace([a], , \\"x\\", , \\"y\\", , )"', 'Replace([a], , "x", , "y", , )'],
    ["a plain name", "title: { value: title }", "title"],
    ["candidates", "u:\n  unique:\n    candidates:\n      - Append([a], [b])", "Append([a], [b])"],
    ["a stage's value", "title: { constant: x, when: { left: { value: [a] } } }", "[a]"],
  ])("%s", (_, attributes, shown) => {
    let errors: readonly unknown[];
    try {
      errors = check("Mapping", mapping(attributes));
    } catch (error) {
      errors = [error];
    }
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: "MUS-1103", where: { file: "f.yaml" } });
    expect((errors[0] as MusterError).next).toContain(`|-\n  ${shown}`);
  });

  it("accepts block scalars, single quotes, and double quotes without a backslash", () => {
    const text = mapping(
      'a:\n  value: |-\n    Join(": ", [a])\nb: { value: \'[b] # no comment\' }\nc: { value: "[c]" }',
    );
    expect(check("Mapping", text)).toEqual([]);
  });

  it("finds them in a Source too", () => {
    const text = `apiVersion: muster/v1
kind: Source
name: hr
type: csv
worker:
  id: { value: [EmployeeID] }
  type: { constant: employee }
  name: { given: { value: '[FirstName]' } }
  employment: { from: { value: '[HireDate]' } }
  timezone: { constant: Europe/Berlin }
`;
    expect(check("Source", text).map((e) => [e.code, e.where?.line])).toEqual([["MUS-1103", 6]]);
  });

  it("leaves the values of a Scope alone", () => {
    const text =
      "apiVersion: muster/v1\nkind: Scope\nname: s\nall:\n  - { attribute: type, operator: EQUALS, value: employee }\n";
    expect(check("Scope", text)).toEqual([]);
  });
});
