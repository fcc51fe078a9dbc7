/** Findings that many people have: said once, and nobody is hidden whom somebody must look at. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../../reconciler/model/plan.js";
import { renderPlan } from "../../../reconciler/report/text.js";
import { finding, person, plan } from "../../support/plan-builder.js";

const OPTIONS = { width: 80, color: false, unicode: true, only: null, details: "normal" } as const;
const NAMES = ["Gil", "Eva", "Cleo", "Anna", "Dora", "Fritz", "Bela"];

/** The same of each of these people. */
function shared(names: readonly string[], change: Partial<Finding> = {}): Finding[] {
  return names.map((name) => ({
    ...finding("awaiting-sync", "info", "the account is not there yet"),
    identity: person(name, name).identity,
    next: "Wait.",
    ...change,
  }));
}

function textOf(findings: readonly Finding[], details: "normal" | "full" = "normal"): string {
  const labels = (identity: string) => identity.split(":").at(-1) ?? identity;
  return renderPlan(plan({ findings }), { ...OPTIONS, details, labels });
}

function times(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe("the same finding of more people than are listed", () => {
  it("is one entry: the first names, how many more, and once what it is", () => {
    const text = textOf(shared(NAMES));
    expect(text).toContain("info  awaiting-sync  7");
    expect(text).toContain("Anna, Bela, Cleo, Dora, Eva and 2 more (--full shows all)");
    expect(times(text, "the account is not there yet")).toBe(1);
    expect(times(text, "Wait.")).toBe(1);
  });

  it("stands beside the others of its kind, which are listed each", () => {
    const text = textOf([...shared(NAMES), ...shared(["Hugo"], { what: "the account is overdue" })]);
    expect(text).toContain("info  awaiting-sync  8");
    expect(times(text, "the account is not there yet")).toBe(1);
    expect(text).toMatch(/Hugo\b.*\n.*the account is overdue/);
  });

  it("is listed for everybody with --full, and when it is critical", () => {
    expect(times(textOf(shared(NAMES), "full"), "the account is not there yet")).toBe(7);
    const [, below = ""] = textOf(shared(NAMES, { severity: "critical" })).split("Findings  not changes");
    expect(times(below, "the account is not there yet")).toBe(7);
  });

  it("is listed for each of few people", () => {
    expect(times(textOf(shared(NAMES.slice(0, 5))), "the account is not there yet")).toBe(5);
  });
});
