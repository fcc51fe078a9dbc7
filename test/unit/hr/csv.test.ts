import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { type CsvFormat, readCsv } from "../../../reconciler/hr/sources/csv.js";
import { MusterError, MusterErrors } from "../../../reconciler/support/errors.js";
import { catchErrors, describeErrors } from "./catch-errors.js";

const FORMAT: CsvFormat = {
  encoding: "utf-8",
  delimiter: ",",
  quote: '"',
  policy: { file: "policies/s.yaml", line: 4 },
};

function read(content: string | Uint8Array, format: Partial<CsvFormat> = {}) {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return readCsv(bytes, { ...FORMAT, ...format }, "export.csv");
}

function cells(content: string | Uint8Array, format: Partial<CsvFormat> = {}) {
  return read(content, format).rows.map((row) => row.cells);
}

function codeOf(content: string | Uint8Array, format: Partial<CsvFormat> = {}) {
  return catchErrors(() => read(content, format)).map((error) => error.code);
}

describe("rows", () => {
  it("keeps every value as text, blanks and leading zeros included", () => {
    expect(read("id,name\n007, Ann \n")).toEqual({
      columns: ["id", "name"],
      rows: [{ file: "export.csv", row: 2, line: 2, cells: ["007", " Ann "] }],
    });
  });

  it("reads quoted delimiters, quotes and line breaks, and counts rows and lines apart", () => {
    const table = read('id,note\r\n1,"a, ""b""\r\nc"\r\n2,d\r\n');
    expect(table.rows.map((row) => [row.row, row.line, row.cells])).toEqual([
      [2, 2, ["1", 'a, "b"\r\nc']],
      [3, 4, ["2", "d"]],
    ]);
  });

  it.each(["\n", "\r\n", "\r"])("ends rows with %j", (end) => {
    expect(cells(["a,b", "1,2", "3,4", ""].join(end))).toEqual([
      ["1", "2"],
      ["3", "4"],
    ]);
  });

  it("ends rows at each kind of line break in one file", () => {
    expect(cells("a\r\n1\n2\r3")).toEqual([["1"], ["2"], ["3"]]);
  });

  it("drops empty lines at the end only", () => {
    expect(cells("a,b\n1,2\n\n\n")).toEqual([["1", "2"]]);
    expect(describeErrors(() => read("a,b\n\n1,2\n"))).toEqual(["MUS-2006 Row 2: the line is empty @2"]);
  });

  it("takes delimiter and quote from the Source", () => {
    expect(cells("a|b\n'1|2'|'it''s'\n", { delimiter: "|", quote: "'" })).toEqual([["1|2", "it's"]]);
  });

  it("follows Excel's sep= line, which counts as a line and not as a row", () => {
    const table = read("\uFEFFsep=;\r\nid;name\r\n1;Ann\r\n");
    expect(table.columns).toEqual(["id", "name"]);
    expect(table.rows).toEqual([{ file: "export.csv", row: 2, line: 3, cells: ["1", "Ann"] }]);
    expect(cells("SEP=\t\na\tb\n1\t2\n")).toEqual([["1", "2"]]);
  });
});

