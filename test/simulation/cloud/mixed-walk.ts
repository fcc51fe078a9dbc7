/** Walks through a world with a domain and a tenant: events, runs, synchronisation, runs; and judges both ends. */
import type { Anchor } from "../../../reconciler/model/observed.js";
import type { Op } from "../../../reconciler/model/op.js";
import type { PlanBody } from "../../../reconciler/model/plan.js";
import { desire } from "../../../reconciler/policy/desire.js";
import { laggingViews } from "../../../reconciler/sandbox/tenant/lag.js";
import { AD_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { type MemoryTarget, memoryTarget } from "../../../reconciler/targets/memory/target.js";
import { type TenantHarness, tenantHarness } from "../../contract/harness-tenant.js";
import { immutableIdOf } from "../../support/connect.js";
import { policiesFrom } from "../../support/policies.js";
import { type RunResult, Simulation } from "../../support/simulation.js";
import { Broken, leavers } from "../checks.js";
import { EPOCH, type PersonSpec, workerOf } from "../people.js";
import { GROUPS, GROUPS_OU, JOINERS, LEAVERS, PEOPLE_OU, type PolicySpec, STAFF, TARGET } from "../policy.js";
import { editHr, type StepSpec } from "../steps.js";
import { SEED } from "./hands.js";
import { connectUsers, type MixedPolicySpec, mixedYaml, TENANT } from "./mixed.js";
import { livingUsers, truthOf } from "./truth.js";
import type { CloudWorldSpec } from "./world.js";

const DAY = 86_400_000;
const CATCH_UP_MS = 150_000;

export interface MixedWorldSpec {
  readonly policy: MixedPolicySpec;
  readonly people: readonly PersonSpec[];
  readonly steps: readonly StepSpec[];
  readonly lag: CloudWorldSpec["lag"];
}

export class MixedTally {
  readonly counts = new Map<string, number>();
  worlds = 0;

  add(what: string, count = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  executed(op: Op): void {
    this.add(`${op.target === TENANT ? "tenant" : "domain"} ${op.verb}`);
  }

  toString(): string {
    const counts = [...this.counts].sort().map(([what, count]) => `${what} ${count}`);
    return `${this.worlds} worlds\n  ${counts.join(", ")}`;
  }
}

export async function walkMixed(spec: MixedWorldSpec, tally: MixedTally): Promise<void> {
  const walker = await MixedWalker.open(spec, tally);
  let isOver = false;
  try {
    await walker.settle();
    for (const step of spec.steps) {
      walker.live(step);
      await walker.settle();
    }
    isOver = true;
  } finally {
    await (isOver ? walker.close() : walker.close().catch(() => {}));
  }
  tally.worlds += 1;
}

class MixedWalker {
  readonly #harness: TenantHarness;
  readonly #simulation: Simulation;
  readonly #tally: MixedTally;
  readonly #spec: MixedWorldSpec;
  /** employeeId of users that were made by request. */
  readonly #made: string[];
  #now = Date.parse(`${EPOCH}T09:00:00Z`);

  private constructor(
    spec: MixedWorldSpec,
    tally: MixedTally,
    parts: { harness: TenantHarness; domain: MemoryTarget; made: string[] },
  ) {
    this.#spec = spec;
    this.#tally = tally;
    this.#harness = parts.harness;
    this.#made = parts.made;
    this.#simulation = new Simulation({
      policies: policiesFrom(mixedYaml(spec.policy)),
      workers: spec.people.map(workerOf),
      sources: {},
      targets: { [TARGET]: parts.domain, [TENANT]: parts.harness.target },
      environment: "test",
    });
  }

  static async open(spec: MixedWorldSpec, tally: MixedTally): Promise<MixedWalker> {
    const domain = memoryTarget({ ...AD_LIKE, name: TARGET, managed: { accounts: [PEOPLE_OU], groups: [GROUPS_OU] } });
    for (const container of [STAFF, JOINERS, LEAVERS]) domain.directory.addContainer(container);
    domain.directory.addGroup({ attributes: { cn: GROUPS[0] } });
    const made: string[] = [];
    const harness = await tenantHarness({
      over: "direct",
      start: Date.parse(`${EPOCH}T09:00:00Z`),
      tenant: {
        seed: SEED,
        lag: spec.lag,
        connect: { source: { listUsers: () => connectUsers(domain.directory) }, delayMillis: Number.MAX_SAFE_INTEGER },
      },
      driver: { name: TENANT },
      observe: ({ method, path, body }) => {
        if (method === "POST" && path === "/v1.0/users") made.push(JSON.parse(body ?? "{}").employeeId);
      },
    });
    return new MixedWalker(spec, tally, { harness, domain, made });
  }

  close(): Promise<void> {
    return this.#harness.close();
  }

  live(step: StepSpec): void {
    this.#pass(step.days * DAY + 3_600_000);
    const today = this.#asOf().slice(0, 10);
    const { world } = this.#simulation;
    for (const edit of step.hr) world.workers = editHr(world.workers, edit, today);
  }

  /** Runs until the domain is as wanted; synchronisation; then at most two runs, and nothing is left. */
  async settle(): Promise<void> {
    for (let run = 0; ; run++) {
      const plan = await this.#plan();
      if (plan.ops.length === 0) break;
      if (run === 4) throw new Broken(`before synchronisation, after ${run} runs: ${describe(plan)}`);
      await this.#apply(plan);
    }
    await this.#checkAwaiting();
    const report = this.#harness.tenant.connect?.synchronise();
    this.#tally.add("synchronised", (report?.added ?? 0) + (report?.updated ?? 0) + (report?.deleted ?? 0));
    if ((report?.errors.length ?? 0) > 0) throw new Broken(`synchronisation failed: ${JSON.stringify(report?.errors)}`);
    this.#pass(CATCH_UP_MS);
    for (let run = 0; ; run++) {
      const plan = await this.#plan();
      if (plan.ops.length === 0) break;
      if (run === 2) throw new Broken(`after synchronisation and ${run} runs: ${describe(plan)}`);
      await this.#apply(plan);
    }
    this.#checkMade();
    this.#checkTenant();
  }

  async #plan(): Promise<PlanBody> {
    return this.#simulation.plan(this.#asOf());
  }

  async #apply(plan: PlanBody): Promise<RunResult> {
    const result = await this.#simulation.apply(plan);
    if (result.refused) throw new Broken(`a guard refused: ${JSON.stringify(plan.guards)}`);
    for (const { op, outcome } of result.executed) {
      if (outcome.kind !== "done" && outcome.kind !== "already")
        throw new Broken(
          `${op.verb} ${op.slot ?? ""} of ${op.label} in ${op.target} is ${outcome.kind}: ${outcome.detail}`,
        );
      this.#tally.executed(op);
    }
    this.#pass(CATCH_UP_MS);
    return result;
  }

  /** Whoever has an account in the domain that the tenant does not have yet is awaited, and nothing is made in its place. */
  async #checkAwaiting(): Promise<void> {
    const plan = await this.#plan();
    const copies = new Set(
      livingUsers(this.#harness.tenant.state).map(({ properties }) => properties.onPremisesImmutableId),
    );
    const said = new Set(plan.findings.filter(({ kind }) => kind === "awaiting-sync").map(({ identity }) => identity));
    for (const intent of this.#intents()) {
      const entry = this.#simulation.ledger.entries.get(`${TARGET}|${intent.identity}`);
      const isAwaited = entry?.current != null && !copies.has(immutableIdOf(entry.current.anchor));
      const isWanted = intent.mapping === "linked" && intent.inScope && intent.stage.stage === "active";
      if (isWanted && isAwaited && !said.has(intent.identity))
        throw new Broken(`${intent.label} is awaited, and nothing is said`);
      if (isWanted && isAwaited) this.#tally.add("awaiting-sync");
    }
  }

  /** By request only contractors come to be, and each once. */
  #checkMade(): void {
    const contractors = new Set(
      this.#simulation.world.workers.filter(({ type }) => type === "contingent").map(({ id }) => id),
    );
    for (const id of this.#made)
      if (!contractors.has(id)) throw new Broken(`an account was made in the tenant for employee ${id}`);
    const ids = livingUsers(this.#harness.tenant.state).map(({ properties }) => String(properties.employeeId));
    const isTwice = ids.filter((id, at) => ids.indexOf(id) !== at);
    if (isTwice.length > 0 && this.#spec.policy.rehire !== "reprovision")
      throw new Broken(`two users have employeeId ${isTwice.join()}`);
  }

  /** Leavers: disabled, nothing left, sessions ended. People at work: enabled, with the group and the licence. */
  #checkTenant(): void {
    const { state } = this.#harness.tenant;
    const truth = truthOf(state, null);
    const { workers } = this.#simulation.world;
    const intents = this.#intents();
    const gone = leavers({ intents, workers, asOf: this.#now, policy: { protectedWorker: false } as PolicySpec });
    for (const intent of intents) {
      const anchor: Anchor | undefined = this.#simulation.ledger.entries.get(`${TENANT}|${intent.identity}`)?.current
        ?.anchor;
      const seen = anchor === undefined ? undefined : truth.get(anchor);
      if (seen === undefined || anchor === undefined) continue;
      const { stage } = intent.stage;
      if (gone.has(intent.identity)) {
        const ended = Date.parse(String(state.store.get(anchor)?.properties.signInSessionsValidFromDateTime ?? ""));
        if (seen.account.enabled) throw new Broken(`${intent.label} has left and is enabled in the tenant`);
        if (seen.groups.size > 0) throw new Broken(`${intent.label} has left and holds ${[...seen.groups].join()}`);
        if (Number.isNaN(ended) || ended + 1_000 < this.#disabledAt(intent.identity))
          throw new Broken(`${intent.label} has left, and no session was ended since`);
        this.#tally.add("leavers checked");
      } else if (intent.inScope && stage === "active") {
        if (!seen.account.enabled) throw new Broken(`${intent.label} works and is disabled in the tenant`);
        if (seen.groups.size === 0) throw new Broken(`${intent.label} works and has neither group nor licence`);
        this.#tally.add("people at work checked");
      }
    }
  }

  /** When Muster disabled the account where it is mastered; epoch milliseconds. */
  #disabledAt(identity: string): number {
    const { entries } = this.#simulation.ledger;
    const own = [TARGET, TENANT].map((target) => entries.get(`${target}|${identity}`)?.current?.disabledAt ?? null);
    return Date.parse(own.find((at) => at !== null) ?? EPOCH);
  }

  #intents() {
    const simulation = this.#simulation;
    return desire(simulation.snapshot(), simulation.compile(), this.#now).intents.filter(
      ({ target }) => target === TENANT,
    );
  }

  #pass(ms: number): void {
    this.#now += ms;
    const { surroundings, tenant } = this.#harness;
    surroundings.advance(ms);
    tenant.state.views = laggingViews(tenant.state.store, this.#spec.lag, tenant.state.now);
  }

  #asOf(): string {
    return new Date(this.#now).toISOString().replace(".000Z", "Z");
  }
}

function describe(plan: PlanBody): string {
  return plan.ops.map(({ target, verb, slot, label }) => `${target} ${verb} ${slot ?? ""} of ${label}`).join("; ");
}
