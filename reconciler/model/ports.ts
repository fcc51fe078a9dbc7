/** The ports: what the edges must provide. Nothing in plan/ or apply/ knows which target, journal or clock it serves. */
import type { IdentityKey } from "./identity.js";
import type { Anchor, Observed, ObservedAccount, Selection } from "./observed.js";
import type { Op, Outcome, Verb } from "./op.js";
import type { Plan } from "./plan.js";

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

/** What a kind of target can do. Data, so that the planner can decide and policies can be checked offline. */
export interface Capabilities {
  readonly verbs: readonly Verb[];
  /** "dn": accounts live in containers named by DNs, equal without case. "none": the target has no containers. */
  readonly containers: "dn" | "none";
  /** Attribute to the space of names it is unique in; several may share one (userPrincipalName and mail). */
  readonly spaces: Readonly<Record<string, string>>;
  /** Attributes that a rename writes even where no rule is `unique`, e.g. cn in AD. */
  readonly naming: readonly string[];
  /** Attributes that hold a reference to another account. */
  readonly references: readonly string[];
  /** Attributes that hold several values. */
  readonly multi: readonly string[];
  /** A create must name these. */
  readonly required: readonly string[];
  /** Longest value in characters, where there is one. */
  readonly maxLength: Readonly<Record<string, number>>;
  /** Whether a modify carries what it expects to find. */
  readonly compareAndSwap: boolean;
  readonly tasks: readonly string[];
}

/** An op whose needs are done, with everything the driver must know to execute it. */
export interface ReadyOp {
  readonly op: Op;
  /** Anchor of the account; null for a create. */
  readonly anchor: Anchor | null;
  /** Anchors of the identities that `before` and `after` refer to. */
  readonly references: Readonly<Record<IdentityKey, Anchor>>;
}

export interface Forecast {
  /** Requests that will be sent. */
  readonly requests: number;
  /** Estimated duration in seconds; 0 where nothing limits it. */
  readonly seconds: number;
}

export interface TargetPort {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Connects and proves who it is. Throws MUS-5001 or MUS-5002. */
  open(role: "reader" | "writer"): Promise<void>;
  /** A complete picture, or an error (MUS-5003); never a part. */
  observe(selection: Selection): Promise<Observed>;
  /** One account as it is now, null when it is gone. */
  read(anchor: Anchor, selection: Selection): Promise<ObservedAccount | null>;
  /** The account whose create wrote this claim, null when there is none. */
  findClaim(claim: string, selection: Selection): Promise<ObservedAccount | null>;
  /**
   * Executes ops, coalescing as it likes; yields exactly one outcome per op. Never throws for one op: a write whose
   * reply was lost is "unknown", an object that changed meanwhile "refused" (MUS-5005) or "already".
   */
  apply(ops: readonly ReadyOp[], selection: Selection): AsyncIterable<Outcome>;
  forecast(ops: readonly Op[]): Forecast;
  close(): Promise<void>;
}

/** Entries of a journal, in the order they were appended. Each is durable when `append` returns. */
export type JournalEntry =
  | { readonly type: "begin"; readonly run: string; readonly plan: Plan; readonly asOf: string; readonly at: string }
  | { readonly type: "intent"; readonly ops: readonly string[]; readonly at: string }
  | { readonly type: "outcome"; readonly outcome: Outcome; readonly at: string }
  | { readonly type: "end"; readonly at: string }
  | { readonly type: "recorded"; readonly commit: string | null; readonly at: string };

export interface Journal {
  /** Durable (fsync) before it returns; concurrent calls share one flush. */
  append(entry: JournalEntry): Promise<void>;
  close(): Promise<void>;
}

export interface JournalStore {
  create(run: string): Promise<Journal>;
  /** Journals without a "recorded" entry, oldest first. A torn last line is dropped; any other damage is MUS-4005. */
  unfinished(): Promise<readonly { readonly run: string; readonly entries: readonly JournalEntry[] }[]>;
  /** Continues a journal. */
  reopen(run: string): Promise<Journal>;
  /** Whether a journal of this plan was ever finished. */
  used(plan: string): Promise<boolean>;
}

/** One writer per environment at a time. */
export interface Lease {
  /** Throws MUS-4004 with the holder when it is taken. */
  acquire(environment: string, holder: string): Promise<{ release(): Promise<void> }>;
}
