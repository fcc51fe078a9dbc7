/**
 * Values of one account: set, changed, cleared, renamed. Graph has no compare-and-swap, so the user is read immediately before
 * and `before` is compared with what is there; between that read and the write remains a window (docs/entra-id.md). What
 * differs goes into one PATCH; where Graph objects, each op goes alone, so that one that is refused does not take the
 * others with it. Some properties, and the manager, always have a request of their own.
 */
import type { Anchor } from "../../../model/observed.js";
import type { Outcome } from "../../../model/op.js";
import type { ReadyOp } from "../../../model/ports.js";
import { isReference } from "../../../model/value.js";
import { changedMeanwhile, isGone, refusedOutcome, succeeded, wasAlready } from "../../outcomes.js";
import { isFailure } from "../failure.js";
import { path } from "../paths.js";
import { backoff, isYoung, replacedLately, withPatience } from "../patience.js";
import { type Place, type Replaced, requireId } from "../place.js";
import { bodyOf, decodeProperty, type GraphObject, propertyOf } from "../properties.js";
import { isSynced, readUser } from "../read.js";
import { failedOutcome, isLost, LOST_ATTEMPTS, unknownOutcome } from "./settle.js";
import { mastered, patchUser } from "./state.js";
import { has, linkTo, referred, type Swap, swapOf } from "./values.js";

/** Reads that may show what this run has written over, about four minutes: then somebody has put it back. */
const STALE_READS = 20;

