/**
 * Random organisations against the in-memory directory. A failure prints its seed; MUSTER_SEED=<seed> runs the same
 * worlds again. MUSTER_LONG=1 runs twenty times as many.
 */
import { afterAll, expect, test } from "vitest";
import { Coverage } from "./coverage.js";
import { directoryDialect } from "./dialect.js";
import { memoryHands } from "./hands.js";
import { forAllWorlds, WORLDS } from "./property.js";
import { walk } from "./walk.js";
import { worldSpec } from "./world.js";

const DIALECT = directoryDialect("memory");
const coverage = new Coverage(DIALECT);
afterAll(() => console.info(`Simulation, in memory: ${coverage}`));

test(`every invariant holds in ${WORLDS} worlds`, { timeout: 3_600_000 }, async () => {
  await forAllWorlds(worldSpec(), WORLDS, async (spec, shrinking) => {
    await walk(spec, memoryHands(), shrinking ? new Coverage(DIALECT) : coverage);
  });
  for (const [name, { worlds }] of coverage.properties) expect(worlds, name).toBe(WORLDS);
});

test("every verb, stage, collision and cycle occurred often enough", () => {
  expect(coverage.rare()).toEqual([]);
});
