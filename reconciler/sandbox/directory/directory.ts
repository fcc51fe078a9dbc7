/** The directory as one value: entries, numbering, clock and log; drafts are the only way to change it. */
import { isUnder } from "../../support/dn.js";
import { noSuchObject } from "./failure.js";
import { formatTime, readIdentifier } from "./identifiers.js";
import { type LinkChange, stampChanges } from "./replication.js";
import { BACK_LINKS, type ClassSchema } from "./schema.js";
import { type Delta, type Entry, encodeDelta, isDeleted, type Store } from "./store.js";
import type { Value } from "./values.js";

/** What never changes in the life of a sandbox. */
export interface Naming {
  readonly baseDn: string;
  readonly configurationDn: string;
  readonly schemaDn: string;
  readonly dsServiceDn: string;
  readonly dnsDomain: string;
  readonly dnsHostName: string;
  /** NetBIOS name, e.g. "CORP". */
  readonly netbios: string;
  /** "S-1-5-21-..." */
  readonly domainSid: string;
  /** objectGUID form. */
  readonly invocationId: Buffer;
}

/** Where commits go. The promise is settled when the line is durable. */
export interface CommitLog {
  append(json: string): Promise<void>;
}

/** The last update sequence number, and the next numbers to be given out. */
export interface Counters {
  usn: number;
  id: number;
  rid: number;
}

export class Directory {
  readonly store: Store;
  readonly naming: Naming;
  readonly now: () => Date;
  readonly counters: Counters;
  readonly #log: CommitLog;

  constructor(store: Store, naming: Naming, counters: Counters, options: { log: CommitLog; now: () => Date }) {
    this.store = store;
    this.naming = naming;
    this.counters = counters;
    this.#log = options.log;
    this.now = options.now;
  }

  /** An entry by DN, `<GUID=...>` or `<SID=...>` (MS-ADTS 3.1.1.3.1.2.4). Throws the failure noSuchObject. */
  require(dn: string, options: { readonly showDeleted?: boolean } = {}): Entry {
    const { entry, matched } = this.lookup(dn);
    if (entry !== undefined && (options.showDeleted === true || !isDeleted(entry))) return entry;
    throw noSuchObject(matched === undefined || matched === entry ? "" : this.store.dnOf(matched));
  }

  /** As `require`, without an error; `matched` is the deepest entry that exists. */
  lookup(dn: string): { readonly entry?: Entry; readonly matched: Entry | undefined } {
    const identifier = readIdentifier(dn);
    if (identifier === undefined) return this.store.find(dn);
    const { attribute, bytes } = identifier;
    const ids = bytes === undefined ? undefined : this.store.lookup(attribute, bytes.toString("hex"));
    const [id] = ids ?? [];
    const entry = id === undefined ? undefined : this.store.get(id);
    return entry === undefined ? { matched: undefined } : { entry, matched: entry };
  }

  isUnder(entry: Entry, dn: string): boolean {
    return isUnder(this.store.dnOf(entry), dn);
  }

  /** Entries of this domain whose attribute has that key, deleted ones left out. */
  living(attribute: string, key: string): Entry[] {
    const out: Entry[] = [];
    for (const id of this.store.lookup(attribute, key) ?? []) {
      const entry = this.store.get(id);
      if (entry !== undefined && !isDeleted(entry)) out.push(entry);
    }
    return out;
  }

  /** Visible targets of a forward link, or sources of a back-link, in the order they were added. */
  linked(entry: Entry, attribute: string): Entry[] {
    const forward = BACK_LINKS.get(attribute);
    const ids = forward === undefined ? this.store.links(entry.id, attribute) : this.store.referrers(entry.id, forward);
    const out: Entry[] = [];
    for (const id of ids) {
      const other = this.store.get(id);
      if (other !== undefined && !isDeleted(other)) out.push(other);
    }
    return out;
  }

  nextId(): number {
    return this.counters.id++;
  }

  nextRid(): number {
    return this.counters.rid++;
  }

  /**
   * Makes the drafts real, all in one line of the log, and stamps them with update sequence numbers. The promise is
   * settled when the line is durable. Drafts without a change are left out: they get no new uSNChanged.
   */
  commit(drafts: readonly Draft[]): Promise<void> {
    const changed = drafts.filter((draft) => draft.changed);
    if (changed.length === 0) return Promise.resolve();
    const deltas = changed.flatMap((draft) => this.#stamp(draft));
    for (const delta of deltas) this.store.apply(delta);
    const { usn, id, rid } = this.counters;
    return this.#log.append(JSON.stringify({ u: usn, i: id, r: rid, d: deltas.map(encodeDelta) }));
  }

  #stamp(draft: Draft): Delta[] {
    this.counters.usn += 1;
    const usn = String(this.counters.usn);
    const time = formatTime(this.now());
    if (draft.created) {
      draft.set("usncreated", usn);
      draft.set("whencreated", time);
    }
    stampChanges(draft, usn, time);
    draft.set("usnchanged", usn);
    draft.set("whenchanged", time);
    return draft.deltas();
  }
}

