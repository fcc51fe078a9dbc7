/** Attribute values: from the wire, to comparison keys, to the wire. DN values are not here: they are links (store.ts). */
import { isUtf8 } from "node:buffer";
import { normalizeDn } from "../../support/dn.js";
import { attributeConversion, attributeFailure, CODE } from "./failure.js";
import { fold } from "./fold.js";
import type { AttributeSchema } from "./schema.js";

/** Text for every syntax but bytes, guid and sid. */
export type Value = string | Buffer;

const INT32 = [-(2n ** 31n), 2n ** 31n - 1n] as const;
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;

/**
 * Checks a value against syntax and range (MS-ADTS 3.1.1.2.2.2, 3.1.1.3.1.1.5). A value that cannot be converted, the
 * empty one included, is invalidAttributeSyntax; one out of range is constraintViolation (ERROR_DS_RANGE_CONSTRAINT).
 */
export function readValue(attribute: AttributeSchema, bytes: Buffer): Value {
  if (isBinary(attribute)) {
    if (bytes.length === 0) throw attributeConversion(CODE.invalidAttributeSyntax);
    if (bytes.length > attribute.max) throw attributeFailure(0x2082, "CONSTRAINT_ATT_TYPE", attribute.name);
    return Buffer.from(bytes);
  }
  const text = decode(bytes);
  if (text === undefined || text === "") throw attributeConversion(CODE.invalidAttributeSyntax);
  switch (attribute.syntax) {
    case "int":
      return readInteger(text, INT32);
    case "long":
      return readInteger(text, INT64);
    case "bool":
      if (text !== "TRUE" && text !== "FALSE") throw attributeConversion(CODE.invalidAttributeSyntax);
      return text;
    case "time":
      if (!/^\d{14}\.0Z$/.test(text)) throw attributeConversion(CODE.invalidAttributeSyntax);
      return text;
    default:
      if (text.length > attribute.max) throw attributeFailure(0x2082, "CONSTRAINT_ATT_TYPE", attribute.name);
      return text;
  }
}

function readInteger(text: string, [least, most]: readonly [bigint, bigint]): string {
  if (!/^-?\d{1,19}$/.test(text)) throw attributeConversion(CODE.invalidAttributeSyntax);
  const value = BigInt(text);
  if (value < least || value > most) throw attributeConversion(CODE.invalidAttributeSyntax);
  return value.toString();
}

/** The text, undefined when the bytes are not UTF-8. */
export function decode(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString("utf8") : undefined;
}

export function isBinary(attribute: AttributeSchema): boolean {
  return attribute.syntax === "bytes" || attribute.syntax === "guid" || attribute.syntax === "sid";
}

/** Equal values have equal keys. */
export function valueKey(attribute: AttributeSchema, value: Value): string {
  if (typeof value !== "string") return value.toString("hex");
  switch (attribute.syntax) {
    case "text":
      return fold(value);
    case "name":
      return nameKey(value);
    case "oid":
      return value.toLowerCase();
    default:
      return value;
  }
}

function nameKey(value: string): string {
  try {
    return normalizeDn(value);
  } catch {
    return fold(value);
  }
}
