/**
 * Golden cases: stories about people, each in a folder of its own. What the plan and the directory look like after each
 * step is compared with expected.txt; the `check:` sentences of case.yaml hold on their own, so that an update of the
 * text cannot hide a regression. MUSTER_UPDATE_GOLDEN=1 writes expected.txt: read every line before you commit it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCase } from "./case-file.js";
import { judge } from "./checks.js";
import { renderStart, renderStep } from "./render.js";
import { Story } from "./story.js";

const HERE = import.meta.dirname;
const UPDATE = process.env.MUSTER_UPDATE_GOLDEN === "1";
const cases = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(HERE, entry.name, "case.yaml")))
  .map((entry) => entry.name)
  .sort();

describe("golden cases", () => {
  it.each(cases)("%s", async (name) => {
    const golden = readCase(name);
    const story = new Story(golden);
    if (golden.begin !== undefined) await story.begin(golden.begin);
    const lines = renderStart(golden, story);
    const wrong: string[] = [];
    for (const [i, step] of golden.steps.entries()) {
      const played = await story.play(step);
      lines.push(...renderStep(golden, story, played, i + 1));
      for (const sentence of step.check) {
        const why = judge(sentence, story, played);
        if (why !== null) wrong.push(`step ${i + 1}: "${sentence}" does not hold: ${why}`);
      }
      const open = played.next.ops.length > 0 && !played.result.refused;
      if (open !== (step.unsettled !== undefined))
        wrong.push(`step ${i + 1}: a second run has ${played.next.ops.length} ops`);
    }
    const text = `${lines.join("\n").trimEnd()}\n`;
    const file = join(HERE, name, "expected.txt");
    if (UPDATE) writeFileSync(file, text);
    expect(wrong).toEqual([]);
    expect(text).toBe(readFileSync(file, "utf8"));
    expect(golden.steps.flatMap((step) => step.check).length).toBeGreaterThanOrEqual(2);
  });
});