/** A working copy of one entry; nothing is visible before `commit`, so an operation that fails half-way changes nothing. */
export class Draft {
  readonly id: number;
  readonly cls: ClassSchema;
  readonly created: boolean;
  readonly rdnType: string;
  parent: number;
  rdn: string;
  readonly #store: Store;
  readonly #before: Entry;
  readonly #attributes: Map<string, readonly Value[]>;
  readonly #added = new Map<string, Set<number>>();
  readonly #removed = new Map<string, Set<number>>();

  constructor(store: Store, entry: Entry) {
    this.#store = store;
    this.#before = entry;
    this.id = entry.id;
    this.cls = entry.cls;
    this.rdnType = entry.rdnType;
    this.parent = entry.parent;
    this.rdn = entry.rdn;
    this.created = store.get(entry.id) === undefined;
    this.#attributes = new Map(entry.attributes);
  }

  values(key: string): readonly Value[] {
    return this.#attributes.get(key) ?? [];
  }

  text(key: string): string | undefined {
    const value = this.values(key)[0];
    return typeof value === "string" ? value : undefined;
  }

  /** Number of a decimal attribute, 0 when it has none. */
  number(key: string): number {
    return Number(this.text(key) ?? "0");
  }

  /** Sets the values; none removes the attribute. Setting what is there already is no change. */
  set(key: string, ...values: readonly Value[]): void {
    const old = this.values(key);
    if (old.length === values.length && values.every((value, i) => sameValue(value, old[i]))) return;
    if (values.length === 0) this.#attributes.delete(key);
    else this.#attributes.set(key, values);
  }

  /** Whether the attribute differs from what is stored. */
  touched(key: string): boolean {
    return this.#before.attributes.get(key) !== this.#attributes.get(key);
  }

  /** Attributes that differ from what is stored. */
  touchedKeys(): string[] {
    return [...new Set([...this.#before.attributes.keys(), ...this.#attributes.keys()])].filter((key) =>
      this.touched(key),
    );
  }

  touchedLinks(): LinkChange[] {
    const list = (sets: ReadonlyMap<string, ReadonlySet<number>>, change: LinkChange["change"]): LinkChange[] =>
      [...sets].flatMap(([attribute, targets]) => [...targets].map((target) => ({ attribute, target, change })));
    return [...list(this.#removed, "remove"), ...list(this.#added, "add")];
  }

  /** Whether the stored entry has the attribute. */
  had(key: string): boolean {
    return this.#before.attributes.has(key);
  }

  get moved(): boolean {
    return this.parent !== this.#before.parent;
  }

  hasLink(attribute: string, target: number): boolean {
    if (this.#added.get(attribute)?.has(target)) return true;
    return this.#store.links(this.id, attribute).has(target) && !this.#removed.get(attribute)?.has(target);
  }

  /** Targets of the link as it will be, deleted objects included. */
  links(attribute: string): number[] {
    const kept = [...this.#store.links(this.id, attribute)].filter((id) => !this.#removed.get(attribute)?.has(id));
    return [...kept, ...(this.#added.get(attribute) ?? [])];
  }

  addLink(attribute: string, target: number): void {
    if (this.hasLink(attribute, target)) return;
    if (!this.#removed.get(attribute)?.delete(target)) setOf(this.#added, attribute).add(target);
  }

  removeLink(attribute: string, target: number): void {
    if (!this.hasLink(attribute, target)) return;
    if (!this.#added.get(attribute)?.delete(target)) setOf(this.#removed, attribute).add(target);
  }

  get changed(): boolean {
    if (this.created || this.parent !== this.#before.parent || this.rdn !== this.#before.rdn) return true;
    for (const sets of [this.#added, this.#removed]) for (const set of sets.values()) if (set.size > 0) return true;
    if (this.#attributes.size !== this.#before.attributes.size) return true;
    return [...this.#attributes].some(([key, values]) => this.#before.attributes.get(key) !== values);
  }

  deltas(): Delta[] {
    const { id, parent, rdnType, rdn, cls } = this;
    const out: Delta[] = [{ op: "put", entry: { id, parent, rdnType, rdn, cls, attributes: this.#attributes } }];
    for (const attribute of new Set([...this.#added.keys(), ...this.#removed.keys()])) {
      const add = [...(this.#added.get(attribute) ?? [])];
      const remove = [...(this.#removed.get(attribute) ?? [])];
      if (add.length + remove.length > 0) out.push({ op: "link", id, attribute, add, remove });
    }
    return out;
  }
}

function sameValue(a: Value, b: Value | undefined): boolean {
  return typeof a === "string" || typeof b === "string" || b === undefined ? a === b : a.equals(b);
}

function setOf(map: Map<string, Set<number>>, key: string): Set<number> {
  let set = map.get(key);
  if (set === undefined) {
    set = new Set();
    map.set(key, set);
  }
  return set;
}
