/** Attributes of one account: set, changed, cleared. Every modify carries what it expects to find. */
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome, Values } from "../../../model/op.js";
import type { ReadyOp } from "../../../model/ports.js";
import { sameValue } from "../../../model/value.js";
import { MusterError } from "../../../support/errors.js";
import { changedMeanwhile, isGone, refusedOutcome, succeeded, wasAlready } from "../../outcomes.js";
import { decodeValue, swapChanges } from "../codec.js";
import { LdapError } from "../connection.js";
import { failedOutcome } from "../errors.js";
import { addressOf, findEntry, type Place } from "../read.js";
import { settle, type Verdict } from "./settle.js";
import { expectedValues, wantedValues } from "./values.js";

/** Attributes of one op with what is expected and wanted of them. */
interface Swap {
  readonly op: Op;
  readonly before: Values;
  readonly after: Values;
}

/**
 * All updates of one account. They go into one modify, which the directory executes whole or not at all; where it
 * objects, each goes alone, so that one that was overtaken does not take the others with it.
 */
export async function updateAccount(place: Place, anchor: Anchor, ready: readonly ReadyOp[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const swaps: Swap[] = [];
  for (const one of ready) {
    const swap = await prepareSwap(place, one, Object.keys(one.op.after));
    if ("kind" in swap) outcomes.push(swap);
    else if (changesOf(swap).length === 0) outcomes.push(wasAlready(one.op, anchor));
    else swaps.push(swap);
  }
  const address = swaps.length === 0 ? null : await addressOf(place, anchor);
  if (address === null) return [...outcomes, ...swaps.map((swap) => isGone(swap.op))];
  if (swaps.length > 1) {
    try {
      await place.session.modify(address, swaps.flatMap(changesOf));
      return [...outcomes, ...swaps.map((swap) => succeeded(swap.op, anchor))];
    } catch (error) {
      // A lost reply is settled op by op below, too: what took effect then says "already".
      if (error instanceof MusterError)
        return [...outcomes, ...swaps.map((swap) => failedOutcome(swap.op, error, anchor))];
      if (!(error instanceof LdapError)) return [...outcomes, ...(await settleLost(place, anchor, swaps, error))];
    }
  }
  for (const swap of swaps) outcomes.push(await executeSwap(place, anchor, address, swap));
  return outcomes;
}

/** Some attributes of one op in one modify: the names that a rename writes beside the cn. */
export async function swapAttributes(
  place: Place,
  anchor: Anchor,
  ready: ReadyOp,
  names: readonly string[],
): Promise<Outcome> {
  const swap = await prepareSwap(place, ready, names);
  if ("kind" in swap) return swap;
  const address = await addressOf(place, anchor);
  return address === null ? isGone(ready.op) : executeSwap(place, anchor, address, swap);
}

/** The reply to one modify for all of them was lost: each is read back, none is sent again. */
async function settleLost(place: Place, anchor: Anchor, swaps: readonly Swap[], error: unknown): Promise<Outcome[]> {
  const write = () => Promise.reject(error);
  const outcomes: Outcome[] = [];
  for (const swap of swaps)
    outcomes.push(await settle({ op: swap.op, anchor, write, judge: () => judgeSwap(place, anchor, swap) }));
  return outcomes;
}

async function executeSwap(place: Place, anchor: Anchor, address: string, swap: Swap): Promise<Outcome> {
  const changes = changesOf(swap);
  if (changes.length === 0) return wasAlready(swap.op, anchor);
  return settle({
    op: swap.op,
    anchor,
    write: () => place.session.modify(address, changes),
    judge: () => judgeSwap(place, anchor, swap),
  });
}

async function prepareSwap(place: Place, ready: ReadyOp, names: readonly string[]): Promise<Swap | Outcome> {
  try {
    const before = await expectedValues(place, ready, names);
    return { op: ready.op, before, after: await wantedValues(place, ready, names) };
  } catch (error) {
    if (error instanceof MusterError && error.code === "MUS-5005") return refusedOutcome(ready.op, error.what);
    return failedOutcome(ready.op, error);
  }
}

function changesOf(swap: Swap) {
  return Object.keys(swap.after).flatMap((name) =>
    swapChanges(name, swap.before[name] ?? null, swap.after[name] ?? null),
  );
}

/** As wanted when all attributes are; refused by the first that is neither as wanted nor as before. */
async function judgeSwap(place: Place, anchor: Anchor, { op, before, after }: Swap): Promise<Verdict> {
  const names = Object.keys(after);
  const entry = await findEntry(place, anchor, names);
  if (entry === null) return isGone(op);
  let wanted = true;
  for (const name of names) {
    const now = decodeValue(name, entry.values.get(name.toLowerCase()) ?? []) ?? null;
    if (sameValue(now, after[name] ?? null)) continue;
    wanted = false;
    if (!sameValue(now, before[name] ?? null)) return changedMeanwhile(op, name, before[name] ?? null, now);
  }
  return wanted ? "as-wanted" : "as-before";
}
