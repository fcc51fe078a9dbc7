/** How long writing will take, and how a licence is shown. */
import { describe, expect, it } from "vitest";
import type { Plan, PlanEnvelope } from "../../../reconciler/model/plan.js";
import { renderMarkdown } from "../../../reconciler/report/markdown.js";
import { describeForecast } from "../../../reconciler/report/reads.js";
import { renderPlan } from "../../../reconciler/report/text.js";
import { op, person, plan } from "../../support/plan-builder.js";

const ADA = person("Ada", "1");
const OPTIONS = { width: 100, color: false, unicode: true, only: null, details: "full" } as const;

function withForecast(forecast: NonNullable<PlanEnvelope["forecast"]>, built: Plan = plan()): Plan {
  return { ...built, envelope: { ...built.envelope, forecast } };
}

describe("a forecast", () => {
  it.each([
    [90, "90 seconds"],
    [119.2, "120 seconds"],
    [150, "3 minutes"],
    [1020, "17 minutes"],
    [10_799, "180 minutes"],
    [10_800, "3 hours"],
    [12_000, "4 hours"],
  ])("of %d seconds is about %s of write quota", (seconds, words) => {
    const { envelope } = withForecast({ contoso: { requests: 20_400, seconds } });
    expect(describeForecast(envelope)).toEqual([`contoso: about ${words} of write quota (20,400 requests).`]);
  });

  it("is left out where nothing slows the target down", () => {
    expect(describeForecast(withForecast({ "works-ad": { requests: 5, seconds: 0 } }).envelope)).toEqual([]);
    expect(describeForecast(plan().envelope)).toEqual([]);
  });

  it("stands in the plan as text and as a comment", () => {
    const shown = withForecast({ contoso: { requests: 20_400, seconds: 1020 } });
    expect(renderPlan(shown, OPTIONS)).toContain("about 17 minutes of write quota");
    expect(renderMarkdown(shown)).toContain("about 17 minutes of write quota");
  });
});

describe("a licence", () => {
  const licence = { target: "contoso", slot: "sku", slotLabel: "ENTERPRISEPACK" };
  const shown = plan({
    ops: [
      op("assign-licence", ADA, { ...licence, before: { member: null }, after: { member: true } }),
      op("remove-licence", ADA, { ...licence, before: { member: true }, after: { member: null } }),
    ],
  });

  it("is shown by its name", () => {
    const text = renderPlan(shown, OPTIONS);
    expect(text).toMatch(/\+ assign licence +ENTERPRISEPACK/);
    expect(text).toMatch(/- remove licence +ENTERPRISEPACK/);
    expect(renderMarkdown(shown)).toContain("**remove licence**");
  });

  it("that is held, and whose service plans change, is not shown as assigned", () => {
    const before = { member: true, disabledPlans: [] };
    const after = { member: true, disabledPlans: ["yammer"] };
    const corrected = plan({ ops: [op("assign-licence", ADA, { ...licence, before, after })] });
    expect(renderPlan(corrected, OPTIONS)).toMatch(/set service plans +ENTERPRISEPACK/);
  });
});
