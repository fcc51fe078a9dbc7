/** A plan: a value that can be saved, hashed, shown, approved. */
import type { Drift } from "./drift.js";
import type { DesireFinding } from "./intent.js";
import type { HowRead } from "./observed.js";
import type { Op, OpId } from "./op.js";

export const PLAN_VERSION = 1;

export interface Finding extends DesireFinding {
  /** Address or anchor of the object, where there is one. */
  readonly object: string | null;
  /** The values that somebody else changed, where the finding is about that. */
  readonly drift?: readonly Drift[];
}

export interface GuardVerdict {
  /** Stable name, e.g. "limit:disable" or "limit:update:title", "protected", "freeze". */
  readonly guard: string;
  readonly verdict: "pass" | "refuse" | "let-through";
  /** One sentence with the figures. */
  readonly what: string;
  readonly value: number;
  readonly population: number | null;
  /** Exception that let it through, by name. */
  readonly by: string | null;
  /** Ops it is about (refused or let through), sorted. */
  readonly ops: readonly OpId[];
}

export interface PlanCounts {
  readonly workers: number;
  readonly identities: number;
  /** Bound accounts per target. */
  readonly bound: Readonly<Record<string, number>>;
  /** Identities per stage, each once: by the best one of its mappings. */
  readonly stages: Readonly<Record<string, number>>;
}

/** The hashed part. Contains no commit ids and no wall-clock instants. */
export interface PlanBody {
  readonly version: typeof PLAN_VERSION;
  readonly environment: string;
  /** ISO instant with offset. */
  readonly asOf: string;
  /** In an order in which they may be executed one after another. */
  readonly ops: readonly Op[];
  readonly findings: readonly Finding[];
  readonly guards: readonly GuardVerdict[];
  readonly counts: PlanCounts;
  readonly digests: {
    /** Over the sorted op ids. */
    readonly actions: string;
    /** Over all that the plan was made from (DESIGN section 8). */
    readonly inputs: string;
    /** The part of inputs that a run may not see changed: workers, policies and the exceptions that change desire. */
    readonly desired: string;
    readonly observed: Readonly<Record<string, string>>;
  };
}

export interface PlanEnvelope {
  readonly id: string;
  /** Wall-clock ISO instants. */
  readonly created: string;
  readonly expires: string;
  /** Commits that were read, for people. */
  readonly desired: string;
  readonly records: string | null;
  /** How each target was read. */
  readonly reads?: Readonly<Record<string, HowRead>>;
  /** What applying will take, for targets that are written and whose pace is limited: requests, and seconds. */
  readonly forecast?: Readonly<Record<string, { readonly requests: number; readonly seconds: number }>>;
}

export interface Plan {
  readonly body: PlanBody;
  readonly envelope: PlanEnvelope;
}

/** Whether any guard refuses. */
export function isRefused(body: PlanBody): boolean {
  return body.guards.some((guard) => guard.verdict === "refuse");
}

/** Ops of one verb on one object: how people count changes. */
export interface Change {
  readonly verb: Op["verb"];
  readonly target: string;
  readonly object: string;
  readonly label: string;
  readonly ops: readonly Op[];
}
