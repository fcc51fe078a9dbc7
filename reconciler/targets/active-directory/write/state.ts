/** Enable, disable, delete, and tasks: writes on the account as a whole. */
import { Change } from "ldapts";
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { MusterError } from "../../../support/errors.js";
import { isGone, refusedOutcome, succeeded, wasAlready } from "../../outcomes.js";
import { attribute } from "../codec.js";
import { hasCode } from "../connection.js";
import { failedOutcome, unknownOutcome } from "../errors.js";
import { ACCOUNT_DISABLED, addressOf, controlOf, findEntry, type Place, textOf } from "../read.js";
import { type Entry, hasChildren } from "../search.js";
import { isLostReply } from "../session.js";
import { withPassword } from "./set-password.js";
import { settle } from "./settle.js";

/** Attempts when other bits of userAccountControl change between read and write. */
const ATTEMPTS = 3;
/** What a password may not contain. */
const NAMES = ["sAMAccountName", "displayName"];
const ABOUT_PASSWORDS = ["pwdLastSet", "msDS-KeyVersionNumber", "cn", ...NAMES];
/** userAccountControl: ADS_UF_PASSWD_NOTREQD (MS-ADTS 2.2.16). */
const PASSWORD_NOT_REQUIRED = 0x20;

/** Changes the one bit that is ours; the whole value is expected as it was read, so that no other bit is overwritten. */
export async function switchAccount(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  const enable = op.verb === "enable";
  for (let attempt = 1; ; attempt++) {
    const asked = enable ? [...ABOUT_PASSWORDS, place.claim] : [];
    const entry = await findEntry(place, anchor, ["userAccountControl", ...asked]);
    if (entry === null) return isGone(op);
    const control = controlOf(place.session, entry);
    if (isEnabled(control) === enable) return wasAlready(op, anchor);
    let overtaken = false;
    const outcome = await settle({
      op,
      anchor,
      write: () => writeControl(place, op, entry, place.guidAddresses ? `<GUID=${anchor}>` : entry.dn),
      judge: async () => {
        const again = await findEntry(place, anchor, ["userAccountControl"]);
        if (again === null) return isGone(op);
        const now = controlOf(place.session, again);
        overtaken = now !== control;
        return isEnabled(now) === enable ? "as-wanted" : "as-before";
      },
    });
    if (outcome.kind !== "failed" || !overtaken || attempt === ATTEMPTS) return outcome;
  }
}

/**
 * An account whose create was cut off after the add has no password yet. It gets the one that its create would have set, in
 * the modify that enables it. Active Directory refuses to enable an account without one (MS-SAMR 3.1.1.8.10); Samba does
 * enable it, so there it has to be known before.
 */
async function writeControl(place: Place, op: Op, entry: Entry, address: string): Promise<void> {
  const control = controlOf(place.session, entry);
  const change = controlChanges(control);
  if (isEnabled(control)) return place.session.modify(address, change);
  const names = [...NAMES, "cn"].flatMap((name) => textOf(entry, name) ?? []);
  const withInitial = () =>
    withPassword(place, { op, purpose: "initial", account: names[0] ?? address, names }, (changes) =>
      place.session.modify(address, [...changes, ...change]),
    );
  if (neverHadPassword(place, entry)) return withInitial();
  try {
    await place.session.modify(address, change);
  } catch (error) {
    if (!hasCode(error, "unwillingToPerform") || !mayLackPassword(entry)) throw error;
    await withInitial();
  }
}

/**
 * pwdLastSet is 0 without a password (MS-SAMR 3.1.1.8.7), and with one that must be changed at the next logon, which is
 * somebody's already. An account that may do without a password is never refused for the lack of one.
 */
function mayLackPassword(entry: Entry): boolean {
  const isRequired = (Number(textOf(entry, "userAccountControl")) & PASSWORD_NOT_REQUIRED) === 0;
  return isRequired && (textOf(entry, "pwdLastSet") ?? "0") === "0";
}

/**
 * Whether it is known: unicodePwd is as the add left it (msDS-KeyVersionNumber is its version, MS-ADTS 3.1.1.4.5.16), and our
 * own adds, which the claim tells, carry no password. A server that does not say leaves it open.
 */
function neverHadPassword(place: Place, entry: Entry): boolean {
  const isOurs = (textOf(entry, place.claim) ?? "") !== "";
  return isOurs && mayLackPassword(entry) && textOf(entry, "msDS-KeyVersionNumber") === "1";
}

export function isEnabled(control: number): boolean {
  return (control & ACCOUNT_DISABLED) === 0;
}

/** From the value that was read to the one with the other account state. */
export function controlChanges(control: number): Change[] {
  const type = "userAccountControl";
  return [
    new Change({ operation: "delete", modification: attribute(type, [String(control)]) }),
    new Change({ operation: "add", modification: attribute(type, [String(control ^ ACCOUNT_DISABLED)]) }),
  ];
}

/**
 * Deletes a disabled account without anything below it. LDAP has no compare-and-swap for a delete: the account is read
 * immediately before, and the server itself refuses one that has children (notAllowedOnNonLeaf).
 */
export async function deleteAccount(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  const entry = await findEntry(place, anchor, ["userAccountControl"]);
  if (entry === null) return wasAlready(op, anchor);
  if (isEnabled(controlOf(place.session, entry))) return refusedOutcome(op, "the account is enabled");
  if (await hasChildren(place.session, entry.dn)) return refusedOutcome(op, "there are objects below the account");
  let refusal: unknown = null;
  const outcome = await settle({
    op,
    anchor,
    write: async () => {
      try {
        await place.session.delete(place.guidAddresses ? `<GUID=${anchor}>` : entry.dn);
      } catch (error) {
        refusal = error;
        throw error;
      }
    },
    judge: async () => ((await findEntry(place, anchor, ["1.1"])) === null ? "as-wanted" : "as-before"),
  });
  const why = whyNotDeleted(refusal);
  return outcome.kind === "failed" && why !== null ? { ...outcome, detail: `${why} (${outcome.detail})` } : outcome;
}

/** What an administrator has to know of a refused delete; null for what the server's own words say. */
function whyNotDeleted(error: unknown): string | null {
  if (hasCode(error, "insufficientAccessRights"))
    return (
      "the account is protected from accidental deletion (a deny entry in its access list or its container's), or " +
      "Muster's account may not delete there"
    );
  return hasCode(error, "notAllowedOnNonLeaf") ? "there are objects below the account" : null;
}

/** A new password that nobody knows. Harmless to repeat, so a lost reply is tried once more before it is unknown. */
export async function resetPassword(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  const entry = await findEntry(place, anchor, NAMES);
  if (entry === null) return isGone(op);
  const names = NAMES.flatMap((name) => textOf(entry, name) ?? []);
  const reset = async () => {
    const address = await addressOf(place, anchor);
    if (address !== null)
      await withPassword(place, { op, purpose: "reset", account: names[0] ?? entry.dn, names }, (changes) =>
        place.session.modify(address, changes),
      );
    return address === null ? isGone(op) : succeeded(op, anchor);
  };
  try {
    return await reset();
  } catch (error) {
    if (hasCode(error, "noSuchObject")) return isGone(op);
    if (!isLostReply(error)) return failedOutcome(op, error);
    return reset().catch(() => unknownOutcome(op, error));
  }
}

export function unsupportedTask(op: Op): Outcome {
  return failedOutcome(op, new MusterError("MUS-9001", { what: `Active Directory has no task ${op.slot ?? ""}` }));
}
