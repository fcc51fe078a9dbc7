/** Hands that edit a directory at random, as an administrator does: the same seed makes the same edits. */
import { Attribute, Change, type Client } from "ldapts";
import { childDn, leafValue, parentDn, rdn } from "../../reconciler/support/dn.js";

export interface Ground {
  readonly client: Client;
  /** DNs of managed containers that are there already. */
  readonly containers: readonly string[];
  readonly groups: readonly string[];
  /** In names that are unique in the whole domain. */
  readonly tag: string;
}

/** mulberry32: small, and the same everywhere. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export class RandomEdits {
  readonly #ground: Ground;
  readonly #pick: (below: number) => number;
  /** DNs as they are now. */
  readonly #accounts: string[] = [];
  #made = 0;

  constructor(ground: Ground, seed: number) {
    this.#ground = ground;
    this.#pick = randomNumbers(seed);
  }

  /** Makes an edit; returns what it was, for messages of failed tests. */
  async edit(): Promise<string> {
    const edits = [
      () => this.#add(),
      () => this.#title(),
      () => this.#manager(),
      () => this.#rename(),
      () => this.#move(),
      () => this.#join(),
      () => this.#leave(),
      () => this.#remove(),
    ];
    if (this.#accounts.length < 3) return this.#add();
    return (edits[this.#pick(edits.length)] ?? edits[0])?.() ?? "";
  }

  async #add(): Promise<string> {
    this.#made += 1;
    const name = `${this.#ground.tag}${this.#made}`;
    const dn = childDn("CN", this.#pick(3) === 0 ? `Zoë, ${name}` : name, this.#any(this.#ground.containers));
    await this.#ground.client.add(dn, { objectClass: ["user"], sAMAccountName: name, title: "new" });
    this.#accounts.push(dn);
    return `add ${dn}`;
  }

  async #title(): Promise<string> {
    const dn = this.#any(this.#accounts);
    await this.#change(dn, "replace", "title", `title ${this.#pick(5)}`);
    return `title of ${dn}`;
  }

  async #manager(): Promise<string> {
    const [dn, manager] = [this.#any(this.#accounts), this.#any(this.#accounts)];
    await this.#change(dn, "replace", "manager", manager);
    return `manager of ${dn} is ${manager}`;
  }

  async #rename(): Promise<string> {
    const at = this.#pick(this.#accounts.length);
    const dn = this.#accounts[at] ?? "";
    this.#made += 1;
    const name = `renamed ${this.#made} + "${this.#ground.tag}"`;
    await this.#ground.client.modifyDN(dn, rdn("CN", name));
    this.#accounts[at] = childDn("CN", name, parentDn(dn));
    return `rename ${dn}`;
  }

  async #move(): Promise<string> {
    const at = this.#pick(this.#accounts.length);
    const dn = this.#accounts[at] ?? "";
    const to = childDn("CN", leafValue(dn), this.#any(this.#ground.containers));
    if (to === dn) return "nothing";
    await this.#ground.client.modifyDN(dn, to);
    this.#accounts[at] = to;
    return `move ${dn} to ${to}`;
  }

  async #join(): Promise<string> {
    const [group, dn] = [this.#any(this.#ground.groups), this.#any(this.#accounts)];
    const done = await this.#change(group, "add", "member", dn).catch(() => "was a member");
    return `join ${group}: ${dn} ${done ?? ""}`;
  }

  async #leave(): Promise<string> {
    const [group, dn] = [this.#any(this.#ground.groups), this.#any(this.#accounts)];
    const done = await this.#change(group, "delete", "member", dn).catch(() => "was none");
    return `leave ${group}: ${dn} ${done ?? ""}`;
  }

  async #remove(): Promise<string> {
    const at = this.#pick(this.#accounts.length);
    const [dn = ""] = this.#accounts.splice(at, 1);
    await this.#ground.client.del(dn);
    return `delete ${dn}`;
  }

  async #change(dn: string, operation: "add" | "delete" | "replace", type: string, value: string): Promise<undefined> {
    const modification = new Attribute({ type, values: [value] });
    await this.#ground.client.modify(dn, new Change({ operation, modification }));
  }

  #any(list: readonly string[]): string {
    return list[this.#pick(list.length)] ?? "";
  }
}
