import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergePeriods, type Period } from "../../../reconciler/hr/employment-periods.js";

function period(from: string, lastDay: string | null, status: Period["status"] = "normal"): Period {
  return { from, lastDay, status };
}

const FIRST = period("2015-01-01", "2018-12-31");

describe("periods of a row and of the base", () => {
  it("is the row's alone for a new worker", () => {
    expect(mergePeriods([], FIRST)).toEqual([FIRST]);
  });

  it("replaces the period that begins on the same day", () => {
    const open = period("2020-01-01", null);
    const closed = period("2020-01-01", "2026-11-30");
    expect(mergePeriods([FIRST, open], closed)).toEqual([FIRST, closed]);
    expect(mergePeriods([FIRST, closed], open)).toEqual([FIRST, open]);
  });

  it("appends a leaver's return, on the day after the last day at the earliest", () => {
    const back = period("2019-01-01", null);
    expect(mergePeriods([FIRST], back)).toEqual([FIRST, back]);
    expect(mergePeriods([FIRST], period("2018-12-31", null))).toEqual([period("2018-12-31", null)]);
  });

  it("replaces the open period whose start was corrected, either way", () => {
    for (const from of ["2019-12-01", "2020-02-01"])
      expect(mergePeriods([FIRST, period("2020-01-01", null)], period(from, null))).toEqual([
        FIRST,
        period(from, null),
      ]);
  });

  it("drops what the row overlaps or lies before", () => {
    const row = period("2016-06-01", "2017-06-01");
    expect(mergePeriods([FIRST, period("2020-01-01", null)], row)).toEqual([row]);
  });

  it("goes back to the first employment when the return was withdrawn from the export", () => {
    expect(mergePeriods([FIRST, period("2020-01-01", null)], FIRST)).toEqual([FIRST]);
  });

  it("keeps the old employment beside a return that is withdrawn, and forgets the withdrawn one later", () => {
    const withdrawn = period("2026-12-14", null, "rescinded");
    const planned = period("2027-01-11", null);
    expect(mergePeriods([FIRST, period("2026-12-14", null)], withdrawn)).toEqual([FIRST, withdrawn]);
    expect(mergePeriods([FIRST, withdrawn], planned)).toEqual([FIRST, planned]);
    expect(mergePeriods([period("2026-12-14", "2026-12-13", "rescinded")], planned)).toEqual([planned]);
  });

  it("is sorted and disjoint with at most one open period, ends with the row, and is settled after one import", () => {
    const date = fc.integer({ min: 1, max: 28 }).map((day) => `2026-01-${String(day).padStart(2, "0")}`);
    const any = fc
      .tuple(date, fc.option(date), fc.constantFrom("normal" as const, "rescinded" as const))
      .map(([from, last, status]) => period(from, last !== null && last < from ? from : last, status));
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 6 }), (rows) => {
        const merged = rows.reduce<Period[]>(mergePeriods, []);
        const row = rows.at(-1) as Period;
        expect(merged.at(-1)).toEqual(row);
        merged.slice(1).forEach((next, i) => {
          const before = merged[i]?.lastDay ?? "9999-12-31";
          expect(before < next.from).toBe(true);
        });
        expect(mergePeriods(merged, row)).toEqual(merged);
      }),
    );
  });
});
