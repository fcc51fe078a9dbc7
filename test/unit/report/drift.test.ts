/** How reports tell when and where somebody else changed a value. */
import { describe, expect, it } from "vitest";
import type { Drift } from "../../../reconciler/model/drift.js";
import { renderMarkdown } from "../../../reconciler/report/markdown.js";
import { renderPlan } from "../../../reconciler/report/text.js";
import { lastChangeText } from "../../../reconciler/report/words.js";
import { finding, op, person, plan, update } from "../../support/plan-builder.js";

const nora = person("Nora Lang", "10007", "Sales");

function changed(attribute: string, at: string, by: string): Drift {
  return { attribute, changed: { at, by, version: 2 } };
}

const FRIDAY = "2026-11-20T09:12:00Z";
const MONDAY = "2026-11-23T18:00:09Z";

describe("the last change", () => {
  it.each<[string, Drift[], string | null]>([
    ["nothing drifted", [], null],
    ["nothing is known", [{ attribute: "cn" }], null],
    ["one value", [changed("cn", FRIDAY, "DC1")], "Fri 20 Nov 2026, 09:12 (UTC), on DC1"],
    [
      "values changed in one go",
      [changed("cn", FRIDAY, "DC1"), changed("sn", FRIDAY, "DC1")],
      "Fri 20 Nov 2026, 09:12 (UTC), on DC1",
    ],
    [
      "values changed at different times",
      [changed("cn", FRIDAY, "DC1"), changed("sn", MONDAY, "DC2"), changed("mail", FRIDAY, "DC1")],
      "cn, mail Fri 20 Nov 2026, 09:12 (UTC), on DC1; sn Mon 23 Nov 2026, 18:00:09 (UTC), on DC2",
    ],
    [
      "one of two is known",
      [changed("cn", FRIDAY, "DC1"), { attribute: "sn" }],
      "cn Fri 20 Nov 2026, 09:12 (UTC), on DC1",
    ],
  ])("of %s", (_, drift, expected) => {
    expect(lastChangeText(drift)).toBe(expected);
  });
});

describe("reports", () => {
  const body = plan({
    ops: [
      update(nora, "title", "Queen", "Clerk", { origin: "both", drift: [changed("title", FRIDAY, "DC1")] }),
      op("move", nora, {
        before: { container: "OU=Joiners,DC=x" },
        after: { container: "OU=Sales,DC=x" },
        origin: "drift",
        drift: [{ attribute: "container" }],
      }),
    ],
    findings: [
      finding("drift", "info", "mail of Nora Lang was changed", {
        identity: nora.identity,
        drift: [changed("mail", MONDAY, "DC2")],
      }),
    ],
  });

  it("as text", () => {
    const text = renderPlan(body, { width: 80, color: false, unicode: true, only: null, details: "normal" });
    expect(text).toMatch(
      /^ {8}changed by HR or policy and by somebody else: Fri 20 Nov 2026, 09:12\n +\(UTC\), on DC1$/m,
    );
    expect(text).toContain("        changed by somebody else in the directory\n");
    expect(text).toContain(
      "      mail of Nora Lang was changed\n      last change: Mon 23 Nov 2026, 18:00:09 (UTC), on DC2\n",
    );
  });

  it("as Markdown, masked too", () => {
    for (const options of [{}, { mask: { show: [] } }]) {
      const text = renderMarkdown(body, options);
      expect(text).toContain("**changed by HR or policy and by somebody else**: Fri 20 Nov 2026, 09:12 (UTC), on DC1");
      expect(text).toContain("**changed by somebody else in the directory**");
      expect(text).toContain("<br>last change: Mon 23 Nov 2026, `18:00:09` (UTC), on DC2 |");
    }
  });
});
