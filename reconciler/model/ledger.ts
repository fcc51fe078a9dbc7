/** The ledger: what is bound, allotted and last confirmed. */
import type { LedgerEntry } from "./files/index.js";
import type { IdentityKey, WorkerKey } from "./identity.js";
import type { Anchor } from "./observed.js";
import type { Value } from "./value.js";

export type { LedgerEntry } from "./files/index.js";
export type LedgerCurrent = NonNullable<LedgerEntry["current"]>;
export type StoredValue = NonNullable<LedgerCurrent["managed"][string]>;

/** Key of an entry: one identity in one target. */
export function ledgerKey(target: string, identity: IdentityKey): string {
  return `${target}|${identity}`;
}

export interface Ledger {
  readonly entries: ReadonlyMap<string, LedgerEntry>;
  /** Anchors of groups by target and name as the entitlement writes it. */
  readonly groups: ReadonlyMap<string, Anchor>;
  /** Groups, by the same key, that were announced as exclusive, and the as-of instant of the plan that did. */
  readonly exclusive: ReadonlyMap<string, string>;
  /** By target, then worker: entries that list the worker. */
  readonly byWorker: ReadonlyMap<string, ReadonlyMap<string, readonly LedgerEntry[]>>;
}

/** Builds the indexes. Two entries that claim one object are both kept in `entries`; the planner reports them. */
export function buildLedger(
  entries: readonly LedgerEntry[],
  groups: ReadonlyMap<string, Anchor>,
  exclusive: ReadonlyMap<string, string> = new Map(),
): Ledger {
  const byKey = new Map<string, LedgerEntry>();
  const byWorker = new Map<string, Map<string, LedgerEntry[]>>();
  for (const entry of entries) {
    byKey.set(ledgerKey(entry.target, entry.identity as IdentityKey), entry);
    const ofTarget = byWorker.get(entry.target) ?? new Map<string, LedgerEntry[]>();
    byWorker.set(entry.target, ofTarget);
    for (const worker of entry.workers) {
      const list = ofTarget.get(worker);
      if (list === undefined) ofTarget.set(worker, [entry]);
      else list.push(entry);
    }
  }
  return { entries: byKey, groups, exclusive, byWorker };
}

/** The entry of an identity in a target; none for what is nobody's. */
export function entryOf(ledger: Ledger, target: string, identity: IdentityKey | null): LedgerEntry | undefined {
  return identity === null ? undefined : ledger.entries.get(ledgerKey(target, identity));
}

export function entryOfWorker(ledger: Ledger, target: string, worker: WorkerKey): readonly LedgerEntry[] {
  return ledger.byWorker.get(target)?.get(worker) ?? [];
}

/** Files cannot hold bytes; `{ hex }` stands for them. */
export function toStored(value: Value): StoredValue {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") };
  return (Array.isArray(value) ? [...value].sort() : value) as StoredValue;
}

export function fromStored(value: StoredValue): Value {
  if (typeof value === "object" && "hex" in value) return Uint8Array.from(Buffer.from(value.hex, "hex"));
  return value as Value;
}
