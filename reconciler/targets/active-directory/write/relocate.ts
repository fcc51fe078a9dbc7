/** Rename and move of one account: whatever is asked of its DN becomes one modifyDN, bound to its objectGUID. */
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import type { ReadyOp } from "../../../model/ports.js";
import type { Value } from "../../../model/value.js";
import { leafValue, parentDn, rdn, sameDn } from "../../../support/dn.js";
import { changedMeanwhile, isGone, wasAlready } from "../../outcomes.js";
import { hasCode } from "../connection.js";
import { findEntry, type Place } from "../read.js";
import { makeContainers, requireManaged } from "./containers.js";
import { settle, type Verdict } from "./settle.js";
import { swapAttributes } from "./update.js";

/** Where an account is. */
interface Spot {
  readonly cn: string;
  readonly container: string;
}

/** What a rename or move op expects and wants of the DN; null where it does not say. */
interface Part {
  readonly op: Op;
  readonly before: Partial<Spot>;
  readonly after: Partial<Spot>;
}

/**
 * The rename and the move of one account. Other names that a rename writes (sAMAccountName, userPrincipalName ...) go
 * first, in one modify: they are what the directory refuses when somebody holds them.
 */
export async function relocateAccount(place: Place, anchor: Anchor, ready: readonly ReadyOp[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const parts: Part[] = [];
  for (const one of ready) {
    const others = Object.keys(one.op.after).filter((name) => name !== "cn" && name !== "container");
    const outcome = others.length === 0 ? null : await swapAttributes(place, anchor, one, others);
    const part = partOf(place, one.op);
    const stopped = outcome !== null && outcome.kind !== "done" && outcome.kind !== "already";
    if (outcome !== null && (stopped || Object.keys(part.after).length === 0)) outcomes.push(outcome);
    else parts.push(part);
  }
  const entry = parts.length === 0 ? null : await findEntry(place, anchor, ["1.1"]);
  if (entry === null) return [...outcomes, ...parts.map((part) => isGone(part.op))];
  const now = spotOf(entry.dn);
  const open: Part[] = [];
  for (const part of parts) {
    const conflict = conflictOf(part, now);
    if (conflict !== null) outcomes.push(conflict);
    else if (isAt(now, part.after)) outcomes.push(wasAlready(part.op, anchor));
    else open.push(part);
  }
  if (open.length === 0) return outcomes;
  const address = place.guidAddresses ? `<GUID=${anchor}>` : entry.dn;
  return [...outcomes, ...(await modifyDn(place, anchor, address, now, open))];
}

async function modifyDn(
  place: Place,
  anchor: Anchor,
  address: string,
  now: Spot,
  parts: readonly Part[],
): Promise<Outcome[]> {
  const wanted: Spot = Object.assign({ ...now }, ...parts.map((part) => part.after));
  const superior = sameDn(wanted.container, now.container) ? null : wanted.container;
  // One request for all parts; each op judges it for itself.
  let sent: Promise<void> | undefined;
  const write = () => {
    sent ??= makeAll(place, parts).then(() =>
      sendModifyDn(place, address, rdn("CN", wanted.cn), { superior, container: now.container }),
    );
    return sent;
  };
  const outcomes: Outcome[] = [];
  for (const part of parts)
    outcomes.push(await settle({ op: part.op, anchor, write, judge: () => judge(place, anchor, part) }));
  return outcomes;
}

/**
 * Samba does not find a `<GUID=...>` that is renamed within its container (noSuchObject), and does where the container is
 * named; Active Directory takes both (MS-ADTS 3.1.1.5.4.1). A first try by GUID alone asks for no more rights than a rename.
 */
async function sendModifyDn(
  { session, guidAddresses }: Place,
  address: string,
  newRdn: string,
  { superior, container }: { readonly superior: string | null; readonly container: string },
): Promise<void> {
  try {
    await session.modifyDn(address, newRdn, superior);
  } catch (error) {
    if (!guidAddresses || superior !== null || !hasCode(error, "noSuchObject")) throw error;
    await session.modifyDn(address, newRdn, container);
  }
}

async function makeAll(place: Place, parts: readonly Part[]): Promise<void> {
  for (const { op } of parts) await makeContainers(place, op);
}

async function judge(place: Place, anchor: Anchor, part: Part): Promise<Verdict> {
  const entry = await findEntry(place, anchor, ["1.1"]);
  if (entry === null) return isGone(part.op);
  const now = spotOf(entry.dn);
  if (isAt(now, part.after)) return "as-wanted";
  return conflictOf(part, now) ?? "as-before";
}

function partOf(place: Place, op: Op): Part {
  const part = { op, before: spotIn(op.before), after: spotIn(op.after) };
  const { container } = part.after;
  if (container !== undefined) requireManaged(place, container);
  return part;
}

function spotIn(values: Readonly<Record<string, Value | null>>): Partial<Spot> {
  const { cn, container } = values;
  return { ...(typeof cn === "string" ? { cn } : {}), ...(typeof container === "string" ? { container } : {}) };
}

function spotOf(dn: string): Spot {
  return { cn: leafValue(dn), container: parentDn(dn) };
}

function isAt(now: Spot, wanted: Partial<Spot>): boolean {
  if (wanted.cn !== undefined && wanted.cn !== now.cn) return false;
  return wanted.container === undefined || sameDn(wanted.container, now.container);
}

function conflictOf({ op, before, after }: Part, now: Spot): Outcome | null {
  if (before.cn !== undefined && before.cn !== now.cn && after.cn !== now.cn)
    return changedMeanwhile(op, "cn", before.cn, now.cn);
  if (before.container === undefined || sameDn(before.container, now.container)) return null;
  if (after.container !== undefined && sameDn(after.container, now.container)) return null;
  return changedMeanwhile(op, "container", before.container, now.container);
}
