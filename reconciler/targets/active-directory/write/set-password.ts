/**
 * Sets a password that nobody knows, or that is sealed first. What is sealed is kept before the directory hears of it, so
 * that a password in force cannot be lost. When the directory refuses it, the file is taken back: whoever opened it would
 * hand out a password that never worked. When no reply came the password may be in force, and the file stays.
 */
import { Change } from "ldapts";
import type { Op } from "../../../model/op.js";
import { keepSecret, randomPassword } from "../../secrets/password.js";
import { attribute } from "../codec.js";
import { passwordChange } from "../password-change.js";
import type { Place } from "../read.js";
import { isLostReply } from "../session.js";

export interface PasswordFor {
  readonly op: Op;
  readonly purpose: "initial" | "reset";
  /** The login name, or what else people know the account by. */
  readonly account: string;
  /** Names that the password may not contain. */
  readonly names: readonly string[];
}

/** Calls `write` once, with the changes that set the password. Throws what it throws, and MUS-5008 before it is called. */
export async function withPassword(
  place: Place,
  { op, purpose, account, names }: PasswordFor,
  write: (changes: readonly Change[]) => Promise<void>,
): Promise<void> {
  const rule = place.passwords[purpose];
  const secret = randomPassword(names);
  const changes = [passwordChange(secret), ...(rule.mustChange ? [mustChange()] : [])];
  const kept = rule.handOut === "sealed" ? await keepSecret(place.passwords, { op, purpose, account, secret }) : null;
  try {
    await write(changes);
  } catch (error) {
    if (!isLostReply(error)) await kept?.withdraw();
    throw error;
  }
}

/**
 * pwdLastSet 0: to be changed at the next logon (MS-ADA3 2.175). Beside a password in one modify it stands: the time is
 * set by the server only where the request does not say it (MS-SAMR 3.1.1.8.7, 3.1.1.8.8).
 */
function mustChange(): Change {
  return new Change({ operation: "replace", modification: attribute("pwdLastSet", ["0"]) });
}
