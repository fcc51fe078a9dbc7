/** muster ledger rebuild: a lost ledger, restored from the run records. */
import { readRuns } from "../record/read-runs.js";
import { filesOfLedger, rebuildLedger } from "../record/rebuild.js";
import { commitChanges } from "../repo/commit.js";
import { MusterError } from "../support/errors.js";
import type { Context, ExitCode } from "./context.js";
import { openDesk } from "./desk.js";

export async function runLedgerRebuild(context: Context): Promise<ExitCode> {
  const desk = await openDesk(context);
  const { name, records } = desk.policy.environment;
  if (desk.commits.records === null) throw new MusterError("MUS-7002", { what: "there is no commit with run records" });
  const runs = await readRuns(desk.repository, desk.commits.records, name, 0);
  const ledger = rebuildLedger(runs);
  const changes = filesOfLedger(name, ledger);
  const subject = `muster ${name}: ledger rebuilt from ${runs.length} runs`;
  const commit = await commitChanges(desk.repository.git, { branch: records.branch, changes, subject });
  const outcome = commit === null ? "it was complete: nothing changed" : `committed as ${commit.slice(0, 10)}`;
  context.print(`${ledger.entries.size} entries from ${runs.length} runs; ${outcome}\n`);
  return 0;
}
