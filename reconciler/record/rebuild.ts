/** A lost ledger, restored from the run records alone: the fold of all outcomes, oldest run first. */
import type { FileChange } from "../model/file-change.js";
import { buildLedger, type Ledger } from "../model/ledger.js";
import type { Run } from "../model/run.js";
import { groupsOf, nextLedger } from "./next-ledger.js";
import { accountFile, groupFile } from "./record.js";

export function rebuildLedger(runs: readonly Run[]): Ledger {
  let ledger = buildLedger([], new Map());
  for (const run of runs) ledger = nextLedger(ledger, run.outcomes, run.asOf).ledger;
  return ledger;
}

/** All files of a ledger. */
export function filesOfLedger(environment: string, ledger: Ledger): FileChange[] {
  const accounts = [...ledger.entries.values()].map((entry) => accountFile(environment, entry));
  return [...accounts, ...groupsOf(ledger).map((group) => groupFile(environment, group))];
}
