/** Run records as files: state/environments/<environment>/runs/<yyyy>/<mm>/<run id>.yaml. */
import type { Drift, LastChange } from "../model/drift.js";
import type { RunFile } from "../model/files/index.js";
import { sha256 } from "../model/hash.js";
import type { IdentityKey, WorkerKey } from "../model/identity.js";
import type { Op } from "../model/op.js";
import type { Run, RunOutcome } from "../model/run.js";
import { restoreOp, storeOp } from "../model/stored-op.js";
import { API_VERSION } from "../repo/schemas.js";
import { writeYaml } from "../repo/yaml.js";
import { MusterError } from "../support/errors.js";

type FileOutcome = RunFile["outcomes"][number];
type FileOp = FileOutcome["op"];

/** Outcomes per file. A create takes two to three kilobytes, and hosts of git refuse files of 100 megabytes. */
const OUTCOMES_PER_FILE = 10_000;

export interface RunText {
  /** Name of the file without its ending: the run's id, with the number of the part from the second on. */
  readonly name: string;
  readonly content: string;
}

/** The files of a run: one, unless it has very many outcomes. The first names the digests of the others. */
export function writeRunFiles(run: Run, perFile: number = OUTCOMES_PER_FILE): RunText[] {
  const further: RunText[] = [];
  for (let at = perFile; at < run.outcomes.length; at += perFile) {
    const part = further.length + 2;
    const outcomes = run.outcomes.slice(at, at + perFile);
    const content = writeYaml(toFile({ ...run, guards: [], previous: null, outcomes }, { part }));
    further.push({ name: runFileName(run.id, part), content });
  }
  const parts = further.map(({ content }) => sha256(content));
  const first = toFile({ ...run, outcomes: run.outcomes.slice(0, perFile) }, parts.length === 0 ? {} : { parts });
  return [{ name: runFileName(run.id), content: writeYaml(first) }, ...further];
}

export function runFileName(run: string, part?: number): string {
  return part === undefined ? run : `${run}.part-${part}`;
}

/** Whether a path is that of a further file of a run. */
export function isFurtherPart(path: string): boolean {
  return /\.part-\d+\.yaml$/.test(path);
}

/** A validated file, with the SHA-256 of its bytes where it is a further part. */
export interface RunFileRead {
  readonly file: RunFile;
  readonly sha256: string | null;
}

/** Runs of validated files, the parts of each put together. Throws MUS-6002 where parts are missing or not those named. */
export function readRunFiles(files: readonly RunFileRead[]): Run[] {
  const further = new Map<string, RunFileRead>();
  for (const each of files)
    if (each.file.part !== undefined) further.set(runFileName(each.file.id, each.file.part), each);
  const runs = files.flatMap(({ file }): Run[] => {
    if (file.part !== undefined) return [];
    const { apiVersion: _version, kind: _kind, parts = [], part: _part, outcomes, ...rest } = file;
    const whole = [...outcomes];
    for (const [i, digest] of parts.entries()) {
      const name = runFileName(file.id, i + 2);
      const found = further.get(name);
      if (found?.sha256 !== digest) throw incomplete(file.id, `its file ${name} is missing or changed`);
      further.delete(name);
      for (const outcome of found.file.outcomes) whole.push(outcome);
    }
    return [{ ...rest, outcomes: whole.map(fromFileOutcome) }];
  });
  for (const { file } of further.values()) throw incomplete(file.id, `nothing names its part ${file.part}`);
  return runs;
}

function incomplete(run: string, why: string): MusterError {
  return new MusterError("MUS-6002", { what: `the record of run ${run} is incomplete: ${why}` });
}

function toFile(run: Run, about: Pick<RunFile, "part" | "parts">): RunFile {
  const { id, environment, plan, asOf, started, finished, inputs, digests, previous, guards } = run;
  return {
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
    ...about,
    guards: guards.map((guard) => ({ ...guard, ops: [...guard.ops] })),
    outcomes: run.outcomes.map(toFileOutcome),
  };
}

function toFileOutcome({ op, outcome, at, workers, primary, names }: RunOutcome): FileOutcome {
  const { kind, anchor, code, detail } = outcome;
  const lists = { workers: [...workers], names: [...names] };
  return { op: toFileOp(op), outcome: kind, anchor, code, detail, at, primary, ...lists };
}

function toFileOp(op: Op): FileOp {
  const { id, verb, target, identity, mapping, object, slot, slotLabel, label, address, origin, ledgerOnly } = op;
  const made = op.newContainers === undefined ? {} : { newContainers: [...op.newContainers] };
  const drift = op.drift === undefined ? {} : { drift: op.drift.map(toFileDrift) };
  const { before, after } = storeOp(op);
  const reasons = op.reasons.map(({ because, policy, fields, source }) => ({
    because,
    ...(policy === undefined ? {} : { policy: { ...policy } }),
    ...(fields === undefined ? {} : { fields: [...fields] }),
    ...(source === undefined ? {} : { source: { ...source } }),
  }));
  const about = { id, verb, target, identity, mapping, object, slot, slotLabel, label, address };
  return { ...about, before, after, ...made, origin, ...drift, ledgerOnly, reasons };
}

function toFileDrift({ attribute, changed }: Drift): { attribute: string; changed?: LastChange } {
  return { attribute, ...(changed === undefined ? {} : { changed: { ...changed } }) };
}

function fromFileOutcome(file: FileOutcome): RunOutcome {
  const { op, outcome, anchor, code, detail, at, workers, primary, names } = file;
  const identity = op.identity as IdentityKey | null;
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
