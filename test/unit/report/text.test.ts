import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { WorkerKey } from "../../../reconciler/model/identity.js";
import { type PlanTextOptions, renderPlan } from "../../../reconciler/report/text.js";
import {
  disable,
  finding,
  guard,
  leaving,
  op,
  person,
  plan,
  removeMember,
  update,
} from "../../support/plan-builder.js";

const options: PlanTextOptions = { width: 80, color: false, unicode: true, only: null, details: "normal" };

const jonas = person("Jonas Weber", "10031");
const nora = person("Nora Lang", "10007", "Sales");
const ken = person("山田 健太", "10201");
const zoe = person("Zoë Müller", "10188");
const left = "left: last day was 2026-11-30";

/** A leaver, a promotion with drift, a department in Japanese, and a joiner. */
function dayInDecember() {
  return plan({
    ops: [
      op("create", zoe, {
        after: {
          sAMAccountName: "zmueller",
          givenName: "Zoë",
          manager: { ref: nora.identity },
          container: "OU=Joiners,OU=People,DC=lindwurm,DC=example",
          enabled: false,
        },
      }),
      op("add-member", zoe, { slot: "g1", slotLabel: "Frame Workshop", after: { member: true }, joining: true }),
      update(nora, "title", "Sales Representative", "Head of Sales"),
      update(nora, "manager", { ref: jonas.identity }, null),
      update(nora, "info", "Visits dealers in Saxony on Tuesdays", "Visits dealers in Saxony on Mondays", {
        origin: "drift",
        drift: [{ attribute: "info", changed: { at: "2026-11-20T09:12:00Z", by: "DC1", version: 3 } }],
      }),
      update(ken, "department", "組立", "塗装"),
      removeMember(jonas, "Frame Workshop", left),
      removeMember(jonas, "Paint Shop Keys", left),
      op("move", jonas, {
        before: { container: "OU=Works,OU=People,DC=lindwurm,DC=example" },
        after: { container: "OU=Leavers,OU=People,DC=lindwurm,DC=example" },
      }),
      disable(jonas, left),
    ],
    guards: [
      guard("limit:disable", "pass", "1 disable, limit 25"),
      guard("limit:move", "let-through", "1 move is more than 0 allowed.", {
        by: "office-move",
        ops: [op("move", jonas, MOVE).id],
      }),
    ],
    findings: [
      finding("ambiguous-match", "warning", "Two accounts have employeeID 10090.", {
        worker: "payroll:10090" as WorkerKey,
        target: "works-ad",
        next: "Correct employeeID on one of them.",
      }),
      finding("foreign-disable", "critical", "Somebody else disabled the account.", {
        identity: ken.identity,
        worker: ken.worker,
        target: "works-ad",
        next: "Commit a Release, or end the employment in HR.",
        drift: [{ attribute: "enabled", changed: { at: "2026-11-30T22:05:41Z", by: "DC2", version: 7 } }],
      }),
    ],
  });
}

const MOVE = {
  before: { container: "OU=Works,OU=People,DC=lindwurm,DC=example" },
  after: { container: "OU=Leavers,OU=People,DC=lindwurm,DC=example" },
};

function golden(name: string): string {
  return readFileSync(new URL(`../../golden-report/${name}`, import.meta.url), "utf8");
}

