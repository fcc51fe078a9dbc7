/**
 * The ledger is the fold of outcomes: entry + op + outcome gives the next entry. Live runs and `ledger rebuild` use the
 * same function, so that a ledger restored from run records equals the one that was lost.
 */
import { compareText, type IdentityKey, type WorkerKey } from "../model/identity.js";
import { type LedgerCurrent, type LedgerEntry, toStored } from "../model/ledger.js";
import type { Op, Outcome } from "../model/op.js";
import { createdAttributes, retainedNames } from "../model/op-values.js";
import type { Value } from "../model/value.js";
import { foldRestore } from "./fold-restore.js";

/** An op on the account of an identity. What is nobody's leaves no trace in an account's entry. */
export type OwnedOp = Op & { readonly identity: IdentityKey; readonly mapping: string };

export function isOwned(op: Op): op is OwnedOp {
  return op.identity !== null && op.mapping !== null;
}

/** What an op does not say and the ledger needs. `at` and `asOf` are ISO instants. */
export interface FoldContext {
  readonly workers: readonly WorkerKey[];
  readonly primary: WorkerKey;
  /** Names of the mapping (attributes with a unique rule), to be kept apart from other attributes. */
  readonly nameAttributes: readonly string[];
  readonly at: string;
  readonly asOf: string;
}

/** The entry after an outcome. Only done and already of what somebody owns change it; the same entry comes back otherwise. */
export function foldOutcome(
  entry: LedgerEntry | undefined,
  op: Op,
  outcome: Outcome,
  context: FoldContext,
): LedgerEntry | undefined {
  if (!isOwned(op)) return entry;
  if (outcome.kind !== "done" && outcome.kind !== "already") return entry;
  if (outcome.kind === "already" && entry !== undefined && begins(op, entry)) return entry;
  const base = entry ?? emptyEntry(op);
  const workers = [...new Set(context.workers)].sort(compareText);
  const next = foldVerb({ ...base, workers }, op, outcome, context);
  return next.current === null ? next : { ...next, current: { ...next.current, mapping: op.mapping } };
}

/**
 * Whether an op would begin what the entry holds. A plan that is resumed, or was made before an interrupted run was
 * recorded, finds its account bound: the entry knows more than a create or a bind says (memberships, who disabled it).
 */
function begins(op: Op, entry: LedgerEntry): boolean {
  if (entry.current === null) return false;
  if (op.verb === "create") return "claim" in op.object && entry.current.claim === op.object.claim;
  return op.verb === "bind" && op.slot === null && entry.current.anchor === op.after.anchor;
}

export function emptyEntry(op: Pick<OwnedOp, "target" | "identity">): LedgerEntry {
  return {
    apiVersion: "muster/v1",
    kind: "Account",
    target: op.target,
    identity: op.identity,
    workers: [],
    current: null,
    former: [],
    retained: [],
  };
}

function foldVerb(entry: LedgerEntry, op: OwnedOp, outcome: Outcome, context: FoldContext): LedgerEntry {
  switch (op.verb) {
    case "create":
      // An earlier run made the account, and recorded it.
      if (outcome.kind === "already" && entry.current !== null) return entry;
      return { ...entry, current: createdAccount(op, outcome, context), retained: [] };
    case "bind":
      return foldBind(entry, op, context);
    case "unbind":
      return retire(entry, text(op.after.why), context.at);
    case "delete":
      return foldDelete(entry, op, context);
    case "restore":
      return foldRestore(entry, op, context);
    case "purge":
      return foldPurge(entry, op);
    default:
      return entry.current === null ? entry : { ...entry, current: foldCurrent(entry.current, op, outcome, context) };
  }
}

function createdAccount(op: OwnedOp, outcome: Outcome, context: FoldContext): LedgerCurrent {
  const attributes = createdAttributes(op);
  const enabled = op.after.enabled === true;
  return {
    anchor: outcome.anchor ?? "",
    claim: "claim" in op.object ? op.object.claim : null,
    mapping: op.mapping,
    primary: context.primary,
    names: pickNames(attributes, context),
    managed: storeAll(attributes),
    container: typeof op.after.container === "string" ? op.after.container : null,
    state: enabled ? "enabled" : "disabled",
    disabledBy: enabled ? null : "muster",
    disabledAt: enabled ? null : context.asOf,
    boundAt: context.asOf,
    everEnabled: enabled,
    memberships: {},
    tasks: {},
  };
}

function foldBind(entry: LedgerEntry, op: OwnedOp, context: FoldContext): LedgerEntry {
  if (op.slot === "identity") return { ...entry, identity: op.identity };
  if (op.slot === "primary") {
    return entry.current === null ? entry : { ...entry, current: { ...entry.current, primary: context.primary } };
  }
  if (op.slot === "found")
    return entry.current === null ? entry : { ...entry, current: confirm(entry.current, op, context) };
  const enabled = op.after.enabled === true;
  const own = op.after.created === true;
  return {
    ...entry,
    current: {
      anchor: text(op.after.anchor),
      claim: typeof op.after.claim === "string" ? op.after.claim : null,
      mapping: op.mapping,
      primary: context.primary,
      names: {},
      managed: {},
      container: null,
      state: enabled ? "enabled" : "disabled",
      disabledBy: enabled ? null : own ? "muster" : "other",
      disabledAt: enabled ? null : context.asOf,
      boundAt: context.asOf,
      everEnabled: enabled,
      memberships: {},
      tasks: {},
    },
  };
}

