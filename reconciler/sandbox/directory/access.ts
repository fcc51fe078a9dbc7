/**
 * Who may do what. Everybody who is bound reads everything; Domain Admins and Administrators write everything; members of
 * the delegated group write accounts and groups in the containers delegated to them, but not protected principals
 * (adminCount 1, as AdminSDHolder does: MS-ADTS 3.1.1.6.1); everybody may change the own password.
 */

import { UAC } from "./accounts.js";
import type { Directory } from "./directory.js";
import { accessDenied, badCredentials, notBound } from "./failure.js";
import { fold } from "./fold.js";
import { fileTimeMillis } from "./identifiers.js";
import { isPassword } from "./passwords.js";
import { bytesOf, type Entry, textOf } from "./store.js";

/** sAMAccountName of the group whose members may write in the delegated containers. */
export const DELEGATED_GROUP = "Identity Management";
const DELEGATED_CONTAINERS = ["OU=People", "OU=Groups"];

/** The bound account's number, undefined for anonymous. */
export type Identity = number | undefined;

/** Checks a simple bind; an empty name and password is anonymous. Throws invalidCredentials. */
export function authenticate(directory: Directory, name: string, password: string): Identity {
  if (name === "" && password === "") return undefined;
  const entry = findAccount(directory, name);
  const stored = entry === undefined ? undefined : bytesOf(entry, "unicodePwd");
  if (entry === undefined || stored === undefined || password === "") throw badCredentials("52e");
  if (!isPassword(password, stored)) throw badCredentials("52e");
  const control = Number(textOf(entry, "userAccountControl") ?? 0);
  if ((control & UAC.disabled) !== 0) throw badCredentials("533");
  if ((textOf(entry, "lockoutTime") ?? "0") !== "0") throw badCredentials("775");
  const expires = textOf(entry, "accountExpires") ?? "0";
  if (expires !== "0" && fileTimeMillis(expires) <= directory.now().getTime()) throw badCredentials("701");
  if (textOf(entry, "pwdLastSet") === "0") throw badCredentials("773");
  return entry.id;
}

/** An account by DN, userPrincipalName, sam@domain or DOMAIN\sam (MS-ADTS 5.1.1.1.1). */
function findAccount(directory: Directory, name: string): Entry | undefined {
  const { naming } = directory;
  if (/^(?:<|[A-Za-z]+ *=)/.test(name)) {
    try {
      return directory.require(name);
    } catch {
      return undefined;
    }
  }
  const backslash = /^([^\\@]+)\\(.+)$/.exec(name);
  if (backslash?.[1] !== undefined) {
    const domain = backslash[1].toLowerCase();
    if (domain !== naming.netbios.toLowerCase() && domain !== naming.dnsDomain.toLowerCase()) return undefined;
    return directory.living("samaccountname", fold(backslash[2] ?? ""))[0];
  }
  const named = directory.living("userprincipalname", fold(name))[0];
  const at = name.lastIndexOf("@");
  if (named !== undefined || at < 0) return named;
  if (name.slice(at + 1).toLowerCase() !== naming.dnsDomain.toLowerCase()) return undefined;
  return directory.living("samaccountname", fold(name.slice(0, at)))[0];
}

/** Throws operationsError (not bound), as a domain controller does for everything but the rootDSE. */
export function assertBound(identity: Identity): asserts identity is number {
  if (identity === undefined) throw notBound();
}

/** Throws insufficientAccessRights unless the identity may write the entry. */
export function assertMayWrite(directory: Directory, identity: number, entry: Entry): void {
  if (isMember(directory, identity, "Domain Admins") || isMember(directory, identity, "Administrators")) return;
  const delegated = isMember(directory, identity, DELEGATED_GROUP) && textOf(entry, "adminCount") !== "1";
  const inside = DELEGATED_CONTAINERS.some((ou) => directory.isUnder(entry, `${ou},${directory.naming.baseDn}`));
  if (!delegated || !inside) throw accessDenied();
}

function isMember(directory: Directory, identity: number, group: string): boolean {
  return directory
    .living("samaccountname", fold(group))
    .some((entry) => directory.store.links(entry.id, "member").has(identity));
}
