/** Digests. SHA-256 over UTF-8, lower-case hexadecimal; the only hash of Muster. */
import { createHash } from "node:crypto";

export function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

/** JSON with sorted keys: one text per value, whatever order the keys were set in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (value instanceof Uint8Array) return JSON.stringify(`0x${Buffer.from(value).toString("hex")}`);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
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
