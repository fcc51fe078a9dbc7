/** What only the ledger learns of does not read as something that was, or will be, written to the directory. */
import { describe, expect, it } from "vitest";
import { renderRun } from "../../../reconciler/report/run.js";
import { renderPlan } from "../../../reconciler/report/text.js";
import { disable, op, person, plan, runOf } from "../../support/plan-builder.js";

const nora = person("Nora Lang", "10007");
const found = op("bind", nora, { slot: "found", after: { title: "Welder" }, ledgerOnly: true });
const membership = { slot: "0a1b", slotLabel: "Paint Shop Keys", after: { member: true } };
const known = op("add-member", nora, { ...membership, ledgerOnly: true });
const page = { width: 100, color: false, unicode: true };

describe("an op that is only recorded", () => {
  it("says so in a plan, and is not counted as a write", () => {
    const granted = op("add-member", nora, { ...membership, slot: "0a1c", slotLabel: "Yard" });
    const text = renderPlan(plan({ ops: [found, known, granted] }), { ...page, only: null, details: "normal" });
    expect(text).toMatch(/~ record values +1 value found as wanted: title/);
    expect(text).toMatch(/~ record membership +Paint Shop Keys/);
    expect(text).toMatch(/\+ add to group +Yard/);
    expect(text).toMatch(/1 {2}bind account {2}only recorded/);
    expect(text).toMatch(/add to group {2}2 groups {2}1 only recorded/);
  });

  it("says so in what an apply came to", () => {
    const run = (ops: readonly (typeof found)[], kind: "done" | "deferred") => ops.map((one) => ({ op: one, kind }));
    const options = { ...page, details: "normal" as const, recorded: null };
    const deferred = renderRun(runOf(run([found, known], "deferred")), options);
    expect(deferred).toContain("Nora Lang  record values found");
    expect(deferred).toContain("Nora Lang  record membership Paint Shop Keys");
    const all = [...run([found, known], "done"), { op: disable(nora, "left: gone"), kind: "done" as const }];
    expect(renderRun(runOf(all), options)).toContain("3 ops done (2 only recorded), none failed.");
  });
});
