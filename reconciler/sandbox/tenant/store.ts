/**
 * What the tenant holds: objects, relations between them, and when each part last changed.
 *
 * Objects. A TenantObject is an immutable value: a change puts a new one in its place, so whoever keeps an old one (a
 * replica that lags) keeps a consistent past. `properties` holds what was ever set, under Graph's names, in the JSON form
 * that Graph shows; a property that was cleared is null or [], one that was never set is absent (delta tells them apart).
 * What may not be shown (a password) is under a name that begins with "#": no reader selects it. Ids are GUIDs; `ordinal`
 * is the order of creation, in which every listing runs, so that a page is continued behind an ordinal.
 *
 * Relations. A link is (relation, from, to): ("members", group, user), ("owners", group, user), ("manager", user, manager),
 * ("unitMembers", unit, user) and what else a file needs: relations need no registration. Removed links stay as stamps, so
 * that delta can tell them. The links of a soft-deleted object are kept and hidden on both sides; a purge removes them.
 *
 * Changes. Every commit has a sequence number, one higher than the last. An object knows the sequence of its last change
 * (`changed`) and that of each property (`stamps`); a link knows its own. `changedSince(n)` gives the objects that changed
 * after sequence n, each once, in the order of their last change, purged ones as tombstones. Together that is what delta
 * needs: the objects of interest, and per object whether a selected property or relation has a stamp above n. Linking
 * counts as a change of the `from` object with the stamp of the relation's name ("members", "manager").
 *
 * Writing. A handler decides everything first, then calls `commit(mutations)` once: it cannot fail, it is one line of the
 * log, and it is all or nothing. The reply waits for `durable()`, which the pipeline (handle.ts) awaits, not the handler.
 * Checks of a write (is the name taken, is there a seat) read the store itself, as the directory's primary replica does.
 *
 * Reading. Handlers of GET read through `context.view` (view.ts), which a lagging replica may replace; it is fed by
 * `onCommit`, which tells each commit's objects before and after.
 *
 * Durable form. One file of lines (shared/write-log.ts); first the description, then one line per object and link as a
 * snapshot, then one line per commit. It is rewritten as a snapshot at each start; sequences and stamps survive, so a
 * delta token does too.
 */
import { type Properties, Relations, type StoredLink } from "./relations.js";

export type { Json, Properties } from "./relations.js";

export type ObjectType =
  | "user"
  | "group"
  | "administrativeUnit"
  | "directoryRole"
  | "organization"
  | "subscribedSku"
  | "temporaryAccessPass"
  | "scopedRoleMembership"
  | "directoryAudit";

export interface TenantObject {
  readonly id: string;
  readonly type: ObjectType;
  /** Order of creation, over all types. */
  readonly ordinal: number;
  readonly properties: Properties;
  /** Epoch milliseconds of the soft delete; null: living. */
  readonly deletedAt: number | null;
  /** Sequence of the last change of anything, the delete and the restore included. */
  readonly changed: number;
  /** Property or relation name to the sequence of its last change. */
  readonly stamps: Readonly<Record<string, number>>;
}

export type Mutation =
  | { readonly do: "create"; readonly id: string; readonly type: ObjectType; readonly properties: Properties }
  /** Only the named properties; null clears. */
  | { readonly do: "set"; readonly id: string; readonly properties: Properties }
  | { readonly do: "delete"; readonly id: string; readonly at: number }
  | { readonly do: "restore"; readonly id: string }
  | { readonly do: "purge"; readonly id: string }
  | { readonly do: "link"; readonly relation: string; readonly from: string; readonly to: string }
  | { readonly do: "unlink"; readonly relation: string; readonly from: string; readonly to: string };

/** An object that is no more. */
export interface Tombstone {
  readonly id: string;
  readonly type: ObjectType;
  readonly changed: number;
}

export interface Commit {
  readonly sequence: number;
  readonly mutations: readonly Mutation[];
  /** Each object touched, by id: as it was (undefined: not there) and as it is (undefined: purged). */
  readonly objects: ReadonlyMap<string, { before: TenantObject | undefined; after: TenantObject | undefined }>;
}

export type SnapshotLine =
  | { readonly object: TenantObject }
  | { readonly tombstone: Tombstone }
  | { readonly link: StoredLink };

/** Keys under which living objects are found at once: name of the index to the keys of an object. */
export type Indexes = Readonly<Record<string, (object: TenantObject) => readonly string[]>>;