describe("renderPlan", () => {
  it("shows a day in December as written in test/golden-report/plan.txt", () => {
    const text = renderPlan(dayInDecember(), { ...options, commits: () => "1f2e3d4c5b6a79881122" });
    expect(text).toBe(golden("plan.txt"));
  });

  it("shows a refused plan with the override that would let it pass", () => {
    const ops = [disable(jonas, left)];
    const refused = guard("limit:disable", "refuse", "1 disable is more than 0 allowed.", {
      ops: ops.map((one) => one.id),
    });
    expect(renderPlan(plan({ ops, guards: [refused] }), options)).toBe(golden("refused.txt"));
  });

  it("is short where there is nothing to do", () => {
    expect(renderPlan(plan(), options).split("\n")).toEqual([
      "Plan for production                                           plan-20261201-9f2c",
      "as of Tue 1 Dec 2026, 06:00 (+01:00)",
      "",
      "Nothing to do.",
      "",
      "212 people: 196 active, 2 leave, 3 prehire, 11 left",
      "",
    ]);
  });

  it("marks words by colour where there is colour", () => {
    const text = renderPlan(dayInDecember(), { ...options, color: true });
    expect(text).toContain("\u001b[31mTuesdays\u001b[0m\u001b[32mMondays\u001b[0m");
    expect(text).not.toContain("[-Tuesdays-]");
  });

  it("uses ASCII for its own signs where it must", () => {
    const text = renderPlan(plan({ ops: [update(nora, "title", "Fitter", "Foreman")] }), {
      ...options,
      unicode: false,
    });
    expect(text).toContain("~ update  title  Fitter -> Foreman");
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it("puts values that are read from right to left on lines of their own", () => {
    const text = renderPlan(plan({ ops: [update(nora, "title", "שלום", "Foreman")] }), options);
    expect(text).toMatch(/title {2}from {2}שלום\n +to {4}Foreman\n/);
  });

  it("shows lists by what goes and comes", () => {
    const ops = [update(nora, "proxyAddresses", ["smtp:a@x", "smtp:b@x"], ["smtp:b@x", "smtp:c@x"])];
    expect(renderPlan(plan({ ops }), options)).toMatch(
      /proxyAddresses {2}- smtp:a@x\n {30}\+ smtp:c@x\n {30}and 1 unchanged\n/,
    );
  });

  it("shows blanks at the ends of values, and escapes what cannot be seen", () => {
    const ops = [update(nora, "title", "Fitter", "Fitter "), update(nora, "l", "", "Leip\u202ezig\n")];
    const text = renderPlan(plan({ ops }), options);
    expect(text).toContain('Fitter → "Fitter "');
    expect(text).toContain('"" → Leip\\u{202e}zig\\n');
  });

  it("names a person that only the resolver knows, else the key", () => {
    const ops = [update(nora, "manager", null, { ref: zoe.identity })];
    const known = (identity: string) => (identity === zoe.identity ? "Zoë Müller" : null);
    expect(renderPlan(plan({ ops }), { ...options, labels: known })).toContain("(empty) → Zoë Müller");
    expect(renderPlan(plan({ ops }), options)).toContain(`(empty) → ${zoe.identity}`);
  });

  it("shows one worker's part under the figures of the whole plan", () => {
    const whole = dayInDecember();
    const text = renderPlan(whole, { ...options, only: nora.worker, identitiesOf: () => [nora.identity] });
    expect(text).toContain("7 changes for 4 people.");
    expect(text).toContain("Only payroll:10007");
    expect(text).toContain("~ update  title    Sales Representative → Head of Sales");
    expect(text).not.toContain("- disable account");
    expect(text).not.toContain("warning  ambiguous-match");
    const nobody = renderPlan(whole, { ...options, only: "payroll:1" as WorkerKey });
    expect(nobody).toContain("No changes for this worker.");
  });
});

describe("a large plan", () => {
  const staff = Array.from({ length: 214 }, (_, i) => person(`Rider ${String(i).padStart(3, "0")}`, String(20000 + i)));
  const why = { because: "the job title changed", policy: { file: "policies/works-ad.yaml", line: 38 } };
  const ops = [
    ...staff.map((who) => update(who, "title", "Fitter", "Senior Fitter", { reasons: [why] })),
    ...staff.slice(0, 31).map((who) => disable(who, left)),
    ...staff.slice(40, 42).map((who) => op("delete", who, { reasons: [leaving(who, "left: 90 days are over")] })),
  ];

  it("folds what is alike, shows more of what is taken away, and leaves the rest person by person", () => {
    const text = renderPlan(plan({ ops }), options);
    expect(text).toContain(
      [
        "  update title for 214 people  works-ad",
        ...staff.slice(0, 5).map((who) => `    ${who.label}  Fitter → Senior Fitter`),
        "    and 209 more (--full shows all)",
        "    because the job title changed, policies/works-ad.yaml:38",
      ].join("\n"),
    );
    expect(text).toContain("  disable account for 31 people  works-ad\n    Rider 000  left: last day was 2026-11-30\n");
    expect(text).toContain("    Rider 019  left: last day was 2026-11-30\n    and 11 more (--full shows all)\n");
    expect(text.match(/- delete account/g)?.length).toBe(2);
    expect(text.indexOf("disable account for")).toBeLessThan(text.indexOf("update title for"));
  });

  it("folds nothing with full details", () => {
    const text = renderPlan(plan({ ops }), { ...options, details: "full" });
    expect(text.match(/~ update .*title/g)?.length).toBe(214);
    expect(text.match(/- disable account/g)?.length).toBe(31);
  });
});
