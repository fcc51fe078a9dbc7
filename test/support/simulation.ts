/**
 * A whole world in memory: workers, policies, a ledger, targets and a clock. `run()` is what the commands do, without
 * git: plan, apply by the apply rule, fold the outcomes into the ledger.
 */
import { isAlreadyTrue, whyStale } from "../../reconciler/apply/already.js";
import { assertSameDesire, compareWithApproved, isRemoval } from "../../reconciler/apply/compare.js";
import { type Executed, execute } from "../../reconciler/apply/execute.js";
import type { SourceRecord, Worker } from "../../reconciler/model/files/index.js";
import { digestOf } from "../../reconciler/model/hash.js";
import { compareText, type IdentityKey, type WorkerKey } from "../../reconciler/model/identity.js";
import { buildLedger, entryOf, type Ledger, ledgerKey } from "../../reconciler/model/ledger.js";
import type { Observed } from "../../reconciler/model/observed.js";
import type { Op } from "../../reconciler/model/op.js";
import { isRefused, type PlanBody } from "../../reconciler/model/plan.js";
import type { Policies } from "../../reconciler/model/policy.js";
import type { Journal, TargetPort } from "../../reconciler/model/ports.js";
import type { RecentOp, RunOutcome } from "../../reconciler/model/run.js";
import { type Snapshot, workerFile } from "../../reconciler/model/worker.js";
import { makePlan } from "../../reconciler/plan/assemble.js";
import { selectionFor } from "../../reconciler/plan/selection.js";
import { buildView } from "../../reconciler/plan/view.js";
import { compilePolicies } from "../../reconciler/policy/compile.js";
import type { CompiledPolicy } from "../../reconciler/policy/compiled.js";
import { type Desire, desire } from "../../reconciler/policy/desire.js";
import { parseInstant } from "../../reconciler/policy/time.js";
import { nextLedger } from "../../reconciler/record/next-ledger.js";
import { unconfirmedClaims } from "../../reconciler/record/read-runs.js";

const NO_JOURNAL: Journal = { append: async () => {}, close: async () => {} };

export interface World {
  policies: Policies;
  workers: Worker[];
  sources: Record<string, SourceRecord>;
  readonly targets: Readonly<Record<string, TargetPort>>;
  environment: string;
}

export interface RunResult {
  readonly plan: PlanBody;
  readonly executed: readonly Executed[];
  readonly decided: readonly { readonly op: Op; readonly outcome: Executed["outcome"] }[];
  readonly refused: boolean;
}

export class Simulation {
  readonly world: World;
  ledger: Ledger = buildLedger([], new Map());
  recent: RecentOp[] = [];
  /** Run outcomes so far: what run records would hold. */
  readonly history: { readonly outcomes: RunOutcome[]; readonly asOf: string }[] = [];

  #compiled: { readonly policies: Policies; readonly policy: CompiledPolicy } | null = null;

  constructor(world: World) {
    this.world = world;
  }

  /** As unconfirmedClaims of record/read-runs.ts does it over run records. */
  unconfirmed(): ReadonlySet<string> {
    return unconfirmedClaims(this.history);
  }

  snapshot(): Snapshot {
    const workers = this.world.workers
      .map((worker) =>
        workerFile(worker, { file: `state/workers/${worker.source}/${worker.id}.yaml`, blob: digestOf(worker) }),
      )
      .sort((a, b) => compareText(a.key, b.key));
    return { workers, sources: this.world.sources };
  }

