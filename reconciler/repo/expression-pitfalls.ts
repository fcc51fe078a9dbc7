/**
 * Expressions that YAML takes for something else. Entra's mappings are pasted as they are, and `[name.given]` is a list
 * to YAML, ` #` begins a comment, `: ` a map, and double quotes eat backslashes. So where an expression belongs only a
 * block scalar or single quotes (or double quotes without a backslash) are accepted, and the error shows the right form.
 */
import { MusterError, type Where } from "../support/errors.js";
import { type Place, whereOf } from "./place.js";
import type { FileKind } from "./schemas.js";

import { pointerStep, type ScalarSource } from "./yaml-layout.js";

/** MUS-1103 for every expression of a Mapping or Source that is not written so that YAML leaves it alone. */
export function expressionPitfalls(kind: FileKind, value: unknown, place: Place): readonly MusterError[] {
  if (place.document === undefined || (kind !== "Mapping" && kind !== "Source")) return [];
  const { scalars } = place.document.layout();
  const errors: MusterError[] = [];
  visit(value, "", (pointer, key) => {
    const source = scalars[pointer];
    const why = source === undefined ? null : pitfall(source);
    if (source !== undefined && why !== null)
      errors.push(unquoted(whereOf(place, pointer), key, wholeText(source), why));
  });
  return errors;
}

/** A better error for a line that YAML cannot read because an expression stands there plainly; null for other lines. */
export function explainBrokenExpression(line: string, where: Where): MusterError | null {
  const found =
    /(?:^|[\s{,])(value|primary):\s+((?:[A-Za-z]\w*\(|\[).*)$/.exec(line) ??
    /^\s*(-)\s+((?:[A-Za-z]\w*\().*)$/.exec(line);
  const [, key, text] = found ?? [];
  if (key === undefined || text === undefined) return null;
  const column = line.length - text.length + 1;
  return unquoted(
    { ...where, column },
    key === "-" ? "candidates" : key,
    text,
    "without quotes, which YAML cannot read",
  );
}

/** Calls back with the pointer of everything that stands where an expression belongs, and the key that says so. */
function visit(value: unknown, pointer: string, found: (pointer: string, key: string) => void): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const below = `${pointer}${pointerStep(key)}`;
    const isMap = typeof member === "object" && member !== null && !Array.isArray(member);
    if (key === "candidates" && Array.isArray(member))
      for (const i of member.keys()) found(`${below}${pointerStep(i)}`, key);
    else if (!isMap && (key === "value" || key === "primary")) found(below, key);
    else visit(member, below, found);
  }
}

function pitfall(source: ScalarSource): string | null {
  if (source.style === "block" || source.style === "single") return null;
  if (source.style === "double")
    return source.text.includes("\\") ? "in double quotes, which eat a level of backslashes" : null;
  if (source.text.startsWith("[")) return "without quotes, which YAML reads as a list";
  if (wholeText(source) !== source.text) return "without quotes, which YAML cuts at the #";
  return "without quotes, which YAML may cut or read as something else";
}

/** With what was taken for a comment. */
function wholeText(source: ScalarSource): string {
  return source.style === "plain" && /^\s+#/.test(source.line.slice(source.text.length)) ? source.line : source.text;
}

function unquoted(where: Where, key: string, text: string, why: string): MusterError {
  const body = text.startsWith('"') ? unescaped(text) : text;
  const lines = body.split("\n").map((line) => line.trim());
  const indent = key === "candidates" ? "- |-" : `${key}: |-`;
  return new MusterError("MUS-1103", {
    what: `the expression ${lines.join(" ")} stands ${why}`,
    where,
    next: `Write it as a block:\n${indent}\n  ${lines.join("\n  ")}`,
  });
}

/** What stood between double quotes, as the author meant it: only the quotes themselves were escaped on purpose. */
function unescaped(text: string): string {
  return text.slice(1, -1).replaceAll('\\"', '"');
}
