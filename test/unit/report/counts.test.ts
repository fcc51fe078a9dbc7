import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Op, objectKey, VERBS, type Verb } from "../../../reconciler/model/op.js";
import { renderPlanJson } from "../../../reconciler/report/json.js";
import { renderMarkdown } from "../../../reconciler/report/markdown.js";
import { renderPlan } from "../../../reconciler/report/text.js";
import { verbPhrase } from "../../../reconciler/report/words.js";
import { arbitraryPlan } from "../../support/plan-arbitrary.js";

/** Changes per verb by the definition: the ops of one verb on one object are one change. */
function expected(ops: readonly Op[]): Map<Verb, number> {
  const counts = new Map<Verb, number>();
  for (const verb of VERBS) {
    const objects = new Set(ops.filter((op) => op.verb === verb).map((op) => `${op.target}\n${objectKey(op.object)}`));
    if (objects.size > 0) counts.set(verb, objects.size);
  }
  return counts;
}

function verbOfPhrase(phrase: string): Verb | undefined {
  return VERBS.find((verb) => verbPhrase(verb) === phrase);
}

/** Rows "  12  disable account ..." of the block below "changes". */
function countsOfText(text: string): Map<Verb, number> {
  const counts = new Map<Verb, number>();
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("  changes"));
  if (start < 0) return counts;
  for (const line of lines.slice(start + 1)) {
    const match = /^ {2,}(\d+) {2}([a-z]+(?: [a-z]+)*)/.exec(line);
    if (match === null) break;
    const verb = verbOfPhrase(match[2] ?? "");
    if (verb !== undefined) counts.set(verb, Number(match[1]));
  }
  return counts;
}

function countsOfMarkdown(text: string): Map<Verb, number> {
  const counts = new Map<Verb, number>();
  for (const match of text.matchAll(/^\| (?:\*\*)?([a-z ]+?)(?:\*\*)? \| (\d+) \| \d+ \|/gm)) {
    const verb = verbOfPhrase(match[1] ?? "");
    if (verb !== undefined) counts.set(verb, Number(match[2]));
  }
  return counts;
}

describe("counts", () => {
  it("agree in text, markdown and JSON with the definition of a change", () => {
    fc.assert(
      fc.property(arbitraryPlan(60), (plan) => {
        const counts = expected(plan.body.ops);
        const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
        const text = renderPlan(plan, { width: 80, color: false, unicode: true, only: null, details: "normal" });
        const markdown = renderMarkdown(plan);
        const json = JSON.parse(renderPlanJson(plan)) as {
          summary: { changes: number; ops: number; verbs: { verb: Verb; changes: number }[]; verdict: string };
        };
        expect(countsOfText(text)).toEqual(counts);
        expect(countsOfMarkdown(markdown)).toEqual(counts);
        expect(new Map(json.summary.verbs.map((entry) => [entry.verb, entry.changes]))).toEqual(counts);
        expect(json.summary.changes).toBe(total);
        expect(json.summary.ops).toBe(plan.body.ops.length);
        const words = total === 0 ? "othing to do" : `${total} ${total === 1 ? "change" : "changes"} for `;
        const refused = plan.body.guards.some((guard) => guard.verdict === "refuse");
        if (total > 0 || !refused) expect(text).toContain(words);
        expect(markdown).toContain(words);
        expect(json.summary.verdict === "refused").toBe(refused);
        expect(text.includes("nothing will be written")).toBe(refused);
        expect(markdown.includes("nothing will be written")).toBe(refused);
      }),
      { numRuns: 150 },
    );
  });
});
