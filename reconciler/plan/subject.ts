/** What the planner knows of one identity in one target, step by step: intent, ledger, object, names. */
import type { IdentityKey } from "../model/identity.js";
import type { Intent } from "../model/intent.js";
import type { Ledger, LedgerEntry } from "../model/ledger.js";
import type { DeletedObject, Observed, ObservedAccount, ObservedGroup } from "../model/observed.js";
import type { Finding } from "../model/plan.js";
import type { RecentOp } from "../model/run.js";
import type { Snapshot } from "../model/worker.js";
import type { CompiledMapping, CompiledPolicy, CompiledTarget } from "../policy/compiled.js";
import type { Desire } from "../policy/desire.js";
import { parseInstant } from "../policy/time.js";

/** Everything a plan is made from. Instants are epoch milliseconds. */
export interface PlanInput {
  readonly policy: CompiledPolicy;
  readonly snapshot: Snapshot;
  readonly desire: Desire;
  readonly ledger: Ledger;
  /** By target name; every target of the environment. */
  readonly observed: Readonly<Record<string, Observed>>;
  /** Decides desired state. */
  readonly asOf: number;
  /** The wall clock: exceptions, freeze windows and the guards' window. */
  readonly now: number;
  readonly recent: readonly RecentOp[];
  /** Claims of creates that were sent and never confirmed: an account with such a claim is our own, unfinished work. */
  readonly unconfirmed: ReadonlySet<string>;
  /** Digest of the ledger files that were read, and Muster's version: parts of the inputs digest. */
  readonly ledgerDigest: string;
  readonly version: string;
}

/**
 * bound: the ledger's object is there · gone: it is not · restore: it was deleted and will be brought back · bind: an account matches and will be adopted · claim: our own
 * create whose reply was lost · none: there is no account · blocked: a conflict forbids bind and create · contested: one of
 * several accounts of a person whose records HR has joined; only access is taken from it until somebody decides · retired:
 * a linked account whose source Muster deleted, or replaced by another; the ledger lets it go.
 */
export type Binding = "bound" | "gone" | "restore" | "bind" | "claim" | "none" | "blocked" | "contested" | "retired";

export interface Subject {
  readonly identity: IdentityKey;
  readonly intent: Intent;
  readonly mapping: CompiledMapping;
  readonly target: CompiledTarget;
  /** The ledger entry, also when it is still kept under another identity key (`rekeyed`). */
  readonly entry: LedgerEntry | null;
  readonly rekeyed: boolean;
  readonly binding: Binding;
  readonly account: ObservedAccount | null;
}

/**
 * An account that is about to be replaced keeps its names; the new one needs its own. Only an account that Muster disabled
 * between the two employments is replaced: one that was still in use when the person came back serves on, also when the
 * pre-hire stage of the return disables it.
 */
export function isReprovisioned(subject: Subject): boolean {
  const { rehire } = subject.intent;
  const current = subject.entry?.current;
  if (subject.binding !== "bound" || rehire?.action !== "reprovision" || current == null || !subject.intent.create)
    return false;
  if (current.disabledBy !== "muster" || current.disabledAt === null) return false;
  return parseInstant(current.boundAt) < rehire.previousEnd && parseInstant(current.disabledAt) < rehire.since;
}

/** Lookups over one target's picture. */
export interface TargetView {
  readonly target: CompiledTarget;
  readonly observed: Observed;
  readonly byAnchor: ReadonlyMap<string, ObservedAccount>;
  /** Deleted ones, by anchor. */
  readonly deleted: ReadonlyMap<string, DeletedObject>;
  accountAt(address: string): ObservedAccount | undefined;
  readonly byClaim: ReadonlyMap<string, ObservedAccount>;
  /** Identity that an anchor is bound to in the ledger. */
  readonly boundTo: ReadonlyMap<string, IdentityKey>;
  /** Path in the repository of an identity's ledger entry. */
  ledgerFile(identity: string): string;
  /** Groups and licences. */
  readonly groupByAnchor: ReadonlyMap<string, ObservedGroup>;
  readonly groupByName: ReadonlyMap<string, ObservedGroup>;
  /** By skuPartNumber and by skuId, in lower case. */
  readonly licenceByName: ReadonlyMap<string, ObservedGroup>;
  readonly containers: ReadonlySet<string>;
}

/** Collects findings while the plan is made. */
export interface Findings {
  add(finding: Omit<Finding, "worker" | "object"> & { worker?: Finding["worker"]; object?: string | null }): void;
  readonly list: readonly Finding[];
}

export function collectFindings(): Findings {
  const list: Finding[] = [];
  return {
    list,
    add: (finding) => {
      list.push({ worker: null, object: null, ...finding });
    },
  };
}
