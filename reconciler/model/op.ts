/** Ops: the smallest things that are approved, executed or refused. */
import type { Drift } from "./drift.js";
import { canonicalJson, sha256 } from "./hash.js";
import type { IdentityKey } from "./identity.js";
import type { Reason } from "./intent.js";
import type { Anchor } from "./observed.js";
import { canonicalValue, type Value } from "./value.js";

export const VERBS = [
  "create",
  "bind",
  "unbind",
  "update",
  "rename",
  "move",
  "enable",
  "disable",
  "delete",
  "restore",
  "purge",
  "add-member",
  "remove-member",
  "assign-licence",
  "remove-licence",
  "run-task",
] as const;

export type Verb = (typeof VERBS)[number];
export type OpId = string;

/** Values by attribute; null is "has none". */
export type Values = Readonly<Record<string, Value | null>>;

/** The object of an op: known by its anchor, or by the claim that its create (in the same plan) writes. */
export type OpObject = { readonly anchor: Anchor } | { readonly claim: string };

/**
 * One op. `before` is what the planner saw and `after` what it wants, as maps:
 * update: the one attribute · create: the full account (attributes, `container`, `enabled`) · rename: the naming
 * attributes that change · move: `container` · enable, disable: `enabled` · bind: `anchor` (or `primary`, `identity` for
 * a re-bind; `exclusive` for a group) · add-member, remove-member: `member` (true or null; the slot is the group's anchor) · run-task: `task`.
 */
export interface Op {
  readonly id: OpId;
  readonly target: string;
  readonly verb: Verb;
  readonly object: OpObject;
  /** null: the object belongs to nobody Muster knows, a member of an exclusive group or the group itself. */
  readonly identity: IdentityKey | null;
  /** null where identity is null. */
  readonly mapping: string | null;
  /** Attribute, group anchor, SKU, task; null where the verb has one op per object. */
  readonly slot: string | null;
  readonly before: Values;
  readonly after: Values;
  /**
   * create, move: containers that are made first, outermost first; left out where none is. Not part of the id: whether
   * somebody made them meanwhile does not change what was approved.
   */
  readonly newContainers?: readonly string[];
  /** Ops that must be done first. */
  readonly needs: readonly OpId[];
  /** Names that this op takes and frees, "space:value" folded; what order and the prefix test look at. */
  readonly claims: readonly string[];
  readonly releases: readonly string[];
  /** Nothing is written to the target: bind, unbind, a membership that was found. */
  readonly ledgerOnly: boolean;
  /** For people: name of the person, address of the object, name of the group. */
  readonly label: string;
  readonly address: string | null;
  readonly slotLabel: string | null;
  readonly reasons: readonly Reason[];
  /** Who changed what: policy (HR or policy), drift (somebody else) or both; null for verbs where it has no meaning. */
  readonly origin: "policy" | "drift" | "both" | null;
  /** The values that somebody else changed, where origin is drift or both; left out for memberships. Not part of the id. */
  readonly drift?: readonly Drift[];
}

export type OpDraft = Omit<Op, "id" | "needs">;

/** The stable id: a hash of target, object, verb, slot, before and after. Labels and reasons do not count. */
export function opId(op: OpDraft): OpId {
  const object = "anchor" in op.object ? `a:${op.object.anchor}` : `c:${op.object.claim}`;
  const text = canonicalJson([op.target, object, op.verb, op.slot, hashable(op.before), hashable(op.after)]);
  return sha256(text).slice(0, 20);
}

function hashable(values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, canonicalValue(value)]));
}

/** Whose ops belong together: those of one identity or, where an object is nobody's, of that object. */
export function ownerKey(op: Pick<Op, "identity" | "object">): string {
  return op.identity ?? objectKey(op.object);
}

export function objectKey(object: OpObject): string {
  return "anchor" in object ? object.anchor : `claim:${object.claim}`;
}

export const OUTCOMES = ["done", "already", "deferred", "skipped", "refused", "failed", "unknown"] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

/** What became of an op. */
export interface Outcome {
  readonly op: OpId;
  readonly kind: OutcomeKind;
  /** Anchor of the object, known from a create on. */
  readonly anchor: Anchor | null;
  /** Error code and sentence where there is one; never personal data beyond the op's own. */
  readonly code: string | null;
  readonly detail: string | null;
}
