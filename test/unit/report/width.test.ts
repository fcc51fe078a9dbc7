import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visible } from "../../../reconciler/report/visible.js";
import { displayWidth, padEnd, padStart, truncate } from "../../../reconciler/report/width.js";
import { nastyText } from "../../support/plan-arbitrary.js";

describe("displayWidth (Unicode Standard Annex 11)", () => {
  it.each([
    ["Zoe", 3],
    ["Zoë", 3],
    ["Zoe\u0308", 3], // combining diaeresis
    ["山田", 4], // wide
    ["ｱ", 1], // halfwidth
    ["Ａ", 2], // fullwidth
    ["한국", 4],
    ["\u1112\u1161\u11ab", 2], // conjoining jamo of one syllable
    ["🚲", 2],
    ["→", 1], // ambiguous: narrow
    ["", 0],
  ])("%j is %d columns wide", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it("pads and cuts by columns, not by characters", () => {
    expect(padEnd("山田", 6)).toBe("山田  ");
    expect(padStart("7", 3)).toBe("  7");
    expect(truncate("山田健太", 5, "…")).toBe("山田…");
    expect(truncate("Weber", 5, "…")).toBe("Weber");
  });
});

describe("visible", () => {
  it.each([
    ["a\u202eb", "a\\u{202e}b"], // right-to-left override
    ["a\u2066b", "a\\u{2066}b"],
    ["a\nb\r\tc", "a\\nb\\r\\tc"],
    ["\u001b[31mred", "\\u{1b}[31mred"],
    ["Anna\u00a0Lang", "Anna\\u{a0}Lang"],
    ["An\u200bna", "An\\u{200b}na"],
    ["An\u00adna", "An\\u{ad}na"],
    ["\ud800", "\\u{d800}"],
    ["\u0301x", "\\u{301}x"], // a mark with nothing to stand on
    ["Zoë 山田\u3000健太 🚲", "Zoë 山田\u3000健太 🚲"],
    ["👩‍🔧", "👩‍🔧"], // a joiner between pictographs draws one picture
    ["a\u200db", "a\\u{200d}b"],
  ])("%j becomes %j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it("leaves no control or format character but the joiner and style of emoji, and changes nothing twice", () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        const shown = visible(text);
        expect(shown.replace(/[\u200d\ufe0f]/gu, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(visible(shown)).toBe(shown);
      }),
      { numRuns: 2000 },
    );
  });
});
