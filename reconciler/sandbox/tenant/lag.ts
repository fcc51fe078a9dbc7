/**
 * Replicas that lag (graph.md section 13). After each commit the changed objects are shown as they were before, for so many
 * reads of the object or so long; several commits on one object show up one after another. An object that is new is not
 * there yet (404), one that is deleted still is. A request counts as one read of an object, however often it looks.
 */
import { INDEXES } from "./indexes.js";
import type { TenantOptions } from "./options.js";
import type { Views } from "./state.js";
import type { Commit, Mutation, ObjectType, Store, TenantObject } from "./store.js";
import type { View } from "./view.js";

type LinkMutation = Extract<Mutation, { readonly do: "link" | "unlink" }>;

interface Past {
  readonly before: TenantObject | undefined;
  /** Links of the object that the commit changed. */
  readonly links: readonly LinkMutation[];
  /** Epoch milliseconds of the commit. */
  readonly at: number;
  /** Reads that still see `before`. */
  reads: number;
}

/** The commits that not everybody sees yet. */
class History {
  readonly #lag: NonNullable<TenantOptions["lag"]>;
  readonly #now: () => number;
  readonly #past = new Map<string, Past[]>();
  /** Object to those whose links to it changed lately. */
  readonly #touching = new Map<string, Set<string>>();
  readonly #commits: { readonly sequence: number; readonly at: number }[] = [];

  constructor(lag: NonNullable<TenantOptions["lag"]>, now: () => number) {
    this.#lag = lag;
    this.#now = now;
  }

  remember({ sequence, mutations, objects }: Commit): void {
    const at = this.#now();
    const reads = "reads" in this.#lag ? this.#lag.reads : Number.POSITIVE_INFINITY;
    if ("millis" in this.#lag) this.#commits.push({ sequence, at });
    for (const [id, { before }] of objects) {
      const links = mutations.filter(
        (one): one is LinkMutation => (one.do === "link" || one.do === "unlink") && one.from === id,
      );
      const list = this.#past.get(id);
      if (list === undefined) this.#past.set(id, [{ before, links, at, reads }]);
      else list.push({ before, links, at, reads });
      for (const { to } of links) {
        const froms = this.#touching.get(to);
        if (froms === undefined) this.#touching.set(to, new Set([id]));
        else froms.add(id);
      }
    }
  }

  /** What of the object's past is shown, oldest first; [] when the present is. */
  of(id: string): readonly Past[] {
    const list = this.#past.get(id);
    if (list === undefined) return [];
    const limit = "millis" in this.#lag ? this.#now() - this.#lag.millis : Number.NEGATIVE_INFINITY;
    while (list[0] !== undefined && (list[0].reads <= 0 || list[0].at <= limit)) list.shift();
    if (list.length === 0) this.#past.delete(id);
    return list;
  }

  /** Objects that have a past. */
  ids(): Iterable<string> {
    return [...this.#past.keys()];
  }

  touching(id: string): readonly string[] {
    const froms = [...(this.#touching.get(id) ?? [])].filter((from) => this.of(from).length > 0);
    if (froms.length === 0) this.#touching.delete(id);
    return froms;
  }

  /** The last commit that is old enough for everybody. */
  horizon(present: number): number {
    if (!("millis" in this.#lag)) return present;
    const limit = this.#now() - this.#lag.millis;
    while ((this.#commits[0]?.at ?? Number.POSITIVE_INFINITY) <= limit) this.#commits.shift();
    return (this.#commits[0]?.sequence ?? present + 1) - 1;
  }
}

/** What one request sees. */
class LagView implements View {
  readonly #store: Store;
  readonly #history: History;
  /** The pasts that this request has looked at, so that it counts once. */
  readonly #looked = new Map<string, readonly Past[]>();

  constructor(store: Store, history: History) {
    this.#store = store;
    this.#history = history;
  }

  #look(id: string): readonly Past[] {
    let past = this.#looked.get(id);
    if (past === undefined) {
      past = [...this.#history.of(id)];
      if (past[0] !== undefined) past[0].reads--;
      this.#looked.set(id, past);
    }
    return past;
  }

  #object(id: string): TenantObject | undefined {
    const [first] = this.#look(id);
    return first === undefined ? this.#store.get(id) : first.before;
  }

  get(id: string): TenantObject | undefined {
    const object = this.#object(id);
    return object?.deletedAt === null ? object : undefined;
  }

  deleted(id: string): TenantObject | undefined {
    const object = this.#object(id);
    return object === undefined || object.deletedAt === null ? undefined : object;
  }

  *list(type: ObjectType, after?: number): Generator<TenantObject> {
    for (const { id } of this.#store.list(type, after)) {
      const object = this.get(id);
      if (object !== undefined) yield object;
    }
  }

  *listDeleted(type: ObjectType, after?: number): Generator<TenantObject> {
    for (const { id } of this.#store.list(type, after)) {
      const object = this.deleted(id);
      if (object !== undefined) yield object;
    }
  }

  find(index: string, key: string): TenantObject[] {
    const keysOf = (INDEXES as Readonly<Record<string, (object: TenantObject) => readonly string[]>>)[index];
    const ids = new Set(this.#store.find(index, key));
    for (const id of this.#history.ids()) {
      const [first] = this.#history.of(id);
      if (first?.before !== undefined && keysOf?.(first.before).includes(key)) ids.add(id);
    }
    return [...ids].flatMap((id) => this.get(id) ?? []).filter((object) => keysOf?.(object).includes(key));
  }

  #targetIds(relation: string, from: string): ReadonlySet<string> {
    const ids = new Set(this.#store.relations.targets(relation, from));
    for (const { links } of [...this.#look(from)].reverse()) {
      for (const link of [...links].reverse()) {
        if (link.relation !== relation) continue;
        if (link.do === "link") ids.delete(link.to);
        else ids.add(link.to);
      }
    }
    return ids;
  }

  *targets(relation: string, from: string): Generator<TenantObject> {
    for (const id of this.#targetIds(relation, from)) {
      const object = this.get(id);
      if (object !== undefined) yield object;
    }
  }

  *sources(relation: string, to: string): Generator<TenantObject> {
    const touching = this.#history.touching(to);
    const ids = new Set(this.#store.relations.sources(relation, to));
    for (const from of touching) {
      if (this.#targetIds(relation, from).has(to)) ids.add(from);
      else ids.delete(from);
    }
    for (const id of ids) {
      const object = this.get(id);
      if (object !== undefined) yield object;
    }
  }
}

/** Views that lag behind the store from now on. */
export function laggingViews(store: Store, lag: NonNullable<TenantOptions["lag"]>, now: () => number): Views {
  const history = new History(lag, now);
  store.onCommit((commit) => history.remember(commit));
  return { open: () => new LagView(store, history), horizon: () => history.horizon(store.sequence) };
}
