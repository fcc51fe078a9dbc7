/**
 * The entries in memory, with their indexes. A reference to another entry is kept by the other's number, as Active
 * Directory's DNT is, never as text: so a rename or move is one change, and every DN that names the entry or something
 * below it follows. Nothing is changed but by `apply`, which runs for live writes and for the replayed log alike.
 */
import { parseDn, rdn as rdnText } from "../../support/dn.js";
import { fold } from "./fold.js";
import { ATTRIBUTES, attributeSchema, CLASSES, type ClassSchema } from "./schema.js";
import { type Value, valueKey } from "./values.js";

export interface Entry {
  readonly id: number;
  /** Number of the parent; 0 for the root of a naming context, whose `rdn` is then its whole DN. */
  readonly parent: number;
  readonly rdnType: string;
  readonly rdn: string;
  readonly cls: ClassSchema;
  /** By lower-case attribute name; no empty lists. */
  readonly attributes: ReadonlyMap<string, readonly Value[]>;
}

export type Delta =
  | { readonly op: "put"; readonly entry: Entry }
  | {
      readonly op: "link";
      readonly id: number;
      readonly attribute: string;
      readonly add: readonly number[];
      readonly remove: readonly number[];
    };

const NONE: ReadonlySet<number> = new Set();
const INDEXED = [...ATTRIBUTES.values()].filter((attribute) => attribute.flags.has("index"));

export class Store {
  readonly #entries = new Map<number, Entry>();
  readonly #roots: Entry[] = [];
  /** Parent to (folded RDN to child). */
  readonly #children = new Map<number, Map<string, number>>();
  /** `attribute\0source` to targets, and `attribute\0target` to sources. */
  readonly #links = new Map<string, Set<number>>();
  readonly #reverse = new Map<string, Set<number>>();
  readonly #index = new Map<string, Map<string, Set<number>>>(INDEXED.map((a) => [a.key, new Map()]));
  readonly #names = new Map<number, string>();

  get(id: number): Entry | undefined {
    return this.#entries.get(id);
  }

  /** All entries in the order of their creation. */
  entries(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }

  children(id: number): IterableIterator<number> {
    return (this.#children.get(id) ?? new Map<string, number>()).values();
  }

  hasChildren(id: number): boolean {
    return (this.#children.get(id)?.size ?? 0) > 0;
  }

  /** The child of that RDN, compared as Active Directory compares names. */
  child(parent: number, rdnType: string, rdn: string): Entry | undefined {
    const id = this.#children.get(parent)?.get(childKey(rdnType, rdn));
    return id === undefined ? undefined : this.#entries.get(id);
  }

  /** Targets of a forward link, targets that are deleted included. */
  links(id: number, attribute: string): ReadonlySet<number> {
    return this.#links.get(`${attribute}\0${id}`) ?? NONE;
  }

  /** Entries whose forward link names this one, deleted ones included. */
  referrers(id: number, attribute: string): ReadonlySet<number> {
    return this.#reverse.get(`${attribute}\0${id}`) ?? NONE;
  }

  /** Candidates by an indexed attribute; undefined when the attribute has no index. */
  lookup(attribute: string, key: string): ReadonlySet<number> | undefined {
    const index = this.#index.get(attribute);
    return index === undefined ? undefined : (index.get(key) ?? NONE);
  }

  dnOf(entry: Entry): string {
    const known = this.#names.get(entry.id);
    if (known !== undefined) return known;
    const parent = this.#entries.get(entry.parent);
    const dn = parent === undefined ? entry.rdn : `${rdnText(entry.rdnType, entry.rdn)},${this.dnOf(parent)}`;
    this.#names.set(entry.id, dn);
    return dn;
  }

  /** The entry of a DN, or the deepest one on its path that exists. Throws MUS-5101 for what is not a DN. */
  find(dn: string): { readonly entry?: Entry; readonly matched: Entry | undefined } {
    const parts = parseDn(dn);
    const root = this.#rootOf(parts);
    if (root === undefined) return { matched: undefined };
    let at: Entry = root.entry;
    for (let i = parts.length - root.depth - 1; i >= 0; i--) {
      const part = parts[i];
      const next = part === undefined ? undefined : this.child(at.id, part.type, part.value);
      if (next === undefined) return { matched: at };
      at = next;
    }
    return { entry: at, matched: at };
  }

  #rootOf(parts: readonly { type: string; value: string }[]): { entry: Entry; depth: number } | undefined {
    let best: { entry: Entry; depth: number } | undefined;
    for (const entry of this.#roots) {
      const root = parseDn(entry.rdn);
      const tail = parts.slice(parts.length - root.length);
      const same = tail.length === root.length && root.every((part, i) => sameRdn(part, tail[i]));
      if (same && (best === undefined || root.length > best.depth)) best = { entry, depth: root.length };
    }
    return best;
  }

  /** Changes the memory; the caller has checked everything and makes the change durable. */
  apply(delta: Delta): void {
    if (delta.op === "put") this.#put(delta.entry);
    else this.#link(delta.id, delta.attribute, delta.add, delta.remove);
  }

  #put(entry: Entry): void {
    const before = this.#entries.get(entry.id);
    this.#entries.set(entry.id, entry);
    if (before === undefined) {
      if (entry.parent === 0) this.#roots.push(entry);
      else this.#adopt(entry);
    } else if (before.parent !== entry.parent || before.rdn !== entry.rdn) {
      this.#children.get(before.parent)?.delete(childKey(before.rdnType, before.rdn));
      this.#adopt(entry);
      this.#names.clear();
    }
    this.#reindex(before, entry);
  }

