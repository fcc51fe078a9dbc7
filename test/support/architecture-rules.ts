/** The rules of the code's architecture, each as a function from sources to breaches ("file:line says what"). */
import { builtinModules } from "node:module";
import ts from "typescript";
import { findCycles, importsOf, lineOf, type Source, visit } from "./imports.js";

const CORE = ["support", "model", "policy", "plan"];
const ALL = [...CORE, "apply", "targets", "record", "report", "hr", "repo", "sandbox", "commands"];

/** What the files of each folder may import, beside their own folder. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  support: [],
  model: ["support"],
  policy: ["support", "model"],
  plan: ["support", "model", "policy"],
  apply: CORE,
  targets: CORE,
  record: [...CORE, "repo"],
  report: ["support", "model"],
  hr: [...CORE, "repo"],
  repo: CORE,
  sandbox: ["support"],
  commands: ALL,
  cli: ALL,
};

const PURE_PACKAGES = ["luxon", "re2js"];

/** "model" of reconciler/model/op.ts; "cli" of reconciler/cli.ts. */
function areaOf(path: string): string {
  const [, area = ""] = path.split("/");
  return area.replace(/\.ts$/, "");
}

function isOurs(target: string): boolean {
  return target.startsWith("reconciler/");
}

function isCore(source: Source): boolean {
  return CORE.includes(areaOf(source.path));
}

export function wrongDirection(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const area = areaOf(source.path);
    const allowed = MAY_IMPORT[area];
    if (allowed === undefined) return [`${source.path}:1 lies in no known folder`];
    return importsOf(source)
      .filter(({ to }) => to.endsWith(".ts") && areaOf(to) !== area)
      .filter(({ to }) => !isOurs(to) || !allowed.includes(areaOf(to)))
      .map(({ line, to }) => `${source.path}:${line} ${area} imports ${to}`);
  });
}

export function cycles(sources: readonly Source[]): string[] {
  return findCycles(sources.flatMap(importsOf)).map((group) => group.join(" <-> "));
}

/** Built-in modules, with their prefix or without. */
function isNode(target: string): boolean {
  return target.startsWith("node:") || builtinModules.includes(target);
}

/** The core touches nothing outside itself, but for hashing in one place; reports touch `diff` only. */
export function foreignModules(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const area = areaOf(source.path);
    if (!CORE.includes(area) && area !== "report") return [];
    return importsOf(source)
      .filter(({ to }) => !isOurs(to))
      .filter(({ to }) => !(to === "node:crypto" && source.path === "reconciler/model/hash.ts"))
      .filter(({ to }) => isNode(to) || !(area === "report" ? ["diff"] : PURE_PACKAGES).includes(to))
      .map(({ line, to }) => `${source.path}:${line} imports ${to}`);
  });
}

const IMPURE_GLOBALS = [
  "process",
  "performance",
  "crypto",
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "globalThis",
  "navigator",
  "require",
];
const IMPURE_MEMBERS = ["Date.now", "Math.random", "DateTime.now", "DateTime.local"];

/** A clock, randomness, the process, or the locale and zone of the machine, in the core. */
export function impurities(sources: readonly Source[]): string[] {
  return sources.filter(isCore).flatMap((source) => {
    const found: string[] = [];
    visit(source.tree, (node) => {
      const what = impurityOf(node);
      if (what !== undefined) found.push(`${source.path}:${lineOf(source, node)} uses ${what}`);
    });
    return found;
  });
}

function impurityOf(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && (node.arguments ?? []).length === 0) {
    // Without a locale, Intl takes that of the machine.
    const made = node.expression.getText();
    if (made === "Date" || made.startsWith("Intl.")) return `new ${made}() without arguments`;
  }
  if (ts.isCallExpression(node)) {
    const called = node.expression.getText();
    if (called === "Date") return "Date()";
    if (/\.toLocale[A-Za-z]*$/.test(called) && node.arguments.length === 0) return `${called}() without arguments`;
  }
  if (ts.isPropertyAccessExpression(node)) {
    const name = node.name.text;
    if (name === "localeCompare") return name;
    if (IMPURE_MEMBERS.includes(node.getText())) return node.getText();
  }
  return ts.isIdentifier(node) && IMPURE_GLOBALS.includes(node.text) && isFree(node) ? node.text : undefined;
}

/** Whether an identifier stands for a variable, not for a member, a key or a declaration of that name. */
function isFree(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  const declares =
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isJSDoc(parent);
  return !declares;
}

/** Only cli.ts ends the process or sets its exit code. */
export function exits(sources: readonly Source[]): string[] {
  return everywhere(
    sources.filter(({ path }) => path !== "reconciler/cli.ts"),
    (node) =>
      ts.isPropertyAccessExpression(node) && ["process.exit", "process.exitCode"].includes(node.getText())
        ? node.getText()
        : undefined,
  );
}

/** Default exports, enums and `any`: biome refuses them too, but a comment can silence biome. */
export function forbiddenSyntax(sources: readonly Source[]): string[] {
  return everywhere(sources, (node) => {
    if (ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword)
      return ts.isDefaultClause(node.parent) || ts.isDefaultClause(node) ? undefined : "a default export";
    if (ts.isEnumDeclaration(node)) return "an enum";
    return node.kind === ts.SyntaxKind.AnyKeyword ? "any" : undefined;
  });
}

/** Comments that switch the compiler off. */
export function silencedChecks(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, i) => {
      const found = /@ts-(?:ignore|nocheck|expect-error)/.exec(line);
      return found === null ? [] : [`${path}:${i + 1} has ${found[0]}`];
    }),
  );
}

export function tooLong(sources: readonly Source[], lines: number): string[] {
  return sources
    .filter((source) => linesOf(source) > lines)
    .map((source) => `${source.path}: ${linesOf(source)} lines`);
}

/** Lines of a file; a last line end begins no line. */
export function linesOf({ text }: Source): number {
  return text.replace(/\n$/, "").split("\n").length;
}

function everywhere(sources: readonly Source[], judge: (node: ts.Node) => string | undefined): string[] {
  return sources.flatMap((source) => {
    const found: string[] = [];
    visit(source.tree, (node) => {
      const what = judge(node);
      if (what !== undefined) found.push(`${source.path}:${lineOf(source, node)} has ${what}`);
    });
    return found;
  });
}
