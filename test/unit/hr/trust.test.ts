import { describe, expect, it } from "vitest";
import type { Source } from "../../../reconciler/model/files/index.js";
import { catchErrors, describeErrors } from "./catch-errors.js";
import { EMPTY_BASE } from "./repository.js";
import { buildCsv, buildSource, importCsv, importSeries, rowsOf } from "./source-builder.js";

/** The codes with which the second export is refused; none when it is taken. */
function codesAfter(first: string, second: string, trust: Source["trust"] = {}): string[] {
  const source = buildSource({ trust });
  const base = importSeries([first], source);
  try {
    importCsv(second, { source, base });
    return [];
  } catch {
    return catchErrors(() => importCsv(second, { source, base })).map((error) => error.code);
  }
}

describe("shrink", () => {
  const loses = (population: number, lost: number, shrink?: NonNullable<Source["trust"]>["shrink"]) =>
    codesAfter(
      buildCsv(rowsOf(1, population)),
      buildCsv(rowsOf(1, population - lost)),
      shrink === undefined ? {} : { shrink },
    );

  it("allows 20 workers and refuses 21, where 5 % is more", () => {
    expect(loses(500, 20)).toEqual([]);
    expect(loses(500, 21)).toEqual(["MUS-2010"]);
  });

  it("allows 5 % and refuses more, from 20 workers on", () => {
    expect(loses(100, 5)).toEqual([]);
    expect(loses(100, 6)).toEqual(["MUS-2010"]);
    expect(loses(20, 1)).toEqual([]);
    expect(loses(20, 2)).toEqual(["MUS-2010"]);
    expect(loses(19, 10)).toEqual([]);
  });

  it("takes the figures of the policy", () => {
    expect(loses(100, 3, { max: 2 })).toEqual(["MUS-2010"]);
    expect(loses(40, 3, { maxShare: "7.5%" })).toEqual([]);
    expect(loses(40, 4, { maxShare: "7.5%" })).toEqual(["MUS-2010"]);
    expect(loses(30, 29, { minPopulation: 31, max: 29 })).toEqual([]);
    expect(loses(5, 1, { max: 0 })).toEqual(["MUS-2010"]);
  });

  it("says how many of how many", () => {
    const base = importSeries([buildCsv(rowsOf(1, 100))]);
    expect(describeErrors(() => importCsv(buildCsv(rowsOf(1, 40)), { base }))).toEqual([
      "MUS-2010 60 of 100 workers are no longer in the export; at most 20 may be lost at once, and 5% of 20 or more",
    ]);
  });

  it("counts those who are absent already neither as lost nor as population", () => {
    const base = importSeries([buildCsv(rowsOf(1, 100)), buildCsv(rowsOf(1, 95)), buildCsv(rowsOf(1, 91))]);
    expect(importCsv(buildCsv(rowsOf(1, 87)), { base }).summary.absent).toBe(4);
    expect(catchErrors(() => importCsv(buildCsv(rowsOf(1, 86)), { base }))[0]?.what).toMatch(/^5 of 91 workers/);
  });

  it("does not count people whose rows are bad, with a readable key or without", () => {
    const second = buildCsv(rowsOf(1, 100).map((row, i) => (i < 50 ? { ID: i < 25 ? "" : row.ID, From: "x" } : row)));
    const codes = codesAfter(buildCsv(rowsOf(1, 100)), second);
    expect([...new Set(codes)].sort()).toEqual(["MUS-2007", "MUS-2008"]);
  });

  it("does not apply to the first import", () => {
    expect(importCsv(buildCsv(rowsOf(1, 3)), { base: EMPTY_BASE }).summary.added).toBe(3);
  });
});

describe("key churn", () => {
  const churn = (lost: number, added: number, keyChurn?: string) =>
    codesAfter(buildCsv(rowsOf(1, 100)), buildCsv(rowsOf(1 + lost, 100 + added)), keyChurn ? { keyChurn } : {});

  it("is refused when more than 2 % are gone and more than 2 % are new", () => {
    expect(churn(2, 3)).toEqual([]);
    expect(churn(3, 3)).toEqual(["MUS-2011"]);
    expect(churn(3, 2)).toEqual([]);
    expect(churn(0, 50)).toEqual([]);
    expect(churn(3, 3, "3%")).toEqual([]);
  });

  it("does not take people who come back for new ones", () => {
    const base = importSeries([buildCsv(rowsOf(1, 100)), buildCsv(rowsOf(1, 96))]);
    expect(importCsv(buildCsv(rowsOf(4, 100)), { base }).summary).toMatchObject({ returned: 4, absent: 3 });
  });

  it("needs more than half of a small population", () => {
    expect(codesAfter(buildCsv(rowsOf(1, 10)), buildCsv(rowsOf(6, 15)))).toEqual([]);
    expect(codesAfter(buildCsv(rowsOf(1, 10)), buildCsv(rowsOf(7, 16)))).toEqual(["MUS-2011"]);
  });
});

describe("duplicate keys", () => {
  it("are all refused, also where only the case differs", () => {
    const csv = buildCsv([{ ID: "a1" }, { ID: "b" }, { ID: "a1" }, { ID: "A1" }]);
    expect(describeErrors(() => importCsv(csv))).toEqual([
      'MUS-2009 Row 4, column ID: "a1" is the key of row 2, too @4',
      'MUS-2009 Row 5, column ID: "A1" is the key of row 2, too ("a1", the same but for case) @5',
    ]);
  });

  it("are refused against the workers that are known", () => {
    const base = importSeries([buildCsv([{ ID: "a1" }, { ID: "b" }])]);
    expect(describeErrors(() => importCsv(buildCsv([{ ID: "A1" }, { ID: "b" }]), { base }))).toEqual([
      'MUS-2009 Row 2, column ID: "A1" is known as "a1", the same but for case @2',
    ]);
  });
});

