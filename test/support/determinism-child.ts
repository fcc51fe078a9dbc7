/**
 * One of several processes that make the same plans under different time zones and locales, with files, rows and replies
 * in different orders. Prints the zone and locale that it runs in and one digest per plan. Argument: the seed of the
 * order, 0 leaves everything in place.
 */
import fc from "fast-check";
import { digestOf } from "../../reconciler/model/hash.js";
import { buildLedger } from "../../reconciler/model/ledger.js";
import type { Policies } from "../../reconciler/model/policy.js";
import { MemoryDirectory } from "../../reconciler/targets/memory/directory.js";
import { shuffled } from "../../reconciler/targets/memory/shuffle.js";
import { MemoryTarget } from "../../reconciler/targets/memory/target.js";
import { type MemoryHands, memoryHands } from "../simulation/hands.js";
import { EPOCH } from "../simulation/people.js";
import { TARGET } from "../simulation/policy.js";
import { editDirectory, editHr } from "../simulation/steps.js";
import { buildWorld, worldSpec } from "../simulation/world.js";
import { Simulation } from "./simulation.js";

const WORLDS = 4;
const DAY = 86_400_000;

/** The same world with everything that has no meaning in another order. */
function inOtherOrder(simulation: Simulation, { port }: MemoryHands, order: number): Simulation {
  const { directory } = port;
  const { world, ledger } = simulation;
  const policies = Object.fromEntries(
    Object.entries(world.policies).map(([kind, documents]) => [kind, shuffled(documents as readonly unknown[], order)]),
  ) as unknown as Policies;
  const target = new MemoryTarget(new MemoryDirectory({ ...directory.options, shuffle: order }, directory));
  const other = new Simulation({
    ...world,
    policies,
    workers: shuffled(world.workers, order),
    targets: { [TARGET]: target },
  });
  other.ledger = buildLedger(
    shuffled([...ledger.entries.values()], order),
    new Map(shuffled([...ledger.groups], order)),
  );
  other.recent = shuffled(simulation.recent, order);
  other.history.push(...simulation.history);
  return other;
}

/** Digests of all plans of some worlds, two for every step: what is planned, and what is left afterwards. */
async function planAll(order: number): Promise<string[]> {
  const digests: string[] = [];
  for (const spec of fc.sample(worldSpec(), { numRuns: WORLDS, seed: 20_260_615 })) {
    const hands = memoryHands();
    const simulation = await buildWorld(spec, hands);
    let now = Date.parse(`${EPOCH}T09:00:00Z`);
    for (const [i, step] of [{ days: 0, hr: [], admin: [] }, ...spec.steps].entries()) {
      now += step.days * DAY;
      const asOf = new Date(now).toISOString();
      for (const edit of step.hr) simulation.world.workers = editHr(simulation.world.workers, edit, asOf.slice(0, 10));
      for (const [j, edit] of step.admin.entries()) await editDirectory(hands, edit, i * 10 + j);
      digests.push(digestOf(await inOtherOrder(simulation, hands, order).plan(asOf)));
      await simulation.run(asOf);
      digests.push(digestOf(await inOtherOrder(simulation, hands, order).plan(asOf)));
    }
  }
  return digests;
}

const { timeZone, locale } = new Intl.DateTimeFormat().resolvedOptions();
const digests = await planAll(Number(process.argv[2] ?? 0));
process.stdout.write(`${JSON.stringify({ timeZone, locale, digests })}\n`);
