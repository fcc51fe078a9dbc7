/** One run of Muster on a repository and a target: plan, apply, commit the ledger. */
import { buildRun } from "../../reconciler/apply/build-run.js";
import { type Executed, execute } from "../../reconciler/apply/execute.js";
import { anchorFrom, type Desk, observeAll, openDesk, type Planned, planFrom } from "../../reconciler/commands/desk.js";
import { sealPlan } from "../../reconciler/commands/plan.js";
import type { Plan } from "../../reconciler/model/plan.js";
import type { Clock, TargetPort } from "../../reconciler/model/ports.js";
import { parseInstant } from "../../reconciler/policy/time.js";
import { nextLedger } from "../../reconciler/record/next-ledger.js";
import { ledgerFiles } from "../../reconciler/record/record.js";
import { commitChanges } from "../../reconciler/repo/commit.js";
import { benchContext } from "./bench-context.js";
import { ENVIRONMENT } from "./policies.js";

const NO_JOURNAL = { append: async () => {}, close: async () => {} };

export interface RunOptions {
  /** The repository. */
  readonly folder: string;
  readonly target: TargetPort;
  /** Instant of the plan, ISO. */
  readonly at: string;
  /** Folder of the cache; left out: none. */
  readonly cache?: string;
  /** By which the ops are done; left out: it stands still. */
  readonly clock?: Clock;
  /** Told when the plan is made, before anything is written. */
  readonly onPlan?: (plan: Plan) => void;
}

export interface Ran {
  readonly plan: Plan;
  readonly executed: readonly Executed[];
}

/** The guards are not asked: a first load is what a Bootstrap is for. Throws when an op was not done. */
export async function applyOnce(options: RunOptions): Promise<Ran> {
  const { folder, target, at, cache = null, clock, onPlan } = options;
  const desk = await openDesk(benchContext(folder, at, cache), { openPort: () => target });
  const now = parseInstant(at);
  const planned = planFrom(desk, await observeAll(desk, "writer"), { asOf: now, now });
  const plan = sealPlan(desk, planned, now);
  onPlan?.(plan);
  const executed = await execute({
    ops: planned.body.ops,
    targets: desk.targets,
    anchorOf: anchorFrom(desk.ledger),
    journal: NO_JOURNAL,
    clock: clock ?? { now: () => now },
    onOutcome: () => {},
  });
  await desk.close();
  const failed = executed.find(({ outcome }) => outcome.kind !== "done");
  if (failed !== undefined) throw new Error(`${failed.op.verb} of ${failed.op.label}: ${failed.outcome.detail}`);
  await commitLedger(desk, planned, plan, executed);
  return { plan, executed };
}

async function commitLedger(desk: Desk, { desire }: Planned, plan: Plan, outcomes: readonly Executed[]): Promise<void> {
  const now = parseInstant(plan.body.asOf);
  const parts = { id: "bench", plan, outcomes, started: now, finished: now };
  const run = buildRun(parts, { policy: desk.policy, desire, ledger: desk.ledger });
  const changes = ledgerFiles(ENVIRONMENT, nextLedger(desk.ledger, run.outcomes, run.asOf));
  await commitChanges(desk.repository.git, { branch: "main", changes, subject: "ledger" });
}
