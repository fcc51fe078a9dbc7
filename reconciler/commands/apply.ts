/** muster apply: executes an approved plan (DESIGN section 8) and commits the record. */
import { randomBytes } from "node:crypto";
import { isAlreadyTrue, isDoneAfterAll, whyStale } from "../apply/already.js";
import { buildRun } from "../apply/build-run.js";
import {
  assertSameDesire,
  assertWithinStaleLimit,
  compareWithApproved,
  isRemoval,
  rebaseClaims,
} from "../apply/compare.js";
import { type Executed, execute } from "../apply/execute.js";
import { openJournals } from "../apply/journal.js";
import { recoverRun } from "../apply/recover.js";
import { entryOf } from "../model/ledger.js";
import type { Observed } from "../model/observed.js";
import type { Op } from "../model/op.js";
import { isRefused, type Plan, type PlanBody } from "../model/plan.js";
import type { JournalStore } from "../model/ports.js";
import type { Run } from "../model/run.js";
import type { TargetView } from "../plan/subject.js";
import { buildView } from "../plan/view.js";
import { formatInstant, parseInstant } from "../policy/time.js";
import { recordRun } from "../record/record.js";
import { openLeases } from "../repo/lease.js";
import { readPlanFile } from "../repo/plan-file.js";
import { renderRunJson } from "../report/json.js";
import { renderRun } from "../report/run.js";
import { MusterError } from "../support/errors.js";
import type { Context, ExitCode } from "./context.js";
import { anchorFrom, type Desk, observeAll, openDesk, ownFolder, planFrom } from "./desk.js";
import { showProgress } from "./progress.js";

export interface ApplyOptions {
  readonly plan: string;
  readonly format: "text" | "json";
}

export async function runApply(context: Context, options: ApplyOptions): Promise<ExitCode> {
  const plan = readPlanFile(options.plan);
  const chosen = { ...context, environment: context.environment ?? plan.body.environment };
  const first = await openDesk(chosen);
  const environment = first.policy.environment.name;
  const leases = openLeases(first.repository.git);
  const lease = await leases.acquire(environment, `apply ${plan.envelope.id}`);
  try {
    const store = openJournals(ownFolder(first.repository), environment);
    const recovered = await recoverInterrupted(chosen, first, store);
    const desk = recovered === null ? first : await openDesk(chosen);
    try {
      const resumes = recovered?.has(plan.envelope.id) === true;
      if (!resumes) await assertUnused(desk, store, plan);
      const { run, commit } = await applyPlan(chosen, desk, store, plan);
      printRun(chosen, desk, run, commit, options);
      return exitOf(run);
    } finally {
      await desk.close();
    }
  } finally {
    await first.close();
    await lease.release();
  }
}

/** By the journals here, and by the run records: another clone may have applied it. */
async function assertUnused(desk: Desk, store: JournalStore, plan: Plan): Promise<void> {
  const recorded = desk.runs.some((run) => run.plan === plan.envelope.id);
  if (!recorded && !(await store.used(plan.envelope.id))) return;
  throw new MusterError("MUS-4003", { what: `plan ${plan.envelope.id} was applied before` });
}

type Applied = { readonly run: Run; readonly commit: string | null };

async function applyPlan(context: Context, desk: Desk, store: JournalStore, plan: Plan): Promise<Applied> {
  const now = context.clock.now();
  assertUsable(desk, plan, now);
  const observed = await observeAll(desk, "writer");
  const asOf = parseInstant(plan.body.asOf);
  const planned = planFrom(desk, observed, { asOf, now });
  assertSameDesire(plan.body, planned.body);
  assertNotRefused(planned.body);
  const present = plan.body.ops.some(isRemoval) ? planFrom(desk, observed, { asOf: now, now }).body : null;
  const approved = rebaseClaims(plan.body, boundByClaim(desk));
  const viewOf = viewsOf(desk, observed);
  const compared = compareWithApproved(approved, planned.body, present, {
    isTrue: truth(desk, viewOf, isAlreadyTrue),
    whyStale: (op) => whyStale(op, viewOf(op.target)),
  });
  assertWithinStaleLimit(desk.policy.environment.staleLimit, plan.body.ops.length, compared.decided);
  // Runs have an order of their own, also where the clock stands still: the ledger is their fold.
  const started = desk.runs.reduce((last, run) => Math.max(last, parseInstant(run.started) + 1), now);
  const id = `${new Date(started).toISOString().replace(/[-:]/g, "")}-${randomBytes(4).toString("hex")}`;
  const journal = await store.create(id);
  await journal.append({ type: "begin", run: id, plan, asOf: plan.body.asOf, at: formatInstant(now) });
  const progress = showProgress(context, compared.execute.length);
  const executed = await execute({
    ops: compared.execute,
    targets: desk.targets,
    anchorOf: anchorFrom(desk.ledger),
    journal,
    clock: context.clock,
    onOutcome: (op, outcome) => progress.step(op, outcome),
  }).finally(() => progress.stop());
  const decided = compared.decided.map((each): Executed => ({ ...each, at: now }));
  for (const { outcome } of decided) await journal.append({ type: "outcome", outcome, at: formatInstant(now) });
  await journal.append({ type: "end", at: formatInstant(context.clock.now()) });
  const finished = Math.max(started, context.clock.now());
  const parts = { id, plan, outcomes: [...decided, ...executed], started, finished };
  const run = buildRun(parts, { policy: desk.policy, desire: planned.desire, ledger: desk.ledger });
  const recorded = await record(context, desk, run);
  await journal.append({ type: "recorded", commit: recorded.commit, at: formatInstant(context.clock.now()) });
  await journal.close();
  return recorded;
}