describe("damage", () => {
  it("lists all ragged rows with their row and line", () => {
    expect(describeErrors(() => read('a,b\n"x\ny",2\n3\n4,5,6\n7,8\n'))).toEqual([
      "MUS-2006 Row 3: 1 fields, the header has 2 @4",
      "MUS-2006 Row 4: 3 fields, the header has 2 @5",
    ]);
  });

  it("names the row in which an unclosed quote begins, not the end of the file", () => {
    expect(describeErrors(() => read('a,b\n1,2\n3,"4\n5,6\n7,8\n'))).toEqual([
      "MUS-2021 Row 3: a quoted value that begins in this row is never closed @3",
    ]);
  });

  it.each(['a,b\n1,2\n3,x"y\n', 'a,b\n1,2\n3,"x"y\n'])("refuses a stray quote in %j", (text) => {
    expect(codeOf(text)).toEqual(["MUS-2021"]);
    expect(catchErrors(() => read(text))[0]?.where).toEqual({ file: "export.csv", line: 3 });
  });

  it.each(["", "\n", "\r\n\r\n", "a,b", "a,b\n", "a,b\n\n", "\uFEFF", "sep=;\na;b\n"])(
    "finds no rows in %j",
    (text) => {
      expect(codeOf(text)).toEqual(["MUS-2002"]);
    },
  );

  it("refuses columns without a name or with the same name, all at once", () => {
    expect(describeErrors(() => read("id,,name,id\n1,2,3,4\n"))).toEqual([
      "MUS-2020 Row 1: column number 2 has no name @1",
      'MUS-2020 Row 1: columns 1 and 4 are both named "id" @1',
    ]);
  });

  it.each([
    ["an HTML page", "<!DOCTYPE html><html><title>Sign in</title></html>"],
    ["an HTML page", "\n <HTML lang='en'>\n"],
    ["an XML document", '<?xml version="1.0"?><wd:Report_Data/>'],
    ["an XML document", "<Error><Code>AccessDenied</Code></Error>"],
    ["a JSON document", '{"error":"unauthorized"}'],
    ["a JSON document", '[\n  {"id": 1}\n]'],
    ["a PDF document", "%PDF-1.7\n"],
    ["a ZIP archive", "PK\u0003\u0004\u0014"],
  ])("recognises %s", (name, text) => {
    const errors = catchErrors(() => read(text));
    expect(errors.map((error) => error.code)).toEqual(["MUS-2003"]);
    expect(errors[0]?.what).toContain(name);
  });

  it("does not take a column in brackets for JSON", () => {
    expect(cells("[id],b\n1,2\n")).toEqual([["1", "2"]]);
  });

  it("refuses a format that cannot work, at the place of the Source", () => {
    const [error] = catchErrors(() => read("a\n1\n", { delimiter: '"' }));
    expect([error?.code, error?.where]).toEqual(["MUS-1110", FORMAT.policy]);
    expect(codeOf("a\n1\n", { encoding: "klingon" })).toEqual(["MUS-1110"]);
    expect(codeOf("a\n1\n", { encoding: "base64" })).toEqual(["MUS-1110"]);
  });
});

