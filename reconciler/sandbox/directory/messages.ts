/** LDAP messages (RFC 4511 section 4): requests as values, responses as bytes. */
import { BerError, BerReader, BerWriter, TAG } from "./ber.js";
import { type Filter, readFilter } from "./filter.js";

export interface AttributeValues {
  /** Attribute description as sent, options included. */
  readonly type: string;
  readonly values: readonly Buffer[];
}

export interface Change extends AttributeValues {
  readonly operation: "add" | "delete" | "replace";
}

export interface BindRequest {
  readonly kind: "bind";
  readonly version: number;
  readonly name: string;
  /** undefined for SASL, which the sandbox does not offer. */
  readonly password: string | undefined;
}

export interface SearchRequest {
  readonly kind: "search";
  readonly base: string;
  readonly scope: "base" | "one" | "sub";
  readonly sizeLimit: number;
  readonly typesOnly: boolean;
  readonly filter: Filter;
  readonly attributes: readonly string[];
}

export interface AddRequest {
  readonly kind: "add";
  readonly dn: string;
  readonly attributes: readonly AttributeValues[];
}

export interface ModifyRequest {
  readonly kind: "modify";
  readonly dn: string;
  readonly changes: readonly Change[];
}

export interface DeleteRequest {
  readonly kind: "delete";
  readonly dn: string;
}

export interface ModifyDnRequest {
  readonly kind: "modifyDN";
  readonly dn: string;
  readonly newRdn: string;
  readonly deleteOldRdn: boolean;
  readonly newSuperior: string | undefined;
}

export interface CompareRequest {
  readonly kind: "compare";
  readonly dn: string;
  readonly attribute: string;
  readonly value: Buffer;
}

export type WriteRequest = AddRequest | ModifyRequest | DeleteRequest | ModifyDnRequest;

export type Request =
  | BindRequest
  | SearchRequest
  | WriteRequest
  | CompareRequest
  | { readonly kind: "extended"; readonly oid: string }
  | { readonly kind: "unbind" }
  | { readonly kind: "abandon" };

export interface Control {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer | undefined;
}

export interface Message {
  readonly id: number;
  readonly request: Request;
  readonly controls: readonly Control[];
}

/** Response tags by the kind of request. */
const RESPONSE_TAG = {
  bind: 0x61,
  search: 0x65,
  modify: 0x67,
  add: 0x69,
  delete: 0x6b,
  modifyDN: 0x6d,
  compare: 0x6f,
  extended: 0x78,
} as const;

export type AnsweredKind = keyof typeof RESPONSE_TAG;

/** Decodes one complete message. Throws BerError. */
export function readMessage(bytes: Buffer): Message {
  const reader = new BerReader(bytes).enter();
  const id = reader.integer();
  const request = readRequest(reader);
  const controls: Control[] = [];
  if (reader.peek() === 0xa0) {
    const list = reader.enter(0xa0);
    while (!list.done) controls.push(readControl(list.enter()));
  }
  return { id, request, controls };
}

function readControl(reader: BerReader): Control {
  const oid = reader.text();
  const critical = reader.peek() === TAG.boolean ? reader.boolean() : false;
  const value = reader.done ? undefined : reader.octets();
  return { oid, critical, value };
}

function readRequest(reader: BerReader): Request {
  const tag = reader.peek();
  switch (tag) {
    case 0x60:
      return readBind(reader.enter(tag));
    case 0x42:
      reader.octets(tag);
      return { kind: "unbind" };
    case 0x50:
      reader.octets(tag);
      return { kind: "abandon" };
    case 0x63:
      return readSearch(reader.enter(tag));
    case 0x66:
      return readModify(reader.enter(tag));
    case 0x68: {
      const body = reader.enter(tag);
      return { kind: "add", dn: body.text(), attributes: readAttributes(body.enter()) };
    }
    case 0x4a:
      return { kind: "delete", dn: reader.text(tag) };
    case 0x6c: {
      const body = reader.enter(tag);
      const common = { dn: body.text(), newRdn: body.text(), deleteOldRdn: body.boolean() };
      return { kind: "modifyDN", ...common, newSuperior: body.done ? undefined : body.text(0x80) };
    }
    case 0x6e: {
      const body = reader.enter(tag);
      const dn = body.text();
      const assertion = body.enter();
      return { kind: "compare", dn, attribute: assertion.text(), value: assertion.octets() };
    }
    case 0x77:
      return { kind: "extended", oid: reader.enter(tag).text(0x80) };
    default:
      throw new BerError(`unknown operation ${tag ?? "at the end"}`);
  }
}

