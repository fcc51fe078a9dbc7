import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../../reconciler/report/markdown.js";
import { MASK, maskPlan } from "../../../reconciler/report/mask.js";
import { finding, guard, op, person, plan, update } from "../../support/plan-builder.js";

const mara = person("Mara Canary", "10044");

/** "Canary" stands in every place that can hold personal data. */
const loud = plan({
  ops: [
    update(mara, "title", "Canary Fitter", "Canary Foreman", { reasons: [{ because: "title is now Canary Foreman" }] }),
    update(mara, "proxyAddresses", ["Canary-a"], ["Canary-b"]),
    update(mara, "manager", { dn: "CN=Canary" }, null),
    op("rename", mara, { before: { cn: "Canary" }, after: { cn: "Canary Two" } }),
    op("bind", mara, { after: { anchor: "Canary" } }),
    op("disable", mara, {
      before: { enabled: true },
      after: { enabled: false },
      reasons: [{ because: "left: Canary went", policy: { file: "policies/lifecycle.yaml", line: 3 } }],
    }),
  ],
  findings: [
    finding("conflict", "critical", "Canary is taken", {
      object: "CN=Canary",
      next: "Ask Canary",
      identity: mara.identity,
    }),
  ],
  guards: [guard("protected", "refuse", "Canary is protected", { value: 1, population: 3 })],
});

describe("maskPlan", () => {
  it("leaves no personal value, name or sentence, and keeps the fact that something changes", () => {
    const masked = maskPlan(loud, { show: [] });
    expect(JSON.stringify(masked)).not.toContain("Canary");
    const title = masked.body.ops[0];
    expect(title?.before).toEqual({ title: MASK });
    expect(title?.after).toEqual({ title: MASK });
    expect(masked.body.ops[2]?.after).toEqual({ manager: null });
    expect(masked.body.ops[5]?.after).toEqual({ enabled: false });
    expect(masked.body.ops[5]?.reasons[0]).toEqual({
      because: "left",
      policy: { file: "policies/lifecycle.yaml", line: 3 },
    });
    expect(title?.label).toBe("payroll:10044");
    expect(masked.body.guards[0]?.what).toBe("1 of 3");
  });

  it("shows the values of the attributes that are listed, and only those", () => {
    const masked = maskPlan(loud, { show: ["title"] });
    expect(masked.body.ops[0]?.after).toEqual({ title: "Canary Foreman" });
    expect(masked.body.ops[3]?.after).toEqual({ cn: MASK });
  });

  it("keeps ids and digests, so that both forms can be told to be one plan", () => {
    const masked = maskPlan(loud, { show: [] });
    expect(masked.body.ops.map((one) => one.id)).toEqual(loud.body.ops.map((one) => one.id));
    expect(masked.body.digests).toEqual(loud.body.digests);
  });

  it("is what the comment prints, whatever a resolver would say", () => {
    const text = renderMarkdown(loud, { mask: { show: [] }, labels: () => "Canary" });
    expect(text).not.toContain("Canary");
    expect(text).toContain("| `payroll:10044` | works-ad | title | `•••` | `•••` |");
    expect(renderMarkdown(loud)).toContain("Canary Foreman");
  });
});
