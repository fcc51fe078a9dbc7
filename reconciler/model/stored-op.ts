/**
 * Ops and plans in files: as they are, but for bytes, which JSON and YAML do not have: `{ hex }` stands for them, and
 * only where a value stands, since an attribute may be called hex.
 */
import { fromStored, type StoredValue, toStored } from "./ledger.js";
import type { Op, Values } from "./op.js";
import type { Plan } from "./plan.js";

export type StoredValues = Readonly<Record<string, StoredValue | null>>;
export type StoredOp = Omit<Op, "before" | "after"> & { readonly before: StoredValues; readonly after: StoredValues };

export function storeOp(op: Op): StoredOp {
  return { ...op, before: storeValues(op.before), after: storeValues(op.after) };
}

export function restoreOp(op: StoredOp): Op {
  return { ...op, before: restoreValues(op.before), after: restoreValues(op.after) };
}

function storeValues(values: Values): StoredValues {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value === null ? null : toStored(value)]),
  );
}

function restoreValues(values: StoredValues): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value === null ? null : fromStored(value)]),
  );
}

export type StoredPlan = Omit<Plan, "body"> & {
  readonly body: Omit<Plan["body"], "ops"> & { readonly ops: readonly StoredOp[] };
};

export function storePlan(plan: Plan): StoredPlan {
  return { ...plan, body: { ...plan.body, ops: plan.body.ops.map(storeOp) } };
}

export function restorePlan(plan: StoredPlan): Plan {
  return { ...plan, body: { ...plan.body, ops: plan.body.ops.map(restoreOp) } };
}
