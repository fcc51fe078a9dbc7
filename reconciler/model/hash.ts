/** Digests. SHA-256 over UTF-8, lower-case hexadecimal; the only hash of Muster. */
import { hash } from "node:crypto";

export function sha256(text: string | Uint8Array): string {
  return hash("sha256", text);
}

/** JSON with sorted keys: one text per value, whatever order the keys were set in. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return canonicalList(value);
  if (value instanceof Uint8Array) return JSON.stringify(`0x${Buffer.from(value).toString("hex")}`);
  return canonicalMap(value as Readonly<Record<string, unknown>>);
}

function canonicalList(list: readonly unknown[]): string {
  let out = "";
  for (const item of list) out += `${out === "" ? "[" : ","}${canonicalJson(item ?? null)}`;
  return out === "" ? "[]" : `${out}]`;
}

function canonicalMap(map: Readonly<Record<string, unknown>>): string {
  let out = "";
  for (const key of Object.keys(map).sort()) {
    const value = map[key];
    if (value !== undefined) out += `${out === "" ? "{" : ","}${JSON.stringify(key)}:${canonicalJson(value)}`;
  }
  return out === "" ? "{}" : `${out}}`;
}

export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** First two hexadecimal digits of the SHA-256 of a key: the folder its file lives in. */
export function shardOf(key: string): string {
  return sha256(key).slice(0, 2);
}

/** A file name for any key: percent-encoded UTF-8, only letters, digits, `-`, `_` and `.` (not leading) stay. */
export function encodeFileName(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\./, "%2E");
}

export function decodeFileName(name: string): string {
  return decodeURIComponent(name);
}
