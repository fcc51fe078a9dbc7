import { describe, expect, it } from "vitest";
import { renderPlanJson, renderRunJson, stableJson } from "../../../reconciler/report/json.js";
import { disable, op, person, plan, runOf, update } from "../../support/plan-builder.js";

const jonas = person("Jonas Weber", "10031");

describe("JSON", () => {
  it("sorts keys by code units, writes bytes as hex and ends in a newline", () => {
    expect(stableJson({ b: 1, a: { d: Uint8Array.of(0, 255), c: null }, B: [{ y: true, x: "é" }] })).toBe(
      `{
  "B": [
    {
      "x": "é",
      "y": true
    }
  ],
  "a": {
    "c": null,
    "d": {
      "hex": "00ff"
    }
  },
  "b": 1
}
`,
    );
  });

  it("holds the whole plan, and the figures", () => {
    const whole = plan({ ops: [disable(jonas, "left: gone"), update(jonas, "title", "a", null)] });
    const read = JSON.parse(renderPlanJson(whole)) as Record<string, unknown>;
    expect(Object.keys(read)).toEqual(["format", "kind", "plan", "summary"]);
    expect(read.plan).toEqual(JSON.parse(JSON.stringify(whole)));
    expect(read.summary).toEqual({
      changes: 2,
      findings: { critical: 0, info: 0, warning: 0 },
      ops: 2,
      people: 1,
      refusedGuards: 0,
      verbs: [
        { changes: 1, clears: 0, ops: 1, people: 1, recorded: 0, verb: "disable" },
        { changes: 1, clears: 1, ops: 1, people: 1, recorded: 0, verb: "update" },
      ],
      verdict: "changes",
    });
  });

  it("does not depend on the order in which keys were set", () => {
    const a = plan({ ops: [op("create", jonas, { after: { cn: "x", sn: "y" } })] });
    const b = plan({ ops: [op("create", jonas, { after: { sn: "y", cn: "x" } })] });
    expect(renderPlanJson(a)).toBe(renderPlanJson(b));
  });

  it("counts the outcomes of a run", () => {
    const run = runOf([
      { op: disable(jonas, "left: gone"), kind: "done" },
      { op: update(jonas, "title", "a", "b"), kind: "failed", code: "MUS-5002" },
    ]);
    const read = JSON.parse(renderRunJson(run)) as { run: unknown; summary: unknown };
    expect(read.run).toEqual(JSON.parse(JSON.stringify(run)));
    expect(read.summary).toEqual({ done: 1, already: 0, deferred: 0, skipped: 0, refused: 0, failed: 1, unknown: 0 });
  });
});
