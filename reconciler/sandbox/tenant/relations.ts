/** Links between objects, by relation, in both directions, each with the sequence of its last change (see store.ts). */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type Properties = Readonly<Record<string, Json>>;

export interface Link {
  readonly relation: string;
  readonly from: string;
  readonly to: string;
}

export interface StoredLink extends Link {
  /** Of the linking, or of the unlinking when `removed`. */
  readonly sequence: number;
  readonly removed: boolean;
}

interface Ends {
  /** from -> to -> the link, removed ones too. */
  readonly forward: Map<string, Map<string, StoredLink>>;
  /** to -> from, of links that stand. */
  readonly backward: Map<string, Set<string>>;
}

export class Relations {
  readonly #relations = new Map<string, Ends>();

  #ends(relation: string): Ends {
    let ends = this.#relations.get(relation);
    if (ends === undefined) {
      ends = { forward: new Map(), backward: new Map() };
      this.#relations.set(relation, ends);
    }
    return ends;
  }

  has({ relation, from, to }: Link): boolean {
    return this.#relations.get(relation)?.forward.get(from)?.get(to)?.removed === false;
  }

  /** What `from` links to, in the order of linking; ends that are soft-deleted included. */
  *targets(relation: string, from: string): Generator<string> {
    for (const link of this.#relations.get(relation)?.forward.get(from)?.values() ?? []) {
      if (!link.removed) yield link.to;
    }
  }

  /** What links to `to`; ends that are soft-deleted included. */
  sources(relation: string, to: string): Iterable<string> {
    return this.#relations.get(relation)?.backward.get(to) ?? [];
  }

  /** Links and unlinkings of `from` after a sequence. */
  *changedSince(relation: string, from: string, sequence: number): Generator<StoredLink> {
    for (const link of this.#relations.get(relation)?.forward.get(from)?.values() ?? []) {
      if (link.sequence > sequence) yield link;
    }
  }

  set({ relation, from, to, sequence, removed }: StoredLink): void {
    const { forward, backward } = this.#ends(relation);
    let targets = forward.get(from);
    if (targets === undefined) {
      targets = new Map();
      forward.set(from, targets);
    }
    targets.delete(to);
    targets.set(to, { relation, from, to, sequence, removed });
    const sources = backward.get(to);
    if (removed) sources?.delete(from);
    else if (sources === undefined) backward.set(to, new Set([from]));
    else sources.add(from);
  }

  /** The standing links that lead to an object, over all relations. */
  allLinks(to: string): Link[] {
    const links: Link[] = [];
    for (const [relation, { backward }] of this.#relations) {
      for (const from of backward.get(to) ?? []) links.push({ relation, from, to });
    }
    return links;
  }

  /** Ends every link of an object; what linked to it keeps a stamp. Gives the links that led to it. */
  purge(id: string, sequence: number): Link[] {
    const links = this.allLinks(id);
    for (const link of links) this.set({ ...link, sequence, removed: true });
    for (const { forward, backward } of this.#relations.values()) {
      for (const to of forward.get(id)?.keys() ?? []) backward.get(to)?.delete(id);
      forward.delete(id);
      backward.delete(id);
    }
    return links;
  }

  *snapshot(): Generator<StoredLink> {
    for (const { forward } of this.#relations.values()) {
      for (const targets of forward.values()) yield* targets.values();
    }
  }
}