export class Store {
  readonly relations = new Relations();
  readonly #objects = new Map<string, TenantObject>();
  readonly #order = new Map<ObjectType, { ordinal: number; id: string }[]>();
  readonly #living = new Map<ObjectType, number>();
  readonly #indexes: readonly { name: string; keysOf: (object: TenantObject) => readonly string[] }[];
  readonly #found = new Map<string, Map<string, Set<string>>>();
  readonly #tombstones = new Map<string, Tombstone>();
  #changes: { sequence: number; id: string }[] = [];
  readonly #listeners: ((commit: Commit) => void)[] = [];
  #sequence = 0;
  #ordinal = 0;

  constructor(indexes: Indexes) {
    this.#indexes = Object.entries(indexes).map(([name, keysOf]) => ({ name, keysOf }));
    for (const { name } of this.#indexes) this.#found.set(name, new Map());
  }

  /** Of the last commit; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Living or soft-deleted. */
  get(id: string): TenantObject | undefined {
    return this.#objects.get(id);
  }

  /** The living object of this type. */
  living(type: ObjectType, id: string): TenantObject | undefined {
    const object = this.#objects.get(id);
    return object?.type === type && object.deletedAt === null ? object : undefined;
  }

  /** Ids of the living objects with this key. */
  find(index: string, key: string): readonly string[] {
    return [...(this.#found.get(index)?.get(key) ?? [])];
  }

  /** Number of living objects. */
  count(type: ObjectType): number {
    return this.#living.get(type) ?? 0;
  }

  /** Living and soft-deleted objects of a type behind an ordinal, in order of creation. */
  *list(type: ObjectType, after = -1): Generator<TenantObject> {
    const order = this.#order.get(type) ?? [];
    for (let at = firstAbove(order, after, (entry) => entry.ordinal); at < order.length; at++) {
      const object = this.#objects.get(order[at]?.id ?? "");
      if (object !== undefined) yield object;
    }
  }

  /** What changed after this sequence, by last change; see the head of this file. */
  *changedSince(sequence: number): Generator<TenantObject | Tombstone> {
    for (let at = firstAbove(this.#changes, sequence, (entry) => entry.sequence); at < this.#changes.length; at++) {
      const { id, sequence: changed } = this.#changes[at] ?? { id: "", sequence: 0 };
      const thing = this.#objects.get(id) ?? this.#tombstones.get(id);
      if (thing !== undefined && thing.changed === changed) yield thing;
    }
  }

  /** Told every commit, after it is in the store. */
  onCommit(listener: (commit: Commit) => void): void {
    this.#listeners.push(listener);
  }

  /** Executes the mutations as one change. Nothing is checked here. */
  commit(mutations: readonly Mutation[]): Commit {
    return this.replay(this.#sequence + 1, mutations);
  }

  /** As commit, with the sequence of the log. */
  replay(sequence: number, mutations: readonly Mutation[]): Commit {
    this.#sequence = sequence;
    const objects = new Map<string, { before: TenantObject | undefined; after: TenantObject | undefined }>();
    for (const mutation of mutations) {
      for (const id of this.#touched(mutation)) {
        if (!objects.has(id)) objects.set(id, { before: this.#objects.get(id), after: undefined });
      }
      this.#execute(mutation, sequence);
    }
    for (const [id, change] of objects) {
      change.after = this.#objects.get(id);
      this.#changes.push({ sequence, id });
    }
    const commit = { sequence, mutations, objects };
    for (const listener of this.#listeners) listener(commit);
    return commit;
  }

  /** The ids that a mutation changes: a purge also changes what links to the object. */
  #touched(mutation: Mutation): string[] {
    if (mutation.do === "link" || mutation.do === "unlink") return [mutation.from];
    if (mutation.do !== "purge") return [mutation.id];
    return [mutation.id, ...this.relations.allLinks(mutation.id).map((link) => link.from)];
  }

  #execute(mutation: Mutation, sequence: number): void {
    if (mutation.do === "create") {
      const { id, type, properties } = mutation;
      const stamps = stampsOf(properties, sequence);
      this.#put({ id, type, ordinal: this.#ordinal++, properties, deletedAt: null, changed: sequence, stamps });
    } else if (mutation.do === "set") {
      this.#alter(mutation.id, sequence, (object) => ({
        properties: { ...object.properties, ...mutation.properties },
        stamps: { ...object.stamps, ...stampsOf(mutation.properties, sequence) },
      }));
    } else if (mutation.do === "delete" || mutation.do === "restore") {
      const deletedAt = mutation.do === "delete" ? mutation.at : null;
      this.#alter(mutation.id, sequence, ({ stamps }) => ({
        deletedAt,
        stamps: { ...stamps, deletedDateTime: sequence },
      }));
    } else if (mutation.do === "purge") this.#purge(mutation.id, sequence);
    else {
      const { relation, from, to } = mutation;
      this.relations.set({ relation, from, to, sequence, removed: mutation.do === "unlink" });
      this.#alter(from, sequence, (object) => ({ stamps: { ...object.stamps, [relation]: sequence } }));
    }
  }

