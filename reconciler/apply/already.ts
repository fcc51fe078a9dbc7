/** What an approved op that is not planned again has come to, judged by the picture of the target and the ledger. */
import type { LedgerEntry } from "../model/ledger.js";
import type { ObservedAccount } from "../model/observed.js";
import type { Op } from "../model/op.js";
import { changedSincePlan, isReference, sameValue, type Value } from "../model/value.js";
import { plansOf } from "../plan/licences.js";
import type { TargetView } from "../plan/subject.js";
import { resolveObserved, sameAddress } from "../plan/view.js";

/** Whether what an op wants is so already. */
export function isAlreadyTrue(op: Op, view: TargetView, entry: LedgerEntry | undefined): boolean {
  const current = entry?.current ?? null;
  const account = "anchor" in op.object ? view.byAnchor.get(op.object.anchor) : accountOfClaim(view, op.object.claim);
  switch (op.verb) {
    case "bind":
      if (op.slot === "primary") return current?.primary === op.after.primary;
      // A confirmation that is not planned again has nothing left to confirm.
      if (op.slot === "found" || op.slot === "exclusive") return true;
      if (op.slot === "identity") return entry?.identity === op.after.identity;
      return current?.anchor === op.after.anchor;
    case "unbind":
      return entry?.former.some((old) => old.anchor === op.before.anchor) === true;
    case "run-task":
      return op.slot !== null && current?.tasks[op.slot] === op.after.entry;
    case "create":
      return account !== undefined && current?.anchor === account.anchor;
    case "delete":
      return account === undefined;
    case "enable":
    case "disable":
      return account?.enabled === op.after.enabled;
    case "move":
      return account !== undefined && sameContainer(view, account, op);
    case "update":
    case "rename":
      return (
        account !== undefined && Object.entries(op.after).every(([name, value]) => has(view, account, name, value))
      );
    case "add-member":
    case "remove-member":
    case "assign-licence":
    case "remove-licence":
      return (
        isMember(view, op, account) === (op.after.member === true) &&
        hasPlans(view, op, account) &&
        isRecordable(op, current)
      );
    case "restore":
      return account !== undefined;
    case "purge":
      return account === undefined && !view.observed.deleted.some(({ anchor }) => isObject(op, anchor));
  }
}

function isObject({ object }: Op, anchor: string): boolean {
  return "anchor" in object && object.anchor === anchor;
}

/**
 * Whether an op whose outcome was lost took effect. A create counts when the whole of it did: an account that was added
 * and not yet enabled is bound by its claim in the next plan, as our own.
 */
export function isDoneAfterAll(op: Op, view: TargetView, entry: LedgerEntry | undefined): boolean {
  if (op.verb !== "create" || !("claim" in op.object)) return isAlreadyTrue(op, view, entry);
  const account = accountOfClaim(view, op.object.claim);
  return account !== undefined && account.enabled === (op.after.enabled === true);
}

const CHANGED = "the object or what it depends on changed since the plan";

/** Why an op is refused that is neither planned again nor true: what somebody else changed, from what to what. */
export function whyStale(op: Op, view: TargetView | undefined): string {
  if (view === undefined || !("anchor" in op.object) || op.verb === "restore" || op.verb === "purge") return CHANGED;
  const account = view.byAnchor.get(op.object.anchor);
  if (account === undefined) return "the object is gone";
  for (const [name, planned] of Object.entries(op.before)) {
    const found = foundValue(op, view, account, name);
    if (found !== undefined && !isSame(view, name, found, planned)) return changedSincePlan(name, planned, found);
  }
  return CHANGED;
}

/** What the account holds of a value that the op expects; undefined where `before` is about something else. */
function foundValue({ verb }: Op, view: TargetView, account: ObservedAccount, name: string): Value | null | undefined {
  switch (verb) {
    case "update":
    case "rename":
      return observedValue(view, account, name);
    case "move":
      return account.container;
    case "enable":
    case "disable":
    case "delete":
      return account.enabled;
    default:
      return undefined;
  }
}

function accountOfClaim(view: TargetView, claim: string): ObservedAccount | undefined {
  return view.observed.accounts.find((account) => account.claim === claim);
}

function sameContainer(view: TargetView, account: ObservedAccount, op: Op): boolean {
  const same = sameAddress(view.target);
  const wanted = op.after.container;
  return typeof wanted === "string" && account.container !== null && same(account.container) === same(wanted);
}

function has(view: TargetView, account: ObservedAccount, name: string, value: Value | null): boolean {
  return isSame(view, name, observedValue(view, account, name), value);
}

function observedValue(view: TargetView, account: ObservedAccount, name: string): Value | null {
  const raw = account.attributes[name];
  return raw === undefined ? null : resolveObserved(view, raw);
}

function isSame(view: TargetView, name: string, observed: Value | null, value: Value | null): boolean {
  if (sameValue(observed, value)) return true;
  const same = sameAddress(view.target);
  if (observed === null || value === null) return false;
  if (name === "container") return same(String(observed)) === same(String(value));
  if (!isReference(observed) || !isReference(value)) return false;
  return "dn" in observed && "dn" in value && same(observed.dn) === same(value.dn);
}

function isMember(view: TargetView, op: Op, account: ObservedAccount | undefined): boolean {
  const group = op.slot === null ? undefined : view.groupByAnchor.get(op.slot);
  return account !== undefined && group?.members.includes(account.anchor) === true;
}

/** Whether the service plans are switched off that the op wants off, where it says which. */
function hasPlans(view: TargetView, op: Op, account: ObservedAccount | undefined): boolean {
  const wanted = op.after.disabledPlans;
  const licence = op.slot === null ? undefined : view.groupByAnchor.get(op.slot)?.licence;
  if (wanted === undefined || account === undefined || licence === undefined) return true;
  return sameValue(plansOf(licence, account.anchor), wanted);
}

/** What is written to the ledger alone is true only when the ledger says so. */
function isRecordable(op: Op, current: LedgerEntry["current"]): boolean {
  const knows = op.slot !== null && current !== null && op.slot in current.memberships;
  return !op.ledgerOnly || knows === (op.verb === "add-member" || op.verb === "assign-licence");
}
