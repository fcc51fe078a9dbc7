/** What a target holds, as its driver reports it. */
import type { Value } from "./value.js";

/** Immutable id of an object: objectGUID in AD (8-4-4-4-12, lower case), id in Entra. */
export type Anchor = string;

export interface ObservedAccount {
  readonly anchor: Anchor;
  /** Where it is now, e.g. its DN. References to it in `attributes` use exactly this text: `{ dn: address }`. */
  readonly address: string;
  /** Address of its container; null where the target has none. */
  readonly container: string | null;
  /** Whether it lies inside the managed containers: nothing else is written. */
  readonly managed: boolean;
  readonly enabled: boolean;
  /** Only selected attributes that have a value. */
  readonly attributes: Readonly<Record<string, Value>>;
  readonly claim: string | null;
  /** Why it must not be touched (member of a protected group, adminCount ...), or null. */
  readonly protected: string | null;
  /** Whether objects lie below it: such an account is never deleted. */
  readonly hasChildren: boolean;
  /** Where its attributes are mastered, in a target that is also fed by synchronisation; left out: here. */
  readonly authority?: "cloud" | "on-premises";
}

/** What a tenant has of one product. */
export interface ObservedLicence {
  /** Seats that can be used (those in their grace period too), and how many are in use, directly or by a group. */
  readonly seats: number;
  readonly used: number;
  /** Ids of its service plans by name. */
  readonly plans: Readonly<Record<string, string>>;
  /** Ids of the service plans that are switched off, for those among the direct holders who have any. */
  readonly disabledPlans: Readonly<Record<Anchor, readonly string[]>>;
}

/** A group; or, with `licence`, a product: its anchor is the skuId, its address the skuPartNumber. */
export interface ObservedGroup {
  readonly anchor: Anchor;
  readonly address: string;
  readonly managed: boolean;
  /** Anchors of member accounts that were observed; of a licence: those who hold it directly. */
  readonly members: readonly Anchor[];
  readonly licence?: ObservedLicence;
  /** Anchors that hold the licence through a group, whether they hold it directly too or not. */
  readonly inherited?: readonly Anchor[];
  /** Why its members cannot be written (dynamic, synchronised, mail-enabled ...); left out: they can. */
  readonly obstacle?: string;
  /** Its members are hidden from who reads: `members` is empty and says nothing, and `obstacle` says why. Left out: it does. */
  readonly unreadable?: true;
  /** Those among them whose primary group it is: such a membership is no value of the group and is never removed. */
  readonly primary?: readonly Anchor[];
  /** Members that are not accounts of this picture (groups, computers, foreign principals). */
  readonly others: number;
  /** Why it gives rights that policies may not hand out (a protected group, or within one); left out: it does not. */
  readonly protected?: string;
}

/** A name that is in use, by anybody: accounts, groups, computers. */
export interface TakenName {
  readonly space: string;
  /** As stored; compared without case. */
  readonly value: string;
  readonly anchor: Anchor;
  /** Where a cn is taken, of what is no account: DN of the container. */
  readonly container?: string;
}

/** An account that was deleted, and that the selection asked for. */
export interface DeletedObject {
  readonly anchor: Anchor;
  /** The unique names that it brings back, by attribute, those that are still known. */
  readonly names: Readonly<Record<string, string>>;
  /** Why it cannot be brought back as it was, in words that end a sentence; null: it can. */
  readonly obstacle: string | null;
}

/** A complete picture of one target. A driver that cannot prove that it is complete throws instead. */
export interface Observed {
  readonly target: string;
  /** Sorted by anchor. */
  readonly accounts: readonly ObservedAccount[];
  readonly groups: readonly ObservedGroup[];
  readonly names: readonly TakenName[];
  /** Addresses of containers that exist. */
  readonly containers: readonly string[];
  /** Of the anchors that the selection names: what was deleted and is still known. Sorted by anchor. */
  readonly deleted: readonly DeletedObject[];
  /** Digest over all of the above; equal pictures have equal digests whatever the order of replies. */
  readonly digest: string;
  /** How it was read; in no digest. */
  readonly how: HowRead;
}

export interface HowRead {
  readonly kind: "full" | "incremental";
  /** Why everything was read although something was remembered, or cannot be remembered; null: for no such reason. */
  readonly why: string | null;
}

/** What the planner needs to see. */
export interface Selection {
  /** Attributes that mappings name. */
  readonly attributes: readonly string[];
  /** Groups that entitlements and guards name, by name (a DN in AD) or, once known, by anchor. */
  readonly groups: readonly { readonly name: string; readonly anchor: Anchor | null }[];
  /** Licences that entitlements and the ledger name, by skuPartNumber or skuId, sorted. Left out: none. */
  readonly licences?: readonly string[];
  /** Accounts that the ledger names: those that are gone are looked for among the deleted objects. Left out: none. */
  readonly anchors?: readonly Anchor[];
}
