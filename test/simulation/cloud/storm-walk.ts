/**
 * Walks through a world in bad weather. At every step people edit, Muster runs in a storm, once or twice in a row and sooner
 * than replicas catch up; then the weather is fine, and what is left must be done by the next run, with the one
 * after it where accounts were found again. What is judged: nothing was lost, nothing was made twice, every op has one
 * outcome, and a read that was not whole became no plan.
 */
import type { Op, Outcome, OutcomeKind } from "../../../reconciler/model/op.js";
import type { PlanBody } from "../../../reconciler/model/plan.js";
import { desire } from "../../../reconciler/policy/desire.js";
import { MusterError } from "../../../reconciler/support/errors.js";
import type { RunResult, Simulation } from "../../support/simulation.js";
import { type Act, Broken, checkEnabling, checkInference, checkLeavers, checkThreeStates } from "../checks.js";
import { EPOCH } from "../people.js";
import { type Picture, Shadow } from "../shadow.js";
import { editDirectory, editHr, type StepSpec } from "../steps.js";
import { buildWorld } from "../world.js";
import type { CloudHands } from "./hands.js";
import { CLAIM } from "./policy.js";
import { type StormSpec, stormOf, type Weather } from "./storm.js";
import type { CloudWorldSpec } from "./world.js";

const DAY = 86_400_000;
const CATCH_UP_MS = 150_000;

export interface StormyWorldSpec extends CloudWorldSpec {
  readonly storm: StormSpec;
  /** Runs in the storm at each step. */
  readonly runs: number;
}

export class Tally {
  readonly weather = new Map<Weather, number>();
  readonly outcomes = new Map<OutcomeKind, number>();
  /** Runs that ended without a plan, by code. */
  readonly without = new Map<string, number>();
  worlds = 0;
  /** Creates whose outcome nobody knew, and that were there. */
  found = 0;
  /** Requests whose token had ended. */
  refused = 0;

  toString(): string {
    const list = (counts: ReadonlyMap<string, number>) => [...counts].map(([name, n]) => `${name} ${n}`).join(", ");
    return [
      `${this.worlds} worlds`,
      `  faults: ${list(this.weather)}`,
      `  outcomes in the storm: ${list(this.outcomes)}`,
      `  reads that became no plan: ${list(this.without)}; creates found again ${this.found}; requests with a token that had ended ${this.refused}`,
    ].join("\n");
  }
}

/** What a read that is not whole, or that nobody answers, ends with. */
const NO_PLAN = ["MUS-5001", "MUS-5002", "MUS-5003", "MUS-5205", "MUS-5206"];

export async function walkInStorms(spec: StormyWorldSpec, hands: CloudHands, tally: Tally): Promise<void> {
  const simulation = await buildWorld(spec, hands);
  hands.pass?.(CATCH_UP_MS);
  const walker = new StormWalker(spec, hands, simulation, tally);
  const calm: StepSpec = { days: 0, hr: [], admin: [] };
  for (const [number, step] of [calm, ...spec.steps].entries()) await walker.step(step, number);
  tally.worlds += 1;
}

class StormWalker {
  readonly #spec: StormyWorldSpec;
  readonly #hands: CloudHands;
  readonly #simulation: Simulation;
  readonly #tally: Tally;
  readonly #shadow = new Shadow();
  #now = Date.parse(`${EPOCH}T09:00:00Z`);

  constructor(spec: StormyWorldSpec, hands: CloudHands, simulation: Simulation, tally: Tally) {
    this.#spec = spec;
    this.#hands = hands;
    this.#simulation = simulation;
    this.#tally = tally;
  }

