/** Evaluation of filters, in the three-valued logic of RFC 4511 section 4.5.1.7: an unknown attribute is undefined. */
import { MusterError } from "../../support/errors.js";
import type { Directory } from "./directory.js";
import { CODE, protocolFailure } from "./failure.js";
import type { Filter } from "./filter.js";
import { fold } from "./fold.js";
import { parseGuid, parseSid } from "./identifiers.js";
import { ATTRIBUTES, type AttributeSchema, BACK_LINKS, CLASSES } from "./schema.js";
import { type Entry, isDeleted } from "./store.js";
import { decode, isBinary, type Value, valueKey } from "./values.js";

/** LDAP_MATCHING_RULE_BIT_AND, _BIT_OR and _TRANSITIVE_EVAL (MS-ADTS 3.1.1.3.4.4). */
const BIT_AND = "1.2.840.113556.1.4.803";
const BIT_OR = "1.2.840.113556.1.4.804";
const IN_CHAIN = "1.2.840.113556.1.4.1941";

/** Whether the entry matches; undefined when the filter cannot be decided. */
export type Matcher = (entry: Entry) => boolean | undefined;

const UNDECIDED: Matcher = () => undefined;

/** Prepares a filter once for many entries. */
export function compileFilter(directory: Directory, filter: Filter): Matcher {
  switch (filter.kind) {
    case "and":
      return compileAnd(filter.parts.map((part) => compileFilter(directory, part)));
    case "or":
      return compileOr(filter.parts.map((part) => compileFilter(directory, part)));
    case "not": {
      const inner = compileFilter(directory, filter.part);
      return (entry) => negate(inner(entry));
    }
    case "extensible":
      return compileExtensible(directory, filter);
    default: {
      const attribute = ATTRIBUTES.get(filter.attribute);
      if (attribute === undefined || attribute.flags.has("secret") || attribute.flags.has("built")) return UNDECIDED;
      if (filter.kind === "present") return compilePresent(directory, attribute);
      if (filter.kind === "substring") return compileSubstring(attribute, filter);
      if (filter.kind === "equal") return compileEqual(directory, attribute, filter.value);
      return compileOrder(attribute, filter.kind, filter.value);
    }
  }
}

