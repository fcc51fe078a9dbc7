/**
 * The same worlds in a tenant whose replicas lag: the Entra ID driver against the embedded tenant, over HTTPS. Every request
 * and every reply is held against the contract of Graph. MUSTER_LONG=1 runs twenty times as many, and more of them without
 * a network.
 */
import { afterAll, expect, test } from "vitest";
import { cloudHands } from "./cloud/hands.js";
import { CLOUD_DIALECT } from "./cloud/policy.js";
import { cloudWorldSpec } from "./cloud/world.js";
import { Coverage } from "./coverage.js";
import { forAllWorlds, WIRE_WORLDS } from "./property.js";
import { walk } from "./walk.js";

const coverage = new Coverage(CLOUD_DIALECT);
afterAll(() => console.info(`Simulation, in a tenant: ${coverage}`));

test(`every invariant holds in ${WIRE_WORLDS} worlds over HTTPS`, { timeout: 3_600_000 }, async () => {
  await forAllWorlds(cloudWorldSpec(12), WIRE_WORLDS, async (spec, shrinking) => {
    const hands = await cloudHands(spec, process.env.DIRECT ? "direct" : "https");
    let isOver = false;
    try {
      await walk(spec, hands, shrinking ? new Coverage(CLOUD_DIALECT) : coverage);
      isOver = true;
    } finally {
      // What broke says more than the contract, which is judged when the tenant closes.
      await (isOver ? hands.close() : hands.close().catch(() => {}));
    }
  });
  for (const [name, { worlds }] of coverage.properties) expect(worlds, name).toBe(WIRE_WORLDS);
});

test("every verb, stage, collision and cycle occurred often enough", () => {
  expect(coverage.rare(WIRE_WORLDS)).toEqual([]);
});
