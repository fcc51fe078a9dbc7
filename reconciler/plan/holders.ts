/**
 * Names of one space by who holds them. A holder stands there once for each of its attributes with the name. Nearly every
 * name has one holder, so only the others cost a list.
 */
export class Holders {
  readonly #first = new Map<string, string>();
  readonly #others = new Map<string, string[]>();

  add(name: string, holder: string): void {
    const others = this.#others.get(name);
    if (!this.#first.has(name)) this.#first.set(name, holder);
    else if (others === undefined) this.#others.set(name, [holder]);
    else others.push(holder);
  }

  /** Once; nothing happens when the holder does not hold it. */
  remove(name: string, holder: string): void {
    const others = this.#others.get(name) ?? [];
    if (this.#first.get(name) === holder) {
      const next = others.shift();
      if (next === undefined) this.#first.delete(name);
      else this.#first.set(name, next);
    } else {
      const at = others.indexOf(holder);
      if (at >= 0) others.splice(at, 1);
    }
    if (others.length === 0) this.#others.delete(name);
  }

  /** Whether nobody else holds the name; with null as the holder: whether nobody does. */
  areOnly(name: string, holder: string | null): boolean {
    const first = this.#first.get(name);
    if (first === undefined) return true;
    return first === holder && (this.#others.get(name) ?? []).every((each) => each === holder);
  }
}
