/**
 * The same worlds in a tenant whose replicas lag: the Entra ID driver against the embedded tenant, over HTTPS. Every request
 * and every reply is held against the contract of Graph. MUSTER_LONG=1 runs twenty times as many, and more of them without
 * a network.
 */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { isRefused } from "../../reconciler/model/plan.js";
import { cloudHands } from "./cloud/hands.js";
import { CLOUD_DIALECT } from "./cloud/policy.js";
import { cloudWorldSpec } from "./cloud/world.js";
import { Coverage } from "./coverage.js";
import { EPOCH } from "./people.js";
import { forAllWorlds, WIRE_WORLDS } from "./property.js";
import { walk } from "./walk.js";
import { buildWorld } from "./world.js";

/** MUSTER_OVER=direct leaves out the sockets: for those who look for a fault. */
const OVER = process.env.MUSTER_OVER === "direct" ? "direct" : "https";

const coverage = new Coverage(CLOUD_DIALECT);
afterAll(() => console.info(`Simulation, in a tenant: ${coverage}`));

test(`every invariant holds in ${WIRE_WORLDS} worlds over HTTPS`, { timeout: 3_600_000 }, async () => {
  await forAllWorlds(cloudWorldSpec(8), WIRE_WORLDS, async (spec, shrinking) => {
    const hands = await cloudHands(spec, OVER);
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

const tight = fc.record({ world: cloudWorldSpec(5), create: fc.nat(3), bind: fc.nat(2) });

test(`a refused plan writes nothing in ${WIRE_WORLDS} tenants`, { timeout: 3_600_000 }, async () => {
  let refused = 0;
  await forAllWorlds(tight, WIRE_WORLDS, async ({ world, create, bind }, shrinking) => {
    const hands = await cloudHands(world, OVER);
    const limit = (verb: string, max: number) => `  - { verb: ${verb}, max: ${max}, maxShare: 100000% }`;
    const simulation = await buildWorld(world, hands, `${limit("create", create)}\n${limit("bind", bind)}`);
    hands.pass?.(150_000);
    const plan = await simulation.plan(`${EPOCH}T09:00:00Z`);
    const count = (verb: string) => plan.ops.filter((op) => op.verb === verb && op.slot === null).length;
    expect(isRefused(plan)).toBe(count("create") > create || count("bind") > bind);
    const before = hands.writes();
    const ledger = simulation.ledger;
    const result = await simulation.apply(plan);
    expect(result.refused).toBe(isRefused(plan));
    if (result.refused) {
      if (!shrinking) refused += 1;
      expect(hands.writes()).toBe(before);
      expect(result.executed).toEqual([]);
      expect(simulation.ledger).toBe(ledger);
    }
    await hands.close();
  });
  expect(refused).toBeGreaterThan(WIRE_WORLDS / 4);
  expect(refused).toBeLessThan(WIRE_WORLDS);
});
