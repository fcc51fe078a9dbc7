/**
 * Delete (MS-ADTS 3.1.1.5.5) and undelete (3.1.1.5.3.7). The object moves to CN=Deleted Objects. Where the Recycle Bin is
 * on it keeps its attributes; its links, in both directions, are kept but not shown, so that whoever named it as manager or
 * member no longer does, and does again after it is restored. Where it is off a tombstone is left: few attributes, no links.
 */
import { parentDn } from "../../support/dn.js";
import { assertMayWrite } from "./access.js";
import { checkPrincipal } from "./accounts.js";
import { type Directory, Draft } from "./directory.js";
import { unwilling, updateFailure } from "./failure.js";
import { formatGuid, ridOf } from "./identifiers.js";
import type { DeleteRequest, ModifyRequest } from "./messages.js";
import { STAMPS } from "./replication.js";
import { ATTRIBUTES } from "./schema.js";
import { bytesOf, type Entry, isDeleted, textOf } from "./store.js";
import { decode } from "./values.js";
import { checkRdn, readRdn } from "./write-add.js";

/** Longest part of the old name that is kept in a deleted object's name (MS-ADTS 3.1.1.5.5.1.1). */
const MAX_KEPT_NAME = 75;

/** What a tombstone keeps, of what this directory has (MS-ADTS 3.1.1.5.5.1.1; sn and others go). */
const KEPT_BY_TOMBSTONES = new Set([
  STAMPS,
  ...(
    "cn name ou objectclass objectguid objectsid instancetype isdeleted msds-lastknownrdn samaccountname " +
    "useraccountcontrol grouptype usncreated usnchanged whencreated whenchanged"
  ).split(" "),
]);
const LINKS = [...ATTRIBUTES.values()]
  .filter(({ syntax, flags, key }) => syntax === "dn" && !flags.has("back") && key !== "lastknownparent")
  .map(({ key }) => key);

export function deleteEntry(directory: Directory, identity: number, request: DeleteRequest): Draft[] {
  const entry = directory.require(request.dn);
  assertMayWrite(directory, identity, entry);
  if (entry.parent === 0 || textOf(entry, "isCriticalSystemObject") === "TRUE") throw unwilling(0x20ce);
  if (directory.store.hasChildren(entry.id)) throw updateFailure(0x2015, "CANT_ON_NON_LEAF");
  if (isPrimaryGroup(directory, entry)) throw updateFailure(0x55e, "ENTRY_EXISTS");
  const grave = buryEntry(directory, entry);
  if (isRecycleBinOn(directory)) return [grave];
  for (const key of [...entry.attributes.keys()]) if (!KEPT_BY_TOMBSTONES.has(key)) grave.set(key);
  for (const key of LINKS) for (const id of grave.links(key)) grave.removeLink(key, id);
  return [grave, ...forgetEntry(directory, entry)];
}

/** Whether CN=Partitions names the feature; a folder of an older version, which has no such entry, has it off. */
function isRecycleBinOn(directory: Directory): boolean {
  const { entry } = directory.lookup(`CN=Partitions,${directory.naming.configurationDn}`);
  return entry !== undefined && directory.store.links(entry.id, "msds-enabledfeature").size > 0;
}

/** Everybody who named the entry names it no more. */
function forgetEntry(directory: Directory, entry: Entry): Draft[] {
  const drafts = new Map<number, Draft>();
  for (const key of LINKS) {
    for (const id of directory.store.referrers(entry.id, key)) {
      const other = directory.store.get(id);
      if (other === undefined || id === entry.id) continue;
      const draft = drafts.get(id) ?? new Draft(directory.store, other);
      draft.removeLink(key, entry.id);
      drafts.set(id, draft);
    }
  }
  return [...drafts.values()];
}

function isPrimaryGroup(directory: Directory, entry: Entry): boolean {
  const sid = entry.cls.name === "group" ? bytesOf(entry, "objectSid") : undefined;
  if (sid === undefined) return false;
  const rid = String(ridOf(sid));
  for (const other of directory.store.entries()) {
    if (textOf(other, "primaryGroupID") === rid && !isDeleted(other)) return true;
  }
  return false;
}

function buryEntry(directory: Directory, entry: Entry): Draft {
  const draft = new Draft(directory.store, entry);
  const grave = directory.require(`CN=Deleted Objects,${directory.naming.baseDn}`, { showDeleted: true });
  const guid = formatGuid(bytesOf(entry, "objectGUID") ?? Buffer.alloc(16));
  draft.set("isdeleted", "TRUE");
  draft.set("msds-lastknownrdn", entry.rdn);
  for (const id of draft.links("lastknownparent")) draft.removeLink("lastknownparent", id);
  draft.addLink("lastknownparent", entry.parent);
  draft.set("objectcategory");
  draft.set("samaccounttype");
  rename(draft, grave.id, `${entry.rdn.slice(0, MAX_KEPT_NAME)}\nDEL:${guid}`);
  return draft;
}

/** Gives the draft another place and name; the name attributes follow. */
export function rename(draft: Draft, parent: number, rdn: string): void {
  draft.parent = parent;
  draft.rdn = rdn;
  draft.set(draft.rdnType.toLowerCase(), rdn);
  draft.set("name", rdn);
}

/** A modify of a deleted object is allowed only as undelete: delete isDeleted, replace distinguishedName. */
export function restoreEntry(directory: Directory, identity: number, entry: Entry, request: ModifyRequest): Draft {
  const changes = new Map(request.changes.map((change) => [change.type.toLowerCase(), change]));
  const target = changes.get("distinguishedname");
  const removes = changes.get("isdeleted")?.operation === "delete";
  const dn =
    target?.operation === "replace" && target.values.length === 1
      ? decode(target.values[0] ?? Buffer.alloc(0))
      : undefined;
  if (!removes || dn === undefined || changes.size !== 2 || entry.rdn === "Deleted Objects") throw unwilling(0x2077);
  const name = readRdn(dn);
  const parent = directory.require(parentDn(dn));
  assertMayWrite(directory, identity, parent);
  checkRdn(entry.cls, name);
  if (!entry.cls.parents.includes(parent.cls.name)) throw updateFailure(0x2099, "NAMING_VIOLATION");
  if (directory.store.child(parent.id, name.type, name.value) !== undefined)
    throw updateFailure(0x2071, "ENTRY_EXISTS");
  const draft = new Draft(directory.store, entry);
  rename(draft, parent.id, name.value);
  draft.set("isdeleted");
  for (const id of draft.links("lastknownparent")) draft.removeLink("lastknownparent", id);
  draft.set("objectcategory", `CN=${entry.cls.category},${directory.naming.schemaDn}`);
  // The names may have been given to somebody else meanwhile: they are checked as if they were written now.
  for (const key of ["samaccountname", "userprincipalname", "useraccountcontrol", "grouptype"]) {
    const values = [...draft.values(key)];
    draft.set(key);
    draft.set(key, ...values);
  }
  checkPrincipal(directory, draft);
  return draft;
}
