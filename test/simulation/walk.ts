/** Walks through a world: at every step time passes, people edit, Muster runs until nothing is left, and all is checked. */

import { canonicalJson } from "../../reconciler/model/hash.js";
import type { Ledger } from "../../reconciler/model/ledger.js";
import type { Anchor } from "../../reconciler/model/observed.js";
import type { Op } from "../../reconciler/model/op.js";
import type { PlanBody } from "../../reconciler/model/plan.js";
import { desire } from "../../reconciler/policy/desire.js";
import { MemoryTarget } from "../../reconciler/targets/memory/target.js";
import type { RunResult, Simulation } from "../support/simulation.js";
import {
  type Act,
  Broken,
  checkEnabling,
  checkInference,
  checkLeavers,
  checkOwnership,
  checkThreeStates,
  leavers,
} from "./checks.js";
import type { Coverage } from "./coverage.js";
import type { Hands } from "./hands.js";
import { EPOCH } from "./people.js";
import { checkPrefixes } from "./prefixes.js";
import { type Picture, Shadow } from "./shadow.js";
import { editDirectory, editHr, type StepSpec } from "./steps.js";
import { buildWorld, type WorldSpec } from "./world.js";

const DAY = 86_400_000;
/** Longer than any replica lags. */
const CATCH_UP_MS = 120_000;

export async function walk(spec: WorldSpec, hands: Hands, coverage: Coverage): Promise<void> {
  const walker = new Walker(spec, hands, coverage, await buildWorld(spec, hands));
  hands.pass?.(CATCH_UP_MS);
  await walker.settle();
  for (const [i, step] of spec.steps.entries()) {
    await walker.live(step, i);
    await walker.settle();
  }
  coverage.world(walker.checks);
}

class Walker {
  readonly checks = new Map<string, number>();
  readonly #spec: WorldSpec;
  readonly #hands: Hands;
  readonly #coverage: Coverage;
  readonly #simulation: Simulation;
  readonly #shadow = new Shadow();
  #now = Date.parse(`${EPOCH}T09:00:00Z`);

  constructor(spec: WorldSpec, hands: Hands, coverage: Coverage, simulation: Simulation) {
    this.#spec = spec;
    this.#hands = hands;
    this.#coverage = coverage;
    this.#simulation = simulation;
  }

