/** What a restore makes of a ledger entry. */
import { type LedgerCurrent, type LedgerEntry, toStored } from "../model/ledger.js";
import type { Op } from "../model/op.js";

interface RestoreContext {
  readonly primary: string;
  readonly nameAttributes: readonly string[];
  readonly asOf: string;
}

/**
 * The account is where the op put it. One that the lifecycle had deleted is bound again: Muster deletes disabled accounts
 * only, and those it disabled itself, so the one that came back counts as disabled by Muster. Whether it was ever enabled is
 * not known any more; it counts as if it was, so that it is not deleted as one that never was.
 */
export function foldRestore(
  entry: LedgerEntry,
  op: Op & { readonly mapping: string },
  context: RestoreContext,
): LedgerEntry {
  const anchor = "anchor" in op.object ? op.object.anchor : "";
  if (entry.current !== null) return { ...entry, current: placed(entry.current, op, context) };
  const current: LedgerCurrent = {
    anchor,
    claim: null,
    mapping: op.mapping,
    primary: context.primary,
    names: {},
    managed: {},
    container: null,
    state: "disabled",
    disabledBy: "muster",
    disabledAt: context.asOf,
    boundAt: context.asOf,
    everEnabled: true,
    memberships: {},
    tasks: {},
  };
  const former = entry.former.filter((old) => old.anchor !== anchor);
  return { ...entry, former, retained: [], current: placed(current, op, context) };
}

function placed(current: LedgerCurrent, op: Op, context: RestoreContext): LedgerCurrent {
  const { cn, container } = op.after;
  const isName = typeof cn === "string" && context.nameAttributes.includes("cn");
  return {
    ...current,
    ...(typeof container === "string" ? { container } : {}),
    ...(isName ? { names: { ...current.names, cn }, managed: { ...current.managed, cn: toStored(cn) } } : {}),
  };
}
