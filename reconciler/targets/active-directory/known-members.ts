/** Which accounts a group may name, and which have it as their primary group. */
import type { Anchor } from "../../model/observed.js";
import { textOf } from "./read.js";
import type { Entry } from "./search.js";

/** Accounts by normalized DN, and by the group that is their primary one: that membership is no value of `member`. */
export interface KnownMembers {
  readonly byDn: ReadonlyMap<string, Anchor>;
  /** By primaryGroupID, which is the primaryGroupToken of the group. */
  readonly byPrimary: ReadonlyMap<string, readonly Anchor[]>;
}

interface Account {
  readonly anchor: Anchor;
  /** Normalized. */
  readonly dn: string;
  readonly entry: Entry;
}

export function gatherMembers(accounts: readonly Account[]): KnownMembers {
  const byPrimary = new Map<string, Anchor[]>();
  for (const { entry, anchor } of accounts) {
    const primary = textOf(entry, "primaryGroupID");
    if (primary === undefined) continue;
    const list = byPrimary.get(primary);
    if (list === undefined) byPrimary.set(primary, [anchor]);
    else list.push(anchor);
  }
  return { byDn: new Map(accounts.map((one) => [one.dn, one.anchor])), byPrimary };
}
