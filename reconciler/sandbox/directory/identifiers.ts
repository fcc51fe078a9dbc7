/** GUIDs, SIDs and times in the forms that Active Directory stores and shows. */
import { randomUUID } from "node:crypto";

/** A random (version 4) GUID as objectGUID stores it: the first three fields little-endian (MS-DTYP 2.3.4.2). */
export function newGuid(): Buffer {
  return parseGuid(randomUUID()) ?? Buffer.alloc(16);
}

/** "3f79048f-42cd-4c77-8426-835cd9f8a3ad" from the stored bytes (MS-DTYP 2.3.4.3). */
export function formatGuid(bytes: Buffer): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order.map((i) => (bytes[i] ?? 0).toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The stored bytes of a GUID in dashed form, or of 32 hex digits that are the bytes in order; undefined when neither. */
export function parseGuid(text: string): Buffer | undefined {
  if (/^[0-9a-f]{32}$/i.test(text)) return Buffer.from(text, "hex");
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return undefined;
  const shown = Buffer.from(text.replaceAll("-", ""), "hex");
  return Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((i) => shown[i] ?? 0));
}

/** A SID in binary form (MS-DTYP 2.4.2.2) from "S-1-5-21-..."; undefined when it is not one. */
export function parseSid(text: string): Buffer | undefined {
  const match = /^S-1-(\d+)((?:-\d+)+)$/i.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const parts = match[2].slice(1).split("-").map(Number);
  const out = Buffer.alloc(8 + 4 * parts.length);
  out[0] = 1;
  out[1] = parts.length;
  out.writeUIntBE(Number(match[1]), 2, 6);
  parts.forEach((part, i) => {
    out.writeUInt32LE(part >>> 0, 8 + 4 * i);
  });
  return out;
}

/**
 * What `<GUID=...>` and `<SID=...>` name, in text form or as hex digits (MS-ADTS 3.1.1.3.1.2.4); undefined for any other
 * text. Without bytes: the form, but no GUID or SID in it.
 */
export function readIdentifier(
  dn: string,
): { readonly attribute: "objectguid" | "objectsid"; readonly bytes: Buffer | undefined } | undefined {
  const [, kind, text = ""] = /^<(GUID|SID)=([^>]+)>$/i.exec(dn.trim()) ?? [];
  if (kind === undefined) return undefined;
  if (kind.toUpperCase() === "GUID") return { attribute: "objectguid", bytes: parseGuid(text) };
  const hex = /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, "hex") : undefined;
  return { attribute: "objectsid", bytes: parseSid(text) ?? hex };
}

export function formatSid(bytes: Buffer): string {
  const parts: number[] = [];
  for (let at = 8; at + 4 <= bytes.length; at += 4) parts.push(bytes.readUInt32LE(at));
  return ["S", bytes[0] ?? 1, bytes.readUIntBE(2, 6), ...parts].join("-");
}

/** The last sub-authority of a SID. */
export function ridOf(sid: Buffer): number {
  return sid.readUInt32LE(sid.length - 4);
}

/** GeneralizedTime as Active Directory shows it, whole seconds: "20260131235959.0Z". */
export function formatTime(instant: Date): string {
  return `${instant.toISOString().replace(/[-:T]/g, "").slice(0, 14)}.0Z`;
}

/** 100 ns intervals since 1601-01-01 UTC (FILETIME), as decimal text. */
export function formatFileTime(instant: Date): string {
  return ((BigInt(instant.getTime()) + 11_644_473_600_000n) * 10_000n).toString();
}

/** Milliseconds since 1970 from a FILETIME in decimal text. */
export function fileTimeMillis(text: string): number {
  return Number(BigInt(text) / 10_000n - 11_644_473_600_000n);
}
