/** A plan that a guard refuses causes no write: the target sees nothing, the ledger stays as it was (invariant 2). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isRefused } from "../../reconciler/model/plan.js";
import { memoryHands } from "./hands.js";
import { EPOCH } from "./people.js";
import { forAllWorlds, WORLDS } from "./property.js";
import { buildWorld, worldSpec } from "./world.js";

const tight = fc.record({ world: worldSpec(), create: fc.nat(3), bind: fc.nat(2) });

test(`a refused plan writes nothing in ${WORLDS} worlds`, { timeout: 3_600_000 }, async () => {
  let refused = 0;
  let passed = 0;
  await forAllWorlds(tight, WORLDS, async ({ world, create, bind }) => {
    const hands = memoryHands();
    const limit = (verb: string, max: number) => `  - { verb: ${verb}, max: ${max}, maxShare: 100000% }`;
    const limits = `${limit("create", create)}\n${limit("bind", bind)}`;
    const simulation = await buildWorld(world, hands, limits);
    const plan = await simulation.plan(`${EPOCH}T09:00:00Z`);
    const before = simulation.ledger;
    const result = await simulation.apply(plan);
    expect(result.refused).toBe(isRefused(plan));
    const count = (verb: string) => plan.ops.filter((op) => op.verb === verb && op.slot === null).length;
    expect(result.refused).toBe(count("create") > create || count("bind") > bind);
    if (!result.refused) {
      passed += 1;
      return;
    }
    refused += 1;
    expect(hands.writes()).toBe(0);
    expect(result.executed).toEqual([]);
    expect(simulation.ledger).toBe(before);
  });
  console.info(`Guards: ${refused} of ${refused + passed} worlds refused`);
  expect(refused).toBeGreaterThan(WORLDS / 2);
  expect(passed).toBeGreaterThan(0);
});
