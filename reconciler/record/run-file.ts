/** Run records as files: state/environments/<environment>/runs/<yyyy>/<mm>/<run id>.yaml. */
import type { RunFile } from "../model/files/index.js";
import type { IdentityKey, WorkerKey } from "../model/identity.js";
import type { Op } from "../model/op.js";
import type { Run, RunOutcome } from "../model/run.js";
import { API_VERSION } from "../repo/schemas.js";
import { writeYaml } from "../repo/yaml.js";
import { restoreOp, storeOp } from "./stored-op.js";

type FileOutcome = RunFile["outcomes"][number];
type FileOp = FileOutcome["op"];

export function writeRunFile(run: Run): string {
  const { id, environment, plan, asOf, started, finished, inputs, digests, previous, guards } = run;
  const file: RunFile = {
    apiVersion: API_VERSION,
    kind: "Run",
    id,
    environment,
    plan,
    asOf,
    started,
    finished,
    inputs: { ...inputs },
    digests: { ...digests },
    previous,
    guards: guards.map((guard) => ({ ...guard, ops: [...guard.ops] })),
    outcomes: run.outcomes.map(toFileOutcome),
  };
  return writeYaml(file);
}

/** The run of a validated file. */
export function readRunFile(file: RunFile): Run {
  const { apiVersion: _version, kind: _kind, outcomes, ...rest } = file;
  return { ...rest, outcomes: outcomes.map(fromFileOutcome) };
}

function toFileOutcome({ op, outcome, at, workers, primary, names }: RunOutcome): FileOutcome {
  const { kind, anchor, code, detail } = outcome;
  const lists = { workers: [...workers], names: [...names] };
  return { op: toFileOp(op), outcome: kind, anchor, code, detail, at, primary, ...lists };
}

function toFileOp(op: Op): FileOp {
  const { id, verb, target, identity, mapping, object, slot, slotLabel, label, address, origin, ledgerOnly } = op;
  const { before, after } = storeOp(op);
  const reasons = op.reasons.map(({ because, policy, fields, source }) => ({
    because,
    ...(policy === undefined ? {} : { policy: { ...policy } }),
    ...(fields === undefined ? {} : { fields: [...fields] }),
    ...(source === undefined ? {} : { source: { ...source } }),
  }));
  const about = { id, verb, target, identity, mapping, object, slot, slotLabel, label, address };
  return { ...about, before, after, origin, ledgerOnly, reasons };
}

function fromFileOutcome(file: FileOutcome): RunOutcome {
  const { op, outcome, anchor, code, detail, at, workers, primary, names } = file;
  const identity = op.identity as IdentityKey;
  // What an op waited for and which names it moved mattered while it ran; a record tells what became of it.
  const full = restoreOp({ ...op, identity, needs: [], claims: [], releases: [] });
  return {
    op: full,
    outcome: { op: op.id, kind: outcome, anchor, code, detail },
    at,
    workers: workers as WorkerKey[],
    primary: primary as WorkerKey,
    names,
  };
}
