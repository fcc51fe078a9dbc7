/** What `muster show` knows of one identity, as plain data. The command gathers it, show.ts lays it out. */
import type { IdentityKey, Stage, WorkerKey } from "../model/identity.js";
import type { Op } from "../model/op.js";
import type { Finding } from "../model/plan.js";
import type { Value } from "../model/value.js";

export interface WorkerView {
  readonly key: WorkerKey;
  readonly type: string;
  /** ISO dates. */
  readonly periods: readonly { readonly from: string; readonly lastDay: string | null; readonly status: string }[];
  /** ISO instant since when the export lacks the worker. */
  readonly absentSince: string | null;
  readonly primary: boolean;
}

export interface StageView {
  readonly mapping: string;
  readonly target: string;
  readonly stage: Stage;
  readonly because: string;
  /** ISO instant at which the stage changes if HR changes nothing. */
  readonly nextAt: string | null;
}

/** undefined: the attribute is not managed or not known there. */
export interface AttributeView {
  readonly name: string;
  readonly desired: Value | null | undefined;
  readonly observed: Value | null | undefined;
  readonly ledger: Value | null | undefined;
}

/** A group or, with `licence`, a product. */
export interface GroupView {
  readonly name: string;
  readonly licence?: true;
  readonly origin: "granted" | "found";
  /** ISO instant. */
  readonly since: string;
}

export interface AccountView {
  readonly target: string;
  /** null: no account is bound. */
  readonly bound: {
    readonly anchor: string;
    readonly address: string | null;
    /** As observed, null when the target was not read. */
    readonly enabled: boolean | null;
    /** ISO instants. */
    readonly boundAt: string;
    readonly disabledBy: "muster" | "other" | null;
    readonly disabledAt: string | null;
  } | null;
  readonly names: Readonly<Record<string, string>>;
  readonly attributes: readonly AttributeView[];
  readonly groups: readonly GroupView[];
  readonly former: readonly { readonly anchor: string; readonly why: string; readonly until: string }[];
}

/** A Hold or Release that concerns the identity. */
export interface ExceptionView {
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  /** ISO date, its last day. */
  readonly expires: string | null;
}

export interface ShowView {
  readonly identity: IdentityKey;
  readonly label: string;
  readonly asOf: string;
  readonly workers: readonly WorkerView[];
  readonly stages: readonly StageView[];
  readonly accounts: readonly AccountView[];
  readonly pending: readonly Op[];
  readonly exceptions: readonly ExceptionView[];
  readonly findings: readonly Finding[];
}
