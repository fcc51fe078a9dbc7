import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../reconciler/model/hash.js";
import { workerPath } from "../../../reconciler/model/paths.js";
import { MusterError, MusterErrors } from "../../../reconciler/support/errors.js";
import { catchErrors, describeErrors } from "./catch-errors.js";
import { applyChanges, EMPTY_BASE, workerOf } from "./repository.js";
import { buildCsv, buildSource, importCsv, importSeries, rowsOf } from "./source-builder.js";

describe("files", () => {
  it("are written canonically, one per worker, with the record of the import last", () => {
    const { changes } = importCsv(buildCsv([{ ID: "B/2", Title: "Chief", To: "2026-12-31" }]));
    expect(changes).toHaveLength(2);
    expect(changes[0]).toEqual({
      path: "state/workers/hr/24/B%2F2.yaml",
      content: [
        "apiVersion: muster/v1",
        "kind: Worker",
        "source: hr",
        "id: B/2",
        "type: employee",
        "name:",
        "  given: Ann",
        "  family: Lee",
        "employment:",
        "  periods:",
        '    - from: "2020-01-01"',
        '      lastDay: "2026-12-31"',
        "      status: normal",
        "timezone: Europe/Berlin",
        "job:",
        "  title: Chief",
        "manager: null",
        "",
      ].join("\n"),
    });
    expect(sha256("B/2").slice(0, 2)).toBe("24");
    expect(changes[1]?.path).toBe("state/sources/hr.yaml");
  });

  it("have a digest over their paths and git blob ids", () => {
    const { record } = importCsv(buildCsv(rowsOf(1, 2)));
    const base = importSeries([buildCsv(rowsOf(1, 2))]);
    const lines = base.workers.map(({ file, blob }) => `${file} ${blob}\n`).sort();
    expect(record.digest).toBe(sha256(lines.join("")));
    expect(record).toEqual({
      apiVersion: "muster/v1",
      kind: "SourceRecord",
      source: "hr",
      exportedAt: "2026-11-20T06:00:00Z",
      rows: 2,
      workers: 2,
      digest: record.digest,
    });
  });

  it("do not depend on the order of the rows", () => {
    const rows = [{ ID: "1" }, { ID: "2" }, { ID: "10" }];
    expect(importCsv(buildCsv([...rows].reverse()))).toEqual(importCsv(buildCsv(rows)));
  });

  it("leave the files of other sources alone", () => {
    const other = importCsv(buildCsv([{ ID: "1" }]), { source: buildSource({ name: "agency" }) });
    const base = { workers: applyChanges(EMPTY_BASE, other).workers, record: null, objectFormat: "sha1" as const };
    const result = importCsv(buildCsv([{ ID: "2" }]), { base });
    expect(result.changes.map(({ path }) => path)).toEqual([workerPath("hr", "2"), "state/sources/hr.yaml"]);
    expect(result.record.workers).toBe(1);
  });
});

describe("an import without news", () => {
  const csv = buildCsv(rowsOf(1, 3));

  it("changes nothing for the same export", () => {
    const base = importSeries([csv]);
    const result = importCsv(csv, { base, exportedAt: "2026-11-01T06:00:00Z" });
    expect(result.changes).toEqual([]);
    expect(result.summary).toMatchObject({ rows: 3, unchanged: 3, recordOnly: false });
  });

  it("changes the record only, and says so, for a newer one", () => {
    const base = importSeries([csv]);
    const result = importCsv(csv, { base, exportedAt: "2026-11-02T06:00:00Z" });
    expect(result.changes.map(({ path }) => path)).toEqual(["state/sources/hr.yaml"]);
    expect(result.changes[0]?.content).toContain('exportedAt: "2026-11-02T06:00:00Z"');
    expect(result.summary).toMatchObject({ unchanged: 3, recordOnly: true });
  });
});

