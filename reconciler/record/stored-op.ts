/** Ops in files: as they are, but for bytes, which JSON and YAML do not have: `{ hex }` stands for them. */
import { fromStored, type StoredValue, toStored } from "../model/ledger.js";
import type { Op, Values } from "../model/op.js";

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
