/** The Modify operation (MS-ADTS 3.1.1.5.3), passwords and undelete included. All changes of a request, or none. */
import { assertMayWrite } from "./access.js";
import { checkPrincipal, groupByRid } from "./accounts.js";
import { type Directory, Draft } from "./directory.js";
import { attributeFailure, LdapFailure, unwilling } from "./failure.js";
import { formatFileTime } from "./identifiers.js";
import type { Change, ModifyRequest } from "./messages.js";
import { isPassword, readUnicodePassword, resetPassword } from "./passwords.js";
import { bytesOf, type Entry, isDeleted } from "./store.js";
import { restoreEntry } from "./write-delete.js";
import { applyChange, assertWritable, requireAttribute } from "./write-values.js";

export interface ModifyOptions {
  readonly permissive: boolean;
  readonly showDeleted: boolean;
}

export function modifyEntry(
  directory: Directory,
  identity: number,
  request: ModifyRequest,
  options: ModifyOptions,
): Draft[] {
  const entry = directory.require(request.dn, options);
  const passwords = request.changes.filter(isPasswordChange);
  const others = request.changes.filter((change) => !isPasswordChange(change));
  const ownPassword = identity === entry.id && others.length === 0 && passwords.length === 2;
  if (!ownPassword) assertMayWrite(directory, identity, isDeleted(entry) ? formerParent(directory, entry) : entry);
  if (isDeleted(entry)) return [restoreEntry(directory, identity, entry, request)];
  const draft = new Draft(directory.store, entry);
  for (const change of others) applyChange(directory, draft, change, options);
  if (passwords.length > 0) changePassword(draft, entry, passwords);
  // Also when it is 0 already: the request says that it stays so.
  const explicit = others.some((change) => change.type.toLowerCase() === "pwdlastset");
  checkPrincipal(directory, draft);
  if (passwords.length > 0 && !explicit) draft.set("pwdlastset", formatFileTime(directory.now()));
  return [draft, ...swapPrimaryGroup(directory, draft, entry)];
}

function formerParent(directory: Directory, entry: Entry): Entry {
  const [id] = directory.store.links(entry.id, "lastknownparent");
  return directory.store.get(id ?? 0) ?? entry;
}

function isPasswordChange(change: Change): boolean {
  return change.type.toLowerCase() === "unicodepwd";
}

/** Replace is a reset; delete of the old and add of the new value is a change (MS-ADTS 3.1.1.3.1.5.1). */
function changePassword(draft: Draft, entry: Entry, changes: readonly Change[]): void {
  assertWritable(draft, requireAttribute("unicodePwd"));
  const value = (operation: Change["operation"]): Buffer | undefined => {
    const [change, ...more] = changes.filter((one) => one.operation === operation);
    if (more.length > 0 || (change !== undefined && change.values.length !== 1)) throw unwilling(0x1f);
    return change?.values[0];
  };
  const [reset, old, fresh] = [value("replace"), value("delete"), value("add")];
  if (reset !== undefined && changes.length === 1) {
    resetPassword(draft, reset);
    return;
  }
  if (old === undefined || fresh === undefined || changes.length !== 2) throw unwilling(0x1f);
  const stored = bytesOf(entry, "unicodePwd");
  if (stored === undefined || !isPassword(readUnicodePassword(old), stored)) {
    throw attributeFailure(0x56, "CONSTRAINT_ATT_TYPE", "unicodePwd");
  }
  try {
    resetPassword(draft, fresh);
  } catch (error) {
    if (error instanceof LdapFailure && error.text.startsWith("0000052D")) {
      throw attributeFailure(0x52d, "CONSTRAINT_ATT_TYPE", "unicodePwd");
    }
    throw error;
  }
}

/** The old primary group gets a `member` value, the new one loses its own (MS-SAMR 3.1.1.8.2). */
function swapPrimaryGroup(directory: Directory, draft: Draft, before: Entry): Draft[] {
  if (!draft.touched("primarygroupid")) return [];
  const old = groupByRid(directory, String(before.attributes.get("primarygroupid")?.[0] ?? ""));
  const now = groupByRid(directory, draft.text("primarygroupid") ?? "");
  const drafts: Draft[] = [];
  if (old !== undefined) {
    const group = new Draft(directory.store, old);
    group.addLink("member", draft.id);
    drafts.push(group);
  }
  if (now !== undefined) {
    const group = new Draft(directory.store, now);
    group.removeLink("member", draft.id);
    drafts.push(group);
  }
  return drafts;
}
