/** What the in-memory directory stores, and what can be asked of it. Records are never changed in place, so a clone shares them. */
import type { Anchor } from "../../model/observed.js";
import type { OutcomeKind } from "../../model/op.js";
import type { Capabilities } from "../../model/ports.js";
import type { Value } from "../../model/value.js";
import type { ErrorCode } from "../../support/codes/index.js";

/** A value as stored: references are kept by anchor, so that they follow renames and moves. */
export type StoredValue = Exclude<Value, { ref: unknown } | { dn: unknown }> | { readonly anchor: Anchor };

export type StoredValues = Readonly<Record<string, StoredValue>>;

/** Account: written by Muster. Group, licence: has members. Other: a computer or the like, it only holds names. */
export type RecordKind = "account" | "group" | "licence" | "other";

export interface DirectoryRecord {
  readonly kind: RecordKind;
  readonly anchor: Anchor;
  /** DN of the container, "" where the target has none. */
  readonly container: string;
  readonly enabled: boolean;
  readonly attributes: StoredValues;
  readonly claim: string | null;
  readonly protected: string | null;
  readonly hasChildren: boolean;
  /** Of an account: brought by synchronisation. */
  readonly synced?: boolean;
  /** Of a group: why its members cannot be written. */
  readonly obstacle?: string;
  /** Of a group with an obstacle: its members are not shown. */
  readonly unreadable?: true;
  /** Of a licence. `plans` are ids by name. */
  readonly product?: { readonly seats: number; readonly plans: Readonly<Record<string, string>> };
  /** Tick of the request that created it: what a lagging replica goes by. */
  readonly created: number;
}

export interface GroupMembers {
  readonly accounts: ReadonlySet<Anchor>;
  /** Members that are no accounts. */
  readonly others: number;
  /** Of a licence: who has it by a group, and the service plans that are switched off for direct holders. */
  readonly inherited?: ReadonlySet<Anchor>;
  readonly disabledPlans?: ReadonlyMap<Anchor, readonly string[]>;
}

/** One request that writes, as data: what a test looks at when it says "nothing was written". */
export type WriteRequest =
  | {
      readonly verb: "create";
      readonly claim: string;
      readonly container: string;
      readonly enabled: boolean;
      readonly attributes: StoredValues;
      readonly newContainers?: readonly string[];
    }
  | {
      readonly verb: "modify";
      readonly anchor: Anchor;
      readonly before: Readonly<Record<string, StoredValue | null>>;
      readonly after: Readonly<Record<string, StoredValue | null>>;
    }
  | {
      readonly verb: "move";
      readonly anchor: Anchor;
      readonly before: string;
      readonly after: string;
      readonly newContainers?: readonly string[];
    }
  | { readonly verb: "enable" | "disable" | "delete" | "purge"; readonly anchor: Anchor }
  /** null: as it was. */
  | { readonly verb: "restore"; readonly anchor: Anchor; readonly cn: string | null; readonly container: string | null }
  | {
      readonly verb: "members";
      readonly group: Anchor;
      readonly add: readonly Anchor[];
      readonly remove: readonly Anchor[];
    }
  | {
      readonly verb: "licence";
      readonly anchor: Anchor;
      readonly sku: Anchor;
      /** Service plans to be switched off; null takes the licence away. */
      readonly disabledPlans: readonly string[] | null;
    }
  | { readonly verb: "task"; readonly anchor: Anchor; readonly task: string };

/** What became of a request, in the terms of an outcome. */
export interface WriteResult {
  readonly kind: Extract<OutcomeKind, "done" | "already" | "refused" | "failed" | "unknown">;
  readonly anchor: Anchor | null;
  readonly code: ErrorCode | null;
  readonly detail: string | null;
}

export interface MemoryOptions {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly managed: { readonly accounts: readonly string[]; readonly groups?: readonly string[] };
  /** Members are written on the group, many in one request (AD); otherwise one request per member (Graph). */
  readonly membersAsObjects: boolean;
  /** Requests (of any kind) for which a new object stays invisible to reads. */
  readonly lag: number;
  /** Attribute to the space in which the directory itself refuses a second holder; by default the capabilities' spaces. */
  readonly unique?: Readonly<Record<string, string>>;
  /** Begins every anchor; two directories with one seed allot the same anchors in the same order. */
  readonly seed: number;
  /** Reorders replies and outcomes: the same picture, other order. 0 leaves them as they are. */
  readonly shuffle: number;
}
