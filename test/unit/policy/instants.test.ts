import { describe, expect, it } from "vitest";
import { canonicalInstant, parseInstant, readInstant } from "../../../reconciler/policy/time.js";

describe("instants (ISO 8601 with an offset)", () => {
  it.each([
    ["2026-12-01T09:00-08:00", Date.UTC(2026, 11, 1, 17)],
    ["2026-12-01T09:00:30Z", Date.UTC(2026, 11, 1, 9, 0, 30)],
    ["2028-02-29T00:00:00.250+05:30", Date.UTC(2028, 1, 28, 18, 30, 0, 250)],
  ])("%s", (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    "2026-12-01T09:00",
    "2026-12-01",
    "2026-02-30T00:00Z",
    "2026-02-29T00:00+02:00",
    "2026-04-31T10:00:00Z",
    "2026-13-01T00:00Z",
    "2026-12-01T25:00Z",
    "2026-12-01T09:60Z",
    "2026-12-01T09:00+24:00",
    "2026-12-01 09:00Z",
    "2026-12-01T09:00z",
    "tomorrow",
    "",
  ])("%s is none", (text) => {
    expect(readInstant(text)).toBeNull();
    expect(() => parseInstant(text)).toThrow(expect.objectContaining({ code: "MUS-3002" }));
  });
});

describe("the one spelling of an instant that values are compared in", () => {
  it.each([
    ["2026-12-01", "2026-12-01T00:00:00Z"],
    ["2026-12-01T01:00+01:00", "2026-12-01T00:00:00Z"],
    ["2026-12-01T00:00:00.0000000Z", "2026-12-01T00:00:00Z"],
    ["2026-12-01T00:00:00.999Z", "2026-12-01T00:00:00Z"],
    ["12/1/2026 12:00:00 AM", "2026-12-01T00:00:00Z"],
    ["4/30/2027 10:00:05 PM", "2027-04-30T22:00:05Z"],
  ])("%s is %s", (text, canonical) => {
    expect(canonicalInstant(text)).toBe(canonical);
  });

  it.each(["2026-02-30", "2/30/2026 12:00:00 AM", "2026-12-01T09:00", "2026-12", "soon", ""])("%s has none", (text) => {
    expect(canonicalInstant(text)).toBeNull();
  });
});
