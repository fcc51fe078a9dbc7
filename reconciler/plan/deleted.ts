/** What is known of accounts that were deleted: which one is whose, and whether policy wants it back. */
import type { Intent } from "../model/intent.js";
import type { LedgerEntry } from "../model/ledger.js";
import type { DeletedObject } from "../model/observed.js";
import type { TargetView } from "./subject.js";

/** The deleted object that is this identity's: the bound one, or the last that the lifecycle deleted. */
export function deletedAccount(view: TargetView, entry: LedgerEntry | null): DeletedObject | null {
  const anchor = entry?.current?.anchor ?? entry?.former.findLast((old) => old.why === "deleted")?.anchor;
  return anchor === undefined ? null : (view.deleted.get(anchor) ?? null);
}

/** Whether policy wants it back: a stage that creates, and for one that was let go a return within the rehire period. */
export function isWantedBack(view: TargetView, intent: Intent, entry: LedgerEntry | null): boolean {
  if (!intent.create || !(view.target.document.value.allow ?? []).includes("restore")) return false;
  return entry?.current != null || intent.rehire?.action === "reactivate";
}

/**
 * The names by attribute that it brings back: what the target shows of it, else what the ledger has. The cn is the ledger's if
 * it has one, since a restore says which. Nobody else gets them in the plan that restores it.
 */
export function returningNames(view: TargetView, entry: LedgerEntry | null): [string, string][] {
  const { cn, ...names } = entry?.current?.names ?? {};
  const shown = deletedAccount(view, entry)?.names ?? {};
  return Object.entries({ ...names, ...shown, ...(cn === undefined ? {} : { cn }) });
}
