import type { IdentityKey } from "../model/identity.js";
import { type Op, ownerKey } from "../model/op.js";
import { isReference, type Value } from "../model/value.js";

/**
 * Within one wave an account is either relocated (renamed, moved, deleted) or named by its address (as a member, as
 * somebody's manager), never both: ops of a wave run side by side, and an address must not change under a write that
 * uses it. Whichever comes first in plan order goes first, so that access is removed before the account moves.
 */
export class AddressUse {
  readonly #relocated = new Set<string>();
  readonly #named = new Set<string>();

  admits(op: Op): boolean {
    const own = `${op.target}|${ownerKey(op)}`;
    const named = [...Object.values(op.before), ...Object.values(op.after)].flatMap((value) => {
      const identity = referredIdentity(value);
      return identity === null ? [] : [`${op.target}|${identity}`];
    });
    if (op.verb === "add-member" || op.verb === "remove-member") named.push(own);
    const relocates = op.verb === "rename" || op.verb === "move" || op.verb === "delete";
    if (relocates && this.#named.has(own)) return false;
    if (named.some((key) => this.#relocated.has(key))) return false;
    if (relocates) this.#relocated.add(own);
    for (const key of named) this.#named.add(key);
    return true;
  }
}

/** The identity that a value refers to; null where it refers to none. */
export function referredIdentity(value: Value | null): IdentityKey | null {
  return value !== null && isReference(value) && "ref" in value ? value.ref : null;
}