  /** Compiled once for as long as the world has the same policies. */
  compile(): CompiledPolicy {
    const { policies, environment, targets } = this.world;
    if (this.#compiled?.policies === policies) return this.#compiled.policy;
    const byType = new Map(
      policies.targets.flatMap(({ value }) => {
        const capabilities = targets[value.name]?.capabilities;
        return capabilities === undefined ? [] : [[value.type as string, capabilities] as const];
      }),
    );
    const policy = compilePolicies(policies, environment, (type) => {
      const capabilities = byType.get(type);
      if (capabilities === undefined) throw new Error(`the world has no target of type ${type}`);
      return capabilities;
    });
    this.#compiled = { policies, policy };
    return policy;
  }

  /** Plans at an instant ("2026-12-01T09:00-08:00"); `now` defaults to as-of. */
  async plan(asOf: string, now = asOf): Promise<PlanBody> {
    return (await this.#picture(asOf, now)).body;
  }

  async #picture(asOf: string, now: string) {
    const policy = this.compile();
    const snapshot = this.snapshot();
    const at = parseInstant(asOf);
    const wanted: Desire = desire(snapshot, policy, at);
    const observed: Record<string, Observed> = {};
    for (const target of policy.targets) {
      const port = this.#port(target.name);
      observed[target.name] = await port.observe(selectionFor(policy, target.name, this.ledger));
    }
    const entries = [...this.ledger.entries].sort(([one], [other]) => compareText(one, other));
    const ledgerDigest = digestOf(entries.map(([, entry]) => entry));
    const input = { policy, snapshot, desire: wanted, ledger: this.ledger, observed, asOf: at, now: parseInstant(now) };
    const body = makePlan({
      ...input,
      recent: this.recent,
      unconfirmed: this.unconfirmed(),
      ledgerDigest,
      version: "test",
    });
    return { body, policy, wanted, observed };
  }

  /** Applies an approved plan by the apply rule. A refused plan writes nothing. */
  async apply(approved: PlanBody, now = approved.asOf): Promise<RunResult> {
    const { body: current, policy, wanted, observed } = await this.#picture(approved.asOf, now);
    assertSameDesire(approved, current);
    if (isRefused(approved) || isRefused(current)) return { plan: approved, executed: [], decided: [], refused: true };
    const present = approved.ops.some(isRemoval) ? (await this.#picture(now, now)).body : null;
    const environment = policy.environment.name;
    const views = new Map(
      policy.targets.map((t) => [t.name, buildView(t, observed[t.name] as Observed, this.ledger, environment)]),
    );
    const isTrue = (op: Op) => {
      const view = views.get(op.target);
      return view !== undefined && isAlreadyTrue(op, view, entryOf(this.ledger, op.target, op.identity));
    };
    const compared = compareWithApproved(approved, current, present, {
      isTrue,
      whyStale: (op) => whyStale(op, views.get(op.target)),
    });
    const targets = Object.fromEntries(
      policy.targets.map((t) => [
        t.name,
        { port: this.#port(t.name), selection: selectionFor(policy, t.name, this.ledger) },
      ]),
    );
    const anchorOf = (target: string, identity: IdentityKey) =>
      this.ledger.entries.get(ledgerKey(target, identity))?.current?.anchor ?? null;
    const clock = { now: () => parseInstant(now) };
    const executed = await execute({
      ops: compared.execute,
      targets,
      anchorOf,
      journal: NO_JOURNAL,
      clock,
      onOutcome: () => {},
    });
    this.#record(
      approved,
      policy,
      wanted,
      [...compared.decided.map((d) => ({ ...d, at: parseInstant(now) })), ...executed],
      now,
    );
    return { plan: approved, executed, decided: compared.decided, refused: false };
  }

  async run(asOf: string, now = asOf): Promise<RunResult> {
    return this.apply(await this.plan(asOf, now), now);
  }

  #record(
    plan: PlanBody,
    policy: ReturnType<Simulation["compile"]>,
    wanted: Desire,
    all: readonly Executed[],
    now: string,
  ): void {
    const order = new Map(plan.ops.map((op, i) => [op.id, i]));
    const sorted = [...all].sort((a, b) => (order.get(a.op.id) ?? 0) - (order.get(b.op.id) ?? 0));
    const outcomes = sorted.map(({ op, outcome, at }): RunOutcome => {
      const intent = wanted.intents.find((i) => i.identity === op.identity && i.mapping === op.mapping);
      const names =
        policy.mappings.find((m) => m.name === op.mapping)?.attributes.filter((a) => a.unique !== null) ?? [];
      // An account that HR no longer knows by this key: what the ledger knows stands, as in build-run.ts.
      const entry = entryOf(this.ledger, op.target, op.identity);
      const workers = intent?.workers ?? ((entry?.workers ?? []) as WorkerKey[]);
      const primary = intent?.primary ?? ((entry?.current?.primary ?? "") as WorkerKey);
      return { op, outcome, at: new Date(at).toISOString(), workers, primary, names: names.map((a) => a.name) };
    });
    this.history.push({ outcomes, asOf: plan.asOf });
    this.ledger = nextLedger(this.ledger, outcomes, plan.asOf).ledger;
    const letThrough = new Map(plan.guards.flatMap((g) => g.ops.map((id) => [id, g.by] as const)));
    for (const { op, outcome } of outcomes) {
      if (outcome.kind !== "done") continue;
      const clear = op.verb === "update" && Object.values(op.after).every((value) => value === null);
      const { target, verb, slot, origin } = op;
      this.recent.push({
        at: parseInstant(now),
        target,
        verb,
        slot,
        object: outcome.anchor,
        origin,
        clear,
        letThrough: letThrough.get(op.id) ?? null,
      });
    }
  }

  #port(name: string): TargetPort {
    const port = this.world.targets[name];
    if (port === undefined) throw new Error(`no target ${name}`);
    return port;
  }
}
