/**
 * Faults end to end, against the tenant and not against scripted answers: throttling, 503, 504 after success, connections that
 * are cut, truncated bodies, pages that come twice or not at all, tokens that end, replicas that lag; alone and together.
 */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { cloudHands } from "./cloud/hands.js";
import { type KeptTokens, keptTokens, type StormSpec, WEATHERS } from "./cloud/storm.js";
import { type StormyWorldSpec, Tally, walkInStorms } from "./cloud/storm-walk.js";
import { cloudWorldSpec } from "./cloud/world.js";
import { forAllWorlds, STORM_WORLDS } from "./property.js";

const storm: fc.Arbitrary<StormSpec> = fc.record({
  kinds: fc.oneof(
    fc.constantFrom(...WEATHERS).map((kind) => [kind]),
    fc.subarray([...WEATHERS], { minLength: 2 }),
    fc.constant([...WEATHERS]),
  ),
  percent: fc.constantFrom(5, 20, 40, 70),
  seed: fc.nat(1_000_000),
});
const stormyWorld: fc.Arbitrary<StormyWorldSpec> = fc
  .tuple(
    cloudWorldSpec(8),
    fc.record({ storm, runs: fc.integer({ min: 1, max: 2 }), lag: fc.constantFrom({ reads: 5 }, { millis: 20_000 }) }),
  )
  .map(([world, more]) => ({ ...world, ...more, steps: world.steps.slice(0, 3) }));

const tally = new Tally();
afterAll(() => console.info(`Storms in a tenant: ${tally}`));

async function inStorm(spec: StormyWorldSpec, counted: Tally): Promise<void> {
  const tokens: KeptTokens[] = [];
  const hands = await cloudHands(spec, "direct", {
    tenant: { pageLimit: 3, tokenSeconds: 60 },
    tokens: (tenant) => {
      const kept = keptTokens(tenant);
      tokens.push(kept);
      return kept;
    },
  });
  let isOver = false;
  try {
    await walkInStorms(spec, hands, counted);
    isOver = true;
    for (const kept of tokens) counted.refused += kept.refused();
  } finally {
    await (isOver ? hands.close() : hands.close().catch(() => {}));
  }
}

test(`nothing is lost and nothing made twice in ${STORM_WORLDS} worlds with storms`, {
  timeout: 3_600_000,
}, async () => {
  await forAllWorlds(stormyWorld, STORM_WORLDS, (spec, shrinking) => inStorm(spec, shrinking ? new Tally() : tally));
  expect(tally.worlds).toBe(STORM_WORLDS);
});

test("every kind of fault occurred often enough", () => {
  expect(WEATHERS.filter((kind) => (tally.weather.get(kind) ?? 0) < 10)).toEqual([]);
  expect(tally.outcomes.get("unknown") ?? 0).toBeGreaterThan(0);
  expect(tally.without.get("MUS-5003") ?? 0).toBeGreaterThan(0);
  expect(tally.refused).toBeGreaterThan(50);
});
