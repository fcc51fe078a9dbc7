import { describe, expect, it } from "vitest";
import { exceedsShare } from "../../../reconciler/support/percentage.js";

describe("exceedsShare", () => {
  it.each([
    [3, 60, "5%", false],
    [4, 60, "5%", true],
    // 0.07 * 100 is 7.000000000000001 in binary fractions.
    [7, 100, "7%", false],
    [29, 1000, "2.9%", false],
    [30, 1000, "2.9 %", true],
    [0, 0, "0%", false],
    [1, 1000, "0%", true],
  ])("%i of %i against %s", (part, whole, share, exceeds) => {
    expect(exceedsShare(part, whole, share)).toBe(exceeds);
  });
});
