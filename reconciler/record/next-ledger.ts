/** The ledger after a run: every outcome folded in, in plan order. */
import type { LedgerGroup } from "../model/files/index.js";
import { compareText, type IdentityKey } from "../model/identity.js";
import { buildLedger, type Ledger, type LedgerEntry, ledgerKey } from "../model/ledger.js";
import type { Op } from "../model/op.js";
import type { RunOutcome } from "../model/run.js";
import { foldOutcome, isOwned } from "./fold.js";

export interface LedgerChange {
  readonly ledger: Ledger;
  /** Entries that are new or differ, sorted by key. */
  readonly changed: readonly LedgerEntry[];
  /** Target and identity of entries that moved to another key. */
  readonly removed: readonly { readonly target: string; readonly identity: string }[];
  /** Groups of which this run learnt the anchor, or that became exclusive or no longer are. */
  readonly groups: readonly LedgerGroup[];
}

/** `asOf` is the plan's as-of instant: what the ledger dates states by. */
export function nextLedger(ledger: Ledger, outcomes: readonly RunOutcome[], asOf: string): LedgerChange {
  const entries = new Map(ledger.entries);
  const touched = new Set<string>();
  const removed: LedgerChange["removed"][number][] = [];
  const known = new GroupNotes(ledger);
  for (const run of outcomes) {
    const { op } = run;
    known.learn(op, run.outcome.kind);
    if (!isOwned(op)) continue;
    const key = ledgerKey(op.target, op.identity);
    const rekey = op.verb === "bind" && op.slot === "identity" ? op.before.identity : undefined;
    const oldKey = typeof rekey === "string" ? ledgerKey(op.target, rekey as IdentityKey) : key;
    const before = entries.get(oldKey);
    const context = { workers: run.workers, primary: run.primary, nameAttributes: run.names, at: run.at, asOf };
    const after = foldOutcome(before, op, run.outcome, context);
    if (after === undefined || after === before) continue;
    if (oldKey !== key && entries.delete(oldKey)) removed.push({ target: op.target, identity: String(rekey) });
    entries.set(key, after);
    touched.add(key);
  }
  const changed = [...touched].sort(compareText).flatMap((key) => entries.get(key) ?? []);
  const next = buildLedger([...entries.values()], known.anchors, known.exclusive);
  return { ledger: next, changed, removed, groups: groupsOf(next).filter((group) => known.changed.has(keyOf(group))) };
}

/** What the ledger holds of groups, as it stands in files. */
export function groupsOf(ledger: Ledger): LedgerGroup[] {
  return [...ledger.groups].map(([key, anchor]): LedgerGroup => {
    const cut = key.indexOf("|");
    const exclusive = ledger.exclusive.get(key);
    const group = { target: key.slice(0, cut), group: key.slice(cut + 1), anchor };
    return { apiVersion: "muster/v1", kind: "Group", ...group, ...(exclusive === undefined ? {} : { exclusive }) };
  });
}

function keyOf(group: Pick<LedgerGroup, "target" | "group">): string {
  return `${group.target}|${group.group}`;
}

class GroupNotes {
  readonly anchors: Map<string, string>;
  readonly exclusive: Map<string, string>;
  readonly changed = new Set<string>();

  constructor(ledger: Ledger) {
    this.anchors = new Map(ledger.groups);
    this.exclusive = new Map(ledger.exclusive);
  }

  /** A group is bound by its anchor from the first membership that was written on, or when it becomes exclusive. */
  learn(op: Op, kind: string): void {
    if (op.slotLabel === null || (kind !== "done" && kind !== "already")) return;
    const key = keyOf({ target: op.target, group: op.slotLabel });
    if (op.verb === "add-member" && op.slot !== null) this.#bind(key, op.slot);
    if (op.verb !== "bind" || op.slot !== "exclusive" || !("anchor" in op.object)) return;
    this.#bind(key, op.object.anchor);
    const since = op.after.exclusive;
    if (since === this.exclusive.get(key)) return;
    if (typeof since === "string") this.exclusive.set(key, since);
    else this.exclusive.delete(key);
    this.changed.add(key);
  }

  #bind(key: string, anchor: string): void {
    if (this.anchors.get(key) === anchor) return;
    this.anchors.set(key, anchor);
    this.changed.add(key);
  }
}
