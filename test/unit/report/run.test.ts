import { describe, expect, it } from "vitest";
import { renderError } from "../../../reconciler/report/error.js";
import { renderRun } from "../../../reconciler/report/run.js";
import { MusterError, MusterErrors } from "../../../reconciler/support/errors.js";
import { disable, person, removeMember, runOf, update } from "../../support/plan-builder.js";

const jonas = person("Jonas Weber", "10031");
const nora = person("Nora Lang", "10007");
const options = { width: 80, color: false, unicode: true, details: "normal" as const, recorded: null };

describe("renderRun", () => {
  it("counts outcomes and lists what needs somebody, gravest first", () => {
    const run = runOf([
      { op: disable(jonas, "left: gone"), kind: "done" },
      {
        op: removeMember(jonas, "Paint Shop Keys", "left: gone"),
        kind: "failed",
        code: "MUS-3001",
        detail: "access denied (50)",
      },
      { op: update(nora, "title", "a", "b"), kind: "unknown" },
      { op: update(nora, "l", "a", "b"), kind: "already" },
    ]);
    const text = renderRun(run, { ...options, recorded: { commit: "1f2e3d4c5b6a79881122", branch: "main" } });
    expect(text).toBe(`Run for production                                             run-20261201-0501
plan plan-20261201-9f2c as of Tue 1 Dec 2026, 06:00 (+01:00)
Tue 1 Dec 2026, 05:01 (UTC) to Tue 1 Dec 2026, 05:01:09 (UTC)

1 op done, 2 not.

  1  done
  1  already as wanted
  1  failed
  1  unknown

unknown 1
  The reply was lost. The next run reads the object again before it does
  anything that depends on it.
  Nora Lang  update title                                 works-ad payroll:10007

failed 1
  The target did not do it. The next plan tries again where the cause is gone.
  Jonas Weber  remove from group Paint Shop Keys          works-ad payroll:10031
    CN=Jonas Weber,OU=Works,OU=People,DC=lindwurm,DC=example
    MUS-3001 access denied (50)
    → operator: Read the guard's verdict; if the changes are wanted, commit an
      Override or a Bootstrap.

Recorded 4 outcomes in 1f2e3d4c5b6a on main.
`);
  });

  it("says when there was nothing to do, and when all went well", () => {
    expect(renderRun(runOf([]), options)).toContain("Nothing to do.\n\nNothing to record.\n");
    const good = renderRun(runOf([{ op: disable(jonas, "left: gone"), kind: "done" }]), options);
    expect(good).toContain("1 op done, none failed.");
    expect(good).toContain("Not recorded yet.");
  });

  it("lists twenty of a kind, or all with full details", () => {
    const outcomes = Array.from({ length: 25 }, (_, i) => ({
      op: disable(person("Rider", String(20000 + i)), "left: gone"),
      kind: "deferred" as const,
    }));
    const text = renderRun(runOf(outcomes), options);
    expect(text.match(/disable account/g)?.length).toBe(20);
    expect(text).toContain("and 5 more");
    expect(renderRun(runOf(outcomes), { ...options, details: "full" }).match(/disable account/g)?.length).toBe(25);
  });
});

describe("renderError", () => {
  it("prints a next step of several lines as it is to be written", () => {
    const error = new MusterError("MUS-1103", { what: "x", next: "Write it as a block:\nvalue: |-\n  [job.title]" });
    expect(renderError(error, { color: false })).toContain(`  next  Write it as a block:
          value: |-
            [job.title]
`);
  });

  it("says code, what, where, who and what next", () => {
    const error = new MusterError("MUS-1002", {
      what: 'unknown key "lifecyle"',
      where: { file: "policies/works-ad.yaml", line: 12, column: 3 },
      next: "Did you mean lifecycle?",
    });
    expect(renderError(error, { color: false })).toBe(`MUS-1002  unknown key "lifecyle"
  at    policies/works-ad.yaml:12:3
  who   the author of the policy
  next  Did you mean lifecycle?
`);
  });

  it("lists several, and gives neighbours with the same advice that advice once", () => {
    const at = (line: number) =>
      new MusterError("MUS-1002", { what: "unknown key", where: { file: "a.yaml", line }, next: "Correct it." });
    expect(renderError(new MusterErrors([at(1), at(2)]), { color: false })).toBe(`2 errors

  MUS-1002  unknown key
    at    a.yaml:1

  MUS-1002  unknown key
    at    a.yaml:2
    who   the author of the policy
    next  Correct it.
`);
  });

  it("counts what it does not list", () => {
    const errors = Array.from({ length: 203 }, () => new MusterError("MUS-1002", { what: "bad row" }));
    const text = renderError(new MusterErrors(errors), { color: false });
    expect(text.startsWith("203 errors\n")).toBe(true);
    expect(text.match(/bad row/g)?.length).toBe(200);
    expect(text).toContain("and 3 more");
  });

  it("keeps the stack of an unknown error to itself unless asked, and follows causes", () => {
    const error = new TypeError("x is not a function", { cause: new Error("deep cause") });
    const text = renderError(error, { color: false });
    expect(text).toContain("Unexpected error  TypeError: x is not a function");
    expect(text).not.toContain("run.test.ts");
    const long = renderError(error, { color: false, stack: true });
    expect(long).toContain("run.test.ts");
    expect(long).toContain("Error: deep cause");
  });
});
