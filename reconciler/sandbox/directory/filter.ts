/** Search filters (RFC 4511 section 4.5.1.7) as decoded from a request; attribute names in lower case, values as bytes. */
import { BerError, type BerReader } from "./ber.js";

export type Filter =
  | { readonly kind: "and" | "or"; readonly parts: readonly Filter[] }
  | { readonly kind: "not"; readonly part: Filter }
  | { readonly kind: "equal" | "greater" | "less"; readonly attribute: string; readonly value: Buffer }
  | { readonly kind: "present"; readonly attribute: string }
  | {
      readonly kind: "substring";
      readonly attribute: string;
      readonly initial: string | undefined;
      readonly any: readonly string[];
      readonly final: string | undefined;
    }
  | { readonly kind: "extensible"; readonly attribute: string; readonly rule: string; readonly value: Buffer };

/** Deepest nesting that is read. */
const MAX_DEPTH = 64;

/** Decodes the next element as a filter. Throws BerError. */
export function readFilter(reader: BerReader, depth = 0): Filter {
  if (depth > MAX_DEPTH) throw new BerError("filter is nested too deeply");
  const tag = reader.peek();
  switch (tag) {
    case 0xa0:
    case 0xa1: {
      const set = reader.enter(tag);
      const parts: Filter[] = [];
      while (!set.done) parts.push(readFilter(set, depth + 1));
      return { kind: tag === 0xa0 ? "and" : "or", parts };
    }
    case 0xa2:
      return { kind: "not", part: readFilter(reader.enter(tag), depth + 1) };
    case 0xa3:
    case 0xa8:
      return readAssertion("equal", reader.enter(tag));
    case 0xa5:
      return readAssertion("greater", reader.enter(tag));
    case 0xa6:
      return readAssertion("less", reader.enter(tag));
    case 0xa4:
      return readSubstring(reader.enter(tag));
    case 0x87:
      return { kind: "present", attribute: reader.text(tag).toLowerCase() };
    case 0xa9:
      return readExtensible(reader.enter(tag));
    default:
      throw new BerError(`unknown filter ${tag ?? "at the end"}`);
  }
}

function readAssertion(kind: "equal" | "greater" | "less", reader: BerReader): Filter {
  return { kind, attribute: reader.text().toLowerCase(), value: reader.octets() };
}

function readSubstring(reader: BerReader): Filter {
  const attribute = reader.text().toLowerCase();
  const pieces = reader.enter();
  let initial: string | undefined;
  let final: string | undefined;
  const any: string[] = [];
  while (!pieces.done) {
    const tag = pieces.peek();
    if (tag === 0x80) initial = pieces.text(tag);
    else if (tag === 0x81) any.push(pieces.text(tag));
    else if (tag === 0x82) final = pieces.text(tag);
    else throw new BerError("unknown piece of a substring filter");
  }
  return { kind: "substring", attribute, initial, any, final };
}

function readExtensible(reader: BerReader): Filter {
  let rule = "";
  let attribute = "";
  let value: Buffer = Buffer.alloc(0);
  while (!reader.done) {
    const tag = reader.peek();
    if (tag === 0x81) rule = reader.text(tag);
    else if (tag === 0x82) attribute = reader.text(tag).toLowerCase();
    else if (tag === 0x83) value = reader.octets(tag);
    else if (tag === 0x84) reader.boolean(tag);
    else throw new BerError("unknown piece of an extensible filter");
  }
  return { kind: "extensible", attribute, rule, value };
}
