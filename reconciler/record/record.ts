/**
 * One commit per run on the records branch: the changed ledger files and the run record, with trailers that scripts can
 * read. Nothing that changes nothing is committed. The commit message names no person.
 */
import type { FileChange } from "../model/file-change.js";
import type { LedgerEntry, LedgerGroup } from "../model/files/index.js";
import type { Ledger } from "../model/ledger.js";
import { OUTCOMES, type Verb } from "../model/op.js";
import { accountPath, groupPath, runPath } from "../model/paths.js";
import type { Run } from "../model/run.js";
import { commitChanges } from "../repo/commit.js";
import { askGit } from "../repo/git.js";
import type { Repository } from "../repo/state.js";
import { writeYaml } from "../repo/yaml.js";
import { MusterError } from "../support/errors.js";
import { type LedgerChange, nextLedger } from "./next-ledger.js";
import { digestOfLastRun } from "./read-runs.js";
import { writeRunFiles } from "./run-file.js";

export interface Recorded {
  /** null: nothing had changed. */
  readonly commit: string | null;
  readonly run: Run;
  readonly ledger: Ledger;
}

/**
 * Commits a run. `ledgerAt` reads the ledger at the commit that the record is made on, so that a branch that moved
 * meanwhile loses nothing. Throws MUS-6001 when git does not take it: the caller keeps the journal, the next run
 * commits it.
 */
export async function recordRun(
  repository: Repository,
  branch: string,
  run: Omit<Run, "previous">,
  ledgerAt: (commit: string | null) => Promise<Ledger>,
): Promise<Recorded> {
  let full: Run = { ...run, previous: null };
  let change: LedgerChange | null = null;
  const changes = async (parent: string | null): Promise<FileChange[]> => {
    const ledger = await ledgerAt(parent);
    if (await isRecorded(repository, parent, run)) {
      change = nextLedger(ledger, [], run.asOf);
      return [];
    }
    change = nextLedger(ledger, run.outcomes, run.asOf);
    full = { ...run, previous: await digestOfLastRun(repository, parent, run.environment) };
    return isWorthRecording(run) ? [...ledgerFiles(run.environment, change), ...runFileChanges(full)] : [];
  };
  try {
    const commit = await commitChanges(repository.git, {
      branch,
      changes,
      subject: subjectOf(run),
      trailers: trailersOf(run),
      at: run.finished,
    });
    const done = change as LedgerChange | null;
    return { commit, run: full, ledger: done === null ? await ledgerAt(null) : done.ledger };
  } catch (cause) {
    const what = `the record of run ${run.id} could not be committed on ${branch}: ${cause instanceof Error ? cause.message : cause}`;
    throw new MusterError("MUS-6001", { what, cause });
  }
}

/** A crash between the commit and the journal's "recorded" brings the same run here again: it must not count twice. */
async function isRecorded(
  repository: Repository,
  commit: string | null,
  run: Pick<Run, "environment" | "started" | "id">,
): Promise<boolean> {
  if (commit === null) return false;
  const path = runPath(run.environment, run.started, run.id);
  return (await askGit(repository.git, ["cat-file", "-e", `${commit}:${path}`])) !== null;
}

/**
 * A run in which nothing was tried, or everything was so already in the ledger too, leaves no trace. A create that was cut
 * off is deferred and has left an account, which later plans must know for ours.
 */
function isWorthRecording(run: Omit<Run, "previous">): boolean {
  return run.outcomes.some(({ op, outcome }) => {
    if (op.verb === "create" && outcome.anchor !== null) return true;
    return outcome.kind !== "deferred" && outcome.kind !== "skipped";
  });
}

function runFileChanges(run: Run): FileChange[] {
  return writeRunFiles(run).map(({ name, content }) => ({
    path: runPath(run.environment, run.started, name),
    content,
  }));
}

/** Ledger files that a run changes. */
export function ledgerFiles(environment: string, change: LedgerChange): FileChange[] {
  const accounts = change.changed.map((entry) => accountFile(environment, entry));
  const kept = new Set(accounts.map((file) => file.path));
  const removed = change.removed
    .map(({ target, identity }) => accountPath(environment, target, identity))
    .filter((path) => !kept.has(path))
    .map((path) => ({ path, content: null }));
  return [...accounts, ...removed, ...change.groups.map((group) => groupFile(environment, group))];
}

export function accountFile(environment: string, entry: LedgerEntry): FileChange {
  return { path: accountPath(environment, entry.target, entry.identity), content: writeYaml(sortEntry(entry)) };
}

export function groupFile(environment: string, group: LedgerGroup): FileChange {
  return { path: groupPath(environment, group.target, group.group), content: writeYaml(group) };
}

/** Maps inside an entry are written in key order, so that a diff shows only what changed. */
function sortEntry(entry: LedgerEntry): LedgerEntry {
  if (entry.current === null) return entry;
  const { names, managed, memberships, tasks } = entry.current;
  const sorted = {
    names: sortKeys(names),
    managed: sortKeys(managed),
    memberships: sortKeys(memberships),
    tasks: sortKeys(tasks),
  };
  return { ...entry, current: { ...entry.current, ...sorted } };
}

function sortKeys<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

const PAST: Readonly<Record<Verb, string>> = {
  create: "created",
  bind: "bound",
  unbind: "unbound",
  update: "updated",
  rename: "renamed",
  move: "moved",
  enable: "enabled",
  disable: "disabled",
  delete: "deleted",
  restore: "restored",
  purge: "deleted for good",
  "add-member": "memberships added",
  "remove-member": "memberships removed",
  "assign-licence": "licences assigned",
  "remove-licence": "licences removed",
  "run-task": "tasks run",
};

function subjectOf(run: Omit<Run, "previous">): string {
  const counts = new Map<Verb, number>();
  for (const { op, outcome } of run.outcomes) {
    if (outcome.kind === "done") counts.set(op.verb, (counts.get(op.verb) ?? 0) + 1);
  }
  const parts = (Object.keys(PAST) as Verb[]).flatMap((verb) => {
    const count = counts.get(verb);
    if (count === undefined) return [];
    // "1 membership added".
    return [`${count} ${count === 1 ? PAST[verb].replace("s ", " ") : PAST[verb]}`];
  });
  return `muster ${run.environment}: ${parts.length === 0 ? "nothing done" : parts.join(", ")}`;
}

function trailersOf(run: Omit<Run, "previous">): Record<string, string> {
  const outcomes = OUTCOMES.flatMap((kind) => {
    const count = run.outcomes.filter(({ outcome }) => outcome.kind === kind).length;
    return count === 0 ? [] : [`${kind}=${count}`];
  });
  return {
    "Muster-Run": run.id,
    "Muster-Actions": run.digests.actions,
    "Muster-Inputs": run.digests.inputs,
    "Muster-Outcome": outcomes.join(" "),
  };
}
