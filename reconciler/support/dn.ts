/**
 * Distinguished names (RFC 4514) as text: the one helper that parses, compares and builds them, so that a name such as
 * `Müller, Zoë "Z" #1 \ +` is escaped in one place only. Multi-valued RDNs (a+b) are kept as one RDN.
 */
import { MusterError } from "./errors.js";

export interface Rdn {
  /** Attribute type as written, e.g. "CN". */
  readonly type: string;
  /** Unescaped value. */
  readonly value: string;
}

const SPECIAL = /[,+"\\<>;=]/g;

/** Escapes one attribute value for use in a DN (RFC 4514 section 2.4). */
export function escapeRdnValue(value: string): string {
  let out = value.replace(SPECIAL, (c) => `\\${c}`);
  out = out.replaceAll("\0", "\\00").replaceAll("\n", "\\0A").replaceAll("\r", "\\0D");
  if (value.startsWith(" ") || value.startsWith("#")) out = `\\${out}`;
  if (value.endsWith(" ") && value.length > 1) out = `${out.slice(0, -1)}\\ `;
  return out;
}

/** "CN=Müller\, Zoë" from type and value. */
export function rdn(type: string, value: string): string {
  return `${type}=${escapeRdnValue(value)}`;
}

/** The DN of an entry below a parent. */
export function childDn(type: string, value: string, parent: string): string {
  return `${rdn(type, value)},${parent}`;
}

/** Splits a DN at its unescaped commas; the parts keep their escapes. Throws MUS-5101 when it is not a DN. */
export function splitDn(dn: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < dn.length; i++) {
    const c = dn[i];
    if (c === "\\") i++;
    else if (c === '"') quoted = !quoted;
    else if ((c === "," || c === ";") && !quoted) {
      parts.push(trimUnescaped(dn.slice(start, i)));
      start = i + 1;
    }
  }
  if (trimBlanks(dn) !== "") parts.push(trimUnescaped(dn.slice(start)));
  for (const part of parts) if (!/^[^=]+=/.test(part)) throw notDn(dn);
  return parts;
}

/** Only U+0020 may be added around separators; other blanks (a no-break space, say) belong to the value. */
function trimBlanks(text: string): string {
  return text.replace(/^ +/, "").replace(/ +$/, "");
}

/** Trims blanks but keeps a last blank that an odd number of backslashes escapes. */
function trimUnescaped(part: string): string {
  const trimmed = trimBlanks(part);
  const backslashes = /\\*$/.exec(trimmed)?.[0].length ?? 0;
  return backslashes % 2 === 1 && part.endsWith(" ") ? `${trimmed} ` : trimmed;
}

/** Parses a DN into unescaped RDNs, leaf first. Throws MUS-5101 when it is not a DN. */
export function parseDn(dn: string): Rdn[] {
  return splitDn(dn).map((part) => {
    const at = part.indexOf("=");
    return { type: trimBlanks(part.slice(0, at)), value: unescapeRdnValue(part.slice(at + 1)) };
  });
}

/** Reverses escapeRdnValue, hex pairs (UTF-8 bytes) included. */
export function unescapeRdnValue(text: string): string {
  const trimmed = text.replace(/^ +/, "");
  const body = trimmed.startsWith('"') && trimmed.endsWith('"') && trimmed.length > 1 ? trimmed.slice(1, -1) : trimmed;
  if (!body.includes("\\")) return body;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (let i = 0; i < body.length; ) {
    const hex = /^\\([0-9a-fA-F]{2})/.exec(body.slice(i, i + 3));
    if (hex?.[1] !== undefined) {
      bytes.push(Number.parseInt(hex[1], 16));
      i += 3;
      continue;
    }
    if (body[i] === "\\") i++;
    const point = body.codePointAt(i);
    if (point === undefined) break;
    const char = String.fromCodePoint(point);
    bytes.push(...encoder.encode(char));
    i += char.length;
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}

/** The DN of the parent, "" for a DN of one RDN. */
export function parentDn(dn: string): string {
  const parts = splitDn(dn);
  return parts.slice(1).join(",");
}

/** The unescaped value of the leaf RDN. */
export function leafValue(dn: string): string {
  const first = parseDn(dn)[0];
  if (first === undefined) throw notDn(dn);
  return first.value;
}

/** A form in which equal DNs are equal text: lower case, uniform escapes, no blanks around separators. */
export function normalizeDn(dn: string): string {
  if (SIMPLE.test(dn)) return dn.toLowerCase();
  return parseDn(dn)
    .map((part) => rdn(part.type.toLowerCase(), foldCase(part.value)))
    .join(",");
}

/** DNs without escapes, quotes or stray blanks: lower-casing is all they need. */
const SIMPLE = /^(?:[A-Za-z]+=[^\\",;=+<># \0\n\r](?:[^\\",;=+<>#\0\n\r]*[^\\",;=+<># \0\n\r])?(?:,(?=[A-Za-z])|$))+$/;

function foldCase(text: string): string {
  return text.toLowerCase();
}

/** Whether two DNs name the same entry (attribute values compared without case, as Active Directory does). */
export function sameDn(a: string, b: string): boolean {
  return a === b || normalizeDn(a) === normalizeDn(b);
}

/** Whether `dn` is `base` itself or lies below it. */
export function isUnder(dn: string, base: string): boolean {
  const d = normalizeDn(dn);
  const b = normalizeDn(base);
  return b === "" || d === b || d.endsWith(`,${b}`);
}

function notDn(dn: string): MusterError {
  return new MusterError("MUS-5101", { what: `"${dn}" is not a distinguished name`, next: "Correct the name." });
}
