import { describe, expect, test } from "vitest";
import { AS_OF, evaluate, expectRow, failure, mistakes, type Row, warnings } from "./evaluate.js";

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "Now is the as-of instant": [["Now()", {}, "4/2/2031 9:30:15 AM"]],
  "CDate: ISO forms and the form that Now prints; nothing is guessed (5.8)": [
    ['CDate("2031-04-02")', {}, "4/2/2031 12:00:00 AM"],
    ['CDate("2031-04-02+02:00")', {}, "4/1/2031 10:00:00 PM"],
    ['CDate("2031-04-02Z")', {}, "4/2/2031 12:00:00 AM"],
    ['CDate("2031-04-02T13:05")', {}, "4/2/2031 1:05:00 PM"],
    ['CDate("2031-04-02T23:30:01.1234567-08:00")', {}, "4/3/2031 7:30:01 AM"],
    ['CDate("2031-04-02 13:05:00+0530")', {}, "4/2/2031 7:35:00 AM"],
    ['CDate("12/31/2031 12:00:05 AM")', {}, "12/31/2031 12:00:05 AM"],
    ['CDate("2/29/2028 12:00:05 PM")', {}, "2/29/2028 12:00:05 PM"],
    ["CDate([a])", { a: null }, null],
    ["CDate([a])", { a: "" }, null],
    ["CDate([a])", { a: " 2031-04-02 " }, "4/2/2031 12:00:00 AM"],
  ],
  "DateAdd: n is the minute, m the month; the day is cut to the month (5.4)": [
    ['DateAdd("yyyy", 1, CDate("2028-02-29"))', {}, "2/28/2029 12:00:00 AM"],
    ['DateAdd("m", 1, CDate("2031-01-31"))', {}, "2/28/2031 12:00:00 AM"],
    ['DateAdd("m", -2, CDate("2031-01-15"))', {}, "11/15/2030 12:00:00 AM"],
    ['DateAdd("d", "-2", CDate("2031-03-01"))', {}, "2/27/2031 12:00:00 AM"],
    ['DateAdd("ww", 1, CDate("2031-12-29"))', {}, "1/5/2032 12:00:00 AM"],
    ['DateAdd("h", 25, CDate("2031-01-01"))', {}, "1/2/2031 1:00:00 AM"],
    ['DateAdd("n", 90, CDate("2031-01-01"))', {}, "1/1/2031 1:30:00 AM"],
    ['DateAdd("s", -1, CDate("2031-01-01"))', {}, "12/31/2030 11:59:59 PM"],
    ['DateAdd("d", 1, [a])', { a: "2031-01-01" }, "1/2/2031 12:00:00 AM"],
    ['DateAdd("d", 1, CDate([a]))', { a: null }, null],
    ['DateAdd("d", [n], Now())', { n: null }, null],
  ],
  "DateDiff counts boundaries crossed, positive when the second is later (5.4)": [
    ['DateDiff("d", CDate("2031-04-01T23:59:00"), CDate("2031-04-02T00:01:00"))', {}, "1"],
    ['DateDiff("d", CDate("2031-04-02T00:01:00"), CDate("2031-04-02T23:59:00"))', {}, "0"],
    ['DateDiff("d", CDate("2031-04-05"), CDate("2031-04-02"))', {}, "-3"],
    ['DateDiff("ww", CDate("2031-04-05"), CDate("2031-04-06"))', {}, "1"],
    ['DateDiff("ww", CDate("2031-04-06"), CDate("2031-04-12"))', {}, "0"],
    ['DateDiff("m", CDate("2031-01-31"), CDate("2031-02-01"))', {}, "1"],
    ['DateDiff("m", CDate("2031-02-28"), CDate("2030-12-01"))', {}, "-2"],
    ['DateDiff("yyyy", CDate("2030-12-31"), CDate("2031-01-01"))', {}, "1"],
    ['DateDiff("h", CDate("2031-01-01T09:59:00"), CDate("2031-01-01T10:00:00"))', {}, "1"],
    ['DateDiff("n", CDate("2031-01-01T09:59:00"), CDate("2031-01-01T10:00:59"))', {}, "1"],
    ['DateDiff("s", CDate("2031-01-01"), CDate("2031-01-02"))', {}, "86400"],
    ['DateDiff("d", CDate("1969-12-31T01:00:00"), CDate("1970-01-01"))', {}, "1"],
    ['IIF(DateDiff("d", Now(), CDate([a])) = 0, "today", "not")', { a: "2031-04-02" }, "today"],
    ['DateDiff("d", [a], Now())', { a: null }, null],
  ],
  "EndOfDay: the first instant of the next local day": [
    ['EndOfDay("2027-03-31", "Europe/Berlin")', {}, "3/31/2027 10:00:00 PM"],
    ['EndOfDay("2027-01-31", "Europe/Berlin")', {}, "1/31/2027 11:00:00 PM"],
    ['EndOfDay("2027-03-31", "Pacific/Auckland")', {}, "3/31/2027 11:00:00 AM"],
    ['EndOfDay("2027-03-31", "America/Los_Angeles")', {}, "4/1/2027 7:00:00 AM"],
    ['EndOfDay("2027-03-31", "UTC")', {}, "4/1/2027 12:00:00 AM"],
    // The day on which Berlin's clocks go forward has 23 hours; that of Azores' (at midnight) begins at 1 o'clock.
    ['EndOfDay("2027-03-28", "Europe/Berlin")', {}, "3/28/2027 10:00:00 PM"],
    ['EndOfDay("2027-03-27", "Atlantic/Azores")', {}, "3/28/2027 1:00:00 AM"],
    ['EndOfDay("2028-02-28", "Asia/Kolkata")', {}, "2/28/2028 6:30:00 PM"],
    ['EndOfDay("2027-12-31T15:00", [z])', { z: "Asia/Tokyo" }, "12/31/2027 3:00:00 PM"],
    ["EndOfDay([a], [z])", { a: null, z: "Asia/Tokyo" }, null],
    ["EndOfDay([a], [z])", { a: "2027-03-31", z: null }, null],
  ],
  "NumFromDate and DateFromNum: 100 ns since 1601, exact beyond a double": [
    ['NumFromDate("1601-01-01")', {}, "0"],
    ['NumFromDate("1970-01-01T00:00:00Z")', {}, "116444736000000000"],
    ['NumFromDate("1970-01-01T00:00:00.0000001Z")', {}, "116444736000000001"],
    ['NumFromDate("1970-01-01T01:00:00+01:00")', {}, "116444736000000000"],
    [
      'NumFromDate(Join("", FormatDateTime([a], , "yyyy-MM-ddzzz", "yyyy-MM-dd"), " 23:59:59-08:00"))',
      { a: "1970-01-01-08:00" },
      "116445887990000000",
    ],
    ['DateFromNum("116444736000000000")', {}, "1/1/1970 12:00:00 AM"],
    ["DateFromNum(0)", {}, "1/1/1601 12:00:00 AM"],
    ["NumFromDate(DateFromNum(133000000000000007))", {}, "133000000000000007"],
    ["NumFromDate([a])", { a: null }, null],
    ["DateFromNum([a])", { a: null }, null],
  ],
  "FormatDateTime: .NET formats, invariant culture": [
    ['FormatDateTime([a], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")', { a: "20310402093015.0Z" }, "2031-04-02"],
    ['FormatDateTime([a], "yyyy-MM-dd", "dd.MM.yyyy")', { a: " 2031-04-02 " }, "02.04.2031"],
    [
      'FormatDateTime([a], , "M/d/yyyy h:mm:ss tt", "yyyy-MM-ddTHH:mm:ss")',
      { a: "4/2/2031 12:05:06 AM" },
      "2031-04-02T00:05:06",
    ],
    ['FormatDateTime([a], , "M/d/yyyy h:mm:ss tt", "yyyy-MM-dd")', { a: "12/31/2031 12:00:00 PM" }, "2031-12-31"],
    ['FormatDateTime(Now(), , "M/d/yyyy h:mm:ss tt", "yyyyMMdd")', {}, "20310402"],
    ['FormatDateTime([a], , "d MMM yyyy", "dddd, dd MMMM yy")', { a: "2 apr 2031" }, "Wednesday, 02 April 31"],
    ['FormatDateTime([a], , "dddd d MMMM yyyy", "ddd d.M.y")', { a: "Wednesday 2 April 2031" }, "Wed 2.4.31"],
    ['FormatDateTime([a], , "yy-MM-dd", "yyyy")', { a: "49-01-01" }, "2049"],
    ['FormatDateTime([a], , "yy-MM-dd", "yyyy")', { a: "50-01-01" }, "1950"],
    ["FormatDateTime([a], , \"yyyy-MM-dd'at'H\", \"h tt 'o''clock'\")", { a: "2031-04-02at17" }, "5 PM oclock"],
    ['FormatDateTime([a], , "s", "r")', { a: "2031-04-02T09:30:15" }, "Wed, 02 Apr 2031 09:30:15 GMT"],
    [
      'FormatDateTime([a], , "yyyy-MM-dd HH:mm:ss.FFF", "ss.FFF|ss.ff|s.FFFF")',
      { a: "2031-04-02 00:00:07.05" },
      "07.05|07.05|7.05",
    ],
    ['FormatDateTime([a], , "yyyy-MM-dd", "HH.FF")', { a: "2031-04-02" }, "00"],
    [
      'FormatDateTime([a], , "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-dd HH:mm K")',
      { a: "2031-04-02T01:00:00+02:00" },
      "2031-04-01 23:00 +00:00",
    ],
    [
      'FormatDateTime([a], , "yyyy-MM-ddTHH:mm:ssK", "HH:mmK zzz z")',
      { a: "2031-04-02T01:00:00Z" },
      "01:00Z +00:00 +0",
    ],
    ['FormatDateTime([a], , "yyyy-MM-ddTHH:mm:ssK", "HH:mmK")', { a: "2031-04-02T01:00:00" }, "01:00"],
    ['FormatDateTime([a], , "yyyy-MM-dd", "%d")', { a: "2031-04-02" }, "2"],
    ['FormatDateTime([a], , "yyyy-MM-dd", "\\\\d=d")', { a: "2031-04-02" }, "d=2"],
    ['FormatDateTime([a], "AllowInnerWhite", "yyyy-MM-dd", "yyyyMMdd")', { a: "2031 - 04 - 02" }, "20310402"],
    ['FormatDateTime([a], , "HH:mm", "h:mm tt")', { a: "17:05" }, "5:05 PM"],
    ['FormatDateTime([a], , "yyyy-MM-dd", "yyyy")', { a: null }, null],
    ['FormatDateTime([a], , "yyyy-MM-dd", "yyyy")', { a: "" }, null],
  ],
};

