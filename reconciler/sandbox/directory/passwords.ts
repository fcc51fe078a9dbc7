/** unicodePwd (MS-ADTS 3.1.1.3.1.5.1) and the default domain policy (MS-SAMR 3.1.1.7.1, 3.1.1.7.2). */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Draft } from "./directory.js";
import { unwilling } from "./failure.js";

/** minPwdLength of the default domain policy. */
export const MIN_PASSWORD_LENGTH = 7;

const SALT_BYTES = 16;

/** The password in a unicodePwd value: UTF-16LE, in quotation marks. Throws unwillingToPerform 0000001F for another form. */
export function readUnicodePassword(bytes: Buffer): string {
  const text = bytes.length % 2 === 0 ? bytes.toString("utf16le") : "";
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) throw unwilling(0x1f);
  return text.slice(1, -1);
}

/** Whether length and complexity suffice; `sam` and `displayName` must not be part of the password. */
export function isPasswordAllowed(password: string, sam: string, displayName: string): boolean {
  if (password.length < MIN_PASSWORD_LENGTH) return false;
  const lower = password.toLowerCase();
  if (sam.length > 2 && lower.includes(sam.toLowerCase())) return false;
  for (const token of displayName.toLowerCase().split(/[,.\-_ #\t]+/)) {
    if (token.length > 2 && lower.includes(token)) return false;
  }
  const classes = [/\p{Lu}/u, /\p{Ll}/u, /[0-9]/, /[^\p{L}\p{N}]/u, /[\p{Lo}\p{Lt}\p{Lm}]/u];
  return classes.filter((one) => one.test(password)).length >= 3;
}

/** Sets a password without the old one. Throws unwillingToPerform 0000052D for one that the policy forbids. */
export function resetPassword(draft: Draft, bytes: Buffer): void {
  const password = readUnicodePassword(bytes);
  if (!isPasswordAllowed(password, draft.text("samaccountname") ?? "", draft.text("displayname") ?? "")) {
    throw unwilling(0x52d);
  }
  draft.set("unicodepwd", hashPassword(password));
}

/** What is stored: a salt and the salted hash. One round only: sandbox accounts are made up, and adds must stay fast. */
export function hashPassword(password: string): Buffer {
  const salt = randomBytes(SALT_BYTES);
  return Buffer.concat([salt, digest(salt, password)]);
}

export function isPassword(password: string, stored: Buffer): boolean {
  const salt = stored.subarray(0, SALT_BYTES);
  return timingSafeEqual(digest(salt, password), stored.subarray(SALT_BYTES));
}

function digest(salt: Buffer, password: string): Buffer {
  return createHash("sha256").update(salt).update(password, "utf8").digest();
}
