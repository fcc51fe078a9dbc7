import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderError } from "../../../reconciler/report/error.js";
import { renderRun } from "../../../reconciler/report/run.js";
import { renderPlan } from "../../../reconciler/report/text.js";
import { displayWidth } from "../../../reconciler/report/width.js";
import { MusterError, MusterErrors } from "../../../reconciler/support/errors.js";
import { arbitraryOutcome, arbitraryPlan, nastyText } from "../../support/plan-arbitrary.js";
import { runOf } from "../../support/plan-builder.js";

/** A second opinion on width that shares no table with the code: scripts instead of ranges. */
function widthByScript(line: string): number {
  const wide = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}]/u;
  let width = 0;
  for (const point of line) if (!/[\p{Mn}\p{Me}\u200d]/u.test(point)) width += wide.test(point) ? 2 : 1;
  return width;
}

/** Letters of wide scripts that are narrow themselves: conjoining jamo and halfwidth forms. */
const NARROW_LETTERS = /[\u1100-\u11ff\ud7b0-\ud7ff\uff61-\uffdc]/u;

function expectToFit(text: string, width: number): void {
  expect(text === "" || text.endsWith("\n")).toBe(true);
  for (const line of text.split("\n")) {
    expect(displayWidth(line)).toBeLessThanOrEqual(width);
    if (!NARROW_LETTERS.test(line)) expect(widthByScript(line)).toBeLessThanOrEqual(width);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is tested
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
  }
}

const widths = fc.integer({ min: 20, max: 132 });
const plain = { color: false, unicode: true };

describe("text reports", () => {
  it("never exceed the width and never print a hidden character, whatever the values", () => {
    fc.assert(
      fc.property(
        arbitraryPlan(),
        widths,
        fc.constantFrom("normal" as const, "full" as const),
        (plan, width, details) => {
          expectToFit(renderPlan(plan, { ...plain, width, details, only: null }), width);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("paint with colour what they print without", () => {
    fc.assert(
      fc.property(arbitraryPlan(12), widths, (plan, width) => {
        const options = { unicode: false, width, details: "normal", only: null } as const;
        const painted = renderPlan(plan, { ...options, color: true });
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is removed
        expectToFit(painted.replace(/\u001b\[[0-9;]*m/g, ""), width);
        const open = painted.split("\n").filter((line) => line.lastIndexOf("\u001b[") > line.lastIndexOf("\u001b[0m"));
        expect(open).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it("hold for runs and errors too", () => {
    fc.assert(
      fc.property(
        arbitraryPlan(12),
        fc.array(arbitraryOutcome, { minLength: 12 }),
        widths,
        nastyText,
        (plan, ends, width, text) => {
          const outcomes = plan.body.ops.map((op, index) => ({
            op,
            kind: "done" as const,
            detail: null,
            ...ends[index],
          }));
          expectToFit(renderRun(runOf(outcomes), { ...plain, width, details: "normal", recorded: null }), width);
          const error = new MusterError("MUS-1002", {
            what: text,
            where: { file: text, line: 1, object: text },
            next: text,
          });
          expectToFit(renderError(new MusterErrors([error, error]), { ...plain, width }), width);
          expectToFit(renderError(text, { ...plain, width, stack: true }), width);
        },
      ),
      { numRuns: 120 },
    );
  });

  it("are the same bytes for the same plan", () => {
    fc.assert(
      fc.property(arbitraryPlan(), (plan) => {
        const options = { ...plain, width: 80, details: "normal", only: null } as const;
        expect(renderPlan(structuredClone(plan), options)).toBe(renderPlan(plan, options));
      }),
      { numRuns: 50 },
    );
  });
});