  async step(step: StepSpec, number: number): Promise<void> {
    const hands = this.#hands;
    const simulation = this.#simulation;
    this.#pass(step.days * DAY + 3_600_000);
    const today = this.#asOf().slice(0, 10);
    for (const edit of step.hr) simulation.world.workers = editHr(simulation.world.workers, edit, today);
    for (const [i, edit] of step.admin.entries()) await editDirectory(hands, edit, number * 10 + i);
    hands.pass?.(CATCH_UP_MS);
    const before = await hands.picture();
    const ledgerBefore = simulation.ledger;
    this.#shadow.othersActed(before);
    const storm = { ...this.#spec.storm, seed: this.#spec.storm.seed + number };
    hands.harness.faults.before = stormOf(storm, this.#tally.weather);
    for (let run = 0; run < this.#spec.runs; run++) await this.#runInStorm();
    hands.harness.faults.before = undefined;
    hands.pass?.(CATCH_UP_MS);
    await this.#runInCalm();
    const act = { ...this.#actNow(before), before, after: await hands.picture(), ledgerBefore };
    checkThreeStates(act);
    checkLeavers(act);
    this.#checkClaims();
  }

  async #runInStorm(): Promise<void> {
    const writes = this.#hands.writes();
    let plan: PlanBody | null = null;
    try {
      plan = await this.#simulation.plan(this.#asOf());
      await this.#apply(plan);
    } catch (error) {
      if (!(error instanceof MusterError) || !NO_PLAN.includes(error.code)) throw error;
      if (this.#hands.writes() !== writes) throw new Broken(`${error.code} after something was written`);
      const { without } = this.#tally;
      without.set(error.code, (without.get(error.code) ?? 0) + 1);
    }
  }

  async #apply(plan: PlanBody): Promise<void> {
    const before = await this.#hands.picture();
    const ledgerBefore = this.#simulation.ledger;
    const result = await this.#simulation.apply(plan);
    if (result.refused) throw new Broken("a guard refused");
    this.#checkOutcomes(plan, result);
    const after = await this.#hands.picture();
    const happened = result.executed.filter(({ op, outcome }) => mayHaveHappened(op, outcome.kind)).map(({ op }) => op);
    const act = { ...this.#actNow(before), before, after, ledgerBefore, ops: happened };
    checkEnabling(act);
    checkInference(act);
    this.#shadow.musterActed(after, happened, this.#now);
  }

  /** Every approved op has one outcome, decided or executed, and an error says what it is. */
  #checkOutcomes(plan: PlanBody, { executed, decided }: RunResult): void {
    const planned = new Set(plan.ops.map(({ id }) => id));
    const settled = [...executed, ...decided].map(({ op }) => op.id).filter((id) => planned.has(id));
    if (settled.length !== planned.size || new Set(settled).size !== planned.size)
      throw new Broken(`${planned.size} ops were planned, ${settled.length} have an outcome`);
    const { outcomes } = this.#tally;
    for (const { op, outcome } of executed) {
      outcomes.set(outcome.kind, (outcomes.get(outcome.kind) ?? 0) + 1);
      if (outcome.kind !== "done" && outcome.kind !== "already" && outcome.code === null)
        throw new Broken(`${op.verb} is ${outcome.kind} without a code`);
      if (outcome.kind === "failed" && !this.#isExcused(outcome))
        throw new Broken(`${op.verb} ${op.slot ?? ""} of ${op.label} failed: ${outcome.code} ${outcome.detail}`);
    }
    const unknown = executed.filter(({ op, outcome }) => op.verb === "create" && outcome.kind === "unknown");
    this.#tally.found += unknown.filter(({ op }) => "claim" in op.object && this.#carriers(op.object.claim) > 0).length;
  }

  /** The weather was bad; or the reason of a refusal was cut off. */
  #isExcused({ code, detail }: Outcome): boolean {
    if (EXCUSED.includes(String(code))) return true;
    return this.#spec.storm.kinds.includes("truncated") && /for a reason that is not known here/.test(detail ?? "");
  }

  /** Users, deleted ones too, that carry a claim. */
  #carriers(claim: string): number {
    return [...this.#hands.harness.tenant.state.store.list("user")].filter(({ properties }) => {
      const extensions = properties.onPremisesExtensionAttributes as Readonly<Record<string, unknown>> | undefined;
      return extensions?.[CLAIM.slice(CLAIM.indexOf(".") + 1)] === claim;
    }).length;
  }

  /** One run does what is left, the next what had to wait for an account that was found again, deleted or restored. */
  async #runInCalm(): Promise<void> {
    const most = 3;
    for (let run = 0; ; run++) {
      const plan = await this.#simulation.plan(this.#asOf());
      if (plan.ops.length === 0) return;
      if (run === most)
        throw new Broken(
          `after ${run} runs in fine weather: ${plan.ops.map((op) => `${op.verb} ${op.slot ?? ""} of ${op.label}`).join("; ")}`,
        );
      const before = await this.#hands.picture();
      const ledgerBefore = this.#simulation.ledger;
      const result = await this.#simulation.apply(plan);
      for (const { op, outcome } of result.executed)
        if (outcome.kind !== "done" && outcome.kind !== "already")
          throw new Broken(
            `in fine weather ${op.verb} of ${op.label} is ${outcome.kind}: ${outcome.code} ${outcome.detail}`,
          );
      this.#hands.pass?.(CATCH_UP_MS);
      const after = await this.#hands.picture();
      const ops = result.executed.map(({ op }) => op);
      const act = { ...this.#actNow(before), before, after, ledgerBefore, ops };
      checkEnabling(act);
      checkInference(act);
      this.#shadow.musterActed(after, ops, this.#now);
    }
  }

  #actNow(before: Picture): Act {
    const simulation = this.#simulation;
    return {
      dialect: this.#hands.dialect,
      policy: this.#spec.policy,
      workers: simulation.world.workers,
      intents: desire(simulation.snapshot(), simulation.compile(), this.#now).intents,
      asOf: this.#now,
      before,
      after: before,
      ledgerBefore: simulation.ledger,
      ledgerAfter: simulation.ledger,
      ops: [],
      shadow: this.#shadow,
    };
  }

  /** Whatever carries a claim was made by Muster: the ledger knows it, and no claim is there twice. */
  #checkClaims(): void {
    const entries = [...this.#simulation.ledger.entries.values()];
    const known = new Set(
      entries
        .flatMap(({ current, former }) => [...(current === null ? [] : [current]), ...former])
        .map((one) => one.anchor),
    );
    const claims = new Set<string>();
    for (const { id, properties, deletedAt } of this.#hands.harness.tenant.state.store.list("user")) {
      const extensions = properties.onPremisesExtensionAttributes as Readonly<Record<string, string>> | undefined;
      const claim = extensions?.[CLAIM.slice(CLAIM.indexOf(".") + 1)];
      if (claim === undefined || claim === null) continue;
      if (claims.has(claim)) throw new Broken(`the claim ${claim} is on two users`);
      claims.add(claim);
      if (deletedAt === null && !known.has(id))
        throw new Broken(`${String(properties.userPrincipalName)} was made by Muster and is in no ledger`);
    }
  }

  #pass(ms: number): void {
    this.#now += ms;
    this.#hands.pass?.(ms);
  }

  #asOf(): string {
    return new Date(this.#now).toISOString().replace(".000Z", "Z");
  }
}

/** Codes of an op that failed because the weather was bad; anything else is a fault. */
const EXCUSED = [...NO_PLAN, "MUS-5007"];

/** A removal that nobody knows of is taken for one that was not. */
function mayHaveHappened(op: Op, kind: OutcomeKind): boolean {
  if (kind === "done" || kind === "already") return true;
  return kind === "unknown" && op.verb !== "remove-member" && op.verb !== "remove-licence";
}
