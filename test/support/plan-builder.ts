/** Builds small plans for tests: the staff of Lindwurm, who build bicycles in Leipzig. */
import type { Drift } from "../../reconciler/model/drift.js";
import type { IdentityKey, WorkerKey } from "../../reconciler/model/identity.js";
import type { Reason } from "../../reconciler/model/intent.js";
import { type Op, type OpDraft, type OutcomeKind, opId, type Values, type Verb } from "../../reconciler/model/op.js";
import type { Finding, GuardVerdict, Plan, PlanCounts } from "../../reconciler/model/plan.js";
import type { Run } from "../../reconciler/model/run.js";

export interface Person {
  readonly identity: IdentityKey;
  readonly worker: WorkerKey;
  readonly label: string;
  readonly address: string;
  readonly anchor: string;
}

const PEOPLE = "OU=People,DC=lindwurm,DC=example";

/** A person with the account that goes with the name; the id is the personnel number. */
export function person(label: string, id: string, unit = "Works"): Person {
  return {
    identity: `person:payroll:${id}` as IdentityKey,
    worker: `payroll:${id}` as WorkerKey,
    label,
    address: `CN=${label},OU=${unit},${PEOPLE}`,
    anchor: `00000000-0000-4000-8000-${id.padStart(12, "0")}`,
  };
}

export interface OpOptions {
  readonly target?: string;
  readonly slot?: string;
  readonly slotLabel?: string;
  readonly before?: Values;
  readonly after?: Values;
  readonly reasons?: readonly Reason[];
  readonly origin?: Op["origin"];
  readonly drift?: readonly Drift[];
  readonly address?: string | null;
  readonly ledgerOnly?: boolean;
  /** The account is created in the same plan. */
  readonly joining?: boolean;
}

/** One op on the person's account; values and reasons as given. */
export function op(verb: Verb, who: Person, options: OpOptions = {}): Op {
  const draft: OpDraft = {
    target: options.target ?? "works-ad",
    verb,
    object: verb === "create" || options.joining === true ? { claim: `claim-${who.worker}` } : { anchor: who.anchor },
    identity: who.identity,
    mapping: "staff",
    slot: options.slot ?? null,
    before: options.before ?? {},
    after: options.after ?? {},
    claims: [],
    releases: [],
    ledgerOnly: options.ledgerOnly ?? false,
    label: who.label,
    address: options.address === undefined ? who.address : options.address,
    slotLabel: options.slotLabel ?? null,
    reasons: options.reasons ?? [],
    origin: options.origin ?? null,
    ...(options.drift === undefined ? {} : { drift: options.drift }),
  };
  return { ...draft, id: opId(draft), needs: [] };
}

export function update(
  who: Person,
  attribute: string,
  before: Values[string],
  after: Values[string],
  more: OpOptions = {},
): Op {
  return op("update", who, {
    slot: attribute,
    before: { [attribute]: before },
    after: { [attribute]: after },
    origin: "policy",
    ...more,
  });
}

export function disable(who: Person, because: string): Op {
  return op("disable", who, { before: { enabled: true }, after: { enabled: false }, reasons: [leaving(who, because)] });
}

export function removeMember(who: Person, group: string, because: string): Op {
  return op("remove-member", who, {
    slot: `group-${group}`,
    slotLabel: group,
    before: { member: true },
    after: { member: null },
    reasons: [leaving(who, because)],
  });
}

/** A reason that points to the lifecycle policy and the worker's file. */
export function leaving(who: Person, because: string): Reason {
  const id = who.worker.slice(who.worker.indexOf(":") + 1);
  return {
    because,
    policy: { file: "policies/lifecycle.yaml", line: 12 },
    fields: ["employment.lastDay"],
    source: { file: `state/workers/payroll/${id}.yaml`, blob: `b10b${id}` },
  };
}

export interface PlanParts {
  readonly ops?: readonly Op[];
  readonly findings?: readonly Finding[];
  readonly guards?: readonly GuardVerdict[];
  readonly counts?: Partial<PlanCounts>;
}

export function plan(parts: PlanParts = {}): Plan {
  return {
    body: {
      version: 1,
      environment: "production",
      asOf: "2026-12-01T06:00:00+01:00",
      ops: parts.ops ?? [],
      findings: parts.findings ?? [],
      guards: parts.guards ?? [],
      counts: {
        workers: 214,
        identities: 212,
        bound: { "works-ad": 198 },
        stages: { active: 196, leave: 2, prehire: 3, left: 11 },
        ...parts.counts,
      },
      digests: {
        actions: "9f2c".repeat(16),
        inputs: "4be1".repeat(16),
        desired: "77a0".repeat(16),
        observed: { "works-ad": "c3d5".repeat(16) },
      },
    },
    envelope: {
      id: "plan-20261201-9f2c",
      created: "2026-12-01T05:00:00Z",
      expires: "2026-12-02T05:00:00Z",
      desired: "1f".repeat(20),
      records: null,
    },
  };
}

export function finding(
  kind: string,
  severity: Finding["severity"],
  what: string,
  more: Partial<Finding> = {},
): Finding {
  return { kind, severity, what, next: "", identity: null, worker: null, target: null, object: null, ...more };
}

export function guard(
  name: string,
  verdict: GuardVerdict["verdict"],
  what: string,
  more: Partial<GuardVerdict> = {},
): GuardVerdict {
  return { guard: name, verdict, what, value: 0, population: null, by: null, ops: [], ...more };
}

export interface OutcomePart {
  readonly op: Op;
  readonly kind: OutcomeKind;
  readonly code?: string;
  readonly detail?: string | null;
}

/** A run of the plan above, with these outcomes. */
export function runOf(outcomes: readonly OutcomePart[]): Run {
  const at = "2026-12-01T05:01:00Z";
  return {
    id: "run-20261201-0501",
    environment: "production",
    plan: "plan-20261201-9f2c",
    asOf: "2026-12-01T06:00:00+01:00",
    started: at,
    finished: "2026-12-01T05:01:09Z",
    inputs: { desired: "1f".repeat(20), records: null },
    digests: { actions: "9f2c".repeat(16), inputs: "4be1".repeat(16) },
    guards: [],
    outcomes: outcomes.map(({ op: one, kind, code, detail }) => ({
      op: one,
      at,
      workers: [(one.identity ?? "").replace("person:", "") as WorkerKey],
      primary: (one.identity ?? "").replace("person:", "") as WorkerKey,
      names: [],
      outcome: { op: one.id, kind, anchor: null, code: code ?? null, detail: detail ?? null },
    })),
    previous: null,
  };
}
