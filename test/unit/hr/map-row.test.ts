import { describe, expect, it } from "vitest";
import type { Source, Worker } from "../../../reconciler/model/files/index.js";
import { catchErrors, describeErrors } from "./catch-errors.js";
import { applyChanges, EMPTY_BASE, workerOf } from "./repository.js";
import { buildCsv, buildSource, importCsv } from "./source-builder.js";

type SourceWorker = Source["worker"];

function mapOne(row: Parameters<typeof buildCsv>[0][number], worker: Partial<SourceWorker> = {}): Worker | undefined {
  const result = importCsv(buildCsv([{ ID: "1", ...row }]), { source: buildSource({}, worker) });
  return workerOf(applyChanges(EMPTY_BASE, result), row.ID ?? "1");
}

function errorsOf(row: Parameters<typeof buildCsv>[0][number], worker: Partial<SourceWorker> = {}): string[] {
  return describeErrors(() => importCsv(buildCsv([{}, { ID: "2", ...row }]), { source: buildSource({}, worker) }));
}

describe("a worker", () => {
  it("has its keys in the order of the schema and leaves out what is not mapped", () => {
    const worker = mapOne(
      { Boss: "7", Title: "Chief" },
      { attributes: { z: { value: "[Last]" }, a: { constant: 3 } } },
    );
    expect(Object.keys(worker ?? {})).toEqual([
      "apiVersion",
      "kind",
      "source",
      "id",
      "type",
      "name",
      "employment",
      "timezone",
      "job",
      "manager",
      "attributes",
    ]);
    expect(Object.keys(worker?.attributes ?? {})).toEqual(["a", "z"]);
    expect(worker?.name).toEqual({ given: "Ann", family: "Lee" });
  });

  it("has null where a cell is empty or blank", () => {
    expect(mapOne({ Title: "", Boss: "  ", First: " " })).toMatchObject({
      name: { given: null },
      job: { title: null },
      manager: null,
    });
  });

  it("keeps ids as the text they are", () => {
    expect(mapOne({ ID: "0010023", Boss: "0007" })).toMatchObject({ id: "0010023", manager: "0007" });
  });

  it("keeps attributes in their own types", () => {
    const attributes = {
      flag: { constant: true },
      share: { constant: 0.5 },
      none: { constant: null },
      list: { value: 'Split([Title], "/")' },
    };
    expect(mapOne({ Title: "a/b" }, { attributes })?.attributes).toEqual({
      flag: true,
      list: ["a", "b"],
      none: null,
      share: 0.5,
    });
  });

  it("gives Now() the instant of the export, so that the same file gives the same worker", () => {
    const attributes = { day: { value: 'FormatDateTime(Now(), , "M/d/yyyy h:mm:ss tt", "yyyy-MM-dd")' } };
    expect(mapOne({}, { attributes })?.attributes).toEqual({ day: "2026-11-20" });
  });
});

