/**
 * Random organisations against a tenant in memory: what Graph can and AD cannot (licences, deleting for good), without
 * containers and without compare-and-swap. The tenant over HTTPS is in cloud.test.ts.
 */
import { afterAll, expect, test } from "vitest";
import { memoryTenantHands } from "./cloud/memory-hands.js";
import { CLOUD_DIALECT } from "./cloud/policy.js";
import { cloudWorldSpec } from "./cloud/world.js";
import { Coverage } from "./coverage.js";
import { forAllWorlds, WORLDS } from "./property.js";
import { walk } from "./walk.js";

const coverage = new Coverage(CLOUD_DIALECT);
afterAll(() => console.info(`Simulation, tenant in memory: ${coverage}`));

test(`every invariant holds in ${WORLDS} tenants`, { timeout: 3_600_000 }, async () => {
  const worlds = cloudWorldSpec(20).map((world) => ({ ...world, policy: { ...world.policy, unit: false } }));
  await forAllWorlds(worlds, WORLDS, async (spec, shrinking) => {
    await walk(spec, memoryTenantHands(), shrinking ? new Coverage(CLOUD_DIALECT) : coverage);
  });
  for (const [name, { worlds: seen }] of coverage.properties) expect(seen, name).toBe(WORLDS);
});

test("every verb, stage, collision and cycle occurred often enough", () => {
  expect(coverage.rare()).toEqual([]);
});
