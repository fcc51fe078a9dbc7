import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Plan } from "../../../reconciler/model/plan.js";
import { readPlanFile, writePlanFile } from "../../../reconciler/repo/plan-file.js";
import { op, person } from "../../support/plan-builder.js";
import { temporaryFolder } from "./temp-repository.js";

const AT = "2026-12-01T09:00:00Z";
const ZOE = person("Zoë Müller", "1");
const PLAN: Plan = {
  body: {
    version: 1,
    environment: "production",
    asOf: AT,
    ops: [
      op("update", ZOE, { slot: "hex", before: { hex: null }, after: { hex: "00ff" } }),
      op("update", ZOE, {
        slot: "photo",
        before: { photo: Uint8Array.of(1) },
        after: { photo: Uint8Array.of(0, 255) },
      }),
    ],
    findings: [],
    guards: [],
    counts: { workers: 1, identities: 1, bound: {}, stages: {} },
    digests: { actions: "a", inputs: "i", desired: "d", observed: {} },
  },
  envelope: { id: "p1", created: AT, expires: AT, desired: "c", records: null },
};

function saved(): string {
  const file = join(temporaryFolder(), "plan.json");
  writePlanFile(file, PLAN);
  return file;
}

describe("a saved plan", () => {
  it("comes back the same: bytes as bytes, and an attribute called hex as text", () => {
    expect(readPlanFile(saved())).toEqual(PLAN);
  });

  it("is refused when anything in it was changed, or when it is none", () => {
    const file = saved();
    const text = readFileSync(file, "utf8");
    for (const other of [
      text.replace("00ff", "00fe"),
      text.replace('"version": 1', '"version": 2'),
      text.slice(0, -9),
      "{}",
      "null",
    ]) {
      writeFileSync(file, other);
      expect(() => readPlanFile(file)).toThrow("MUS-3004");
    }
    expect(() => readPlanFile(`${file}.missing`)).toThrow("MUS-3004");
  });
});