describe("a worker who is no longer exported", () => {
  const FULL = buildCsv(rowsOf(1, 3));
  const WITHOUT = buildCsv(rowsOf(1, 2));

  it("keeps the last values and gets the instant of the first export without it", () => {
    const before = importSeries([FULL]);
    const result = importCsv(WITHOUT, { base: before, exportedAt: "2026-11-02T06:00:00+01:00" });
    expect(result.summary).toMatchObject({ rows: 2, absent: 1, unchanged: 2 });
    const base = applyChanges(before, result);
    expect(workerOf(base, "3")).toEqual({ ...workerOf(before, "3"), absentSince: "2026-11-02T06:00:00+01:00" });
    expect(result.record.workers).toBe(3);
  });

  it("keeps the first such instant", () => {
    const base = importSeries([FULL, WITHOUT, WITHOUT]);
    expect(workerOf(base, "3")?.absentSince).toBe("2026-11-02T06:00:00Z");
    expect(importCsv(WITHOUT, { base }).summary).toMatchObject({ absent: 0, recordOnly: true });
  });

  it("loses it when it comes back, and is absent anew when it goes again", () => {
    const gone = importSeries([FULL, WITHOUT]);
    const result = importCsv(FULL, { base: gone });
    expect(result.summary).toMatchObject({ returned: 1, changed: 0, added: 0 });
    expect(workerOf(applyChanges(gone, result), "3")).toEqual(workerOf(importSeries([FULL]), "3"));
    const again = importSeries([FULL, WITHOUT, FULL, WITHOUT]);
    expect(workerOf(again, "3")?.absentSince).toBe("2026-11-04T06:00:00Z");
  });
});

describe("a leaver who comes back under the same id", () => {
  it("has both periods", () => {
    const base = importSeries([
      buildCsv([{ From: "2020-01-01" }]),
      buildCsv([{ From: "2020-01-01", To: "2026-11-01", Status: "Left" }]),
      buildCsv([{ From: "2026-12-01" }]),
    ]);
    expect(workerOf(base, "1")?.employment.periods).toEqual([
      { from: "2020-01-01", lastDay: "2026-11-01", status: "normal" },
      { from: "2026-12-01", lastDay: null, status: "normal" },
    ]);
  });
});

describe("an ended status", () => {
  const ENDED = buildCsv([{ Status: "LEFT" }, {}]);

  it("without a last day is recorded and found", () => {
    const result = importCsv(ENDED);
    expect(result.record.ended).toEqual(["1"]);
    expect(result.findings.map(({ kind, worker }) => [kind, worker])).toEqual([["ended-without-last-day", "hr:1"]]);
  });

  it("stays recorded when the worker is no longer exported, and goes when HR takes it back", () => {
    const gone = importSeries([ENDED, buildCsv([{ ID: "2" }])]);
    expect(gone.record?.ended).toEqual(["1"]);
    expect(importSeries([ENDED, buildCsv([{}, {}])]).record?.ended).toBeUndefined();
  });

  it("with a last day needs no record, and is found when that day lies ahead", () => {
    const past = importCsv(buildCsv([{ Status: "Left", To: "2026-11-20" }]));
    expect([past.record.ended, past.findings]).toEqual([undefined, []]);
    const ahead = importCsv(buildCsv([{ Status: "Left", To: "2026-11-21" }]));
    expect(ahead.findings.map(({ kind }) => kind)).toEqual(["ended-before-last-day"]);
  });
});

describe("managers", () => {
  const kinds = (bosses: readonly string[]) =>
    importCsv(buildCsv(bosses.map((Boss) => ({ Boss })))).findings.map(({ kind, what }) => `${kind}: ${what}`);

  it("may be anybody of the source, or of another", () => {
    expect(kinds(["", "1", "hr:1", "agency:77"])).toEqual([]);
  });

  it("are findings when nobody knows them, or they manage themselves", () => {
    expect(kinds(["9", "2"])).toEqual([
      "unknown-manager: The manager 9 of 1 is not in the source",
      "own-manager: 2 is its own manager",
    ]);
  });

  it("in a loop are one finding per loop, whoever leads into it", () => {
    expect(kinds(["3", "1", "2", "1", "6", "5"])).toEqual([
      "manager-loop: 1 -> 3 -> 2 -> 1: these managers are in a loop",
      "manager-loop: 5 -> 6 -> 5: these managers are in a loop",
    ]);
  });
});

