/** muster plan: what would be done, and why. */
import { digestOf } from "../model/hash.js";
import type { WorkerKey } from "../model/identity.js";
import { isRefused, type Plan, type PlanBody } from "../model/plan.js";
import { identityOf } from "../model/worker.js";
import { addDuration, formatInstant, parseDuration, parseInstant } from "../policy/time.js";
import { writePlanFile } from "../repo/plan-file.js";
import { renderPlanJson } from "../report/json.js";
import { renderMarkdown } from "../report/markdown.js";
import { renderPlan } from "../report/text.js";
import { MusterError } from "../support/errors.js";
import { attributePlan } from "./attribute.js";
import { commitOfBlob } from "./blame.js";
import type { Context, ExitCode, Format } from "./context.js";
import { type Desk, labelsFrom, observeAll, openDesk, type Planned, planFrom } from "./desk.js";
import { findWorker } from "./find-worker.js";

export interface PlanOptions {
  readonly asOf: string | null;
  readonly out: string | null;
  readonly only: string | null;
  readonly format: Format;
  readonly full: boolean;
  /** Markdown with names and values. */
  readonly unmasked: boolean;
  readonly worktree: boolean;
  /** Exit 2 when there are changes. */
  readonly exitCode: boolean;
  readonly failOnFindings: boolean;
}

export async function runPlan(context: Context, options: PlanOptions): Promise<ExitCode> {
  if (options.worktree && options.out !== null) {
    throw new MusterError("MUS-3005", { what: "a plan made from uncommitted files is for reading only" });
  }
  const desk = await openDesk(context, { worktree: options.worktree });
  try {
    const now = context.clock.now();
    const asOf = options.asOf === null ? now : parseInstant(options.asOf);
    const planned = planFrom(desk, await observeAll(desk, "reader"), { asOf, now });
    const { desire, observed } = planned;
    const body = await attributePlan(desk, planned.body);
    const plan = sealPlan(desk, { body, observed }, now);
    if (options.out !== null) writePlanFile(options.out, plan);
    const worker = options.only === null ? null : findWorker(desk.snapshot, options.only).key;
    await printPlan(context, desk, plan, options, worker, labelsFrom(desire));
    return exitOf(body, options);
  } finally {
    await desk.close();
  }
}

/** Adds the envelope: id, when it was made, until when it may be applied, and the commits it was read from. */
export function sealPlan(desk: Desk, { body, observed }: Omit<Planned, "desire">, now: number): Plan {
  const created = formatInstant(now);
  const lifetime = parseDuration(desk.policy.environment.planExpires ?? "24h");
  return {
    body,
    envelope: {
      id: `plan-${digestOf([body.digests, body.asOf, created]).slice(0, 12)}`,
      created,
      expires: formatInstant(addDuration(now, lifetime, "UTC")),
      desired: desk.commits.desired,
      records: desk.commits.records,
      reads: Object.fromEntries(Object.entries(observed).map(([target, { how }]) => [target, how])),
      ...forecastOf(desk, body),
    },
  };
}

/** What applying would take, for targets whose pace is limited; nothing where none is. */
function forecastOf(desk: Desk, body: PlanBody): Pick<Plan["envelope"], "forecast"> {
  const forecast = Object.entries(desk.targets).flatMap(([name, { port }]) => {
    const expected = port.forecast(body.ops.filter((op) => op.target === name));
    return expected.seconds > 0 ? [[name, expected] as const] : [];
  });
  return forecast.length === 0 ? {} : { forecast: Object.fromEntries(forecast) };
}

async function printPlan(
  context: Context,
  desk: Desk,
  plan: Plan,
  options: PlanOptions,
  only: WorkerKey | null,
  labels: ReturnType<typeof labelsFrom>,
): Promise<void> {
  if (options.format === "json") return context.print(renderPlanJson(plan));
  if (options.format === "markdown") return context.print(commentOf(desk, plan, options, labels));
  const commits = await commitOfBlob(desk.repository, plan.body, desk.commits.desired);
  const details = options.full ? "full" : "normal";
  const identities = plan.body.ops.flatMap((op) => op.identity ?? []);
  const applyCommand = options.out === null ? undefined : `muster apply --plan ${options.out}`;
  context.print(
    renderPlan(plan, {
      ...context.page,
      only,
      details,
      commits,
      labels,
      identitiesOf: (worker) => identities.filter((identity) => identityHolds(desk, identity, worker)),
      ...(applyCommand === undefined ? {} : { applyCommand }),
    }),
  );
}

/** Comments cannot be erased and travel by mail: masked, unless somebody who reads it elsewhere asks for all of it. */
function commentOf(desk: Desk, plan: Plan, { unmasked }: PlanOptions, labels: ReturnType<typeof labelsFrom>): string {
  const { show = [] } = desk.policy.environment.comments ?? {};
  return renderMarkdown(plan, unmasked ? { labels } : { mask: { show } });
}

function identityHolds(desk: Desk, identity: string, worker: WorkerKey): boolean {
  const file = desk.snapshot.workers.find((known) => known.key === worker);
  if (file === undefined) return false;
  const namespace = desk.policy.namespaces[file.source] ?? file.source;
  return (["worker", "person"] as const).some((per) => identity === identityOf(file, per, namespace));
}

function exitOf(body: PlanBody, options: PlanOptions): ExitCode {
  if (isRefused(body)) return 3;
  if (options.exitCode && body.ops.length > 0) return 2;
  if (options.failOnFindings && body.findings.some((finding) => finding.severity !== "info")) return 9;
  return 0;
}
