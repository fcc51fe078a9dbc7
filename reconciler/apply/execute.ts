/**
 * Execution: hands whatever is free to go to the targets, in plan order, and journals before and after.
 *
 * The unit of progress is a wave of ops whose needs are done (schedule.ts). Their ids are durable in the journal before the first of them is sent, and so are the outcomes of the wave
 * before, on which they may depend. An op that fails takes only what needs it with it.
 */
import type { IdentityKey } from "../model/identity.js";
import type { Anchor, Selection } from "../model/observed.js";
import type { Op, OpId, Outcome } from "../model/op.js";
import type { Clock, Journal, ReadyOp, TargetPort } from "../model/ports.js";
import { assert } from "../support/errors.js";
import { referredIdentity } from "./address-use.js";
import { Schedule } from "./schedule.js";

export interface Execution {
  readonly ops: readonly Op[];
  readonly targets: Readonly<Record<string, { readonly port: TargetPort; readonly selection: Selection }>>;
  /** Anchor that an identity is bound to before this run. */
  readonly anchorOf: (target: string, identity: IdentityKey) => Anchor | null;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Told of every outcome as it comes. */
  readonly onOutcome: (op: Op, outcome: Outcome) => void;
}

export interface Executed {
  readonly op: Op;
  readonly outcome: Outcome;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Executes all ops; gives one outcome per op, in the order they came. */
export async function execute(execution: Execution): Promise<Executed[]> {
  const state = new ExecutionState(execution);
  let flushes: readonly Promise<void>[] = [];
  for (let wave = state.nextWave(); wave.length > 0; wave = state.nextWave())
    flushes = await runWave(execution, state, wave, flushes);
  await Promise.all([...flushes, state.flushRefusals()]);
  assert(state.done.length === execution.ops.length, "every op has an outcome");
  return state.done;
}

/**
 * `earlier`: outcomes of the wave before that may not be durable yet. They are waited for together with this wave's
 * intents, so that one visit to the disk serves both; nothing is sent before. Gives this wave's own.
 */
async function runWave(
  execution: Execution,
  state: ExecutionState,
  wave: readonly Op[],
  earlier: readonly Promise<void>[],
): Promise<readonly Promise<void>[]> {
  const writing = wave.filter((op) => !op.ledgerOnly);
  const durable = [...earlier, state.flushRefusals()];
  if (writing.length > 0) {
    const at = new Date(execution.clock.now()).toISOString();
    durable.push(execution.journal.append({ type: "intent", ops: writing.map((op) => op.id), at }));
  }
  await Promise.all(durable);
  const flushes: Promise<void>[] = [];
  const settle = (outcome: Outcome) => {
    const flushed = state.settle(outcome);
    // The error of a broken journal is thrown where it is waited for; until then it is not unhandled.
    flushed.catch(() => {});
    flushes.push(flushed);
  };
  for (const op of wave)
    if (op.ledgerOnly) settle({ op: op.id, kind: "done", anchor: anchorOf(op), code: null, detail: null });
  await Promise.all(
    [...groupByTarget(writing)].map(async ([target, ops]) => {
      const known = execution.targets[target];
      assert(known !== undefined, `target ${target} is open`);
      const ready = ops.map((op) => state.ready(op));
      for await (const outcome of known.port.apply(ready, known.selection)) settle(outcome);
    }),
  );
  return flushes;
}

function groupByTarget(ops: readonly Op[]): Map<string, Op[]> {
  const out = new Map<string, Op[]>();
  for (const op of ops) {
    const list = out.get(op.target);
    if (list === undefined) out.set(op.target, [op]);
    else list.push(op);
  }
  return out;
}

class ExecutionState {
  readonly done: Executed[] = [];
  readonly #execution: Execution;
  readonly #byId: ReadonlyMap<OpId, Op>;
  readonly #outcomes = new Map<OpId, Outcome>();
  /** Anchors of accounts created or re-keyed in this run, by claim, and by identity for references. */
  readonly #created = new Map<string, Anchor>();
  readonly #refused: { op: Op; outcome: Outcome }[] = [];
  readonly #schedule: Schedule;

  constructor(execution: Execution) {
    this.#execution = execution;
    this.#byId = new Map(execution.ops.map((op) => [op.id, op]));
    const capabilitiesOf = (target: string) => execution.targets[target]?.port.capabilities;
    this.#schedule = new Schedule(execution.ops, capabilitiesOf, (id) => this.#outcomes.get(id));
  }

  /** Ops that go now. Ops whose needs failed get their outcome here and never reach a target. */
  nextWave(): readonly Op[] {
    for (let wave = this.#schedule.next(); ; wave = this.#schedule.next()) {
      for (const op of wave.refused) this.#refuse(op);
      if (wave.ops.length > 0 || wave.refused.length === 0) return wave.ops;
    }
  }

  ready(op: Op): ReadyOp {
    const anchor = "anchor" in op.object ? op.object.anchor : (this.#created.get(op.object.claim) ?? null);
    const references: Record<IdentityKey, Anchor> = {};
    // What is expected counts too: the modify deletes the old reference (invariant 8).
    for (const value of [...Object.values(op.before), ...Object.values(op.after)]) {
      const identity = referredIdentity(value);
      const found = identity === null ? null : this.#anchorOf(op.target, identity);
      if (identity !== null && found !== null) references[identity] = found;
    }
    return { op, anchor, references };
  }

  async settle(outcome: Outcome): Promise<void> {
    const op = this.#byId.get(outcome.op);
    assert(op !== undefined && !this.#outcomes.has(outcome.op), "a target reports one outcome per op");
    this.#outcomes.set(outcome.op, outcome);
    if (op.verb === "create" && outcome.anchor !== null && "claim" in op.object) {
      this.#created.set(op.object.claim, outcome.anchor);
      this.#created.set(`${op.target}|${op.identity}`, outcome.anchor);
    }
    // The ledger that the run began with knows the account by its old key only.
    if (op.verb === "bind" && op.slot === "identity" && "anchor" in op.object)
      this.#created.set(`${op.target}|${op.identity}`, op.object.anchor);
    await this.#report(op, outcome);
  }

  async #report(op: Op, outcome: Outcome): Promise<void> {
    const now = this.#execution.clock.now();
    this.done.push({ op, outcome, at: now });
    this.#execution.onOutcome(op, outcome);
    await this.#execution.journal.append({ type: "outcome", outcome, at: new Date(now).toISOString() });
  }

  /** Ops refused since the last call, because what they needed was not done, are journalled too. */
  async flushRefusals(): Promise<void> {
    const refused = this.#refused.splice(0);
    await Promise.all(refused.map(({ op, outcome }) => this.#report(op, outcome)));
  }

  #refuse(op: Op): void {
    const detail = "an op that it needs was not done";
    const outcome: Outcome = { op: op.id, kind: "refused", anchor: anchorOf(op), code: "MUS-5005", detail };
    this.#outcomes.set(op.id, outcome);
    this.#refused.push({ op, outcome });
  }

  #anchorOf(target: string, identity: IdentityKey): Anchor | null {
    return this.#created.get(`${target}|${identity}`) ?? this.#execution.anchorOf(target, identity);
  }
}

function anchorOf(op: Op): Anchor | null {
  return "anchor" in op.object ? op.object.anchor : null;
}