for (const [title, rows] of Object.entries(TABLE))
  describe(title, () => {
    test.each(rows)("%s of %j", (...row) => expectRow(row));
  });

describe("values that are no dates", () => {
  test.each([
    ["CDate([a])", { a: "02/04/2031" }],
    ["CDate([a])", { a: "2031-02-29" }],
    ["CDate([a])", { a: "2031-04-02T24:00" }],
    ["CDate([a])", { a: "2031-04-02+15:00" }],
    ["CDate([a])", { a: "13/1/2031 1:00:00 AM" }],
    ['DateAdd("yyyy", 8000, [a])', { a: "2031-04-02" }],
    ['DateAdd("d", [n], [a])', { a: "2031-04-02", n: "9223372036854775807" }],
    ["EndOfDay([a], [z])", { a: "2027-03-31", z: "Berlin" }],
    ["EndOfDay([a], [z])", { a: "9999-12-31", z: "Europe/Berlin" }],
    ["DateFromNum([a])", { a: "9223372036854775807" }],
    ["DateFromNum([a])", { a: "-1" }],
    ["NumFromDate([a])", { a: "1600-12-31" }],
    ['FormatDateTime([a], , "yyyy-MM-dd", "yyyy")', { a: "2031-4-2" }],
    ['FormatDateTime([a], , "yyyy-MM-dd", "yyyy")', { a: "2031-04-02x" }],
    ['FormatDateTime([a], , "yyyy-MM-dd", "yyyy")', { a: "2031-02-30" }],
    ['FormatDateTime([a], , "ddd yyyy-MM-dd", "yyyy")', { a: "Mon 2031-04-02" }],
    ['FormatDateTime([a], , "yyyy-MM-dd h", "yyyy")', { a: "2031-04-02 13" }],
    ['FormatDateTime([a], , "yyyy-MM-dd H tt", "yyyy")', { a: "2031-04-02 13 AM" }],
    ['FormatDateTime([a], "None", "yyyy-MM-dd", "yyyy")', { a: " 2031-04-02" }],
  ])("%s of %j", (text, operands) => expect(failure(text, operands)?.code).toBe("MUS-1207"));
});

