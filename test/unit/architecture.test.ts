/** The code keeps to its architecture; and each rule finds a planted breach, so that a rule that went blind is noticed. */
import { describe, expect, it } from "vitest";
import {
  cycles,
  exits,
  forbiddenSyntax,
  foreignModules,
  impurities,
  linesOf,
  silencedChecks,
  tooLong,
  wrongDirection,
} from "../support/architecture-rules.js";
import { importsOf, parseSource, readSources, type Source } from "../support/imports.js";

const reconciler = readSources("reconciler");
const tests = readSources("test");
/** Generated files have their own shape. */
const written = reconciler.filter(({ path }) => !path.startsWith("reconciler/model/files/"));
const MAX_LINES = 450;

/** A file that breaks a rule. */
function planted(path: string, text: string): Source[] {
  return [parseSource(path, text)];
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

describe("imports", () => {
  it("are seen at all", () => {
    const cli = reconciler.find(({ path }) => path === "reconciler/cli.ts");
    const targets = cli === undefined ? [] : importsOf(cli).map(({ to }) => to);
    expect(targets).toEqual(expect.arrayContaining(["commander", "reconciler/commands/apply.ts"]));
    expect(reconciler.length).toBeGreaterThan(150);
    const forms = `import a from "x/y"; export * from "@s/p/q"; type T = import("./t.js").T; const m = import("node:fs");`;
    expect(importsOf(parseSource("reconciler/model/a.ts", forms)).map(({ to }) => to)).toEqual([
      "x",
      "@s/p",
      "reconciler/model/t.ts",
      "node:fs",
    ]);
  });

  it("go in one direction", () => {
    expect(wrongDirection(reconciler)).toEqual([]);
  });

  it.each([
    ["reconciler/support/x.ts", "../model/op.js"],
    ["reconciler/model/x.ts", "../policy/time.js"],
    ["reconciler/policy/expression/x.ts", "../../plan/match.js"],
    ["reconciler/plan/x.ts", "../apply/execute.js"],
    ["reconciler/apply/x.ts", "../record/fold.js"],
    ["reconciler/targets/memory/x.ts", "../../repo/git.js"],
    ["reconciler/repo/x.ts", "../record/fold.js"],
    ["reconciler/report/x.ts", "../plan/match.js"],
    ["reconciler/hr/x.ts", "../commands/context.js"],
    ["reconciler/sandbox/x.ts", "../model/op.js"],
    ["reconciler/commands/x.ts", "../cli.js"],
    ["reconciler/record/x.ts", "../../test/support/policies.js"],
    ["reconciler/elsewhere/x.ts", "../support/dn.js"],
  ])("and %s importing %s is found", (path, specifier) => {
    const breaches = wrongDirection(planted(path, `import type { X } from "${specifier}";`));
    expect(breaches).toEqual([expect.stringContaining(`${path}:1`)]);
  });

  it("form no circle", () => {
    expect(cycles(reconciler)).toEqual([]);
  });

  it("and a circle of three is found", () => {
    const circle = ["ab", "bc", "ca"].map(([from, to]) =>
      parseSource(`reconciler/model/${from}.ts`, `import "./${to}.js";`),
    );
    expect(cycles(circle)).toEqual(["reconciler/model/a.ts <-> reconciler/model/b.ts <-> reconciler/model/c.ts"]);
  });
});

describe("the core is pure", () => {
  it("and imports no module of the system and no client library", () => {
    expect(foreignModules(reconciler)).toEqual([]);
  });

  it.each([
    ["reconciler/plan/x.ts", "node:fs"],
    ["reconciler/plan/x.ts", "fs"],
    ["reconciler/policy/x.ts", "node:child_process"],
    ["reconciler/model/x.ts", "node:crypto"],
    ["reconciler/support/x.ts", "node:os"],
    ["reconciler/plan/x.ts", "ldapts"],
    ["reconciler/plan/x.ts", "yaml"],
    ["reconciler/report/x.ts", "node:fs"],
    ["reconciler/report/x.ts", "luxon"],
  ])("and %s importing %s is found", (path, name) => {
    expect(foreignModules(planted(path, `\nimport { x } from "${name}";`))).toEqual([`${path}:2 imports ${name}`]);
  });

  it("and asks for no time, randomness, process or locale", () => {
    expect(impurities(reconciler)).toEqual([]);
  });

  it.each([
    ["const x = Date.now();", "Date.now"],
    ["const x = new Date();", "new Date() without arguments"],
    ["const x = new Date;", "new Date() without arguments"],
    ["const x = Date();", "Date()"],
    ["const x = DateTime.now();", "DateTime.now"],
    ["const x = Math.random();", "Math.random"],
    ["const x = process.env.X;", "process"],
    ["const { env } = process;", "process"],
    ["const x = crypto.randomUUID();", "crypto"],
    ["setTimeout(f, 1);", "setTimeout"],
    ["const x = a.localeCompare(b);", "localeCompare"],
    ["const x = a.toLocaleLowerCase();", "a.toLocaleLowerCase() without arguments"],
    ["const x = new Intl.Collator();", "new Intl.Collator() without arguments"],
    ["const x = globalThis['process'];", "globalThis"],
  ])("and %s is found", (text, what) => {
    const path = "reconciler/plan/x.ts";
    expect(impurities(planted(path, text))).toEqual([`${path}:1 uses ${what}`]);
  });

  it("while a member called process, a date of an instant and a comment are let pass", () => {
    const text = "// Date.now() and process.env\nconst x = new Date(0); const y = { process: 1 }; const z = y.process;";
    expect(impurities([parseSource("reconciler/plan/x.ts", text)])).toEqual([]);
  });
});

describe("style", () => {
  it("leaves the exit code to cli.ts", () => {
    expect(exits(reconciler)).toEqual([]);
    expect(exits(planted("reconciler/commands/x.ts", "process.exitCode = 1; process.exit(2);"))).toHaveLength(2);
  });

  it("has no default exports, enums or any", () => {
    expect(forbiddenSyntax([...reconciler, ...tests])).toEqual([]);
    const text =
      "export default 1;\nenum A { b }\nlet c: any;\nswitch (1) { default: }\nexport default function d() {}";
    expect(forbiddenSyntax([parseSource("reconciler/plan/x.ts", text)])).toEqual([
      "reconciler/plan/x.ts:1 has a default export",
      "reconciler/plan/x.ts:2 has an enum",
      "reconciler/plan/x.ts:3 has any",
      "reconciler/plan/x.ts:5 has a default export",
    ]);
  });

  it("never silences the compiler", () => {
    expect(silencedChecks([...reconciler, ...tests])).toEqual([]);
    expect(silencedChecks(planted("reconciler/x.ts", "a;\n// @ts-" + "ignore\nb;"))).toHaveLength(1);
  });
});

describe("sizes", () => {
  it("stay readable", () => {
    const sizes = written.map(linesOf).sort((a, b) => a - b);
    const [median, p90] = [quantile(sizes, 0.5), quantile(sizes, 0.9)];
    console.info(`${sizes.length} source files: median ${median}, p90 ${p90}, longest ${sizes.at(-1)} lines`);
    expect(tooLong([...reconciler, ...tests], MAX_LINES)).toEqual([]);
    expect(median).toBeLessThanOrEqual(110);
    expect(p90).toBeLessThanOrEqual(260);
  });

  it("and a line too many is found", () => {
    const lines = (count: number) => [parseSource("reconciler/plan/x.ts", "a;\n".repeat(count))];
    expect(tooLong(lines(MAX_LINES), MAX_LINES)).toEqual([]);
    expect(tooLong(lines(MAX_LINES + 1), MAX_LINES)).toHaveLength(1);
  });
});