describe("dates", () => {
  const formatted = (dateFormat: string) => ({
    employment: { from: { value: "[From]" }, lastDay: { value: "[To]" }, dateFormat },
  });

  it.each([
    ["yyyy-MM-dd", "2026-09-07", "2026-09-07"],
    ["dd.MM.yyyy", "07.09.2026", "2026-09-07"],
    ["d.M.yy", "7.9.26", "2026-09-07"],
    ["M/d/yyyy", "9/7/2026", "2026-09-07"],
    ["yyyy-MM-ddZZ", "2026-09-07-08:00", "2026-09-07"],
    ["yyyy-MM-dd'T'HH:mm:ssZZ", "2026-09-07T23:30:00-08:00", "2026-09-07"],
    ["yyyyMMdd", "20240229", "2024-02-29"],
  ])("reads %s", (format, text, date) => {
    expect(mapOne({ From: text }, formatted(format))?.employment.periods[0]?.from).toBe(date);
  });

  it.each(["31.12.9999", "00.00.0000", ""])("takes %j for no last day", (text) => {
    const periods = mapOne({ From: "01.10.2026", To: text }, formatted("dd.MM.yyyy"))?.employment.periods;
    expect(periods).toEqual([{ from: "2026-10-01", lastDay: null, status: "normal" }]);
  });

  it.each([
    ["2026-02-30", "there is no such day"],
    ["2025-02-29", "there is no such day"],
    ["2026-13-01", "there is no such day"],
    ["30.11.2026", "it is not written as yyyy-MM-dd"],
    ["2026-11-30 ", "it is not written as yyyy-MM-dd"],
    ["2026-11-3", "it is not written as yyyy-MM-dd"],
    ["soon", "it is not written as yyyy-MM-dd"],
    ["0026-11-30", "its year is 26"],
  ])("refuses %j with its row, column and reason", (text, reason) => {
    expect(errorsOf({ To: text })).toEqual([`MUS-2007 Row 3, column To: "${text}" is not a date: ${reason} @3`]);
  });

  it("takes years from 1900 to 2999", () => {
    for (const from of ["1900-01-01", "2999-12-30"])
      expect(mapOne({ From: from })?.employment.periods[0]?.from).toBe(from);
    expect(errorsOf({ From: "1899-12-31" })[0]).toContain("its year is 1899");
    expect(errorsOf({ From: "3000-01-01" })[0]).toContain("its year is 3000");
  });

  it("refuses a format that gives no date, at the policy", () => {
    const [error] = catchErrors(() => mapOne({}, formatted("yyyy-MM")));
    expect([error?.code, error?.where?.file]).toEqual(["MUS-1110", "policies/hr.yaml"]);
  });

  it("refuses a last day before the first, but not for a hire that was withdrawn", () => {
    expect(errorsOf({ From: "2026-05-02", To: "2026-05-01" })).toEqual([
      "MUS-2017 Row 3, column To: the last day 2026-05-01 is before the first day 2026-05-02 @3",
    ]);
    const withdrawn = mapOne({ From: "2026-05-02", To: "2026-05-01", Status: "withdrawn" });
    expect(withdrawn?.employment.periods).toEqual([{ from: "2026-05-02", lastDay: "2026-05-01", status: "rescinded" }]);
    expect(mapOne({ From: "2026-05-02", To: "2026-05-02" })?.employment.periods[0]?.lastDay).toBe("2026-05-02");
  });
});

describe("leave and immediate end of access", () => {
  const employment = {
    from: { value: "[From]" },
    leaveFrom: { value: "[To]" },
    leaveTo: { value: "[Status]" },
    accessEnds: { value: "[Boss]" },
  };
  const mapping = { employment, manager: { constant: null } };

  it("gives a leave with its days, an open one, or none", () => {
    expect(mapOne({ To: "2026-11-09", Status: "2027-02-08" }, mapping)?.employment.leave).toEqual([
      { from: "2026-11-09", to: "2027-02-08" },
    ]);
    expect(mapOne({ To: "2026-11-09" }, mapping)?.employment.leave).toEqual([{ from: "2026-11-09", to: null }]);
    expect(mapOne({}, mapping)?.employment).toEqual({
      periods: [{ from: "2020-01-01", lastDay: null, status: "normal" }],
      leave: [],
      accessEnds: null,
    });
  });

  it("refuses a leave that ends before it begins, or never begins", () => {
    expect(errorsOf({ To: "2026-11-09", Status: "2026-11-08" }, mapping)).toEqual([
      "MUS-2017 Row 3, column Status: the leave ends on 2026-11-08, before its first day 2026-11-09 @3",
    ]);
    expect(errorsOf({ Status: "2026-11-08" }, mapping)).toEqual([
      "MUS-2017 Row 3, column Status: a leave has a last day and no first day @3",
    ]);
  });

  it("reads an instant with its offset and nothing else", () => {
    expect(mapOne({ Boss: "2026-11-20T17:00+01:00" }, mapping)?.employment.accessEnds).toBe(
      "2026-11-20T17:00:00+01:00",
    );
    for (const text of ["2026-11-20T17:00:00", "2026-11-20", "2026-02-30T17:00:00Z"])
      expect(errorsOf({ Boss: text }, mapping)[0]).toContain(
        `MUS-2017 Row 3, column Boss: "${text}" is not an instant`,
      );
  });
});