  #adopt(entry: Entry): void {
    let siblings = this.#children.get(entry.parent);
    if (siblings === undefined) {
      siblings = new Map();
      this.#children.set(entry.parent, siblings);
    }
    siblings.set(childKey(entry.rdnType, entry.rdn), entry.id);
  }

  #reindex(before: Entry | undefined, entry: Entry): void {
    for (const attribute of INDEXED) {
      const old = before?.attributes.get(attribute.key);
      const now = entry.attributes.get(attribute.key);
      if (old === now) continue;
      const index = this.#index.get(attribute.key);
      for (const value of old ?? []) index?.get(valueKey(attribute, value))?.delete(entry.id);
      for (const value of now ?? []) addTo(index, valueKey(attribute, value), entry.id);
    }
  }

  #link(id: number, attribute: string, add: readonly number[], remove: readonly number[]): void {
    for (const target of remove) {
      this.#links.get(`${attribute}\0${id}`)?.delete(target);
      this.#reverse.get(`${attribute}\0${target}`)?.delete(id);
    }
    for (const target of add) {
      addTo(this.#links, `${attribute}\0${id}`, target);
      addTo(this.#reverse, `${attribute}\0${target}`, id);
    }
  }

  /** The deltas that rebuild the store from nothing. */
  *snapshot(): Generator<Delta> {
    for (const entry of this.#entries.values()) yield { op: "put", entry };
    for (const [key, targets] of this.#links) {
      const [attribute = "", id = ""] = key.split("\0");
      if (targets.size > 0) yield { op: "link", id: Number(id), attribute, add: [...targets], remove: [] };
    }
  }
}

function childKey(rdnType: string, rdn: string): string {
  return `${rdnType.toLowerCase()}=${fold(rdn)}`;
}

function sameRdn(a: { type: string; value: string }, b: { type: string; value: string } | undefined): boolean {
  return b !== undefined && childKey(a.type, a.value) === childKey(b.type, b.value);
}

function addTo(map: Map<string, Set<number>> | undefined, key: string, value: number): void {
  const set = map?.get(key);
  if (set === undefined) map?.set(key, new Set([value]));
  else set.add(value);
}

/** The first value of an attribute as text, undefined when it has none. */
export function textOf(entry: Entry, attribute: string): string | undefined {
  const value = entry.attributes.get(attribute.toLowerCase())?.[0];
  return typeof value === "string" ? value : undefined;
}

export function bytesOf(entry: Entry, attribute: string): Buffer | undefined {
  const value = entry.attributes.get(attribute.toLowerCase())?.[0];
  return Buffer.isBuffer(value) ? value : undefined;
}

export function isDeleted(entry: Entry): boolean {
  return textOf(entry, "isDeleted") === "TRUE";
}

/** The JSON form of a delta in the log; bytes are base64. */
export function encodeDelta(delta: Delta): unknown {
  if (delta.op === "link") return { l: delta.id, a: delta.attribute, add: delta.add, del: delta.remove };
  const { entry } = delta;
  const attributes: Record<string, readonly string[]> = {};
  for (const [key, values] of entry.attributes) {
    attributes[key] = values.map((value) => (typeof value === "string" ? value : value.toString("base64")));
  }
  return { p: entry.id, up: entry.parent, t: entry.rdnType, n: entry.rdn, c: entry.cls.name, a: attributes };
}

interface EncodedLink {
  readonly l: number;
  readonly a: string;
  readonly add: readonly number[];
  readonly del: readonly number[];
}

interface EncodedPut {
  readonly p: number;
  readonly up: number;
  readonly t: string;
  readonly n: string;
  readonly c: string;
  readonly a: Record<string, readonly string[]>;
}

/** Reverses encodeDelta; undefined when the schema of this version does not know the class. */
export function decodeDelta(encoded: EncodedLink | EncodedPut): Delta | undefined {
  if ("l" in encoded) {
    return { op: "link", id: encoded.l, attribute: encoded.a, add: encoded.add, remove: encoded.del };
  }
  const cls = CLASSES.get(encoded.c.toLowerCase());
  if (cls === undefined) return undefined;
  const attributes = new Map<string, Value[]>();
  for (const [key, values] of Object.entries(encoded.a)) {
    const schema = attributeSchema(key);
    const binary = schema !== undefined && ["bytes", "guid", "sid"].includes(schema.syntax);
    attributes.set(
      key,
      values.map((value) => (binary ? Buffer.from(value, "base64") : value)),
    );
  }
  return {
    op: "put",
    entry: { id: encoded.p, parent: encoded.up, rdnType: encoded.t, rdn: encoded.n, cls, attributes },
  };
}
