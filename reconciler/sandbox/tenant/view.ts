/**
 * How handlers of GET read: the store as one replica shows it. StoreView shows the present; a lagging replica is another
 * View over the same store (lag.ts) that answers with older objects for a while. Only living objects are shown, except
 * where a name says deleted.
 */
import type { ObjectType, Store, TenantObject } from "./store.js";

export interface View {
  /** The living object, of any type. */
  get(id: string): TenantObject | undefined;
  deleted(id: string): TenantObject | undefined;
  /** In order of creation, behind an ordinal. */
  list(type: ObjectType, after?: number): Iterable<TenantObject>;
  listDeleted(type: ObjectType, after?: number): Iterable<TenantObject>;
  /** Living objects by a key of an index (indexes.ts). */
  find(index: string, key: string): TenantObject[];
  /** Living objects that this one links to, in the order of linking. */
  targets(relation: string, from: string): Iterable<TenantObject>;
  /** Living objects that link to this one. */
  sources(relation: string, to: string): Iterable<TenantObject>;
}

export class StoreView implements View {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(id: string): TenantObject | undefined {
    const object = this.#store.get(id);
    return object?.deletedAt === null ? object : undefined;
  }

  deleted(id: string): TenantObject | undefined {
    const object = this.#store.get(id);
    return object === undefined || object.deletedAt === null ? undefined : object;
  }

  *list(type: ObjectType, after?: number): Generator<TenantObject> {
    for (const object of this.#store.list(type, after)) if (object.deletedAt === null) yield object;
  }

  *listDeleted(type: ObjectType, after?: number): Generator<TenantObject> {
    for (const object of this.#store.list(type, after)) if (object.deletedAt !== null) yield object;
  }

  find(index: string, key: string): TenantObject[] {
    return this.#store.find(index, key).flatMap((id) => this.get(id) ?? []);
  }

  *targets(relation: string, from: string): Generator<TenantObject> {
    for (const id of this.#store.relations.targets(relation, from)) {
      const object = this.get(id);
      if (object !== undefined) yield object;
    }
  }

  *sources(relation: string, to: string): Generator<TenantObject> {
    for (const id of this.#store.relations.sources(relation, to)) {
      const object = this.get(id);
      if (object !== undefined) yield object;
    }
  }
}