/** All updates and renames of one account. */
export async function changeValues(place: Place, anchor: Anchor, ready: readonly ReadyOp[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let open: Swap[] = [];
  for (const one of ready) {
    try {
      open.push(swapOf(one));
    } catch (error) {
      outcomes.push(failedOutcome(one.op, error));
    }
  }
  for (let attempt = 1; open.length > 0; attempt++) {
    const { settled, lost } = await attemptOnce(place, anchor, open, attempt);
    outcomes.push(...settled);
    if (attempt >= LOST_ATTEMPTS)
      return [...outcomes, ...lost.map(({ swap, error }) => unknownOutcome(swap.ready.op, error))];
    open = lost.map(({ swap }) => swap);
    if (open.length > 0) await place.sleep(backoff(attempt));
  }
  return outcomes;
}

interface Lost {
  readonly swap: Swap;
  readonly error: unknown;
}

interface Attempted {
  readonly settled: readonly Outcome[];
  /** Sent, and nobody said what became of it: read again. */
  readonly lost: readonly Lost[];
}

async function attemptOnce(place: Place, anchor: Anchor, open: readonly Swap[], attempt: number): Promise<Attempted> {
  let user: GraphObject | null;
  try {
    user = isOursAndNew(place, anchor, open) ? {} : await readPresent(place, anchor, open);
  } catch (error) {
    // After a lost answer an error of the read leaves it open whether the write was done.
    const say = (swap: Swap) => (attempt === 1 ? failedOutcome : unknownOutcome)(swap.ready.op, error);
    return { settled: open.map(say), lost: [] };
  }
  if (user === null) return { settled: open.map(({ ready }) => isGone(ready.op)), lost: [] };
  const settled: Outcome[] = [];
  const wanted: Swap[] = [];
  for (const swap of open) {
    const verdict = await judge(place, anchor, user, swap);
    if (verdict === null) wanted.push(swap);
    else settled.push(verdict.kind === "already" && attempt > 1 ? succeeded(swap.ready.op, anchor) : verdict);
  }
  const lost: Lost[] = [];
  for (const group of requestsOf(wanted)) {
    const done = await sendGroup(place, anchor, user, group);
    settled.push(...done.settled);
    lost.push(...done.lost);
  }
  return { settled, lost };
}

/**
 * The user with the properties of these ops. A replica that shows a value which this run has written over (of a name that was
 * moved aside) is asked again: it would look as if somebody else had changed it.
 */
async function readPresent(place: Place, anchor: Anchor, open: readonly Swap[]): Promise<GraphObject | null> {
  const replaced = replacedLately(place, anchor);
  for (let attempt = 1; ; attempt++) {
    const user = await readUser(place, anchor, propertiesOf(open));
    const isStale = user !== null && open.some((swap) => isFromBefore(replaced, user, swap));
    if (!isStale || attempt === STALE_READS) return user;
    await place.sleep(backoff(attempt));
  }
}

/** Whether a value is neither as wanted nor as before, but one that this run has replaced. */
function isFromBefore(replaced: readonly Replaced[], user: GraphObject, { before, after }: Swap): boolean {
  return replaced.some(
    ({ name, value }) =>
      name in after &&
      has(user, name, value) &&
      !has(user, name, after[name] ?? null) &&
      !has(user, name, before[name] ?? null),
  );
}

/** The manager that a create had to leave out: a read would only show a replica from before. */
function isOursAndNew(place: Place, anchor: Anchor, open: readonly Swap[]): boolean {
  const isFirstManager = ({ before, after }: Swap) => before.manager === null && Object.keys(after).length === 1;
  return isYoung(place, [anchor]) && open.every(isFirstManager);
}

function propertiesOf(open: readonly Swap[]): string[] {
  return ["onPremisesSyncEnabled", ...open.flatMap(({ after }) => Object.keys(after))];
}

/** null: it is to be written. Refused by the first value that is neither as wanted nor as before. */
async function judge(
  place: Place,
  anchor: Anchor,
  user: GraphObject,
  { ready, before, after }: Swap,
): Promise<Outcome | null> {
  const { op } = ready;
  const open = Object.keys(after).filter((name) => !has(user, name, after[name] ?? null));
  if (open.length === 0) return wasAlready(op, anchor);
  for (const name of open) {
    const expected = before[name] ?? null;
    const isThere = Object.keys(user).length === 0 || has(user, name, expected);
    if (isThere || (await isGoneReference(place, user, name, expected))) continue;
    return changedMeanwhile(op, name, op.before[name] ?? null, decodeProperty(user, name) ?? null);
  }
  const isForeign = isSynced(user) && open.some((name) => propertyOf(name).cloudSide !== true);
  return isForeign ? mastered(op) : null;
}

/** A reference to an account that was deleted is none any more: Graph removed it. */
async function isGoneReference(place: Place, user: GraphObject, name: string, expected: Swap["before"][string]) {
  if (expected === undefined || expected === null || !isReference(expected) || !("dn" in expected)) return false;
  return decodeProperty(user, name) === undefined && (await readUser(place, expected.dn, ["id"])) === null;
}

/** Ops that share a request: all but those with a property that has its own. */
function requestsOf(swaps: readonly Swap[]): Swap[][] {
  const isAlone = ({ after }: Swap) => Object.keys(after).some((name) => propertyOf(name).alone === true);
  const shared = swaps.filter((swap) => !isAlone(swap));
  return [...(shared.length === 0 ? [] : [shared]), ...swaps.filter(isAlone).map((swap) => [swap])];
}

async function sendGroup(place: Place, anchor: Anchor, user: GraphObject, group: readonly Swap[]): Promise<Attempted> {
  try {
    await write(place, anchor, user, group);
    return { settled: group.map(({ ready }) => succeeded(ready.op, anchor)), lost: [] };
  } catch (error) {
    if (isLost(error)) return { settled: [], lost: group.map((swap) => ({ swap, error })) };
    const [only] = group;
    if (group.length === 1 && only !== undefined) return { settled: [refusalOf(only, error)], lost: [] };
    const settled: Outcome[] = [];
    const lost: Lost[] = [];
    for (const swap of group) {
      const done = await sendGroup(place, anchor, user, [swap]);
      settled.push(...done.settled);
      lost.push(...done.lost);
    }
    return { settled, lost };
  }
}

function refusalOf({ ready, after }: Swap, error: unknown): Outcome {
  if (isFailure(error, "gone") && referred(after).length > 0)
    return refusedOutcome(ready.op, "the object, or the account that the value refers to, is gone");
  return failedOutcome(ready.op, error);
}

async function write(place: Place, anchor: Anchor, user: GraphObject, group: readonly Swap[]): Promise<void> {
  const at = place.clock.now();
  const replaced = group.flatMap(({ before }) => Object.entries(before).map(([name, value]) => ({ name, value, at })));
  place.replaced.set(anchor, [...(place.replaced.get(anchor) ?? []), ...replaced]);
  const values = Object.assign({}, ...group.map(({ after }) => after)) as Swap["after"];
  if (!("manager" in values)) {
    await patchUser(place, anchor, bodyOf(values, user));
    return;
  }
  await writeManager(place, anchor, values.manager ?? null);
}

/** A manager that is removed and is not there answers 404 (Request_ResourceNotFound): as wanted. */
async function writeManager(place: Place, anchor: Anchor, manager: Swap["after"][string]): Promise<void> {
  const reference = path`/users/${requireId(anchor)}/manager/$ref`;
  if (manager === null || manager === undefined) {
    try {
      await place.graph.send({ method: "DELETE", path: reference });
    } catch (error) {
      if (!isFailure(error, "gone")) throw error;
    }
    return;
  }
  const body = { "@odata.id": linkTo(place, manager) };
  const about = [anchor, ...referred({ manager })];
  await withPatience(place, about, () => place.graph.send({ method: "PUT", path: reference, body }));
}
