/** What is known of accounts that were deleted: which one is whose, and whether policy wants it back. */
import type { Intent } from "../model/intent.js";
import type { LedgerEntry } from "../model/ledger.js";
import type { DeletedObject } from "../model/observed.js";
import type { Subject, TargetView } from "./subject.js";

/** The deleted object that is this identity's: the bound one, or the last that the lifecycle deleted. */
export function deletedAccount(view: TargetView, entry: LedgerEntry | null): DeletedObject | null {
  const anchor = entry?.current?.anchor ?? lastDeleted(entry)?.anchor;
  return view.observed.deleted.find((object) => object.anchor === anchor) ?? null;
}

/** Whether policy wants it back: a stage that creates, and for one that was let go a return within the rehire period. */
export function isWantedBack(view: TargetView, intent: Intent, entry: LedgerEntry | null): boolean {
  if (!intent.create || !(view.target.document.value.allow ?? []).includes("restore")) return false;
  return entry?.current != null || intent.rehire?.action === "reactivate";
}

/**
 * The names by attribute that it brings back: those of the ledger, and the one that the target still shows. Nobody else gets
 * them in the plan that restores it.
 */
export function returningNames(
  view: TargetView,
  { entry, target }: Pick<Subject, "entry" | "target">,
): [string, string][] {
  const names = entry?.current?.names ?? lastDeleted(entry)?.names ?? {};
  const shown = deletedAccount(view, entry)?.name ?? null;
  const hasOwn = shown === null || names.cn !== undefined || target.capabilities.spaces.cn === undefined;
  return Object.entries(hasOwn ? names : { ...names, cn: shown });
}

function lastDeleted(entry: LedgerEntry | null): LedgerEntry["former"][number] | undefined {
  return entry?.former.findLast((old) => old.why === "deleted");
}