  #alter(id: string, sequence: number, change: (object: TenantObject) => Partial<TenantObject>): void {
    const object = this.#objects.get(id);
    if (object !== undefined) this.#put({ ...object, ...change(object), changed: sequence });
  }

  #purge(id: string, sequence: number): void {
    const object = this.#objects.get(id);
    if (object === undefined) return;
    for (const { relation, from } of this.relations.purge(id, sequence)) {
      this.#alter(from, sequence, (other) => ({ stamps: { ...other.stamps, [relation]: sequence } }));
    }
    this.#unindex(object);
    this.#objects.delete(id);
    this.#tombstones.set(id, { id, type: object.type, changed: sequence });
    const order = this.#order.get(object.type) ?? [];
    const at = firstAbove(order, object.ordinal - 1, (entry) => entry.ordinal);
    if (order[at]?.id === id) order.splice(at, 1);
  }

  #put(object: TenantObject): void {
    const before = this.#objects.get(object.id);
    if (before !== undefined) this.#unindex(before);
    else this.#place(object);
    this.#objects.set(object.id, object);
    if (object.deletedAt !== null) return;
    this.#living.set(object.type, this.count(object.type) + 1);
    for (const { name, keysOf } of this.#indexes) {
      const index = this.#found.get(name);
      for (const key of keysOf(object)) {
        const ids = index?.get(key);
        if (ids === undefined) index?.set(key, new Set([object.id]));
        else ids.add(object.id);
      }
    }
  }

  #place({ type, ordinal, id }: TenantObject): void {
    const order = this.#order.get(type);
    if (order === undefined) this.#order.set(type, [{ ordinal, id }]);
    else order.push({ ordinal, id });
  }

  #unindex(object: TenantObject): void {
    if (object.deletedAt !== null) return;
    this.#living.set(object.type, this.count(object.type) - 1);
    for (const { name, keysOf } of this.#indexes) {
      const index = this.#found.get(name);
      for (const key of keysOf(object)) {
        const ids = index?.get(key);
        ids?.delete(object.id);
        if (ids?.size === 0) index?.delete(key);
      }
    }
  }

  /** Everything, in an order in which `load` takes it back. */
  *snapshot(): Generator<SnapshotLine> {
    for (const object of [...this.#objects.values()].sort((a, b) => a.ordinal - b.ordinal)) yield { object };
    for (const tombstone of this.#tombstones.values()) yield { tombstone };
    for (const link of this.relations.snapshot()) yield { link };
  }

  load(line: SnapshotLine): void {
    if ("object" in line) {
      this.#put(line.object);
      this.#ordinal = Math.max(this.#ordinal, line.object.ordinal + 1);
    } else if ("tombstone" in line) this.#tombstones.set(line.tombstone.id, line.tombstone);
    else this.relations.set(line.link);
  }

  /** After the last `load`: puts the changes in order. */
  loaded(sequence: number): void {
    this.#sequence = sequence;
    const things = [...this.#objects.values(), ...this.#tombstones.values()];
    this.#changes = things.map(({ id, changed }) => ({ sequence: changed, id }));
    this.#changes.sort((a, b) => a.sequence - b.sequence);
  }
}

function stampsOf(properties: Properties, sequence: number): Record<string, number> {
  return Object.fromEntries(Object.keys(properties).map((name) => [name, sequence]));
}

/** Position of the first entry whose number is above the limit, in a list that ascends. */
function firstAbove<T>(list: readonly T[], limit: number, numberOf: (entry: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = list[middle];
    if (entry !== undefined && numberOf(entry) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
