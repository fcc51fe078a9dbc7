/** Builds the lookups over a target's picture and gives addresses one comparable form. */
import { compareText, type IdentityKey } from "../model/identity.js";
import type { Ledger } from "../model/ledger.js";
import type { Observed, ObservedAccount, ObservedGroup } from "../model/observed.js";
import { accountPath } from "../model/paths.js";
import type { Reference, Value } from "../model/value.js";
import { isReference } from "../model/value.js";
import type { CompiledTarget } from "../policy/compiled.js";
import { normalizeDn } from "../support/dn.js";
import { MusterError } from "../support/errors.js";
import { indexBy } from "../support/index-by.js";
import type { TargetView } from "./subject.js";

/** `environment` is the one whose ledger it is. Throws MUS-3003 when two ledger entries claim one object. */
export function buildView(target: CompiledTarget, observed: Observed, ledger: Ledger, environment: string): TargetView {
  const boundTo = new Map<string, IdentityKey>();
  const doubles: string[] = [];
  for (const entry of ledger.entries.values()) {
    if (entry.target !== target.name || entry.current === null) continue;
    const other = boundTo.get(entry.current.anchor);
    if (other !== undefined) doubles.push(`${other} and ${entry.identity}`);
    boundTo.set(entry.current.anchor, entry.identity as IdentityKey);
  }
  if (doubles.length > 0) {
    const where = { target: target.name };
    throw new MusterError("MUS-3003", {
      what: `one object is bound twice: ${doubles.sort(compareText).join("; ")}`,
      where,
    });
  }
  const same = sameAddress(target);
  return {
    target,
    observed,
    boundTo,
    ledgerFile: (identity) => accountPath(environment, target.name, identity),
    byAnchor: indexBy(observed.accounts, ({ anchor }) => anchor),
    deleted: indexBy(observed.deleted, ({ anchor }) => anchor),
    byClaim: indexBy(observed.accounts, ({ claim }) => claim),
    accountAt: findByAddress(observed.accounts, same),
    groupByAnchor: indexBy(observed.groups, ({ anchor }) => anchor),
    groupByName: indexBy(observed.groups, ({ licence, address }) => (licence === undefined ? same(address) : null)),
    licenceByName: new Map(
      observed.groups.flatMap((group): [string, ObservedGroup][] =>
        group.licence === undefined ? [] : [group.address, group.anchor].map((name) => [name.toLowerCase(), group]),
      ),
    ),
    containers: new Set(observed.containers.map(same)),
  };
}

/** How addresses of a target are compared. */
export function sameAddress(target: CompiledTarget): (address: string) => string {
  return target.capabilities.containers === "dn" ? normalizeDn : (address) => address.toLowerCase();
}

/** Whether two addresses are one place. Mostly they are the same text, and need no normal form. */
export function isSameAddress(target: CompiledTarget, a: string, b: string): boolean {
  return a === b || sameAddress(target)(a) === sameAddress(target)(b);
}

/** A reference by address becomes a reference to the identity whose account it is, where the ledger knows one. */
export function resolveObserved(view: TargetView, value: Value): Value {
  if (!isReference(value) || "ref" in value) return value;
  const account = view.accountAt(value.dn);
  const identity = account === undefined ? undefined : view.boundTo.get(account.anchor);
  return identity === undefined ? value : { ref: identity };
}

/** References use the very text of the address. Normal forms are made when somebody wrote another one. */
function findByAddress(
  accounts: readonly ObservedAccount[],
  same: (address: string) => string,
): TargetView["accountAt"] {
  const exact = indexBy(accounts, ({ address }) => address);
  let normal: Map<string, ObservedAccount> | null = null;
  return (address) => {
    const found = exact.get(address);
    if (found !== undefined) return found;
    normal ??= indexBy(accounts, ({ address }) => same(address));
    return normal.get(same(address));
  };
}

/** Whether two values say the same in this target. A plain address and a reference to its holder are equal. */
export function sameReference(view: TargetView, a: Reference, b: Reference): boolean {
  const left = resolveObserved(view, a);
  const right = resolveObserved(view, b);
  if (isReference(left) && isReference(right)) {
    if ("ref" in left && "ref" in right) return left.ref === right.ref;
    if ("dn" in left && "dn" in right) return isSameAddress(view.target, left.dn, right.dn);
  }
  return false;
}
