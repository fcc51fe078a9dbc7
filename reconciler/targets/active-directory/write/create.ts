/**
 * Create: the account is added disabled, with everything and the claim; then one modify sets the password and, where the
 * plan says so, enables it. That modify is executed whole or not at all, so pwdLastSet tells a create that was cut off
 * (0: finish it) from one that was finished and whose account somebody disabled later (leave it); see isFinished for
 * passwords that must be changed.
 */
import { type Attribute, Change } from "ldapts";
import type { Anchor } from "../../../model/observed.js";
import type { Outcome } from "../../../model/op.js";
import type { ReadyOp } from "../../../model/ports.js";
import { isList } from "../../../model/value.js";
import { childDn, rdn } from "../../../support/dn.js";
import { MusterError } from "../../../support/errors.js";
import { refusedOutcome, succeeded, wasAlready } from "../../outcomes.js";
import { attribute, encodeGuid, encodeValue, guidDn } from "../codec.js";
import { ConnectionLost } from "../connection.js";
import { failedOutcome, notExecuted, unknownOutcome } from "../errors.js";
import { anchorOf, controlOf, findClaimed, type Place, textOf } from "../read.js";
import { type Entry, searchBase } from "../search.js";
import { isLostReply } from "../session.js";
import { makeContainers, requireManaged } from "./containers.js";
import { withPassword } from "./set-password.js";
import { controlChanges, isEnabled } from "./state.js";
import { wantedValues } from "./values.js";

const OBJECT_CLASSES = ["top", "person", "organizationalPerson", "user"];
/** NORMAL_ACCOUNT and ACCOUNTDISABLE. */
const DISABLED_USER = "514";

interface NewAccount {
  readonly dn: string;
  readonly attributes: Attribute[];
  readonly login: string;
  /** Names that its password may not contain. */
  readonly names: readonly string[];
}

export async function createAccount(place: Place, ready: ReadyOp): Promise<Outcome> {
  const { op } = ready;
  try {
    const claim = claimOf(ready);
    const account = await newAccount(place, ready, claim);
    await makeContainers(place, op);
    const added = await addAccount(place, account, claim);
    if (added instanceof ConnectionLost) return notExecuted(op, added);
    return await completeAccount(place, ready, account, added);
  } catch (error) {
    if (error instanceof MusterError && error.code === "MUS-5005") return refusedOutcome(op, error.what);
    return failedOutcome(op, error);
  }
}

/** The account exists; what cannot be read or finished from here on is unknown, not failed. */
async function completeAccount(place: Place, ready: ReadyOp, account: NewAccount, added: boolean): Promise<Outcome> {
  const claim = claimOf(ready);
  try {
    // After a lost connection a second look, by the claim, is made on a new one.
    const byClaim = () => findClaimed(place, claim, ["pwdLastSet"]);
    const entry = await (added ? readNew(place, account.dn, claim).catch(byClaim) : byClaim());
    if (entry === null) return refusedOutcome(ready.op, "the account was made and is gone again");
    return await finish(place, ready, account, entry, added);
  } catch (error) {
    return unknownOutcome(ready.op, error);
  }
}

/**
 * Whether this request added it. False: the account that carries our claim is there, though the reply was lost or the server
 * says that DN or name is taken. ConnectionLost: no reply, and no account. Any other refusal is thrown.
 */
async function addAccount(place: Place, account: NewAccount, claim: string): Promise<boolean | ConnectionLost> {
  try {
    await place.session.add(account.dn, account.attributes);
    return true;
  } catch (error) {
    if (error instanceof MusterError) throw error;
    const found = await findClaimed(place, claim, []).catch(() => {
      throw error;
    });
    if (found !== null) return false;
    if (error instanceof ConnectionLost) return error;
    throw error;
  }
}

/** The entry just added, with its objectGUID. By its DN; where somebody was quicker and moved it, by its claim. */
async function readNew(place: Place, dn: string, claim: string): Promise<Entry | null> {
  const attributes = ["objectGUID", "userAccountControl", "pwdLastSet", place.claim];
  const entry = await searchBase(place.session, dn, attributes);
  return entry !== null && textOf(entry, place.claim) === claim ? entry : findClaimed(place, claim, ["pwdLastSet"]);
}

async function finish(
  place: Place,
  { op }: ReadyOp,
  account: NewAccount,
  entry: Entry,
  added: boolean,
): Promise<Outcome> {
  const anchor = anchorOf(place.session, entry);
  const control = controlOf(place.session, entry);
  if (isFinished(place, entry)) return added ? succeeded(op, anchor) : wasAlready(op, anchor);
  const enabling = op.after.enabled === true && !isEnabled(control) ? controlChanges(control) : [];
  const stamp = place.stampsGuid ? [replaceConsistencyGuid(anchor)] : [];
  const names = { account: account.login, names: account.names };
  try {
    await withPassword(place, { op, purpose: "initial", ...names }, (changes) =>
      place.session.modify(place.guidAddresses ? guidDn(anchor) : entry.dn, [...changes, ...stamp, ...enabling]),
    );
    return succeeded(op, anchor);
  } catch (error) {
    if (!isLostReply(error)) {
      const { detail, ...failed } = failedOutcome(op, error, anchor);
      return { ...failed, detail: `the account exists and stays disabled: ${detail}` };
    }
    const again = await readNew(place, entry.dn, claimOf({ op })).catch(() => null);
    const finished = again !== null && isFinished(place, again);
    return finished ? succeeded(op, anchor) : { ...unknownOutcome(op, error), anchor };
  }
}

/** In the modify that makes the account usable: before any synchronization sees it enabled (MS-ADA2 2.60). */
function replaceConsistencyGuid(anchor: Anchor): Change {
  const modification = attribute("mS-DS-ConsistencyGuid", [encodeGuid(anchor)]);
  return new Change({ operation: "replace", modification });
}

/**
 * It was added disabled and without a password. One that must be changed leaves pwdLastSet at 0: of a disabled account
 * nobody can tell then, and setting another password does no harm, since nobody has used the first.
 */
function isFinished(place: Place, entry: Entry): boolean {
  return (textOf(entry, "pwdLastSet") ?? "0") !== "0" || isEnabled(controlOf(place.session, entry));
}

async function newAccount(place: Place, ready: ReadyOp, claim: string): Promise<NewAccount> {
  const { container, enabled: _enabled, cn, ...rest } = ready.op.after;
  if (typeof cn !== "string" || typeof container !== "string")
    throw new MusterError("MUS-9001", { what: "a create names no cn or no container" });
  requireManaged(place, container);
  const values = await wantedValues(place, ready, Object.keys(rest));
  const attributes = [
    attribute("objectClass", OBJECT_CLASSES),
    attribute("cn", [cn]),
    attribute("userAccountControl", [DISABLED_USER]),
    attribute(place.claim, [claim]),
  ];
  for (const [name, value] of Object.entries(values)) {
    if (value === null || (isList(value) && value.length === 0)) continue;
    if (name.toLowerCase() === place.claim.toLowerCase())
      throw new MusterError("MUS-9001", { what: `${name} holds the claim and cannot be mapped` });
    attributes.push(attribute(name, encodeValue(value)));
  }
  const names = [values.sAMAccountName, values.displayName].filter((name) => typeof name === "string");
  const dn = childDn("CN", cn, container);
  return { dn, attributes, login: names[0] ?? dn, names: [...names, rdn("CN", cn).slice("CN=".length)] };
}

function claimOf({ op }: Pick<ReadyOp, "op">): string {
  if (!("claim" in op.object)) throw new MusterError("MUS-9001", { what: "a create carries no claim" });
  return op.object.claim;
}
