/** Values of an op as Graph has them: references to identities become ids. */
import type { Anchor } from "../../../model/observed.js";
import type { Values } from "../../../model/op.js";
import type { ReadyOp } from "../../../model/ports.js";
import { isReference, sameValue, type Value } from "../../../model/value.js";
import { MusterError } from "../../../support/errors.js";
import { objectLink } from "../links.js";
import type { Place } from "../place.js";
import { comparable, decodeProperty, type GraphObject } from "../properties.js";

/** An op with what it expects and wants; a reference is `{ dn: <id> }`, or an address where nobody is known for it. */
export interface Swap {
  readonly ready: ReadyOp;
  readonly before: Values;
  readonly after: Values;
}

/** Throws MUS-9001 where an anchor was not handed over. */
export function swapOf(ready: ReadyOp): Swap {
  const names = Object.keys(ready.op.after);
  const values = (from: Values) =>
    Object.fromEntries(names.map((name) => [name, resolveReference(ready, from[name] ?? null)]));
  return { ready, before: values(ready.op.before), after: values(ready.op.after) };
}

export function resolveReference({ references }: ReadyOp, value: Value | null): Value | null {
  if (value === null || !isReference(value) || "dn" in value) return value;
  const anchor: Anchor | undefined = references[value.ref];
  if (anchor === undefined) throw new MusterError("MUS-9001", { what: `no anchor was handed over for ${value.ref}` });
  return { dn: anchor };
}

/** Whether the user has this value; a reference may be an id or an address. */
export function has(user: GraphObject, name: string, value: Value | null): boolean {
  const now = decodeProperty(user, name) ?? null;
  if (value === null || !isReference(value) || !("dn" in value))
    return sameValue(comparable(name, now), comparable(name, value));
  if (sameValue(now, value)) return true;
  const address = (user[name] as GraphObject | null | undefined)?.userPrincipalName;
  return typeof address === "string" && address.toLowerCase() === value.dn.toLowerCase();
}

/** How a request names the user that a reference leads to. */
export function linkTo(place: Place, value: Value): string {
  if (!isReference(value) || !("dn" in value))
    throw new MusterError("MUS-9001", { what: "a reference is not one to a user" });
  return objectLink(place.graph.root, value.dn, "users");
}

/** The ids that values refer to. */
export function referred(values: Values): Anchor[] {
  return Object.values(values).flatMap((value) =>
    value !== null && isReference(value) && "dn" in value ? [value.dn] : [],
  );
}
