/** The Add operation (MS-ADTS 3.1.1.5.2). */
import { parentDn, parseDn, type Rdn, splitDn } from "../../support/dn.js";
import { assertMayWrite } from "./access.js";
import { applyDefaults, checkPrincipal } from "./accounts.js";
import { type Directory, Draft } from "./directory.js";
import { attributeConversion, attributeFailure, badName, CODE, unwilling, updateFailure } from "./failure.js";
import { formatFileTime } from "./identifiers.js";
import type { AddRequest, AttributeValues } from "./messages.js";
import { resetPassword } from "./passwords.js";
import { ATTRIBUTES, CLASSES, type ClassSchema, structuralClass } from "./schema.js";
import type { Entry } from "./store.js";
import { decode, readValue, valueKey } from "./values.js";
import { addLink, assertWritable, checkedValues, requireAttribute, resolveReference } from "./write-values.js";

/** Checks the request and gives the new entry. Throws an LdapFailure and has changed nothing then. */
export function addEntry(directory: Directory, identity: number, request: AddRequest): Draft[] {
  const name = readRdn(request.dn);
  const parent = directory.require(parentDn(request.dn));
  assertMayWrite(directory, identity, parent);
  const cls = requestedClass(request.attributes);
  if (!cls.parents.includes(parent.cls.name)) throw updateFailure(0x2099, "NAMING_VIOLATION");
  const draft = startEntry(directory, parent, name, cls);
  const [passwords, unsorted] = splitPasswords(request.attributes);
  // groupType decides which members there may be.
  const others = unsorted.toSorted((a, b) => Number(isMember(a)) - Number(isMember(b)));
  for (const item of others) setAttribute(directory, draft, item);
  finishEntry(directory, draft, passwords);
  return [draft];
}

/** A new entry with its name; the name is checked. */
export function startEntry(directory: Directory, parent: Entry, name: Rdn, cls: ClassSchema): Draft {
  checkRdn(cls, name);
  if (directory.store.child(parent.id, name.type, name.value) !== undefined)
    throw updateFailure(0x2071, "ENTRY_EXISTS");
  const id = directory.nextId();
  const fresh = { id, parent: parent.id, rdnType: cls.rdn, rdn: name.value, cls, attributes: new Map() };
  const draft = new Draft(directory.store, fresh);
  draft.set(cls.rdn.toLowerCase(), name.value);
  draft.set("name", name.value);
  return draft;
}

/** Defaults, computed attributes and the checks of the whole entry. `passwords` holds unicodePwd as sent, if at all. */
export function finishEntry(directory: Directory, draft: Draft, passwords: readonly AttributeValues[]): void {
  const mustChange = draft.text("pwdlastset") === "0";
  applyDefaults(directory, draft);
  for (const item of passwords) {
    assertWritable(draft, requireAttribute(item.type));
    if (item.values.length !== 1) throw unwilling(0x1f);
    resetPassword(draft, item.values[0] ?? Buffer.alloc(0));
  }
  checkPrincipal(directory, draft);
  if (passwords.length > 0 && !mustChange) draft.set("pwdlastset", formatFileTime(directory.now()));
}

function splitPasswords(items: readonly AttributeValues[]): [AttributeValues[], AttributeValues[]] {
  const isPassword = (item: AttributeValues): boolean => item.type.toLowerCase() === "unicodepwd";
  return [items.filter(isPassword), items.filter((item) => !isPassword(item))];
}

function isMember(item: AttributeValues): boolean {
  return item.type.toLowerCase() === "member";
}

/** The leaf RDN of a DN. Characters that must be escaped and are not make the name bad (RFC 4514 section 2.4). */
export function readRdn(dn: string): Rdn {
  const first = parseDn(dn)[0];
  const raw = splitDn(dn)[0] ?? "";
  const plain = raw.replace(/\\./g, "").replace(/"[^"]*"/g, "");
  if (first === undefined || /[+<>;"]/.test(plain) || /[\n\0]/.test(first.value)) throw badName();
  return first;
}

/** RDN attribute and length (MS-ADTS 3.1.1.3.1.2, rangeUpper of cn and ou). */
export function checkRdn(cls: ClassSchema, name: Rdn): void {
  if (name.type.toUpperCase() !== cls.rdn) throw updateFailure(0x2073, "NAMING_VIOLATION");
  if (name.value.trim() === "") throw badName();
  const max = ATTRIBUTES.get(cls.rdn.toLowerCase())?.max ?? Number.POSITIVE_INFINITY;
  if (name.value.length > max) throw attributeFailure(0x2082, "CONSTRAINT_ATT_TYPE", cls.rdn.toLowerCase());
}

function requestedClass(attributes: readonly AttributeValues[]): ClassSchema {
  const given = attributes.filter((item) => item.type.toLowerCase() === "objectclass");
  const names = given.flatMap((item) => item.values.map((value) => decode(value) ?? ""));
  if (names.length === 0) throw updateFailure(0x2014, "OBJ_CLASS_VIOLATION");
  const cls = structuralClass(names);
  if (cls !== undefined && cls.parents.length > 0) return cls;
  const known = names.every(
    (name) => CLASSES.has(name.toLowerCase()) || structuralClass(["container", name]) !== undefined,
  );
  throw known ? updateFailure(0x2014, "OBJ_CLASS_VIOLATION") : attributeConversion(CODE.noSuchAttribute);
}

function setAttribute(directory: Directory, draft: Draft, item: AttributeValues): void {
  const attribute = requireAttribute(item.type);
  if (attribute.key === "objectclass" || attribute.key === "objectcategory") return;
  // A constructed attribute (MS-ADTS 3.1.1.4.5) has no definition that could be stored: ERROR_DS_ATT_NOT_DEF_IN_SCHEMA.
  if (attribute.flags.has("built")) throw attributeFailure(0x206f, "UNDEFINED_ATT_TYPE", attribute.name);
  assertWritable(draft, attribute);
  if (item.values.length === 0) throw attributeConversion(CODE.invalidAttributeSyntax);
  if (attribute.syntax === "dn") {
    const targets = item.values.map((bytes) => resolveReference(directory, draft, attribute, bytes));
    for (const target of targets) addLink(directory, draft, attribute, target, { permissive: false });
    return;
  }
  const values = checkedValues(
    draft,
    attribute,
    item.values.map((bytes) => readValue(attribute, bytes)),
  );
  if (attribute.key === "name" || attribute.key === draft.rdnType.toLowerCase()) {
    const same = values.some((value) => valueKey(attribute, value) === valueKey(attribute, draft.rdn));
    if (!same) throw updateFailure(0x2073, "NAMING_VIOLATION");
    return;
  }
  draft.set(attribute.key, ...values);
}
