import { describe, expect, it } from "vitest";
import { resolveExportedAt } from "../../../reconciler/hr/exported-at.js";
import { catchErrors } from "./catch-errors.js";
import { buildSource } from "./source-builder.js";

type Rule = { fromName: string; time?: string; timezone?: string };

function resolve(fileName: string, rule: Rule | null, flag: string | null = null): string {
  return resolveExportedAt(buildSource(rule === null ? {} : { file: { exportedAt: rule } }), fileName, flag).text;
}

function codeOf(fileName: string, rule: Rule | null, flag: string | null = null): string | undefined {
  return catchErrors(() => resolve(fileName, rule, flag))[0]?.code;
}

const DATE = { fromName: "(\\d{4}-?\\d{2}-?\\d{2})" };

describe("the instant of an export", () => {
  it("is a date of the file's name at the time and in the zone of the Source", () => {
    const rule = { ...DATE, time: "06:00", timezone: "America/Los_Angeles" };
    expect(resolve("employees-2026-11-20.csv", rule)).toBe("2026-11-20T06:00:00-08:00");
    expect(resolve("employees-2026-07-20.csv", rule)).toBe("2026-07-20T06:00:00-07:00");
    expect(resolve("hr_20261120.csv", rule)).toBe("2026-11-20T06:00:00-08:00");
    expect(resolve("hr_20261120.csv", DATE)).toBe("2026-11-20T00:00:00Z");
  });

  it("is an instant of the file's name", () => {
    const rule = { fromName: "hr-(.*)\\.csv", timezone: "Europe/Berlin" };
    expect(resolve("hr-20261120T060000Z.csv", rule)).toBe("2026-11-20T06:00:00Z");
    expect(resolve("hr-2026-11-20T06:00+05:30.csv", rule)).toBe("2026-11-20T06:00:00+05:30");
    expect(resolve("hr-20261120T0600.csv", rule)).toBe("2026-11-20T06:00:00+01:00");
  });

  it("looks at the name only, not at the folders", () => {
    expect(resolve("2025-01-01/hr-2026-11-20.csv", DATE)).toBe("2026-11-20T00:00:00Z");
    expect(codeOf("2025-01-01/hr.csv", DATE)).toBe("MUS-2015");
  });

  it("is what the command line says, before the name", () => {
    expect(resolve("hr-2026-11-20.csv", DATE, "2026-11-19T18:00:00+01:00")).toBe("2026-11-19T18:00:00+01:00");
    expect(resolve("hr.csv", null, "2026-11-19T18:00Z")).toBe("2026-11-19T18:00:00Z");
  });

  it("is unknown otherwise", () => {
    expect(codeOf("hr.csv", null)).toBe("MUS-2015");
    expect(codeOf("hr.csv", DATE)).toBe("MUS-2015");
    expect(codeOf("hr-2026-02-30.csv", DATE)).toBe("MUS-2015");
    expect(codeOf("hr-2026.csv", { fromName: "(\\d{4})" })).toBe("MUS-2015");
    expect(codeOf("hr.csv", null, "2026-11-19")).toBe("MUS-2015");
    expect(codeOf("hr.csv", null, "2026-11-19T18:00:00")).toBe("MUS-2015");
  });

  it("needs a pattern and a zone that exist", () => {
    expect(codeOf("hr.csv", { fromName: "(" })).toBe("MUS-1206");
    expect(codeOf("hr-2026-11-20.csv", { ...DATE, timezone: "Mars/Olympus" })).toBe("MUS-1108");
  });
});
