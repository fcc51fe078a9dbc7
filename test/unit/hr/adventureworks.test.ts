import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type ImportResult, importExport } from "../../../reconciler/hr/import.js";
import type { SourceBase } from "../../../reconciler/hr/trust.js";
import type { Source } from "../../../reconciler/model/files/index.js";
import type { PolicyDocument } from "../../../reconciler/model/policy.js";
import type { WorkerFile } from "../../../reconciler/model/worker.js";
import { openRepository } from "../../../reconciler/repo/state.js";
import { commitFiles, createRepository } from "../repo/temp-repository.js";
import { catchErrors } from "./catch-errors.js";
import { applyChanges, EMPTY_BASE, workerOf } from "./repository.js";

const POLICY = "policies/sources/adventureworks.yaml";
const DAYS = [
  ["employees-2026-11-20.csv", "2026-11-20T20:00:00-08:00"],
  ["day-2-2026-11-23.csv", "2026-11-23T09:00:00-08:00"],
  ["day-3-2026-12-01.csv", "2026-12-01T09:00:00-08:00"],
  ["day-4-2026-12-02-truncated.csv", "2026-12-02T09:00:00-08:00"],
] as const;

let folder: string;
let source: PolicyDocument<Source>;

/** The Source as it is read from a repository: checked by its schema, with the place of every expression. */
beforeAll(async () => {
  folder = createRepository({ [POLICY]: readFileSync(POLICY, "utf8") });
  const { policies } = await (await openRepository(folder, { cache: null })).readPolicies({ commit: "HEAD" });
  const [found] = policies.sources;
  if (found === undefined) throw new Error("the example has no Source");
  source = found;
});

function importDay(day: 1 | 2 | 3 | 4, base: SourceBase): ImportResult {
  const [fileName, now] = DAYS[day - 1] ?? ["", ""];
  return importExport({
    source,
    bytes: readFileSync(`import/adventureworks/${fileName}`),
    fileName: `import/adventureworks/${fileName}`,
    exportedAt: null,
    now: Date.parse(now),
    base,
  });
}

/** The base after the days 1 to `last`. */
function importUntil(last: 1 | 2 | 3): SourceBase {
  let base = EMPTY_BASE;
  for (let day = 1; day <= last; day++) base = applyChanges(base, importDay(day as 1 | 2 | 3, base));
  return base;
}

