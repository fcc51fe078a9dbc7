/** Enable, disable, delete, and tasks: writes on the account as a whole. */
import { Change } from "ldapts";
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { MusterError } from "../../../support/errors.js";
import { attribute } from "../codec.js";
import { hasCode, LdapError } from "../connection.js";
import { failedOutcome, isGone, refusedOutcome, succeeded, unknownOutcome, wasAlready } from "../errors.js";
import { ACCOUNT_DISABLED, addressOf, controlOf, findEntry, type Place, textOf } from "../read.js";
import { hasChildren, searchBase } from "../search.js";
import { isLostReply } from "../session.js";
import { withPassword } from "./set-password.js";
import { settle } from "./settle.js";

/** Attempts when other bits of userAccountControl change between read and write. */
const ATTEMPTS = 3;
/** What a password may not contain. */
const NAMES = ["sAMAccountName", "displayName"];

/** Changes the one bit that is ours; the whole value is expected as it was read, so that no other bit is overwritten. */
export async function switchAccount(place: Place, anchor: Anchor, op: Op): Promise<Outcome> {
  const enable = op.verb === "enable";
  for (let attempt = 1; ; attempt++) {
    const entry = await findEntry(place, anchor, ["userAccountControl"]);
    if (entry === null) return isGone(op);
    const control = controlOf(place.session, entry);
    if (isEnabled(control) === enable) return wasAlready(op, anchor);
    let overtaken = false;
    const outcome = await settle({
      op,
      anchor,
      write: () => writeControl(place, op, place.guidAddresses ? `<GUID=${anchor}>` : entry.dn, control),
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
 * An account whose create was cut off after the add has no password yet, and no domain controller enables one without
 * (52D, ERROR_PASSWORD_RESTRICTION). It gets the password that its create would have set, in the same modify.
 */
async function writeControl(place: Place, op: Op, address: string, control: number): Promise<void> {
  try {
    await place.session.modify(address, controlChanges(control));
  } catch (error) {
    if (isEnabled(control) || !lacksPassword(error)) throw error;
    const entry = await searchBase(place.session, address, ["cn", ...NAMES]);
    const names = entry === null ? [] : [...NAMES, "cn"].flatMap((name) => textOf(entry, name) ?? []);
    await withPassword(place, { op, purpose: "initial", account: names[0] ?? address, names }, (changes) =>
      place.session.modify(address, [...changes, ...controlChanges(control)]),
    );
  }
}

function lacksPassword(error: unknown): boolean {
  return error instanceof LdapError && error.message.includes("0000052D");
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