/** Anchors of accounts that creates with a claim made and the ledger knows. */
function boundByClaim(desk: Desk): (target: string, claim: string) => string | null {
  const known = new Map<string, string>();
  for (const { target, current } of desk.ledger.entries.values()) {
    if (current !== null && current.claim !== null) known.set(`${target}|${current.claim}`, current.anchor);
  }
  return (target, claim) => known.get(`${target}|${claim}`) ?? null;
}

async function record(context: Context, desk: Desk, run: Omit<Run, "previous">): Promise<Applied> {
  const { name, records } = desk.policy.environment;
  try {
    return await recordRun(desk.repository, records.branch, run, (commit) =>
      desk.repository.readLedger(commit === null ? { worktree: true } : { commit }, name),
    );
  } catch (error) {
    context.remark(
      `The run wrote to the targets and its record is NOT committed. It is kept in ${ownFolder(desk.repository)};\n`,
    );
    context.remark("the next apply commits it first. Do not delete that folder.\n");
    throw error;
  }
}

/** Every check that needs no target. */
function assertUsable(desk: Desk, plan: Plan, now: number): void {
  const { body, envelope } = plan;
  const environment = desk.policy.environment.name;
  if (body.environment !== environment) {
    throw new MusterError("MUS-4001", { what: `the plan is for environment ${body.environment}, not ${environment}` });
  }
  if (isRefused(body)) assertNotRefused(body);
  if (parseInstant(envelope.expires) <= now) {
    throw new MusterError("MUS-4002", { what: `plan ${envelope.id} expired at ${envelope.expires}` });
  }
  if (parseInstant(body.asOf) > now) {
    throw new MusterError("MUS-4006", { what: `plan ${envelope.id} is as of ${body.asOf}, which has not come yet` });
  }
}

function assertNotRefused(body: PlanBody): void {
  const refused = body.guards.filter((guard) => guard.verdict === "refuse");
  if (refused.length === 0) return;
  const what = refused.map((guard) => `${guard.guard}: ${guard.what}`).join("; ");
  throw new MusterError("MUS-3001", { what: `refused, nothing was written: ${what}` });
}

/** undefined for a target that the policies no longer have. */
type ViewOf = (target: string) => TargetView | undefined;

function viewsOf(desk: Desk, observed: Readonly<Record<string, Observed>>): ViewOf {
  const environment = desk.policy.environment.name;
  const views = new Map(
    desk.policy.targets.flatMap((target) => {
      const picture = observed[target.name];
      return picture === undefined
        ? []
        : [[target.name, buildView(target, picture, desk.ledger, environment)] as const];
    }),
  );
  return (target) => views.get(target);
}

function truth(desk: Desk, viewOf: ViewOf, judge: typeof isAlreadyTrue): (op: Op) => boolean {
  return (op) => {
    const view = viewOf(op.target);
    return view !== undefined && judge(op, view, entryOf(desk.ledger, op.target, op.identity));
  };
}

/**
 * Records what interrupted runs did. null when there was none; else the ids of the plans that were not carried through,
 * which may be applied again: the ledger has to be read anew.
 */
async function recoverInterrupted(context: Context, desk: Desk, store: JournalStore): Promise<Set<string> | null> {
  const unfinished = await store.unfinished();
  if (unfinished.length === 0) return null;
  const resumable = new Set<string>();
  const observed = await observeAll(desk, "writer");
  const isTrue = truth(desk, viewsOf(desk, observed), isDoneAfterAll);
  const anchorOf = (op: Op) => {
    if ("anchor" in op.object) return op.object.anchor;
    const { claim } = op.object;
    return observed[op.target]?.accounts.find((account) => account.claim === claim)?.anchor ?? null;
  };
  for (const { run, entries } of unfinished) {
    const now = context.clock.now();
    const found = recoverRun(run, entries, anchorOf, isTrue, now);
    const journal = await store.reopen(run);
    let commit: string | null = null;
    if (found !== null) {
      if (!entries.some((entry) => entry.type === "end")) resumable.add(found.plan.envelope.id);
      const planned = planFrom(desk, observed, { asOf: parseInstant(found.plan.body.asOf), now });
      const parts = { id: run, plan: found.plan, outcomes: found.outcomes, started: found.started, finished: now };
      const built = buildRun(parts, { policy: desk.policy, desire: planned.desire, ledger: desk.ledger });
      commit = (await record(context, desk, built)).commit;
      context.remark(`recovered run ${run}: ${found.outcomes.length} outcomes recorded\n`);
    }
    await journal.append({ type: "recorded", commit, at: formatInstant(now) });
    await journal.close();
  }
  return resumable;
}

function printRun(context: Context, desk: Desk, run: Run, commit: string | null, options: ApplyOptions): void {
  if (options.format === "json") {
    context.print(renderRunJson(run));
    return;
  }
  const recorded = commit === null ? null : { commit, branch: desk.policy.environment.records.branch };
  context.print(renderRun(run, { ...context.page, details: "normal", recorded }));
}

function exitOf(run: Run): ExitCode {
  const kinds = new Set(run.outcomes.map(({ outcome }) => outcome.kind));
  if (kinds.has("unknown")) return 8;
  return kinds.has("failed") || kinds.has("refused") ? 4 : 0;
}
