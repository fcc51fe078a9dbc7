/**
 * What a domain controller remembers of the last change of each attribute, for replication. There are two forms.
 * msDS-ReplAttributeMetaData and, for the values of linked attributes, msDS-ReplValueMetaData (MS-ADA2 2.444,
 * MS-DRSR 4.1.13.1.17): constructed, one XML text per attribute or value; Samba does not construct them.
 * replPropertyMetaData: what is stored. Little-endian: version 1, reserved, count, reserved (4 octets each); then per
 * attribute 48 octets: ATTRTYP, version (4 each), seconds since 1601, invocation id (16), originating and local USN (8 each).
 * An ATTRTYP is msDS-IntId of the attribute's schema object or, where it has none, made of its OID (MS-DRSR 5.15, 5.16.4):
 * number of the prefix in the upper 16 bits, last arc in the lower ones.
 */
import { decodeGuid } from "./codec.js";

/** The last originating change of an attribute. */
export interface Stamp {
  /** ISO instant in UTC, whole seconds. */
  readonly at: string;
  readonly version: number;
  /** invocationId of the domain controller, dashed. */
  readonly invocation: string;
  /** DN of its nTDSDSA object; null where it is not said. */
  readonly dsa: string | null;
}

const HEADER = 16;
const ENTRY = 48;
/** Seconds from 1601-01-01 to 1970-01-01. */
const EPOCH = 11_644_473_600n;
/** The largest instant that ECMAScript has, in seconds. */
const LAST = 8_640_000_000_000n;

/** Stamps by ATTRTYP. What is not of the form has none. */
export function parsePropertyMetaData(bytes: Buffer): Map<number, Stamp> {
  const stamps = new Map<number, Stamp>();
  if (bytes.length < HEADER || bytes.readUInt32LE(0) !== 1) return stamps;
  const count = bytes.readUInt32LE(8);
  if (bytes.length < HEADER + count * ENTRY) return stamps;
  for (let at = HEADER; at < HEADER + count * ENTRY; at += ENTRY) {
    const seconds = bytes.readBigUInt64LE(at + 8) - EPOCH;
    if (seconds < -EPOCH || seconds > LAST) continue;
    stamps.set(bytes.readUInt32LE(at), {
      at: isoOf(Number(seconds) * 1000),
      version: bytes.readUInt32LE(at + 4),
      invocation: decodeGuid(bytes.subarray(at + 16, at + 32)),
      dsa: null,
    });
  }
  return stamps;
}

/** Stamps by attribute in lower case, of XML texts of either constructed attribute; of several values the latest. */
export function parseMetaDataXml(texts: readonly string[]): Map<string, Stamp> {
  const stamps = new Map<string, Stamp>();
  for (const text of texts) {
    const name = elementOf(text, "pszAttributeName").toLowerCase();
    const at = Date.parse(elementOf(text, "ftimeLastOriginatingChange"));
    const version = elementOf(text, "dwVersion");
    const invocation = elementOf(text, "uuidLastOriginatingDsaInvocationID").toLowerCase();
    if (name === "" || Number.isNaN(at) || !/^\d{1,10}$/.test(version) || !GUID.test(invocation)) continue;
    const dsa = elementOf(text, "pszLastOriginatingDsaDN");
    const stamp = { at: isoOf(at), version: Number(version), invocation, dsa: dsa === "" ? null : dsa };
    const known = stamps.get(name);
    if (known === undefined || known.at < stamp.at) stamps.set(name, stamp);
  }
  return stamps;
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** The texts are written by the server in one form: elements without attributes, one level deep. */
function elementOf(text: string, name: string): string {
  const value = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";
  return value.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => ENTITIES[entity] ?? "").trim();
}

function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The prefixes that every forest begins with, by their number (MS-DRSR 5.16.4). Others are numbered by each forest. */
const PREFIXES: ReadonlyMap<string, number> = new Map([
  ["2.5.4", 0],
  ["2.5.6", 1],
  ["1.2.840.113556.1.2", 2],
  ["1.2.840.113556.1.3", 3],
  ["1.2.840.113556.1.4", 9],
  ["1.2.840.113556.1.5", 10],
  ["0.9.2342.19200300.100", 19],
  ["2.16.840.1.113730.3", 20],
  ["0.9.2342.19200300.100.1", 21],
  ["2.16.840.1.113730.3.1", 22],
]);

/** The ATTRTYP of an attribute; null where its prefix has another number in each forest. */
export function attributeType(oid: string, intId: string | undefined): number | null {
  if (intId !== undefined && /^-?\d{1,10}$/.test(intId)) return Number(intId) >>> 0;
  const match = /^([\d.]+)\.(\d{1,9})$/.exec(oid);
  const prefix = PREFIXES.get(match?.[1] ?? "");
  const last = Number(match?.[2]);
  if (prefix === undefined) return null;
  return prefix * 0x10000 + (last % 0x4000) + (last < 0x4000 ? 0 : 0x8000);
}
