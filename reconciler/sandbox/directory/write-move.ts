/** The Modify DN operation within the domain (MS-ADTS 3.1.1.5.4.1): rename and move in one. */
import { assertMayWrite } from "./access.js";
import { type Directory, Draft } from "./directory.js";
import { CODE, LdapFailure, unwilling, updateFailure } from "./failure.js";
import type { ModifyDnRequest } from "./messages.js";
import { type Entry, isDeleted, textOf } from "./store.js";
import { checkRdn, readRdn } from "./write-add.js";
import { rename } from "./write-delete.js";

export function moveEntry(directory: Directory, identity: number, request: ModifyDnRequest): Draft[] {
  if (!request.deleteOldRdn) throw unwilling(0x57);
  const name = readRdn(request.newRdn);
  if (name.value.trim() === "") throw updateFailure(0x2073, "NAMING_VIOLATION");
  const entry = directory.require(request.dn);
  assertMayWrite(directory, identity, entry);
  if (entry.parent === 0 || textOf(entry, "isCriticalSystemObject") === "TRUE") throw unwilling(0x2077);
  const parent = newParent(directory, entry, request.newSuperior);
  if (parent.id !== entry.parent) assertMayWrite(directory, identity, parent);
  for (let at: Entry | undefined = parent; at !== undefined; at = directory.store.get(at.parent)) {
    if (at.id === entry.id) throw unwilling(0x2077);
  }
  if (!entry.cls.parents.includes(parent.cls.name)) throw updateFailure(0x2099, "NAMING_VIOLATION");
  // Of a new name this is a naming violation, of a rename an operation that the server does not do.
  if (name.type.toUpperCase() !== entry.cls.rdn) throw unwilling(0x2077);
  checkRdn(entry.cls, name);
  const holder = directory.store.child(parent.id, name.type, name.value);
  if (holder !== undefined && holder.id !== entry.id) throw updateFailure(0x2071, "ENTRY_EXISTS");
  const draft = new Draft(directory.store, entry);
  rename(draft, parent.id, name.value);
  return [draft];
}

/** A new superior that is not there is `other` / ERROR_DS_NO_PARENT_OBJECT (MS-ADTS 3.1.1.5.4.1.2), not noSuchObject. */
function newParent(directory: Directory, entry: Entry, dn: string | undefined): Entry {
  const found = dn === undefined ? directory.store.get(entry.parent) : directory.lookup(dn).entry;
  if (found !== undefined && !isDeleted(found)) return found;
  throw new LdapFailure(CODE.other, "00002089: UpdErr: DSID-031B0E36, problem 5012 (DIR_ERROR), data 2\n\0");
}
