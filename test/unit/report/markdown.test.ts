import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commentMarker, renderMarkdown } from "../../../reconciler/report/markdown.js";
import { escapeMarkdown } from "../../../reconciler/report/markdown-escape.js";
import { arbitraryPlan, nastyText } from "../../support/plan-arbitrary.js";
import { disable, finding, guard, op, person, plan, update } from "../../support/plan-builder.js";

/** Bold and tags that the report itself writes. */
const OWN = [
  /\*\*[A-Za-z0-9 ,:.]+\*\*/g,
  /<\/?details>|<\/?summary>|<br>|<!-- muster-plan [a-z =]+ -->/g,
  /^#{3,4} /gm,
];

/** What is left when code spans and the report's own markup are taken away: nothing in it may be markup. */
function outside(markdown: string): string {
  let text = markdown.replace(/`[^`\n]+`/g, "CODE");
  for (const own of OWN) text = text.replace(own, "");
  return text;
}

/** Cells of a table row, as GitHub splits it: at every pipe that no backslash escapes. */
function cells(row: string): string[] {
  return row.split(/(?<!\\)\|/).slice(1, -1);
}

/** Tables as lists of rows; fails where a row has not as many cells as its header. */
function tables(markdown: string): string[][] {
  const found: string[][] = [];
  let current: string[] | null = null;
  for (const line of markdown.split("\n")) {
    if (!line.startsWith("|")) {
      current = null;
      continue;
    }
    if (current === null) {
      current = [];
      found.push(current);
    }
    current.push(line);
    expect(cells(line).length).toBe(cells(current[0] ?? "").length);
  }
  for (const table of found) expect(table[1]).toMatch(/^\| (:?-+:? \| )*:?-+:? \|$/);
  return found;
}

function expectSound(markdown: string): void {
  tables(markdown);
  const rest = outside(markdown);
  expect(rest).not.toMatch(/[`<@*[\]_~\\&$#]/);
  expect(rest).not.toMatch(/:[a-z0-9_+-]+:|https?:|www\.|GH-\d/i);
  expect(markdown.match(/<details>/g)?.length).toBe(markdown.match(/<\/details>/g)?.length);
  for (const span of markdown.match(/`[^`\n]+`/g) ?? []) expect(span).not.toMatch(/[|<]/);
}

function thousands(n: number): string {
  return n < 1000 ? String(n) : `${Math.floor(n / 1000)},${String(n % 1000).padStart(3, "0")}`;
}

describe("escapeMarkdown", () => {
  it.each([
    ["Zoë Müller", "Zoë Müller"],
    ["O'Neill-Åström", "O'Neill-Åström"],
    ["山田 健太", "山田 健太"],
    ["zmueller@lindwurm.example", "`zmueller@lindwurm.example`"],
    ["a|b", "`a\\u{7c}b`"],
    ["a\\|b", "`a\\\\u{7c}b`"],
    ["a`b", "`a\\u{60}b`"],
    ["<img src=x>", "`\\u{3c}img src=x>`"],
    ["line\nbreak", "`line\\nbreak`"],
    [":tada:", "`:tada:`"],
    ["GH-12", "`GH-12`"],
    ["deadbeef", "`deadbeef`"],
    ["1. x", "`1. x`"],
    ["two  blanks", "`two  blanks`"],
  ])("value %j", (text, markdown) => {
    expect(escapeMarkdown(text, "value")).toBe(markdown);
  });

  it("keeps a sentence readable and puts only what is not plain into code", () => {
    expect(escapeMarkdown("left: last day was 2026-11-30 (4 % of 198), says @hr.", "prose")).toBe(
      "left: last day was 2026-11-30 (4 % of 198), says `@hr.`",
    );
  });

  it("cuts between code points and says so", () => {
    expect(escapeMarkdown("🚲🚲🚲", "value", 4)).toBe("`🚲…`");
  });

  it("lets nothing through, whatever the text", () => {
    fc.assert(
      fc.property(nastyText, fc.constantFrom("prose" as const, "value" as const), (text, as) => {
        const cell = escapeMarkdown(text, as);
        expect(cell).not.toContain("\n");
        expectSound(`| a |\n| :-- |\n| ${cell} |`);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("renderMarkdown", () => {
  it("says what matters above the fold", () => {
    const jonas = person("Jonas Weber", "10031");
    const nora = person("Nora Lang", "10007");
    const text = renderMarkdown(
      plan({
        ops: [update(nora, "title", "Fitter", "Foreman"), disable(jonas, "left: last day was 2026-11-30")],
        guards: [guard("limit:disable", "refuse", "1 disable, limit 0")],
        findings: [finding("foreign-disable", "critical", "Somebody else disabled it.", { identity: nora.identity })],
      }),
    );
    const fold = text.slice(0, text.indexOf("<details>"));
    expect(fold).toContain("### Plan for production: 2 changes for 2 people");
    expect(fold).toContain("**Refused by 1 guard: nothing will be written.**");
    expect(fold).toContain("| `limit:disable` | **refused** | 1 disable, limit 0 |  |");
    expect(fold).toContain("| foreign-disable | Nora Lang |  | Somebody else disabled it. |  |");
    expect(fold).toContain("| disable account | Jonas Weber | works-ad |");
    expect(fold).not.toContain("Foreman");
    expect(text).toContain("| Nora Lang | works-ad | title | Fitter | Foreman |  |");
  });

  it("is quiet where there is nothing to do", () => {
    expect(renderMarkdown(plan())).toBe(
      [
        "<!-- muster-plan environment=production -->",
        "### Plan for production: nothing to do",
        "",
        "as of Tue 1 Dec 2026, 06:00 (+01:00) · plan `plan-20261201-9f2c` · 212 people: 196 active, 11 left, 3 prehire, 2 leave",
        "",
      ].join("\n"),
    );
  });

  it("cannot be broken by any value, masked or not, and never exceeds its size", () => {
    fc.assert(
      fc.property(
        arbitraryPlan(60),
        fc.boolean(),
        fc.integer({ min: 8000, max: 20000 }),
        (random, masked, maxChars) => {
          const text = renderMarkdown(random, masked ? { maxChars, mask: { show: [] } } : { maxChars });
          expect(text.length).toBeLessThanOrEqual(maxChars);
          expectSound(text);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("drops the least risky rows first and counts what it drops", () => {
    const updates = Array.from({ length: 3000 }, (_, i) =>
      update(person(`Rider ${i}`, String(20000 + i)), "title", "a", "b"),
    );
    const moves = Array.from({ length: 30 }, (_, i) =>
      op("move", person(`Rider ${i}`, String(20000 + i)), {
        before: { container: "OU=A" },
        after: { container: "OU=B" },
      }),
    );
    const leavers = Array.from({ length: 20 }, (_, i) =>
      disable(person(`Leaver ${i}`, String(30000 + i)), "left: gone"),
    );
    const text = renderMarkdown(plan({ ops: [...updates, ...moves, ...leavers] }), { maxChars: 12_000 });
    expect(text.length).toBeLessThanOrEqual(12_000);
    expect(text.length).toBeGreaterThan(11_500);
    expectSound(text);
    const rows = text.split("\n");
    expect(rows.filter((row) => row.startsWith("| disable account | Leaver")).length).toBe(20);
    expect(rows.filter((row) => row.includes("| container |")).length).toBe(30);
    const shown = rows.filter((row) => row.includes("| title |")).length;
    expect(shown).toBeGreaterThan(0);
    expect(text).toContain(`${thousands(3000 - shown)} more rows are not shown`);
  });

  it("cuts what is taken away only when nothing else is left, and still says how much there is", () => {
    const leavers = Array.from({ length: 2000 }, (_, i) =>
      disable(person(`Leaver ${i}`, String(30000 + i)), "left: gone"),
    );
    const text = renderMarkdown(plan({ ops: [...leavers, update(person("Rider", "1"), "title", "a", "b")] }), {
      maxChars: 9000,
    });
    expect(text.length).toBeLessThanOrEqual(9000);
    expectSound(text);
    const shown = text.split("\n").filter((row) => row.startsWith("| disable account | Leaver")).length;
    expect(text).toContain(`#### Taken away: 2,000 ops`);
    expect(text).toContain(`${thousands(2000 - shown)} more rows are not shown`);
    expect(text).toContain("1 more row is not shown");
  });

  it("is found again by a marker that no name can close", () => {
    expect(commentMarker("pro--> duction")).toBe("<!-- muster-plan environment=pro-duction -->");
  });
});
