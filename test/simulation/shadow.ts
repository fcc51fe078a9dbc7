/**
 * What a bystander knows who sees nothing but pictures of the directory and the ops that were executed: who disabled an
 * account, which memberships are Muster's own. The checks compare Muster's conduct with this, never with its ledger.
 */
import type { Anchor, Observed, ObservedAccount } from "../../reconciler/model/observed.js";
import type { Op } from "../../reconciler/model/op.js";
import { isReference, type Value } from "../../reconciler/model/value.js";

/** One account as a check compares it: references by anchor, so that they do not change when the other moves. */
export interface Seen {
  readonly account: ObservedAccount;
  readonly attributes: Readonly<Record<string, string>>;
  /** Anchors of watched groups that it is a member of. */
  readonly groups: ReadonlySet<Anchor>;
}

export type Picture = ReadonlyMap<Anchor, Seen>;

export function pictureOf(observed: Observed): Picture {
  const byAddress = new Map(observed.accounts.map((account) => [account.address.toLowerCase(), account.anchor]));
  const text = (value: Value) =>
    isReference(value) && "dn" in value ? (byAddress.get(value.dn.toLowerCase()) ?? value.dn) : JSON.stringify(value);
  const groups = new Map<Anchor, Set<Anchor>>();
  for (const group of observed.groups)
    for (const member of group.members) groups.set(member, (groups.get(member) ?? new Set()).add(group.anchor));
  return new Map(
    observed.accounts.map((account) => [
      account.anchor,
      {
        account,
        attributes: Object.fromEntries(Object.entries(account.attributes).map(([name, value]) => [name, text(value)])),
        groups: groups.get(account.anchor) ?? new Set(),
      },
    ]),
  );
}

export class Shadow {
  /** Accounts that Muster disabled, or created disabled, and nobody has enabled since; with the as-of instant. */
  readonly disabledByMuster = new Map<Anchor, number>();
  /** Accounts that Muster deleted, with the as-of instant; those that somebody brought back are no longer there. */
  readonly deletedByMuster = new Map<Anchor, number>();
  /** "group|account" of every membership that Muster wrote or that policy asked for when it was there already. */
  readonly memberships = new Map<string, "granted" | "found">();
  #last: Picture = new Map();

  /** Others acted since the last run. */
  othersActed(now: Picture): void {
    for (const anchor of [...this.disabledByMuster.keys()]) {
      // One that was deleted may be brought back as it was.
      if (now.get(anchor)?.account.enabled === true) this.disabledByMuster.delete(anchor);
    }
    for (const anchor of now.keys()) this.deletedByMuster.delete(anchor);
    this.#last = now;
  }

  /** Muster executed these ops at `asOf` (epoch milliseconds). */
  musterActed(now: Picture, ops: readonly Op[], asOf: number): void {
    for (const [anchor, { account }] of now) {
      const before = this.#last.get(anchor)?.account.enabled;
      if (account.enabled) this.disabledByMuster.delete(anchor);
      else if (before !== false) this.disabledByMuster.set(anchor, asOf);
    }
    for (const op of ops) {
      if (!("anchor" in op.object)) continue;
      if (op.verb === "delete") this.deletedByMuster.set(op.object.anchor, asOf);
      if (op.verb === "restore" || op.verb === "purge") this.deletedByMuster.delete(op.object.anchor);
      const key = `${op.slot}|${op.object.anchor}`;
      if (op.verb === "add-member" || op.verb === "assign-licence")
        this.memberships.set(key, op.ledgerOnly ? (this.memberships.get(key) ?? "found") : "granted");
      if (op.verb === "remove-member" || op.verb === "remove-licence") this.memberships.delete(key);
    }
    for (const [anchor, { groups }] of now)
      if (!this.#last.has(anchor)) for (const group of groups) this.memberships.set(`${group}|${anchor}`, "granted");
    this.#last = now;
  }
}
