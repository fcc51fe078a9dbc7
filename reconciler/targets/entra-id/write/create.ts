/**
 * Create: one POST with everything, the claim and the manager among it. There is no half-made account, and nothing to be read
 * afterwards: the id of the 201 is used. What may stand in no request but its own follows (employeeHireDate).
 *
 * The manager may be an op of its own, which is handed over with the create (companions.ts): then it must not fail it. A
 * manager on whom the create may founder is left out, and only a clean answer proves that the manager was set.
 *
 * A POST is never repeated blindly. When no answer came, or the name is taken, the account is looked for: by its
 * userPrincipalName, which is a key, and by the claim, which an index answers that lags. Only an account that carries our
 * claim is ours.
 */

import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome, Values } from "../../../model/op.js";
import { createdAttributes } from "../../../model/op-values.js";
import type { KeptSecret, ReadyOp } from "../../../model/ports.js";
import type { Value } from "../../../model/value.js";
import { MusterError } from "../../../support/errors.js";
import { refusedOutcome, succeeded, wasAlready } from "../../outcomes.js";
import { keepSecret, randomPassword } from "../../secrets/password.js";
import { isFailure } from "../failure.js";
import { objectLink } from "../links.js";
import { path, withQuery } from "../paths.js";
import { backoff, withPatience } from "../patience.js";
import type { Place } from "../place.js";
import { bodyOf, type GraphObject, propertyOf, rawValue, selectOf } from "../properties.js";
import { findClaimed, idOf } from "../read.js";
import { failedOutcome, isLost, unknownOutcome } from "./settle.js";
import { patchUser } from "./state.js";
import { changeValues } from "./update.js";
import { linkTo, referred, resolveReference } from "./values.js";

/** Looks for an account whose create was not answered, before it is unknown: 47 seconds of waiting in all. */
const LOOKS = 6;

interface NewUser {
  readonly claim: string;
  readonly userPrincipalName: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What binds the manager, beside the body. */
  readonly manager: Readonly<Record<string, string>>;
  /** Properties that follow, each in a request of its own. */
  readonly later: Values;
  /** Id of the manager. */
  readonly refersTo: readonly Anchor[];
}

/** `along`: updates that go with the create. One outcome for each. */
export async function createAccount(place: Place, ready: ReadyOp, along: readonly ReadyOp[]): Promise<Outcome[]> {
  const { op } = ready;
  let user: NewUser;
  let password: string;
  let kept: KeptSecret | null;
  try {
    user = newUser(place, ready, along);
    password = randomPassword([user.userPrincipalName, textOf(op.after.displayName)]);
    kept = await keep(place, op, user, password);
  } catch (error) {
    return [failedOutcome(op, error), ...along.map(notMade)];
  }
  const { mustChange } = place.passwords.initial;
  const passwordProfile = { password, forceChangePasswordNextSignIn: mustChange };
  try {
    const { made, manager } = await post(place, user, passwordProfile, along.length > 0);
    const anchor = idOf(place, made);
    const outcome = await complete(place, op, user, anchor);
    if (manager === "gone") return [outcome, ...along.map(managerGone)];
    const others = manager === "bound" ? along.map((one) => succeeded(one.op, anchor)) : null;
    return [outcome, ...(others ?? (await changeValues(place, anchor, along)))];
  } catch (error) {
    const outcome = isLost(error) ? await lookFor(place, op, user, error) : await judgeRefusal(place, op, user, error);
    if (outcome.kind !== "done" && outcome.kind !== "unknown") await kept?.withdraw();
    return [outcome, ...(await follow(place, outcome, along))];
  }
}

interface Posted {
  readonly made: GraphObject;
  /** Of the manager who was to go along: bound, not there any more, or left out for a reason that Graph did not tell. */
  readonly manager: "bound" | "gone" | "left-out";
}

/** Refusals that may be about the manager, of statuses that have made nothing: so the same may be sent without. */
const MAYBE_MANAGER = ["gone", "forbidden", "invalid-value", "unknown"] as const;
const NOTHING_MADE: readonly number[] = [400, 403, 404];

async function post(place: Place, user: NewUser, passwordProfile: object, mayOmit: boolean): Promise<Posted> {
  const request = { method: "POST", path: path`/users` } as const;
  const send = (body: object) => place.graph.send({ ...request, body: { ...body, passwordProfile } });
  try {
    const { body } = await withPatience(place, user.refersTo, () => send({ ...user.body, ...user.manager }));
    return { made: body as GraphObject, manager: "bound" };
  } catch (error) {
    const isRefusal = isFailure(error, ...MAYBE_MANAGER) && NOTHING_MADE.includes(error.status);
    if (!mayOmit || !isRefusal) throw error;
    const { body } = await send(user.body);
    return { made: body as GraphObject, manager: error.meaning === "gone" ? "gone" : "left-out" };
  }
}

/** What was to go along with a create whose answer was no plain success: it is looked at as any update is. */
async function follow(place: Place, made: Outcome, along: readonly ReadyOp[]): Promise<readonly Outcome[]> {
  const { anchor, kind } = made;
  if (along.length === 0) return [];
  if (anchor === null || (kind !== "done" && kind !== "already")) return along.map(notMade);
  return changeValues(place, anchor, along);
}