describe("what a row must have", () => {
  it("reports every problem of every row at once", () => {
    const csv = buildCsv([
      { ID: "", From: "" },
      { First: "", Last: "" },
      { First: "", Last: "Only" },
      { From: "x", To: "y" },
    ]);
    expect(describeErrors(() => importCsv(csv))).toEqual([
      "MUS-2008 Row 2, column ID: id is empty @2",
      "MUS-2008 Row 2, column From: employment.from is empty @2",
      "MUS-2008 Row 3, column First, Last: the person has no name @3",
      'MUS-2007 Row 5, column From: "x" is not a date: it is not written as yyyy-MM-dd @5',
      'MUS-2007 Row 5, column To: "y" is not a date: it is not written as yyyy-MM-dd @5',
    ]);
  });

  it("wants a time zone of the IANA database", () => {
    const zone = { timezone: { value: "[Title]" } };
    expect(mapOne({ Title: "Asia/Kolkata" }, { ...zone })?.timezone).toBe("Asia/Kolkata");
    expect(errorsOf({ Title: "Europe/Atlantis" }, zone)[1]).toBe(
      'MUS-2017 Row 3, column Title: "Europe/Atlantis" is not an IANA time zone @3',
    );
    expect(errorsOf({ Title: "+01:00" }, zone)[1]).toContain("is not an IANA time zone");
    expect(errorsOf({ Title: "" }, zone)[1]).toBe("MUS-2008 Row 3, column Title: timezone is empty @3");
  });

  it("names all columns that are missing, and what they may be called", () => {
    expect(describeErrors(() => importCsv("id,First,Last,From,Status,Job title\n1,a,b,2020-01-01,,\n"))).toEqual([
      'MUS-2005 The export has no column "ID"; it has "id", which is written differently @1',
      'MUS-2005 The export has no column "To" @1',
      'MUS-2005 The export has no column "Title" @1',
      'MUS-2005 The export has no column "Boss" @1',
    ]);
  });

  it("points at the delimiter when the whole header is one column", () => {
    const [error] = catchErrors(() => importCsv(buildCsv([{}]).replaceAll(",", ";")));
    expect([error?.code, error?.next]).toEqual([
      "MUS-2005",
      "The whole header is one column: check the delimiter of the Source.",
    ]);
  });
});

describe("keys", () => {
  it.each([" 5", "5 ", "\u00a05"])("refuses the blank in %j", (id) => {
    expect(errorsOf({ ID: id })[0]).toContain("MUS-2017 Row 3, column ID: ");
  });

  it("refuses a colon, which stands between source and key", () => {
    expect(errorsOf({ ID: "a:5" })[0]).toContain('MUS-2017 Row 3, column ID: the key "a:5" holds a colon');
  });

  it("refuses blanks around a manager", () => {
    expect(errorsOf({ Boss: "7 " })[0]).toContain('MUS-2017 Row 3, column Boss: manager "7 "');
  });
});

describe("garbled text", () => {
  it.each(["JÃ¶rg", "AnneÂ\u00a0", "RenÃ©e", "Ãœ"])("notices %j", (name) => {
    expect(errorsOf({ First: name })).toEqual([
      "MUS-2004 Row 3, column First: letters are garbled, as by reading UTF-8 as windows-1252 @3",
    ]);
  });

  it.each(["João", "JOÃO", "Ângela", "Åse", "São Tomé"])("leaves %j alone", (name) => {
    expect(mapOne({ First: name })?.name.given).toBe(name);
  });

  it("refuses control characters, as windows-1252 read as iso-8859-1 gives them", () => {
    expect(errorsOf({ Title: "a\u0085b" })).toEqual([
      "MUS-2017 Row 3, column Title: the value holds a control character @3",
    ]);
  });
});

describe("personal data", () => {
  it("is not in a message about a name, even when the expression speaks of it", () => {
    const source = { job: { title: { value: "CDate([Last])" } } };
    const [, text = ""] = errorsOf({ Last: "Secretname" }, source);
    expect(text).toMatch(
      /^MUS-1207 Row 3, column Last: the expression of job.title \(policies\/hr.yaml:3:1\) fails @3$/,
    );
  });

  it("is quoted for an id, a date or a zone", () => {
    const source = { employment: { from: { value: "CDate([From])" } } };
    expect(errorsOf({ From: "Blursday" }, source)[0]).toContain("Blursday");
  });
});

describe("size", () => {
  it("refuses a worker whose file could not be read back", () => {
    expect(errorsOf({ Title: "x".repeat(256 * 1024) })[0]).toMatch(
      /^MUS-2017 Row 3: the worker would have \d+ bytes, more than 262144 @3$/,
    );
  });

  it("lists 200 errors of a kind and counts the rest", () => {
    const rows = Array.from({ length: 250 }, (_, i) => ({ ID: `${i}`, From: "x" }));
    const errors = catchErrors(() => importCsv(buildCsv(rows)));
    expect(errors).toHaveLength(201);
    expect(errors.at(-1)?.message).toBe("MUS-2007 50 more errors of this kind are not listed");
  });
});
