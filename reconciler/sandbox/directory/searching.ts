/** The Search operation (MS-ADTS 3.1.1.3): candidates from an index where the filter allows it, scope, pages, limits. */
import { randomUUID } from "node:crypto";
import { BerReader } from "./ber.js";
import type { Directory } from "./directory.js";
import { CODE, LdapFailure, protocolFailure } from "./failure.js";
import type { Filter } from "./filter.js";
import { assertionKey, compileFilter } from "./matching.js";
import {
  type Control,
  pagedResultsControl,
  type Result,
  type SearchRequest,
  writeEntry,
  writeReference,
} from "./messages.js";
import { readSelection, renderEntry } from "./rendering.js";
import { ATTRIBUTES } from "./schema.js";
import { type Entry, isDeleted } from "./store.js";

/** Entries per answer, at most (the policy MaxPageSize). */
export const MAX_PAGE_SIZE = 1000;

/** Control OIDs (MS-ADTS 3.1.1.3.4.1). */
export const CONTROL = {
  paged: "1.2.840.113556.1.4.319",
  showDeleted: "1.2.840.113556.1.4.417",
  showRecycled: "1.2.840.113556.1.4.2064",
  permissiveModify: "1.2.840.113556.1.4.1413",
  domainScope: "1.2.840.113556.1.4.1339",
} as const;

/** The rest of a paged search, kept by the connection until it is asked for. */
export interface Cursor {
  readonly ids: readonly number[];
  readonly request: SearchRequest;
}

/** Cursors of one connection by cookie. */
export type Cursors = Map<string, Cursor>;

export interface SearchAnswer {
  readonly messages: readonly Buffer[];
  readonly result: Result;
  readonly controls: readonly Buffer[];
}

export function search(
  directory: Directory,
  request: SearchRequest,
  context: { readonly id: number; readonly controls: readonly Control[]; readonly cursors: Cursors },
): SearchAnswer {
  const paged = readPaged(context.controls);
  const resumed = paged === undefined || paged.cookie === "" ? undefined : takeCursor(context.cursors, paged.cookie);
  const ids = resumed?.ids ?? matches(directory, request, context.controls);
  const limit = request.sizeLimit > 0 ? request.sizeLimit : Number.POSITIVE_INFINITY;
  const page = Math.min(MAX_PAGE_SIZE, limit, paged === undefined ? MAX_PAGE_SIZE : paged.size);
  const selection = readSelection(request.attributes, request.typesOnly);
  const messages: Buffer[] = [];
  const taken = paged?.size === 0 ? [] : ids.slice(0, page);
  for (const id of taken) {
    const entry = directory.store.get(id);
    if (entry === undefined) continue;
    messages.push(writeEntry(context.id, directory.store.dnOf(entry), renderEntry(directory, entry, selection)));
  }
  if (resumed === undefined) messages.push(...references(directory, request, context));
  const rest = ids.slice(taken.length);
  const exceeded = rest.length > 0 && (paged === undefined || taken.length >= limit);
  if (exceeded) return { messages, result: { code: CODE.sizeLimitExceeded }, controls: [] };
  if (paged === undefined) return { messages, result: { code: CODE.success }, controls: [] };
  const cookie = rest.length > 0 && paged.size > 0 ? keepCursor(context.cursors, { ids: rest, request }) : "";
  return { messages, result: { code: CODE.success }, controls: [pagedResultsControl(Buffer.from(cookie, "latin1"))] };
}

function readPaged(controls: readonly Control[]): { size: number; cookie: string } | undefined {
  const control = controls.find((one) => one.oid === CONTROL.paged);
  if (control?.value === undefined) return undefined;
  const reader = new BerReader(control.value).enter();
  return { size: reader.integer(), cookie: reader.octets().toString("latin1") };
}

function takeCursor(cursors: Cursors, cookie: string): Cursor {
  const cursor = cursors.get(cookie);
  if (cursor === undefined) throw protocolFailure(CODE.unwillingToPerform, 0x57, "Error processing control");
  cursors.delete(cookie);
  return cursor;
}

function keepCursor(cursors: Cursors, cursor: Cursor): string {
  const cookie = randomUUID();
  cursors.set(cookie, cursor);
  return cookie;
}