function negate(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function compileAnd(parts: readonly Matcher[]): Matcher {
  return (entry) => {
    let all: boolean | undefined = true;
    for (const part of parts) {
      const one = part(entry);
      if (one === false) return false;
      if (one === undefined) all = undefined;
    }
    return all;
  };
}

function compileOr(parts: readonly Matcher[]): Matcher {
  return (entry) => {
    let any: boolean | undefined = false;
    for (const part of parts) {
      const one = part(entry);
      if (one === true) return true;
      if (one === undefined) any = undefined;
    }
    return any;
  };
}

function compilePresent(directory: Directory, attribute: AttributeSchema): Matcher {
  if (attribute.key === "distinguishedname") return () => true;
  if (attribute.syntax !== "dn") return (entry) => entry.attributes.has(attribute.key);
  return (entry) => !isDeleted(entry) && directory.linked(entry, attribute.key).length > 0;
}

function compileEqual(directory: Directory, attribute: AttributeSchema, bytes: Buffer): Matcher {
  if (attribute.key === "distinguishedname") {
    const wanted = lookup(directory, bytes);
    return (entry) => entry.id === wanted?.id;
  }
  if (attribute.syntax === "dn") return compileLinkEqual(directory, attribute, lookup(directory, bytes));
  const key = assertionKey(directory, attribute, bytes);
  if (key === undefined) return UNDECIDED;
  return (entry) => valuesOf(entry, attribute).some((value) => valueKey(attribute, value) === key);
}

/** The comparison key of an assertion value; undefined when it cannot be a value of the attribute. */
export function assertionKey(directory: Directory, attribute: AttributeSchema, bytes: Buffer): string | undefined {
  if (isBinary(attribute)) return binaryKey(attribute, bytes);
  const text = decode(bytes);
  if (text === undefined) return undefined;
  if (attribute.key === "objectcategory" && !text.includes("=")) {
    const cls = CLASSES.get(text.toLowerCase());
    const category = cls?.category ?? (text.toLowerCase() === "person" ? "Person" : undefined);
    return category === undefined ? undefined : valueKey(attribute, `CN=${category},${directory.naming.schemaDn}`);
  }
  if (attribute.syntax === "bool") return text.toUpperCase();
  return valueKey(attribute, text);
}

/** SIDs and GUIDs may be asserted in text form too. */
function binaryKey(attribute: AttributeSchema, bytes: Buffer): string {
  const text = bytes.toString("latin1");
  const parsed =
    attribute.syntax === "sid"
      ? parseSid(text)
      : attribute.syntax === "guid"
        ? parseGuid(text.replace(/[{}]/g, ""))
        : undefined;
  return (parsed ?? bytes).toString("hex");
}

function compileLinkEqual(directory: Directory, attribute: AttributeSchema, target: Entry | undefined): Matcher {
  if (target === undefined || isDeleted(target)) return () => false;
  const { store } = directory;
  const forward = BACK_LINKS.get(attribute.key);
  const holders = forward === undefined ? store.referrers(target.id, attribute.key) : store.links(target.id, forward);
  return (entry) => !isDeleted(entry) && holders.has(entry.id);
}

function lookup(directory: Directory, bytes: Buffer): Entry | undefined {
  try {
    return directory.lookup(decode(bytes) ?? "").entry;
  } catch (error) {
    if (error instanceof MusterError) return undefined;
    throw error;
  }
}

function valuesOf(entry: Entry, attribute: AttributeSchema): readonly Value[] {
  return entry.attributes.get(attribute.key) ?? [];
}

function compileOrder(attribute: AttributeSchema, kind: "greater" | "less", bytes: Buffer): Matcher {
  const text = decode(bytes);
  if (text === undefined || isBinary(attribute) || attribute.syntax === "dn") return UNDECIDED;
  const number = attribute.syntax === "int" || attribute.syntax === "long";
  if (number && !/^-?\d+$/.test(text)) return UNDECIDED;
  const wanted = number ? BigInt(text) : fold(text);
  return (entry) =>
    valuesOf(entry, attribute).some((value) => {
      const own = number ? BigInt(String(value)) : fold(String(value));
      return kind === "greater" ? own >= wanted : own <= wanted;
    });
}

function compileSubstring(attribute: AttributeSchema, filter: Extract<Filter, { kind: "substring" }>): Matcher {
  if (attribute.syntax !== "text") return () => false;
  const initial = filter.initial === undefined ? undefined : fold(`${filter.initial}x`).slice(0, -1);
  const final = filter.final === undefined ? undefined : fold(filter.final);
  const any = filter.any.map((piece) => fold(`${piece}x`).slice(0, -1));
  return (entry) => valuesOf(entry, attribute).some((value) => hasPieces(fold(String(value)), initial, any, final));
}

function hasPieces(
  text: string,
  initial: string | undefined,
  any: readonly string[],
  final: string | undefined,
): boolean {
  let at = 0;
  if (initial !== undefined) {
    if (!text.startsWith(initial)) return false;
    at = initial.length;
  }
  for (const piece of any) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return final === undefined || (text.length - final.length >= at && text.endsWith(final));
}

function compileExtensible(directory: Directory, filter: Extract<Filter, { kind: "extensible" }>): Matcher {
  const attribute = ATTRIBUTES.get(filter.attribute);
  if (filter.rule === BIT_AND || filter.rule === BIT_OR) {
    if (attribute === undefined) return UNDECIDED;
    const text = decode(filter.value) ?? "";
    if (!/^-?\d+$/.test(text)) return UNDECIDED;
    const mask = BigInt(text);
    const all = filter.rule === BIT_AND;
    return (entry) =>
      valuesOf(entry, attribute).some((value) => {
        const common = BigInt(String(value)) & mask;
        return all ? common === mask : common !== 0n;
      });
  }
  if (filter.rule === IN_CHAIN && (filter.attribute === "memberof" || filter.attribute === "member")) {
    return compileChain(directory, filter.attribute, lookup(directory, filter.value));
  }
  throw protocolFailure(CODE.unwillingToPerform, 0x57, "Error processing filter");
}

/** Everything reached from the target against the direction of the attribute. */
function compileChain(directory: Directory, attribute: "member" | "memberof", target: Entry | undefined): Matcher {
  const reached = new Set<number>();
  const queue = target === undefined ? [] : [target];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const next of directory.linked(at, attribute === "memberof" ? "member" : "memberof")) {
      if (!reached.has(next.id)) {
        reached.add(next.id);
        queue.push(next);
      }
    }
  }
  return (entry) => reached.has(entry.id);
}
