/** The ledger after a run: every outcome folded in, in plan order. */
import { compareText, type IdentityKey } from "../model/identity.js";
import { buildLedger, type Ledger, type LedgerEntry, ledgerKey } from "../model/ledger.js";
import type { Anchor } from "../model/observed.js";
import type { Op } from "../model/op.js";
import type { RunOutcome } from "../model/run.js";
import { foldOutcome } from "./fold.js";

export interface LedgerChange {
  readonly ledger: Ledger;
  /** Entries that are new or differ, sorted by key. */
  readonly changed: readonly LedgerEntry[];
  /** Target and identity of entries that moved to another key. */
  readonly removed: readonly { readonly target: string; readonly identity: string }[];
  /** Group anchors learnt in this run: "target|name" to anchor. */
  readonly groups: ReadonlyMap<string, Anchor>;
}

/** `asOf` is the plan's as-of instant: what the ledger dates states by. */
export function nextLedger(ledger: Ledger, outcomes: readonly RunOutcome[], asOf: string): LedgerChange {
  const entries = new Map(ledger.entries);
  const touched = new Set<string>();
  const removed: LedgerChange["removed"][number][] = [];
  const groups = new Map<string, Anchor>();
  for (const run of outcomes) {
    const key = ledgerKey(run.op.target, run.op.identity);
    const rekey = run.op.verb === "bind" && run.op.slot === "identity" ? run.op.before.identity : undefined;
    const oldKey = typeof rekey === "string" ? ledgerKey(run.op.target, rekey as IdentityKey) : key;
    const before = entries.get(oldKey);
    const context = { workers: run.workers, primary: run.primary, nameAttributes: run.names, at: run.at, asOf };
    const after = foldOutcome(before, run.op, run.outcome, context);
    learnGroup(ledger, groups, run.op, run.outcome.kind);
    if (after === undefined || after === before) continue;
    if (oldKey !== key && entries.delete(oldKey)) removed.push({ target: run.op.target, identity: String(rekey) });
    entries.set(key, after);
    touched.add(key);
  }
  const changed = [...touched].sort(compareText).flatMap((key) => entries.get(key) ?? []);
  return {
    ledger: buildLedger([...entries.values()], new Map([...ledger.groups, ...groups])),
    changed,
    removed,
    groups,
  };
}

/** A group is bound by its anchor from the first membership that was written on. */
function learnGroup(ledger: Ledger, groups: Map<string, Anchor>, op: Op, kind: string): void {
  if (op.verb !== "add-member" || op.slot === null || op.slotLabel === null) return;
  if (kind !== "done" && kind !== "already") return;
  const key = `${op.target}|${op.slotLabel}`;
  if (ledger.groups.get(key) !== op.slot) groups.set(key, op.slot);
}
