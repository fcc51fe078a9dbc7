/** Values of an op as they are written: references to identities become the DNs that those accounts have now. */
import type { Anchor } from "../../../model/observed.js";
import type { Values } from "../../../model/op.js";
import type { ReadyOp } from "../../../model/ports.js";
import { isReference, type Value } from "../../../model/value.js";
import { MusterError } from "../../../support/errors.js";
import { findEntry, type Place } from "../read.js";

/** What an op expects (`before`): a reference to an account that is gone is no value, as the directory removed it. */
export async function expectedValues(place: Place, ready: ReadyOp, names: readonly string[]): Promise<Values> {
  const values: Record<string, Value | null> = {};
  for (const name of names) values[name] = await resolve(place, ready, ready.op.before[name] ?? null);
  return values;
}

/** What an op wants (`after`). Throws MUS-5005 when an account it refers to is gone. */
export async function wantedValues(place: Place, ready: ReadyOp, names: readonly string[]): Promise<Values> {
  const values: Record<string, Value | null> = {};
  for (const name of names) {
    const wanted = ready.op.after[name] ?? null;
    const value = await resolve(place, ready, wanted);
    if (value === null && wanted !== null)
      throw new MusterError("MUS-5005", { what: `the account that ${name} refers to is gone` });
    values[name] = value;
  }
  return values;
}

async function resolve(place: Place, ready: ReadyOp, value: Value | null): Promise<Value | null> {
  if (value === null || !isReference(value) || "dn" in value) return value;
  const anchor: Anchor | undefined = ready.references[value.ref];
  if (anchor === undefined) throw new MusterError("MUS-9001", { what: `no anchor was handed over for ${value.ref}` });
  const entry = await findEntry(place, anchor, ["1.1"]);
  return entry === null ? null : { dn: entry.dn };
}