function readBind(reader: BerReader): BindRequest {
  const version = reader.integer();
  const name = reader.text();
  const password = reader.peek() === 0x80 ? reader.text(0x80) : undefined;
  return { kind: "bind", version, name, password };
}

function readSearch(reader: BerReader): SearchRequest {
  const base = reader.text();
  const scope = (["base", "one", "sub"] as const)[reader.integer(TAG.enumerated)];
  if (scope === undefined) throw new BerError("unknown scope");
  reader.integer(TAG.enumerated);
  const sizeLimit = reader.integer();
  reader.integer();
  const typesOnly = reader.boolean();
  const filter = readFilter(reader);
  const list = reader.enter();
  const attributes: string[] = [];
  while (!list.done) attributes.push(list.text());
  return { kind: "search", base, scope, sizeLimit, typesOnly, filter, attributes };
}

function readModify(reader: BerReader): ModifyRequest {
  const dn = reader.text();
  const list = reader.enter();
  const changes: Change[] = [];
  while (!list.done) {
    const item = list.enter();
    const operation = (["add", "delete", "replace"] as const)[item.integer(TAG.enumerated)];
    if (operation === undefined) throw new BerError("unknown change");
    changes.push({ operation, ...readAttribute(item.enter()) });
  }
  return { kind: "modify", dn, changes };
}

function readAttributes(reader: BerReader): AttributeValues[] {
  const out: AttributeValues[] = [];
  while (!reader.done) out.push(readAttribute(reader.enter()));
  return out;
}

function readAttribute(reader: BerReader): AttributeValues {
  const type = reader.text();
  const set = reader.enter(TAG.set);
  const values: Buffer[] = [];
  while (!set.done) values.push(set.octets());
  return { type, values };
}

export interface Result {
  readonly code: number;
  readonly matchedDn?: string;
  readonly text?: string;
}

/** Used by one message at a time: encoding is synchronous. */
const writer = new BerWriter();

/** The final response to a request. `controls` are encoded controls. */
export function writeResult(id: number, kind: AnsweredKind, result: Result, controls: readonly Buffer[] = []): Buffer {
  const end = writer.mark;
  for (let i = controls.length - 1; i >= 0; i--) writer.raw(controls[i] ?? Buffer.alloc(0));
  if (controls.length > 0) writer.close(0xa0, end);
  const body = writer.mark;
  writer.octets(result.text ?? "");
  writer.octets(result.matchedDn ?? "");
  writer.integer(result.code, TAG.enumerated);
  return finish(id, RESPONSE_TAG[kind], { end, body });
}

/** The paged results control of a response (RFC 2696). */
export function pagedResultsControl(cookie: Buffer): Buffer {
  const end = writer.mark;
  writer.octets(cookie);
  writer.integer(0);
  writer.close(TAG.sequence, end);
  writer.close(TAG.octets, end);
  writer.octets("1.2.840.113556.1.4.319");
  writer.close(TAG.sequence, end);
  return writer.take();
}

/** Response to an extended request, with a value. */
export function writeExtendedResult(id: number, value: string): Buffer {
  const end = writer.mark;
  writer.octets(value, 0x8b);
  writer.octets("");
  writer.octets("");
  writer.integer(0, TAG.enumerated);
  return finish(id, RESPONSE_TAG.extended, { end, body: end });
}

export interface OutputAttribute {
  readonly name: string;
  readonly values: readonly (string | Buffer)[];
}

export function writeEntry(id: number, dn: string, attributes: readonly OutputAttribute[]): Buffer {
  const end = writer.mark;
  for (let i = attributes.length - 1; i >= 0; i--) {
    const attribute = attributes[i];
    if (attribute !== undefined) writeAttribute(attribute);
  }
  writer.close(TAG.sequence, end);
  writer.octets(dn);
  return finish(id, 0x64, { end, body: end });
}

function writeAttribute(attribute: OutputAttribute): void {
  const end = writer.mark;
  for (let i = attribute.values.length - 1; i >= 0; i--) writer.octets(attribute.values[i] ?? "");
  writer.close(TAG.set, end);
  writer.octets(attribute.name);
  writer.close(TAG.sequence, end);
}

/** A continuation reference (RFC 4511 section 4.5.3). */
export function writeReference(id: number, url: string): Buffer {
  const end = writer.mark;
  writer.octets(url);
  return finish(id, 0x73, { end, body: end });
}

function finish(id: number, operation: number, marks: { readonly end: number; readonly body: number }): Buffer {
  writer.close(operation, marks.body);
  writer.integer(id);
  writer.close(TAG.sequence, marks.end);
  return writer.take();
}