  /** Time passes and people edit. */
  async live(step: StepSpec, number: number): Promise<void> {
    this.#pass(step.days * DAY + 3_600_000);
    const today = this.#asOf().slice(0, 10);
    const { world } = this.#simulation;
    for (const edit of step.hr) world.workers = editHr(world.workers, edit, today);
    for (const [i, edit] of step.admin.entries()) await editDirectory(this.#hands, edit, number * 10 + i);
    this.#catchUp();
  }

  /**
   * Plans and applies until nothing is left: twice at most, once where nothing was bound, deleted or restored; a third time where
   * another account of a person turns up because the first was deleted, or because an account went to another worker of its
   * person and no longer carries the match key of the first.
   */
  async settle(): Promise<void> {
    const simulation = this.#simulation;
    const start = await this.#picture();
    this.#shadow.othersActed(start);
    const ledger = simulation.ledger;
    const first = await simulation.plan(this.#asOf());
    const done = await this.#apply(first, start);
    let previous = first;
    let last = await simulation.plan(this.#asOf());
    for (let applies = 1; last.ops.length > 0; applies++) {
      const uncovers = (op: Op) => op.verb === "delete" || (op.verb === "bind" && op.slot === "primary");
      const most = first.ops.some(uncovers) ? 3 : 2;
      if (applies === most || !leavesMore(previous))
        throw new Broken(
          `changes are left after ${applies} applies: ${describe(last)}; the last was: ${describe(previous)}`,
        );
      await this.#apply(last, await this.#picture());
      previous = last;
      last = await simulation.plan(this.#asOf());
    }
    this.#count("convergence");
    await this.#rest(last);
    const act: Act = {
      ...done,
      before: start,
      after: await this.#picture(),
      ledgerBefore: ledger,
      ledgerAfter: simulation.ledger,
    };
    this.#count("set, cleared, unmanaged", checkThreeStates(act));
    checkLeavers(act);
    this.#count("leavers");
  }

  /** Idempotence: a fresh plan and apply writes nothing, to the target and to the ledger. */
  async #rest(plan: PlanBody): Promise<void> {
    const simulation = this.#simulation;
    const writes = this.#hands.writes();
    const ledger = entriesOf(simulation);
    const result = await simulation.apply(plan);
    if (result.executed.length > 0 || this.#hands.writes() !== writes) throw new Broken("a run without changes writes");
    if (entriesOf(simulation) !== ledger) throw new Broken("a run without changes changes the ledger");
    this.#count("idempotence");
  }

  async #apply(plan: PlanBody, before: Picture): Promise<Act> {
    const simulation = this.#simulation;
    const { policy } = this.#spec;
    const wanted = desire(simulation.snapshot(), simulation.compile(), this.#now);
    const base = {
      dialect: this.#hands.dialect,
      policy,
      workers: simulation.world.workers,
      intents: wanted.intents,
      asOf: this.#now,
      before,
    };
    const ledgerBefore = simulation.ledger;
    const { port } = this.#hands;
    if (port instanceof MemoryTarget) {
      const prefixes = await checkPrefixes(port.directory, plan.ops, ledgerBefore, leavers(base));
      this.#count("order of every prefix", prefixes);
    }
    const watched = this.#hands.watch?.(accountsOf(ledgerBefore, leavers(base)));
    const result = await simulation.apply(plan);
    if (watched !== undefined) this.#count("order of every write", watched());
    this.#catchUp();
    const ops = this.#judge(plan, result);
    const act: Act = {
      ...base,
      after: await this.#picture(),
      ledgerBefore,
      ledgerAfter: simulation.ledger,
      ops,
      shadow: this.#shadow,
    };
    checkOwnership(act);
    this.#count("ownership");
    checkEnabling(act);
    this.#count("foreign-disabled stays disabled");
    checkInference(act);
    this.#count("nothing by inference");
    this.#shadow.musterActed(act.after, ops, this.#now);
    return act;
  }

  /** Nobody interferes during the run, so every op that was planned is done; or already, as deleting clears references. */
  #judge(plan: PlanBody, result: RunResult) {
    this.#coverage.plan(plan);
    if (result.refused)
      throw new Broken(`a guard refused: ${JSON.stringify(plan.guards.filter((g) => g.verdict === "refuse"))}`);
    if (result.decided.length > 0) throw new Broken(`planned, but not again: ${result.decided[0]?.op.verb}`);
    for (const { op, outcome } of result.executed) {
      if (outcome.kind !== "done" && outcome.kind !== "already")
        throw new Broken(
          `${op.verb} ${op.slot ?? ""} of ${op.label} is ${outcome.kind}: ${outcome.code} ${outcome.detail}`,
        );
      this.#coverage.executed(op);
    }
    return result.executed.map(({ op }) => op);
  }

  async #picture(): Promise<Picture> {
    return this.#hands.picture();
  }

  /** Replicas that lag show what was written, before anything is planned again. */
  #catchUp(): void {
    this.#hands.pass?.(CATCH_UP_MS);
  }

  #pass(ms: number): void {
    this.#now += ms;
    this.#hands.pass?.(ms);
  }

  #asOf(): string {
    return new Date(this.#now).toISOString().replace(".000Z", "Z");
  }

  #count(property: string, checks = 1): void {
    this.checks.set(property, (this.checks.get(property) ?? 0) + checks);
  }
}

/** What was bound or restored is corrected by the next plan; what was deleted gives up its names only when it is really gone. */
function leavesMore(plan: PlanBody): boolean {
  const isBinding = (op: Op) => op.verb === "bind" && op.slot !== "found";
  return plan.ops.some((op) => op.verb === "delete" || op.verb === "restore" || isBinding(op));
}

function accountsOf(ledger: Ledger, identities: ReadonlySet<string>): Set<Anchor> {
  return new Set(
    [...ledger.entries.values()].flatMap(({ identity, current }) =>
      current === null || !identities.has(identity) ? [] : [current.anchor],
    ),
  );
}

function entriesOf(simulation: Simulation): string {
  return canonicalJson([...simulation.ledger.entries.values()]);
}

function describe(plan: PlanBody): string {
  return plan.ops
    .map((op) => `${op.verb} ${op.slot ?? ""} of ${op.label} ${canonicalJson(op.before)} -> ${canonicalJson(op.after)}`)
    .join("; ");
}
