/** How random tests are run: one seed for a run, printed when it fails. */
import fc from "fast-check";

const LONG = process.env.MUSTER_LONG === "1";
/** Worlds of each property. */
export const WORLDS = Number(process.env.MUSTER_WORLDS ?? 500) * (LONG ? 20 : 1);
/** Worlds over the wire. */
export const WIRE_WORLDS = 25 * (LONG ? 20 : 1);
/** Worlds with a domain and a tenant. */
export const MIXED_WORLDS = Number(process.env.MUSTER_MIXED ?? 30) * (LONG ? 20 : 1);
/** Worlds with faults. */
export const STORM_WORLDS = Number(process.env.MUSTER_STORMS ?? 20) * (LONG ? 20 : 1);
/** The same worlds each time in `npm test`, so that a red run is about the change; new ones in `npm run test:long`. */
export const SEED = Number(process.env.MUSTER_SEED ?? (LONG ? Date.now() % 1_000_000_000 : 4_242));

/** How long a smaller failing world is looked for. */
const SHRINK_MS = Number(process.env.MUSTER_SHRINK_MS ?? 60_000);

/** Runs `check` on `runs` random values. `shrinking` is true once one has failed and a smaller one is looked for. */
export async function forAllWorlds<T>(
  arbitrary: fc.Arbitrary<T>,
  runs: number,
  check: (value: T, shrinking: boolean) => Promise<void>,
): Promise<void> {
  let failedAt: number | null = null;
  const property = fc.asyncProperty(arbitrary, async (value) => {
    if (failedAt !== null && Date.now() - failedAt > SHRINK_MS) return;
    try {
      await check(value, failedAt !== null);
    } catch (error) {
      failedAt ??= Date.now();
      throw error;
    }
  });
  const result = await fc.check(property, { numRuns: runs, seed: SEED });
  if (!result.failed) return;
  const [counterexample] = result.counterexample ?? [];
  const why = result.errorInstance instanceof Error ? (result.errorInstance.stack ?? result.errorInstance.message) : "";
  throw new Error(
    `MUSTER_SEED=${SEED} fails after ${result.numRuns} worlds (${result.numShrinks} times made smaller): ${why}\n${JSON.stringify(counterexample)}`,
  );
}