/** Values found as wanted. A state that was found was set by somebody else. */
function confirm(current: LedgerCurrent, op: Op, context: FoldContext): LedgerCurrent {
  const { container, enabled, ...attributes } = op.after;
  const next = foldValues(current, { ...op, after: attributes }, context);
  const placed = typeof container === "string" ? { ...next, container } : next;
  if (enabled === true) return { ...placed, state: "enabled", disabledBy: null, disabledAt: null, everEnabled: true };
  if (enabled === false) return { ...placed, state: "disabled", disabledBy: "other", disabledAt: context.asOf };
  return placed;
}

function retire(entry: LedgerEntry, why: string, until: string): LedgerEntry {
  if (entry.current === null) return entry;
  return { ...entry, current: null, former: [...entry.former, { anchor: entry.current.anchor, why, until }] };
}

function foldDelete(entry: LedgerEntry, op: Op, context: FoldContext): LedgerEntry {
  const retained = [...entry.retained, ...retainedNames(op.after)];
  return { ...retire(entry, "deleted", context.at), retained };
}

/** What was purged cannot come back: nobody looks for it any more. */
function foldPurge(entry: LedgerEntry, { object }: Op): LedgerEntry {
  const isIt = (anchor: string) => "anchor" in object && object.anchor === anchor;
  return { ...entry, former: entry.former.map((old) => (isIt(old.anchor) ? { ...old, why: "purged" } : old)) };
}

function foldCurrent(current: LedgerCurrent, op: Op, outcome: Outcome, context: FoldContext): LedgerCurrent {
  switch (op.verb) {
    case "enable":
      return { ...current, state: "enabled", disabledBy: null, disabledAt: null, everEnabled: true };
    case "disable":
      return foldDisable(current, outcome, context);
    case "move":
      return { ...current, container: typeof op.after.container === "string" ? op.after.container : null };
    case "update":
    case "rename":
      return foldValues(current, op, context);
    case "add-member":
    case "assign-licence":
      return addMembership(current, op, outcome, context);
    case "remove-member":
    case "remove-licence": {
      const { [op.slot ?? ""]: _gone, ...memberships } = current.memberships;
      return { ...current, memberships };
    }
    case "run-task":
      return { ...current, tasks: { ...current.tasks, [op.slot ?? ""]: text(op.after.entry) } };
    default:
      return current;
  }
}

/** What was disabled already was disabled by somebody else, unless we had done it before (invariant 11). */
function foldDisable(current: LedgerCurrent, outcome: Outcome, context: FoldContext): LedgerCurrent {
  if (outcome.kind === "already" && current.state === "disabled") return current;
  const disabledBy = outcome.kind === "already" ? "other" : "muster";
  return { ...current, state: "disabled", disabledBy, disabledAt: context.asOf };
}

function foldValues(current: LedgerCurrent, op: Op, context: FoldContext): LedgerCurrent {
  const managed = { ...current.managed };
  const names = { ...current.names };
  for (const [name, value] of Object.entries(op.after)) {
    managed[name] = value === null ? null : toStored(value);
    if (typeof value === "string" && (op.verb === "rename" || context.nameAttributes.includes(name)))
      names[name] = value;
  }
  return { ...current, managed, names };
}

/**
 * Whom somebody else made a member, before policy asked or since the plan, was found and not granted; so was a licence of
 * which only the service plans are corrected.
 */
function addMembership(current: LedgerCurrent, op: Op, outcome: Outcome, context: FoldContext): LedgerCurrent {
  const known = current.memberships[op.slot ?? ""];
  const isFound = op.ledgerOnly || outcome.kind === "already" || op.before.member === true;
  const origin = isFound ? (known?.origin ?? "found") : "granted";
  const plans = op.after.disabledPlans;
  const disabledPlans = Array.isArray(plans) ? [...plans] : [];
  const membership = {
    group: op.slotLabel ?? "",
    since: known?.since ?? context.asOf,
    origin,
    ...(op.verb === "assign-licence" ? { disabledPlans } : {}),
  };
  return { ...current, memberships: { ...current.memberships, [op.slot ?? ""]: membership } };
}

function storeAll(attributes: Readonly<Record<string, Value>>): LedgerCurrent["managed"] {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, toStored(value)]));
}

function pickNames(attributes: Readonly<Record<string, Value>>, context: FoldContext): Record<string, string> {
  const out: Record<string, string> = {};
  for (const name of context.nameAttributes) {
    const value = attributes[name];
    if (typeof value === "string") out[name] = value;
  }
  return out;
}

function text(value: Value | null | undefined): string {
  return typeof value === "string" ? value : "";
}
