/** Intents that were kept between runs: what is unpacked is what would be computed anew. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { desire, type IntentStore } from "../../../reconciler/policy/desire.js";
import type { PackedDesire } from "../../../reconciler/policy/packed-desire.js";
import { memoryHands } from "../../simulation/hands.js";
import { EPOCH } from "../../simulation/people.js";
import { buildWorld, worldSpec } from "../../simulation/world.js";

const NOON = Date.parse(`${EPOCH}T12:00:00Z`);

/** As a cache on disk keeps them: as JSON, and a copy for everybody who asks. */
function storeOf(texts: Map<string, string>): IntentStore {
  return {
    get: (key) => {
      const text = texts.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as PackedDesire);
    },
    set: (key, value) => {
      texts.set(key, JSON.stringify(value));
    },
  };
}

it("is the same as without a store, for people and policies of all kinds", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(worldSpec(), async (spec) => {
      const world = await buildWorld(spec, memoryHands());
      const [snapshot, policy] = [world.snapshot(), world.compile()];
      const texts = new Map<string, string>();
      const expected = desire(snapshot, policy, NOON);
      desire(snapshot, policy, NOON, storeOf(texts));
      expect(texts.size).toBe(expected.intents.length);
      const nothingNew = () => expect.fail("an intent was computed again");
      const kept = desire(snapshot, policy, NOON, { ...storeOf(texts), set: nothingNew });
      expect(kept.intents).toStrictEqual(expected.intents);
      expect(kept.findings).toStrictEqual(expected.findings);
    }),
    { numRuns: 60, seed: 4_242 },
  );
});