describe("encodings", () => {
  const TEXT = "id;Tätigkeit\r\nZ-002;Köln Ž €\r\n";
  const ROWS = [["Z-002", "Köln Ž €"]];
  const semicolon = { delimiter: ";" };

  it.each(["windows-1252", "iso-8859-15", "utf-8", "utf-16le", "utf-16be"])("reads %s", (encoding) => {
    expect(cells(iconv.encode(TEXT, encoding), { ...semicolon, encoding })).toEqual(ROWS);
  });

  it.each(["utf-8", "utf-16le", "utf-16be", "utf-16"])("drops the byte order mark of %s", (encoding) => {
    const table = read(iconv.encode(TEXT, encoding, { addBOM: true }), { ...semicolon, encoding });
    expect(table.columns[0]).toBe("id");
    expect(table.rows.map((row) => row.cells)).toEqual(ROWS);
  });

  it("gives the row and the byte offset of what is not UTF-8", () => {
    const bytes = iconv.encode('id,name\n1,"a\nb"\n2,Jörg\n', "windows-1252");
    expect(describeErrors(() => read(bytes))).toEqual([
      "MUS-2004 Row 3: a byte that is not utf-8, or a letter that was lost before, at byte offset 19 @4",
    ]);
    expect(bytes[19]).toBe(0xf6);
  });

  it("counts the byte order mark and letters of several bytes in the offset", () => {
    const bytes = Buffer.concat([Buffer.from("\uFEFFid\nö\n"), Buffer.from([0xc3])]);
    expect(bytes.indexOf(0xc3, 9)).toBe(9);
    expect(catchErrors(() => read(bytes))[0]?.what).toContain("Row 3: ");
    expect(catchErrors(() => read(bytes))[0]?.what).toContain("byte offset 9");
  });

  it("refuses a byte that windows-1252 leaves undefined", () => {
    expect(codeOf(Buffer.from([0x61, 0x0a, 0x81, 0x0a]), { encoding: "windows-1252" })).toEqual(["MUS-2004"]);
  });

  it("refuses bytes above 127 in ASCII", () => {
    expect(codeOf(Buffer.from([0x61, 0x0a, 0xe4, 0x0a]), { encoding: "us-ascii" })).toEqual(["MUS-2004"]);
  });

  it("refuses U+FFFD that an earlier program wrote", () => {
    expect(codeOf("id,name\n1,J\uFFFDrg\n")).toEqual(["MUS-2004"]);
  });

  it("says that a UTF-16 file is not UTF-8, with a byte order mark and without", () => {
    const marked = catchErrors(() => read(iconv.encode(TEXT, "utf-16le", { addBOM: true })));
    expect(marked[0]?.message).toBe(
      "MUS-2004 The file begins with the byte order mark of utf-16le, but the Source says utf-8",
    );
    const bare = catchErrors(() => read(iconv.encode("id;name\n1;Ann\n", "utf-16le")));
    expect(bare[0]?.message).toBe(
      "MUS-2004 Row 1: a NUL byte, at byte offset 1; the file looks like utf-16le without a byte order mark",
    );
  });

  it("says that a UTF-8 file with a byte order mark is not windows-1252", () => {
    expect(codeOf("\uFEFFid\n1\n", { encoding: "windows-1252" })).toEqual(["MUS-2004"]);
  });

  it("wants a byte order mark for utf-16 without a byte order", () => {
    expect(codeOf(iconv.encode("id\n1\n", "utf-16le"), { encoding: "utf-16" })).toEqual(["MUS-2004"]);
  });

  it("refuses half of a UTF-16 pair, and a file that ends within a letter", () => {
    const lone = Buffer.from("id\n1\ud800\n", "utf16le");
    expect(codeOf(lone, { encoding: "utf-16le" })).toEqual(["MUS-2004"]);
    expect(codeOf(Buffer.from("id\n1\n", "utf16le").subarray(0, 9), { encoding: "utf-16le" })).toEqual(["MUS-2004"]);
  });

  it("gives the row and the offset of a NUL byte", () => {
    expect(describeErrors(() => read("id,name\n1,A\0nn\n"))).toEqual([
      "MUS-2004 Row 2: a NUL byte, at byte offset 11 @2",
    ]);
  });
});

describe("any input", () => {
  const pieces = fc.array(fc.constantFrom("a", ",", ";", '"', "\n", "\r", "\0", "\uFEFF", "sep=;", "<", "ö", "{"), {
    maxLength: 40,
  });

  it("gives rows as wide as the header, or a Muster error", () => {
    const input = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ unit: "binary", maxLength: 60 }).map((text) => Buffer.from(text)),
      pieces.map((list) => Buffer.from(list.join(""))),
    );
    fc.assert(
      fc.property(input, fc.constantFrom("utf-8", "utf-16le", "utf-16", "windows-1252"), (bytes, encoding) => {
        try {
          const table = read(bytes, { encoding });
          for (const row of table.rows) expect(row.cells.length).toBe(table.columns.length);
        } catch (error) {
          expect(error instanceof MusterError || error instanceof MusterErrors).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("gives back what a strict writer wrote, with the right rows and lines", () => {
    const cell = fc.stringMatching(/^[a-z",;\n ö]{0,6}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }), (rows) => {
        const quoted = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(","));
        const table = read(["id,name", ...quoted].join("\n"));
        expect(table.rows.map((row) => row.cells)).toEqual(rows);
        const lines = quoted.map((_, i) => ["id,name", ...quoted.slice(0, i), ""].join("\n").split("\n").length);
        expect(table.rows.map((row) => row.line)).toEqual(lines);
      }),
      { numRuns: 200 },
    );
  });
});
