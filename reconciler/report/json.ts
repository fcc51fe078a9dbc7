/** Plans and runs for machines: every detail, keys in code-unit order, bytes as `{ "hex": ... }`, two blanks of indent. */
import { compareText } from "../model/identity.js";
import type { Plan } from "../model/plan.js";
import type { Run } from "../model/run.js";
import { toHex } from "../model/value.js";
import { summarize } from "./changes.js";
import { countOutcomes } from "./outcomes.js";

/** Raised when a reader of the old form would misread the new one. */
export const REPORT_FORMAT = 1;

/** `{ format, kind: "plan", plan: { body, envelope }, summary }`, ending in a newline. */
export function renderPlanJson(plan: Plan): string {
  return stableJson({ format: REPORT_FORMAT, kind: "plan", plan, summary: summarize(plan.body) });
}

/** `{ format, kind: "run", run, summary }`, ending in a newline; `summary` counts outcomes by kind. */
export function renderRunJson(run: Run): string {
  return stableJson({ format: REPORT_FORMAT, kind: "run", run, summary: countOutcomes(run.outcomes) });
}

/** Any data in the stable form. */
export function stableJson(data: unknown): string {
  return `${JSON.stringify(sortKeys(data), null, 2)}\n`;
}

function sortKeys(data: unknown): unknown {
  if (data instanceof Uint8Array) return { hex: toHex(data) };
  if (Array.isArray(data)) return data.map(sortKeys);
  if (typeof data !== "object" || data === null) return data;
  const entries = Object.entries(data).sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(entries.map(([key, value]) => [key, sortKeys(value)]));
}