test("formats are checked before anybody is evaluated", () => {
  const input = (format: string) => mistakes(`FormatDateTime([a], , "${format}", "yyyy")`);
  expect(input("")).toEqual(["MUS-1204 10:27"]);
  expect(input("q")).toEqual(["MUS-1204 10:27"]);
  expect(input("yyyy'")).toEqual(["MUS-1204 10:27"]);
  expect(input("ffffffff")).toEqual(["MUS-1204 10:27"]);
  expect(input("yyyy gg")).toEqual(["MUS-1204 10:27"]);
  expect(input("yyyy%")).toEqual(["MUS-1204 10:27"]);
  expect(input("MM-dd")).toEqual(["MUS-1204 10:27"]);
  expect(input("HH:mm")).toEqual(["MUS-1204 10:27"]);
  expect(mistakes('FormatDateTime([a], "Lenient", "yyyy", "yyyy")')).toEqual(["MUS-1204 10:25"]);
  expect(mistakes('FormatDateTime([a], [b], "yyyy")')).toEqual(["MUS-1204 10:25"]);
});

test("a time zone that is written out is checked before anybody is evaluated", () => {
  expect(mistakes('EndOfDay([a], "Europe/Berln")')).toEqual(["MUS-1204 10:19"]);
});

test("an offset that is read and not written is warned of: the day can shift (5.9)", () => {
  expect(warnings('FormatDateTime([a], "yyyy-MM-ddzzz", "yyyy-MM-dd")')).toEqual([
    expect.stringMatching(/^10:42 FormatDateTime: .*shift the day/),
  ]);
  expect(warnings('FormatDateTime([a], "yyyy-MM-ddzzz", "yyyy-MM-ddzzz")')).toEqual([]);
});

test("Now moves with the as-of instant alone", () => {
  expect(evaluate("NumFromDate(Now())")).toBe(String(BigInt(AS_OF) * 10_000n + 116_444_736_000_000_000n));
});