function matches(directory: Directory, request: SearchRequest, controls: readonly Control[]): number[] {
  const showDeleted = controls.some((one) => one.oid === CONTROL.showDeleted || one.oid === CONTROL.showRecycled);
  const base = directory.require(request.base, { showDeleted });
  const matcher = compileFilter(directory, request.filter);
  const out: number[] = [];
  for (const entry of inScope(directory, request, base)) {
    if ((showDeleted || !isDeleted(entry)) && matcher(entry) === true) out.push(entry.id);
  }
  return out;
}

function* inScope(directory: Directory, request: SearchRequest, base: Entry): Generator<Entry> {
  const { store } = directory;
  if (request.scope === "base") {
    yield base;
    return;
  }
  const candidates = indexed(directory, request.filter);
  for (const id of candidates ?? (request.scope === "one" ? store.children(base.id) : below(directory, base))) {
    const entry = store.get(id);
    if (entry === undefined) continue;
    if (candidates === undefined || isInScope(directory, entry, base, request.scope)) yield entry;
  }
}

function* below(directory: Directory, base: Entry): Generator<number> {
  yield base.id;
  const stack = [directory.store.children(base.id)];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.next();
    if (next.done === true) stack.pop();
    else {
      yield next.value;
      stack.push(directory.store.children(next.value));
    }
  }
}

function isInScope(directory: Directory, entry: Entry, base: Entry, scope: "one" | "sub"): boolean {
  if (scope === "one") return entry.parent === base.id;
  for (let at: Entry | undefined = entry; at !== undefined; at = directory.store.get(at.parent)) {
    if (at.id === base.id) return true;
  }
  return false;
}

/** Numbers of all entries that can match, where indexes decide it; undefined when the tree must be walked. */
function indexed(directory: Directory, filter: Filter): ReadonlySet<number> | undefined {
  if (filter.kind === "equal") {
    const attribute = ATTRIBUTES.get(filter.attribute);
    const key = attribute?.flags.has("index") ? assertionKey(directory, attribute, filter.value) : undefined;
    return attribute === undefined || key === undefined ? undefined : directory.store.lookup(attribute.key, key);
  }
  if (filter.kind === "and") {
    const sets = filter.parts.map((part) => indexed(directory, part)).filter((set) => set !== undefined);
    return sets.sort((a, b) => a.size - b.size)[0];
  }
  if (filter.kind === "or") {
    const union = new Set<number>();
    for (const part of filter.parts) {
      const set = indexed(directory, part);
      if (set === undefined) return undefined;
      for (const id of set) union.add(id);
    }
    return union;
  }
  return undefined;
}

/** A subtree search from the domain's root is referred on to the naming contexts below it (MS-ADTS 3.1.1.3.1.3.2). */
function references(
  directory: Directory,
  request: SearchRequest,
  context: { readonly id: number; readonly controls: readonly Control[] },
): Buffer[] {
  if (request.scope !== "sub" || context.controls.some((one) => one.oid === CONTROL.domainScope)) return [];
  const base = directory.require(request.base, { showDeleted: true });
  const { naming } = directory;
  const below = new Map([
    [naming.baseDn, naming.configurationDn],
    [naming.configurationDn, naming.schemaDn],
  ]).get(base.parent === 0 ? base.rdn : "");
  return below === undefined ? [] : [writeReference(context.id, `ldap://${naming.dnsDomain}/${encodeURI(below)}`)];
}

/** The Compare operation (RFC 4511 section 4.10). */
export function compare(directory: Directory, request: { dn: string; attribute: string; value: Buffer }): never {
  const entry = directory.require(request.dn);
  const attribute = ATTRIBUTES.get(request.attribute.toLowerCase());
  if (attribute === undefined)
    throw protocolFailure(CODE.noSuchAttribute, 0x57, "Error in attribute conversion operation");
  const filter: Filter = { kind: "equal", attribute: attribute.key, value: request.value };
  const equal = compileFilter(directory, filter)(entry) === true;
  throw new LdapFailure(equal ? CODE.compareTrue : CODE.compareFalse, "");
}
