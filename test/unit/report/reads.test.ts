/** How the targets were read: in plans as text, as a comment, and for machines. */
import { describe, expect, it } from "vitest";
import type { HowRead } from "../../../reconciler/model/observed.js";
import type { Plan } from "../../../reconciler/model/plan.js";
import { renderPlanJson } from "../../../reconciler/report/json.js";
import { renderMarkdown } from "../../../reconciler/report/markdown.js";
import { describeReads } from "../../../reconciler/report/reads.js";
import { renderPlan } from "../../../reconciler/report/text.js";
import { plan } from "../../support/plan-builder.js";

const INCREMENTAL: HowRead = { kind: "incremental", why: null };
const NO_REASON: HowRead = { kind: "full", why: null };
const OTHER_SERVER: HowRead = { kind: "full", why: "another domain controller answers than last time" };

function planWith(reads: Readonly<Record<string, HowRead>>): Plan {
  const built = plan();
  return { ...built, envelope: { ...built.envelope, reads } };
}

describe("describeReads", () => {
  it("says what was read and why, target by target in the order of their names", () => {
    const { envelope } = planWith({ "works-ad": OTHER_SERVER, "lab-ad": INCREMENTAL });
    expect(describeReads(envelope)).toEqual([
      "lab-ad: only what changed since the last run was read.",
      "works-ad was read in full: another domain controller answers than last time.",
    ]);
  });

  it("says nothing of a full read without a special reason, and of plans that do not know", () => {
    expect(describeReads(planWith({ "works-ad": NO_REASON }).envelope)).toEqual([]);
    const { reads: _, ...old } = plan().envelope;
    expect(describeReads(old)).toEqual([]);
  });
});

describe("a plan", () => {
  const read = planWith({ "works-ad": OTHER_SERVER });
  const options = { width: 80, color: false, unicode: true, only: null, details: "normal" } as const;

  it("tells it in each form, masked or not", () => {
    const sentence = "works-ad was read in full: another domain controller answers than last time.";
    expect(renderPlan(read, options).replace(/\s+/g, " ")).toContain(sentence);
    expect(renderMarkdown(read, {})).toContain(sentence);
    expect(renderMarkdown(read, { mask: { show: [] } })).toContain(sentence);
    expect(JSON.parse(renderPlanJson(read)).plan.envelope.reads).toEqual({ "works-ad": OTHER_SERVER });
  });
});