function notMade({ op }: ReadyOp): Outcome {
  return refusedOutcome(op, "an op that it needs was not done");
}

function managerGone({ op }: ReadyOp): Outcome {
  return refusedOutcome(op, "the account that the value refers to is gone");
}

/** The account exists: this outcome has its id, whatever follows. */
async function complete(place: Place, op: Op, { later }: NewUser, anchor: Anchor): Promise<Outcome> {
  place.young.set(anchor, place.clock.now());
  try {
    await joinUnit(place, anchor);
    for (const [name, value] of Object.entries(later))
      await patchUser(place, anchor, bodyOf({ [name]: value }), { repeatable: true });
    return succeeded(op, anchor);
  } catch (error) {
    const { detail, ...outcome } = failedOutcome(op, error, anchor);
    return { ...outcome, kind: "failed", anchor, detail: `the account exists, and is not complete: ${detail}` };
  }
}

/** An account that is made for an administrative unit belongs to it; of several units it is the first. */
async function joinUnit(place: Place, anchor: Anchor): Promise<void> {
  const [unit] = place.units.keys();
  if (unit === undefined) return;
  const body = { "@odata.id": objectLink(place.graph.root, anchor, "users") };
  const members = path`/directory/administrativeUnits/${unit}/members/$ref`;
  try {
    await withPatience(place, [anchor], () =>
      place.graph.send({ method: "POST", path: members, body, repeatable: true }),
    );
  } catch (error) {
    if (!isFailure(error, "already", "taken")) throw error;
  }
}

/** No answer came: the account is ours if it carries the claim, and nobody knows if it cannot be found. */
async function lookFor(place: Place, op: Op, user: NewUser, error: unknown): Promise<Outcome> {
  for (let look = 1; look <= LOOKS; look++) {
    await place.sleep(backoff(look + 1));
    try {
      const found = await findOurs(place, user);
      if (found !== null) return await complete(place, op, user, found);
    } catch {
      // Asked again below; what cannot be read stays unknown.
    }
  }
  return unknownOutcome(op, error);
}

/** "Taken" may be our own create of an earlier run or request. */
async function judgeRefusal(place: Place, op: Op, user: NewUser, error: unknown): Promise<Outcome> {
  if (isFailure(error, "gone")) return refusedOutcome(op, "an account that the new one refers to is gone");
  if (!isFailure(error, "taken")) return failedOutcome(op, error);
  try {
    const found = await findOurs(place, user);
    if (found !== null) return wasAlready(op, found);
  } catch {
    // Whether it is ours is not known; that the name is taken is.
  }
  return failedOutcome(op, error);
}

/** The account that carries the claim of this create; null when there is none that can be seen. */
async function findOurs(place: Place, { claim, userPrincipalName }: NewUser): Promise<Anchor | null> {
  const query = { $select: selectOf(["id", place.claim]) };
  try {
    const holder = (await place.graph.get(withQuery(path`/users/${userPrincipalName}`, query))) as GraphObject;
    if (rawValue(holder, place.claim) === claim) return idOf(place, holder);
  } catch (error) {
    if (!isFailure(error, "gone")) throw error;
  }
  return findClaimed(place, claim);
}

function newUser(place: Place, ready: ReadyOp, along: readonly ReadyOp[]): NewUser {
  const { op } = ready;
  if (!("claim" in op.object)) throw new MusterError("MUS-9001", { what: "a create carries no claim" });
  const { claim } = op.object;
  const { userPrincipalName, displayName } = op.after;
  if (typeof userPrincipalName !== "string" || typeof displayName !== "string")
    throw new MusterError("MUS-9001", { what: "a create names no userPrincipalName or no displayName" });
  const { manager: own = null, ...values } = createdAttributes(op);
  if (place.claim in values)
    throw new MusterError("MUS-9001", { what: `${place.claim} holds the claim and cannot be mapped` });
  const properties = Object.entries(values).filter(([name]) => propertyOf(name).alone !== true);
  const later = Object.entries(values).filter(([name]) => propertyOf(name).alone === true);
  const mailNickname = nicknameOf(userPrincipalName);
  const [other] = along;
  const reference =
    other === undefined ? resolveReference(ready, own) : resolveReference(other, other.op.after.manager ?? null);
  return {
    claim,
    userPrincipalName,
    body: {
      accountEnabled: op.after.enabled === true,
      ...bodyOf({ mailNickname, ...Object.fromEntries(properties), [place.claim]: claim }),
    },
    manager: reference === null ? {} : { "manager@odata.bind": linkTo(place, reference) },
    later: Object.fromEntries(later),
    refersTo: referred({ manager: reference }),
  };
}

/** The part before the "@", with what a mail nickname may hold (64 characters at most). */
function nicknameOf(userPrincipalName: string): string {
  const local = userPrincipalName.slice(0, userPrincipalName.lastIndexOf("@"));
  return local.replace(/[^A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]/g, "").slice(0, 64);
}

async function keep(place: Place, op: Op, user: NewUser, secret: string): Promise<KeptSecret | null> {
  if (place.passwords.initial.handOut !== "sealed") return null;
  return keepSecret(place.passwords, { op, purpose: "initial", account: user.userPrincipalName, secret });
}

function textOf(value: Value | null | undefined): string {
  return typeof value === "string" ? value : "";
}
