/** What policy wants for one identity in one mapping. Pure data: it can be cached and compared. */
import type { IdentityKey, Stage, WorkerKey } from "./identity.js";
import type { Value } from "./value.js";

/** Why: a place in a policy file and the fields of HR that led there. Reports resolve blob ids to commits. */
export interface Reason {
  /** One short sentence, e.g. "left: last day was 2026-11-30". */
  readonly because: string;
  readonly policy?: { readonly file: string; readonly line: number };
  /** Worker paths that were read, e.g. ["job.title"]. */
  readonly fields?: readonly string[];
  /** Worker file that supplied them. */
  readonly source?: { readonly file: string; readonly blob: string };
}

export interface StageResult {
  readonly stage: Stage;
  /** Short and for people: "active: first day was 2026-11-23". */
  readonly because: string;
  /** Epoch milliseconds at which the stage will be another one if HR changes nothing; null when never. */
  readonly nextAt: number | null;
  /** Epoch milliseconds at which the stage began; null when it has no date (out-of-scope). Identifies an entry into it. */
  readonly since: number | null;
}

export type AttributeIntent =
  | { readonly kind: "set"; readonly value: Value }
  | { readonly kind: "clear" }
  /** Evaluated after names are allotted: rule number in the compiled mapping, with the operands it needs from HR. */
  | { readonly kind: "deferred"; readonly inputs: Readonly<Record<string, Operand>> }
  /** A name to be allotted; candidates in order, each a text or, where it reads another name, its operands. */
  | { readonly kind: "candidates"; readonly list: readonly Candidate[] }
  /** A reference to the identity of a worker. */
  | { readonly kind: "reference"; readonly worker: WorkerKey };

export type Operand = string | number | boolean | readonly string[] | null;
export type Candidate = { readonly text: string } | { readonly inputs: Readonly<Record<string, Operand>> };

export interface MembershipIntent {
  /** Name of the entitlement. */
  readonly entitlement: string;
  /** Worker in whose right it is held. */
  readonly worker: WorkerKey;
}

/** Attributes that are absent are unmanaged: neither set nor cleared. */
export interface Intent {
  readonly identity: IdentityKey;
  readonly mapping: string;
  readonly target: string;
  /** All workers of the identity, sorted. */
  readonly workers: readonly WorkerKey[];
  readonly primary: WorkerKey;
  /** File and blob of the primary worker, for reasons. */
  readonly source: { readonly file: string; readonly blob: string };
  /** A short name of the person for reports. */
  readonly label: string;
  /** IANA zone of the primary worker: calendar days are days there. */
  readonly timezone: string;
  readonly stage: StageResult;
  /** Whether any worker is in the mapping's scope. */
  readonly inScope: boolean;
  /** First day of the current period, ISO date: the order in which names are allotted. */
  readonly start: string;
  readonly account: "enabled" | "disabled" | "keep";
  /** Whether this stage creates an account. */
  readonly create: boolean;
  /** Whether this stage adopts an account that matches. */
  readonly bind: boolean;
  /** left, vanished and out-of-scope with frozen values: names and container stay. */
  readonly frozen: boolean;
  /** Epoch milliseconds of the end of work of a leaver; null unless left. */
  readonly leftAt: number | null;
  /**
   * For somebody who works again after an employment that ended at `previousEnd`; the return, its pre-hire lead included,
   * began at `since`. Epoch milliseconds.
   */
  readonly rehire: {
    readonly previousEnd: number;
    readonly since: number;
    readonly action: "reactivate" | "reprovision";
  } | null;
  /** Values per match rule, in policy order: those of every worker of the identity, without empty ones. */
  readonly match: readonly { readonly attribute: string; readonly values: readonly string[] }[];
  readonly container: string | null;
  readonly attributes: Readonly<Record<string, AttributeIntent>>;
  readonly memberships: "grant" | "keep" | "remove-managed";
  readonly entitled: readonly MembershipIntent[];
  readonly tasks: readonly string[];
  readonly deleteIfNeverEnabled: boolean;
}

/** A problem with a person's data that is not an error of the run. */
export interface DesireFinding {
  readonly kind: string;
  readonly severity: "info" | "warning" | "critical";
  readonly identity: IdentityKey | null;
  readonly worker: WorkerKey | null;
  readonly target: string | null;
  readonly what: string;
  readonly next: string;
}

/** One identity's result in one mapping, with the span of as-of instants for which it stays the same. */
export interface IdentityDesire {
  readonly intent: Intent;
  readonly findings: readonly DesireFinding[];
  readonly validFrom: number;
  /** Exclusive; null is for ever. */
  readonly validUntil: number | null;
}