describe("quarantine", () => {
  const source = buildSource({ badRows: { quarantine: { max: 2 } } });
  const good = [{}, {}, {}, {}];
  const bad = (n: number) => buildCsv(good.map((row, i) => (i < n ? { ...row, From: "x" } : { ...row, Title: "New" })));

  it("is not the default: one bad row refuses the export", () => {
    expect(describeErrors(() => importCsv(bad(1), { base: importSeries([buildCsv(good)]) }))).toEqual([
      'MUS-2007 Row 2, column From: "x" is not a date: it is not written as yyyy-MM-dd @2',
    ]);
  });

  it("leaves out bad rows, whose workers stay as they were and are not absent", () => {
    const before = importSeries([buildCsv(good)]);
    const result = importCsv(bad(2), { source, base: before });
    expect(result.summary).toMatchObject({ rows: 4, changed: 2, quarantined: 2, absent: 0 });
    const base = applyChanges(before, result);
    expect(workerOf(base, "1")).toEqual(workerOf(before, "1"));
    expect(result.findings.map(({ kind, worker }) => [kind, worker])).toEqual([
      ["quarantined-row", "hr:1"],
      ["quarantined-row", "hr:2"],
    ]);
    expect(result.findings[0]?.what).toContain("MUS-2007 Row 2, column From");
  });

  it("takes no more rows than the policy says", () => {
    const errors = catchErrors(() => importCsv(bad(3), { source }));
    expect(errors.map(({ code }) => code)).toEqual(["MUS-2018", "MUS-2007", "MUS-2007", "MUS-2007"]);
    expect(errors[0]?.what).toBe("3 rows are bad, and the quarantine of source hr takes 2");
  });

  it("leaves a new person out", () => {
    const result = importCsv(bad(1), { source });
    expect(result.summary).toMatchObject({ added: 3, quarantined: 1 });
    expect(result.record).toMatchObject({ rows: 4, workers: 3 });
  });

  it("never takes a row whose key cannot be read, because anybody might look absent", () => {
    for (const ID of ["", "a:b", " 1", "Ã¶"])
      expect(() => importCsv(buildCsv([{ ID }, {}, {}]), { source })).toThrow(/Row 2, column ID/);
  });

  it("keeps an ended worker ended", () => {
    const base = importSeries([buildCsv([{ Status: "Left" }, {}, {}, {}])]);
    expect(importCsv(bad(1), { source, base }).record.ended).toEqual(["1"]);
  });
});

describe("any CSV", () => {
  const cell = fc.constantFrom(
    "",
    "1",
    "2",
    "3",
    "a",
    "A",
    " x",
    "2020-01-01",
    "2026-02-30",
    "Left",
    "Withdrawn",
    "JÃ¶",
    "a:b",
  );
  const row = fc.tuple(cell, cell, cell, cell, cell, cell, cell, cell);
  const header = "ID,First,Last,From,To,Status,Boss,Title";
  const table = fc
    .array(row, { maxLength: 5 })
    .map((rows) => [header, ...rows.map((cells) => cells.join(","))].join("\n"));
  const text = fc.oneof(
    table,
    fc.string({ maxLength: 40 }),
    fc.string({ unit: "binary", maxLength: 20 }).map((s) => `${header}\n${s}`),
  );
  const source = buildSource({ badRows: { quarantine: { max: 3 } } });

  it("throws nothing but Muster errors, and changes nothing the second time", () => {
    let imported = 0;
    fc.assert(
      fc.property(text, text, (first, second) => {
        let base = importSeries([buildCsv([{}, { ID: "a" }])]);
        for (const [i, csv] of [first, second].entries()) {
          const options = { source, base, exportedAt: `2026-11-1${i}T06:00:00Z` };
          try {
            base = applyChanges(base, importCsv(csv, options));
            imported++;
            expect(importCsv(csv, { ...options, base }).changes).toEqual([]);
          } catch (error) {
            if (!(error instanceof MusterError || error instanceof MusterErrors)) throw error;
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(imported).toBeGreaterThan(0);
  });
});
