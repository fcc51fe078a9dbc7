/** A lost ledger, restored from the run records alone: the fold of all outcomes, oldest run first. */
import type { FileChange } from "../model/file-change.js";
import { buildLedger, type Ledger } from "../model/ledger.js";
import type { Run } from "../model/run.js";
import { groupPath } from "../repo/paths.js";
import { writeYaml } from "../repo/yaml.js";
import { nextLedger } from "./next-ledger.js";
import { accountFile } from "./record.js";

export function rebuildLedger(runs: readonly Run[]): Ledger {
  let ledger = buildLedger([], new Map());
  for (const run of runs) ledger = nextLedger(ledger, run.outcomes, run.asOf).ledger;
  return ledger;
}

/** All files of a ledger. */
export function filesOfLedger(environment: string, ledger: Ledger): FileChange[] {
  const groups = [...ledger.groups].map(([key, anchor]) => {
    const cut = key.indexOf("|");
    const [target, group] = [key.slice(0, cut), key.slice(cut + 1)];
    const content = writeYaml({ apiVersion: "muster/v1", kind: "Group", target, group, anchor });
    return { path: groupPath(environment, target, group), content };
  });
  return [...[...ledger.entries.values()].map((entry) => accountFile(environment, entry)), ...groups];
}
