/** Conversions between kinds of values. */
import { toHex } from "../../../model/value.js";
import type { FunctionDefinition } from "../call.js";
import { required } from "../signature.js";
import { compileTruth } from "../truth.js";
import { lift1, lift2, textFunction } from "./lift.js";

function base64OfUtf16(text: string): string {
  let bytes = "";
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes += String.fromCharCode(unit & 0xff, unit >> 8);
  }
  return btoa(bytes);
}

export const CONVERT_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "BitAnd",
    parameters: [required("value1", "number"), required("value2", "number")],
    returns: "number",
    summary: "Bitwise and of two whole numbers, in decimal or &H hexadecimal.",
    origin: "entra",
    compile: (call) => lift2(call.number(0), call.number(1), (a, b) => BigInt.asIntN(64, a & b)),
  },
  {
    name: "CBool",
    parameters: [required("expression", "any", { condition: true })],
    returns: "boolean",
    summary: "True for a comparison that holds, for True and for a number other than 0.",
    origin: "entra",
    compile: compileTruth,
  },
  {
    name: "CDate",
    parameters: [required("expression", "date")],
    returns: "date",
    summary: "The instant that an ISO date or date-time names; without offset it is UTC.",
    origin: "entra",
    compile: (call) => call.date(0),
  },
  {
    name: "CStr",
    parameters: [required("value", "text")],
    returns: "text",
    summary: "The value as text: True or False, digits, M/d/yyyy h:mm:ss tt.",
    origin: "entra",
    compile: (call) => call.text(0),
  },
  {
    name: "ConvertToBase64",
    parameters: [required("source", "text")],
    returns: "text",
    summary: "Base64 of the UTF-16 (little endian) bytes.",
    origin: "entra",
    compile: textFunction(base64OfUtf16),
  },
  {
    name: "ConvertToUTF8Hex",
    parameters: [required("source", "text")],
    returns: "text",
    summary: "Upper-case hexadecimal of the UTF-8 bytes.",
    origin: "entra",
    compile: (call) => lift1(call.text(0), (text) => toHex(new TextEncoder().encode(text)).toUpperCase()),
  },
];
