/** The ports: what the edges must provide. Nothing in plan/ or apply/ knows which target, journal or clock it serves. */
import type { Check, DelegationStyle, Needs } from "./check.js";
import type { LastChange } from "./drift.js";
import type { IdentityKey } from "./identity.js";
import type { Anchor, Observed, ObservedAccount, Selection } from "./observed.js";
import type { Op, OpId, Outcome, Verb } from "./op.js";
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
  /** Attributes whose value the target does not take a second time, not even of an account that is restored. */
  readonly refusedTwice: readonly string[];
  /** Attributes that a rename writes even where no rule is `unique`, e.g. cn in AD. */
  readonly naming: readonly string[];
  /** Attributes that hold a reference to another account. */
  readonly references: readonly string[];
  /**
   * Of those, the ones that a create takes in its own request: such an update is handed over together with the create
   * of its account, when what it refers to is there (companions.ts). Left out: none.
   */
  readonly alongWithCreate?: readonly string[];
  /** Members that one request adds to a group, where that is few. Left out: as many as are handed over. */
  readonly membersPerRequest?: number;
  /** Attributes that hold several values. */
  readonly multi: readonly string[];
  /** Attributes that hold an instant: compared and written as "YYYY-MM-DDTHH:MM:SSZ". Left out: none. */
  readonly instants?: readonly string[];
  /** A create must name these. */
  readonly required: readonly string[];
  /** Longest value in characters, where there is one. */
  readonly maxLength: Readonly<Record<string, number>>;
  /** Values of an attribute that mean one thing; null is having none, and clearing then writes the first of the others. */
  readonly sameMeaning?: Readonly<Record<string, readonly (string | null)[]>>;
  /** Attributes that hold a primary mail address and aliases. */
  readonly addressLists?: readonly string[];
  /** Attributes (in lower case) that no mapping may name, and why. */
  readonly readOnly?: Readonly<Record<string, string>>;
  /** Whether a modify carries what it expects to find. */
  readonly compareAndSwap: boolean;
  readonly tasks: readonly string[];
  /** Attributes that stay writable on an account that is mastered on-premises. Left out: there are no such accounts. */
  readonly writableWhenSynced?: readonly string[];
  /** Tasks that such an account can have. */
  readonly tasksWhenSynced?: readonly string[];
  /**
   * Attribute of an account that synchronisation made, naming its source: base64 of the GUID of the source object as its
   * directory stores it (MS-DTYP 2.3.4.2). Left out: nothing can be linked to accounts of this target.
   */
  readonly sourceAnchor?: string;
  /** Whether accounts can be assigned licences, and the attributes that must have a value before. */
  readonly licences?: boolean;
  readonly licenceNeeds?: readonly string[];
}

/** An op whose needs are done, with everything the driver must know to execute it. */
export interface ReadyOp {
  readonly op: Op;
  /** Anchor of the account; null for a create, and for an update that goes along with it. */
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

/** What a driver keeps of a target from one run to the next. Its loss costs a full read, never a wrong picture. */
export interface PictureMemory {
  /** What was saved last, undefined when there is nothing, or nothing undamaged, of this version. */
  load(): unknown;
  /** Keeps a JSON value instead of the last one. */
  save(value: unknown): void;
  /** The file it is kept in, for people; left out where there is none. */
  readonly file?: string;
}

/** Values of one object, to ask for their last change: attributes, `enabled`, `container`. */
export interface ChangeQuery {
  readonly anchor: Anchor;
  readonly attributes: readonly string[];
}

/** By anchor, then by attribute as it was asked for. */
export type LastChanges = ReadonlyMap<Anchor, Readonly<Record<string, LastChange>>>;

export interface TargetPort {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Connects and proves who it is. Throws MUS-5001 or MUS-5002. */
  open(role: "reader" | "writer"): Promise<void>;
  /**
   * A complete picture, or an error (MUS-5003); never a part. A driver that can bring an older picture up to date keeps in
   * `memory` what it needs for it; a picture made so equals the one that a full read would give.
   */
  observe(selection: Selection, memory?: PictureMemory): Promise<Observed>;
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
  /**
   * When and where values were changed last. Best effort: what cannot be told, for lack of rights or of a connection, is
   * left out; never throws.
   */
  lastChanges?(queries: readonly ChangeQuery[]): Promise<LastChanges>;
  /** Looks, without writing anything, whether the target is as the needs ask. Connects itself; never throws for what it finds. */
  examine?(needs: Needs, clock: Clock): Promise<readonly Check[]>;
  /** Styles that `delegation` can write; the first is the usual one. */
  readonly delegationStyles?: readonly DelegationStyle[];
  /** What an administrator runs to give an account what the needs ask, and no more. May connect; throws as `open` does. */
  delegation?(needs: Needs, style: DelegationStyle, account: string | null): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A password on its way to the people who hand it out. */
export interface Secret {
  readonly target: string;
  /** Op that sets it: what the file is named by. */
  readonly op: OpId;
  readonly identity: Op["identity"];
  /** How people know the account: its login name, or its address. */
  readonly account: string;
  readonly purpose: "initial" | "reset" | "temporary-access-pass";
  readonly secret: string;
}

/** Where secrets go that somebody may open later. Whatever is put there is encrypted before it leaves the process. */
export interface SecretSink {
  /** Makes sure that secrets can be kept. Throws MUS-5008. */
  open(): Promise<void>;
  /** Durable (fsync) before it returns. Throws MUS-5008. */
  put(secret: Secret): Promise<KeptSecret>;
}

export interface KeptSecret {
  /** Takes it back: the target refused the password, so nothing opens with it. */
  withdraw(): Promise<void>;
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