describe("the exports of Adventure Works", () => {
  it("imports 290 people on the first day", () => {
    const result = importDay(1, EMPTY_BASE);
    expect(result.summary).toEqual({
      rows: 290,
      added: 290,
      changed: 0,
      absent: 0,
      returned: 0,
      unchanged: 0,
      quarantined: 0,
      recordOnly: false,
    });
    expect(result.findings).toEqual([]);
    expect(result.changes).toHaveLength(291);
    expect(result.record).toMatchObject({ exportedAt: "2026-11-20T06:00:00-08:00", rows: 290, workers: 290 });
    const base = applyChanges(EMPTY_BASE, result);
    expect(workerOf(base, "16")).toEqual({
      apiVersion: "muster/v1",
      kind: "Worker",
      source: "adventureworks",
      id: "16",
      personId: "16",
      type: "employee",
      name: { given: "David", family: "Bradley", middle: "M", title: null, suffix: null },
      employment: { periods: [{ from: "2007-12-20", lastDay: null, status: "normal" }] },
      timezone: "America/Los_Angeles",
      job: {
        title: "Marketing Manager",
        department: "Marketing",
        division: "Sales and Marketing",
        location: "Redmond",
        country: "US",
        shift: "Day",
      },
      manager: "1",
      contact: {
        workPhone: "913-555-0172",
        mobilePhone: null,
        workEmail: "david0@adventure-works.com",
        city: "Redmond",
        state: "Washington",
      },
      attributes: { windowsLogin: "david0" },
    });
    expect(workerOf(base, "1")).toMatchObject({
      manager: null,
      contact: { workPhone: null, mobilePhone: "697-555-0142" },
    });
    expect(workerOf(base, "270")?.contact?.workEmail).toBe("françois0@adventure-works.com");
  });

  it("gives each person a zone by country and state", () => {
    const base = importUntil(1);
    const zones: Record<string, number> = {};
    for (const { worker } of base.workers) zones[worker.timezone] = (zones[worker.timezone] ?? 0) + 1;
    expect(zones).toEqual({
      "America/Los_Angeles": 278,
      "America/Chicago": 3,
      "America/Denver": 1,
      "America/Detroit": 1,
      "America/New_York": 1,
      "America/Edmonton": 1,
      "America/Toronto": 1,
      "Europe/Berlin": 1,
      "Europe/Paris": 1,
      "Europe/London": 1,
      "Australia/Sydney": 1,
    });
  });

  it("changes nothing when a file is imported again", () => {
    for (const day of [1, 2, 3] as const) {
      const again = importDay(day, importUntil(day));
      expect(again.changes).toEqual([]);
      expect(again.summary.unchanged).toBe(again.summary.rows);
    }
  });

  it("sees three hires, two transfers, a new surname and two leavers on day 2", () => {
    const before = importUntil(1);
    const result = importDay(2, before);
    expect(result.summary).toMatchObject({ rows: 293, added: 3, changed: 5, absent: 0, unchanged: 285 });
    const base = applyChanges(before, result);
    const changed = base.workers.filter(({ blob, worker }) => {
      const old = before.workers.find((file) => file.worker.id === worker.id);
      return old !== undefined && old.blob !== blob;
    });
    expect(changed.map(({ worker }) => Number(worker.id)).sort((a, b) => a - b)).toEqual([20, 67, 96, 107, 224]);
    expect(workerOf(base, "20")).toMatchObject({ job: { department: "Sales" }, manager: "274" });
    expect(workerOf(base, "96")?.name.family).toBe("Novák");
    expect(workerOf(base, "107")?.employment.periods).toEqual([expect.objectContaining({ lastDay: "2026-11-20" })]);
    expect(workerOf(base, "67")?.employment.periods).toEqual([expect.objectContaining({ lastDay: "2026-11-30" })]);
    expect(workerOf(base, "293")).toMatchObject({
      personId: "20780",
      timezone: "Europe/London",
      contact: { workEmail: null },
      attributes: { windowsLogin: null },
      employment: { periods: [{ from: "2026-12-14", lastDay: null, status: "normal" }] },
    });
    expect(result.findings).toEqual([]);
  });

  it("sees a rehire under a new key and a hire withdrawn on day 3", () => {
    const before = importUntil(2);
    const result = importDay(3, before);
    expect(result.summary).toMatchObject({ rows: 294, added: 1, changed: 1, absent: 0, unchanged: 292 });
    const base = applyChanges(before, result);
    expect(workerOf(base, "294")).toMatchObject({ personId: "107", employment: { periods: [{ from: "2026-12-01" }] } });
    expect(workerOf(base, "107")?.employment.periods).toEqual([expect.objectContaining({ lastDay: "2026-11-20" })]);
    expect(workerOf(base, "293")?.employment.periods).toEqual([
      { from: "2026-12-14", lastDay: null, status: "rescinded" },
    ]);
  });

  it("writes what a repository reads back as it was written", async () => {
    let base = EMPTY_BASE;
    for (const day of [1, 2, 3] as const) {
      const result = importDay(day, base);
      base = applyChanges(base, result);
      commitFiles(folder, Object.fromEntries(result.changes.map(({ path, content }) => [path, content ?? ""])));
      const snapshot = await (await openRepository(folder, { cache: null })).readSnapshot({ commit: "HEAD" });
      expect(snapshot.sources.adventureworks).toEqual(base.record);
      const byKey = [...base.workers].sort((a, b) => (a.key < b.key ? -1 : 1));
      // A worker that is read is parsed when it is asked for: the values are compared, not the objects.
      const content = ({ key, worker, file, blob }: WorkerFile) => ({ key, worker, file, blob });
      expect(snapshot.workers.map(content)).toEqual(byKey.map(content));
    }
  });

  it("refuses the truncated file of day 4", () => {
    const base = importUntil(3);
    const errors = catchErrors(() => importDay(4, base));
    expect(errors[0]?.code).toBe("MUS-2010");
    expect(errors[0]?.what).toContain("118 of 294 workers");
  });
});
