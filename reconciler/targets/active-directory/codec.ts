/** Attribute values between LDAP (bytes) and Muster, by the syntax of the attribute. */
import { Attribute, Change } from "ldapts";
import { isList, isReference, type Value } from "../../model/value.js";
import { MusterError } from "../../support/errors.js";
import { guidBytes } from "../../support/guid.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "./capabilities.js";

/** Octet strings (2.5.5.10, 2.5.5.17): never text, even where the bytes happen to be UTF-8. */
const BINARY = lowerCased([
  "jpegPhoto",
  "logonHours",
  "mS-DS-ConsistencyGuid",
  "msExchArchiveGUID",
  "msExchMailboxGuid",
  "objectGUID",
  "objectSid",
  "thumbnailPhoto",
  "unicodePwd",
  "userCertificate",
]);

/** Boolean syntax (2.5.5.8): TRUE or FALSE. */
const BOOLEAN = lowerCased([
  "isCriticalSystemObject",
  "isDeleted",
  "msExchHideFromAddressLists",
  "msNPAllowDialin",
  "showInAdvancedViewOnly",
]);

const DN_VALUED = lowerCased(ACTIVE_DIRECTORY_CAPABILITIES.references);
const MULTI = lowerCased(ACTIVE_DIRECTORY_CAPABILITIES.multi);

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The value of an attribute from its stored bytes; undefined for none. Text that is not UTF-8 stays bytes. */
export function decodeValue(attribute: string, values: readonly Buffer[]): Value | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  const key = attribute.toLowerCase();
  if (BINARY.has(key)) return Uint8Array.from(first);
  const text = decodeText(first);
  if (text === undefined) return Uint8Array.from(first);
  if (DN_VALUED.has(key)) return { dn: text };
  if (BOOLEAN.has(key)) return text === "TRUE";
  if (MULTI.has(key) || values.length > 1) return values.map((value) => decodeText(value) ?? value.toString("latin1"));
  return text;
}

/** Bytes of a value. References must have been resolved to DNs before. */
export function encodeValue(value: Value): Buffer[] {
  if (typeof value === "string") return [Buffer.from(value, "utf8")];
  if (typeof value === "boolean") return [Buffer.from(value ? "TRUE" : "FALSE")];
  if (value instanceof Uint8Array) return [Buffer.from(value)];
  if (isList(value)) return value.map((item) => Buffer.from(item, "utf8"));
  if (isReference(value) && "dn" in value) return [Buffer.from(value.dn, "utf8")];
  throw new MusterError("MUS-9001", { what: "a reference was not resolved before it was written" });
}

export function decodeText(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** objectGUID as text, lower case: its first three fields are stored little-endian (MS-DTYP 2.3.4.2). */
export function decodeGuid(bytes: Uint8Array): string {
  const hex = swapFields(Buffer.from(bytes)).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The stored bytes of an objectGUID in text form. */
export function encodeGuid(guid: string): Buffer {
  return Buffer.from(guidBytes(guid));
}

/** The DN form by which Active Directory finds an object wherever it is (MS-ADTS 3.1.1.3.1.2.4). */
export function guidDn(guid: string): string {
  return `<GUID=${guid}>`;
}

export function attribute(type: string, values: readonly (Buffer | string)[]): Attribute {
  return new Attribute({ type, values: values.map((value) => Buffer.from(value as string)) });
}

/**
 * The changes that replace what is expected by what is wanted, and fail where something else is there: only values that
 * go are deleted, by their exact value, only values that come are added.
 */
export function swapChanges(type: string, before: Value | null, after: Value | null): Change[] {
  const old = before === null ? [] : encodeValue(before);
  const wanted = after === null ? [] : encodeValue(after);
  const gone = old.filter((value) => !wanted.some((other) => other.equals(value)));
  const come = wanted.filter((value) => !old.some((other) => other.equals(value)));
  const changes: Change[] = [];
  if (gone.length > 0) changes.push(new Change({ operation: "delete", modification: attribute(type, gone) }));
  if (come.length > 0) changes.push(new Change({ operation: "add", modification: attribute(type, come) }));
  return changes;
}

function swapFields(bytes: Buffer): Buffer {
  return Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) => bytes[at] ?? 0));
}

function lowerCased(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}
