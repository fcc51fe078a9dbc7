/** A run's record from what was executed and decided: one outcome per op, in plan order. */
import { compareText, type WorkerKey } from "../model/identity.js";
import { entryOf, type Ledger } from "../model/ledger.js";
import type { Op, OpId } from "../model/op.js";
import type { Plan } from "../model/plan.js";
import type { Run, RunOutcome } from "../model/run.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import type { Desire } from "../policy/desire.js";
import { formatInstant } from "../policy/time.js";
import type { Executed } from "./execute.js";

export interface RunParts {
  readonly id: string;
  readonly plan: Plan;
  readonly outcomes: readonly Executed[];
  readonly started: number;
  readonly finished: number;
}

/** What is known of identities when the run is recorded. */
export interface RunKnowledge {
  readonly policy: CompiledPolicy;
  readonly desire: Desire;
  readonly ledger: Ledger;
}

export function buildRun(parts: RunParts, known: RunKnowledge): Omit<Run, "previous"> {
  const { plan } = parts;
  const order = new Map<OpId, number>(plan.body.ops.map((op, i) => [op.id, i]));
  const place = (id: OpId) => order.get(id) ?? plan.body.ops.length;
  const sorted = [...parts.outcomes].sort((a, b) => place(a.op.id) - place(b.op.id) || compareText(a.op.id, b.op.id));
  const describe = describer(known);
  return {
    id: parts.id,
    environment: plan.body.environment,
    plan: plan.envelope.id,
    asOf: plan.body.asOf,
    started: formatInstant(parts.started),
    finished: formatInstant(parts.finished),
    inputs: { desired: plan.envelope.desired, records: plan.envelope.records },
    digests: { actions: plan.body.digests.actions, inputs: plan.body.digests.inputs },
    guards: plan.body.guards,
    outcomes: sorted.map(
      ({ op, outcome, at }): RunOutcome => ({ op, outcome, at: formatInstant(at), ...describe(op) }),
    ),
  };
}

function describer(known: RunKnowledge): (op: Op) => Pick<RunOutcome, "workers" | "primary" | "names"> {
  const intents = new Map(known.desire.intents.map((intent) => [`${intent.mapping}|${intent.identity}`, intent]));
  const names = new Map(
    known.policy.mappings.map((m) => [m.name, m.attributes.filter((a) => a.unique !== null).map((a) => a.name)]),
  );
  return (op) => {
    const intent = intents.get(`${op.mapping}|${op.identity}`);
    const entry = entryOf(known.ledger, op.target, op.identity);
    // HR may have dropped the person between a crash and the recovery: what the ledger knows stands.
    const workers = intent?.workers ?? ((entry?.workers ?? []) as WorkerKey[]);
    const primary = intent?.primary ?? ((entry?.current?.primary ?? workers[0] ?? op.identity ?? "") as WorkerKey);
    return { workers, primary, names: names.get(op.mapping ?? "") ?? [] };
  };
}
