/** Attribute values, as every target, policy and plan knows them. */
import type { IdentityKey } from "./identity.js";

/** A reference to an identity (resolved to an anchor by the target) or, where nobody is known for it, a plain DN. */
export type Reference = { readonly ref: IdentityKey } | { readonly dn: string };

export type Value = string | boolean | Uint8Array | readonly string[] | Reference;

export function isReference(value: Value): value is Reference {
  return typeof value === "object" && !(value instanceof Uint8Array) && !Array.isArray(value);
}

export function isList(value: Value): value is readonly string[] {
  return Array.isArray(value);
}

/** Equality of values. Lists are sets (no order, no duplicates), as multi-valued attributes are in LDAP. Case counts. */
export function sameValue(a: Value | null, b: Value | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  return canonicalValue(a) === canonicalValue(b);
}

/** One text per value, equal for equal values; for digests and for comparing. */
export function canonicalValue(value: Value | null): string {
  if (value === null) return "null";
  if (typeof value === "string") return `s:${value}`;
  if (typeof value === "boolean") return `b:${value}`;
  if (value instanceof Uint8Array) return `x:${toHex(value)}`;
  if (isList(value)) return `l:${JSON.stringify([...new Set(value)].sort())}`;
  return "ref" in value ? `r:${value.ref}` : `d:${value.dn.toLowerCase()}`;
}

/** Lower-case hexadecimal of bytes. */
export function toHex(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += byte.toString(16).padStart(2, "0");
  return out;
}

/** How a person reads a value; null is "(empty)". Reports mask it themselves where they must. */
export function displayValue(value: Value | null): string {
  if (value === null) return "(empty)";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value instanceof Uint8Array) return `0x${toHex(value)}`;
  if (isList(value)) return value.join(", ");
  return "ref" in value ? value.ref : value.dn;
}

/** How a refused op names both values: the one that was planned with, and the one that is there. */
export function changedSincePlan(name: string, planned: Value | null, found: Value | null): string {
  return `changed by somebody else since the plan: ${name} was ${displayValue(planned)} and is ${displayValue(found)}`;
}