describe("an emptied column", () => {
  const titled = (n: number, of: number) =>
    buildCsv(rowsOf(1, of).map((row, i) => ({ ...row, Title: i < n ? "Clerk" : "" })));

  it("is refused when a fifth of the workers, and at least five, had a value", () => {
    expect(codesAfter(titled(5, 25), titled(0, 25))).toEqual(["MUS-2012"]);
    expect(codesAfter(titled(5, 26), titled(0, 26))).toEqual([]);
    expect(codesAfter(titled(4, 4), titled(0, 4))).toEqual([]);
    expect(codesAfter(titled(25, 25), titled(1, 25))).toEqual([]);
  });

  it("is taken where the policy allows it", () => {
    expect(codesAfter(titled(25, 25), titled(0, 25), { columnEmptied: "allow" })).toEqual([]);
  });

  it("names the field and the column, never a value", () => {
    const base = importSeries([titled(25, 25)]);
    expect(describeErrors(() => importCsv(titled(0, 25), { base }))).toEqual([
      "MUS-2012 job.title (column Title) was filled for 25 of 25 workers and is empty for all now",
    ]);
  });

  it("is refused for five last days in any population, because leavers would come back to life", () => {
    const leaving = (n: number) =>
      buildCsv(rowsOf(1, 200).map((row, i) => ({ ...row, To: i < n ? "2026-10-31" : "" })));
    expect(codesAfter(leaving(5), leaving(0))).toEqual(["MUS-2012"]);
    expect(codesAfter(leaving(4), leaving(0))).toEqual([]);
  });

  it("looks only at workers who are still exported", () => {
    const first = rowsOf(1, 30).map((row, i) => ({ ...row, To: i >= 25 ? "2026-10-31" : "" }));
    const second = buildCsv(rowsOf(1, 25));
    expect(codesAfter(buildCsv(first), second, { shrink: { maxShare: "20%" } })).toEqual([]);
  });
});

describe("the time of an export", () => {
  const csv = buildCsv(rowsOf(1, 3));
  const codes = (exportedAt: string, now: string, last?: string) => {
    const base =
      last === undefined ? EMPTY_BASE : { ...EMPTY_BASE, record: { ...importCsv(csv).record, exportedAt: last } };
    try {
      importCsv(csv, { exportedAt, now, base });
      return [];
    } catch {
      return catchErrors(() => importCsv(csv, { exportedAt, now, base })).map((error) => error.code);
    }
  };

  it("may be now and not a moment later", () => {
    expect(codes("2026-11-20T06:00:00Z", "2026-11-20T06:00:00Z")).toEqual([]);
    expect(codes("2026-11-20T06:00:00.001Z", "2026-11-20T06:00:00Z")).toEqual(["MUS-2019"]);
  });

  it("may be three days old by default and not a moment more", () => {
    expect(codes("2026-11-20T06:00:00Z", "2026-11-23T06:00:00Z")).toEqual([]);
    expect(codes("2026-11-20T06:00:00Z", "2026-11-23T06:00:00.001Z")).toEqual(["MUS-2013"]);
  });

  it("is aged in calendar days of the Source's zone", () => {
    const file = { exportedAt: { fromName: "x", timezone: "Europe/Berlin" } };
    const source = buildSource({ file, trust: { maxAge: "1d" } });
    const input = { source, exportedAt: "2026-10-25T00:30:00+02:00" };
    expect(importCsv(csv, { ...input, now: "2026-10-26T00:30:00+01:00" }).summary.added).toBe(3);
    expect(() => importCsv(csv, { ...input, now: "2026-10-26T00:31:00+01:00" })).toThrow("MUS-2013");
  });

  it("may not be before the last import", () => {
    expect(codes("2026-11-20T06:00:00Z", "2026-11-20T07:00:00Z", "2026-11-20T06:00:01Z")).toEqual(["MUS-2014"]);
    expect(codes("2026-11-20T06:00:00Z", "2026-11-20T07:00:00Z", "2026-11-20T06:59:59+01:00")).toEqual([]);
  });

  it("may be that of the last import only with the same content", () => {
    const base = importSeries([csv]);
    const exportedAt = "2026-11-01T07:00:00+01:00";
    expect(importCsv(csv, { base, exportedAt }).changes).toEqual([]);
    expect(describeErrors(() => importCsv(buildCsv([{ Title: "New" }, {}, {}]), { base, exportedAt }))).toEqual([
      "MUS-2014 The last export imported is of 2026-11-01T06:00:00Z, too, and has other content",
    ]);
  });
});

describe("all checks", () => {
  it("are reported together with the bad rows", () => {
    const base = importSeries([buildCsv(rowsOf(1, 100))]);
    const csv = buildCsv([...rowsOf(1, 40), { ID: "1" }, { ID: "41", From: "x" }]);
    const errors = catchErrors(() => importCsv(csv, { base, now: "2027-01-01T00:00:00Z" }));
    expect(errors.map((error) => error.code)).toEqual(["MUS-2013", "MUS-2009", "MUS-2010", "MUS-2007"]);
  });
});
