/** One change of one attribute, applied to a draft (MS-ADTS 3.1.1.5.3.2, RFC 4511 section 4.6). */
import { parseDn } from "../../support/dn.js";
import { checkNesting } from "./accounts.js";
import type { Directory, Draft } from "./directory.js";
import {
  attributeConversion,
  attributeFailure,
  badName,
  CODE,
  noSuchObject,
  protocolFailure,
  unwilling,
  updateFailure,
} from "./failure.js";
import { readIdentifier } from "./identifiers.js";
import type { Change } from "./messages.js";
import { type AttributeSchema, allowsAttribute, attributeSchema } from "./schema.js";
import { type Entry, isDeleted } from "./store.js";
import { decode, readValue, type Value, valueKey } from "./values.js";

export interface ChangeOptions {
  /** LDAP_SERVER_PERMISSIVE_MODIFY_OID: adding what is there and deleting what is not are no errors. */
  readonly permissive: boolean;
}

/** The attribute of a write request. An unknown name is noSuchAttribute, as Active Directory answers. */
export function requireAttribute(type: string): AttributeSchema {
  const attribute = type.includes(";") ? undefined : attributeSchema(type);
  if (attribute === undefined) throw attributeConversion(CODE.noSuchAttribute);
  return attribute;
}

/** Throws when a client may not write the attribute on such an object. */
export function assertWritable(draft: Draft, attribute: AttributeSchema): void {
  if (!allowsAttribute(draft.cls, attribute)) throw updateFailure(0x207d, "OBJ_CLASS_VIOLATION");
  if (attribute.flags.has("sam")) throw unwilling(0x209a);
  if (attribute.flags.has("system")) throw attributeFailure(0x20b1, "CONSTRAINT_ATT_TYPE", attribute.name);
}

export function applyChange(directory: Directory, draft: Draft, change: Change, options: ChangeOptions): void {
  const attribute = requireAttribute(change.type);
  if (change.operation === "delete" && !allowsAttribute(draft.cls, attribute)) {
    if (options.permissive) return;
    const win32 = change.values.length === 0 ? 0x2084 : 0x2085;
    throw attributeFailure(win32, "NO_ATTRIBUTE_OR_VAL", attribute.name);
  }
  assertWritable(draft, attribute);
  if (attribute.key === "name" || attribute.key === draft.rdnType.toLowerCase())
    throw updateFailure(0x2016, "CANT_ON_RDN");
  if (attribute.key === "objectclass" || attribute.key === "objectcategory") throw unwilling(0x2077);
  if (change.operation === "add" && change.values.length === 0) {
    throw protocolFailure(CODE.protocolError, 0x57, "An attribute to be added has no values");
  }
  if (attribute.syntax === "dn") applyLinks(directory, draft, attribute, change, options);
  else applyValues(draft, attribute, change, options);
}

function applyValues(draft: Draft, attribute: AttributeSchema, change: Change, options: ChangeOptions): void {
  const current = [...draft.values(attribute.key)];
  const keys = current.map((value) => valueKey(attribute, value));
  const given = change.values.map((bytes) => readValue(attribute, bytes));
  if (change.operation === "replace") {
    if (given.length > 1 && isSingle(draft, attribute))
      throw attributeFailure(0x2081, "ATT_OR_VALUE_EXISTS", attribute.name);
    draft.set(attribute.key, ...checkDistinct(attribute, given));
    return;
  }
  if (change.operation === "delete" && given.length === 0) {
    if (current.length === 0 && !options.permissive)
      throw attributeFailure(0x2084, "NO_ATTRIBUTE_OR_VAL", attribute.name);
    draft.set(attribute.key);
    return;
  }
  for (const value of checkDistinct(attribute, given)) {
    const at = keys.indexOf(valueKey(attribute, value));
    if (change.operation === "add") {
      if (at >= 0 && options.permissive) continue;
      if (at >= 0) throw attributeFailure(0x2083, "ATT_OR_VALUE_EXISTS", attribute.name);
      if (current.length > 0 && isSingle(draft, attribute)) {
        throw attributeFailure(0x2081, "ATT_OR_VALUE_EXISTS", attribute.name);
      }
      current.push(value);
      keys.push(valueKey(attribute, value));
    } else if (at >= 0) {
      current.splice(at, 1);
      keys.splice(at, 1);
    } else if (!options.permissive) throw attributeFailure(0x2085, "NO_ATTRIBUTE_OR_VAL", attribute.name);
  }
  draft.set(attribute.key, ...current);
}

/** Values for an attribute that has none yet. Throws constraintViolation for two values of a single-valued one. */
export function checkedValues(draft: Draft, attribute: AttributeSchema, values: readonly Value[]): readonly Value[] {
  if (values.length > 1 && isSingle(draft, attribute)) {
    throw attributeFailure(0x2081, "CONSTRAINT_ATT_TYPE", attribute.name);
  }
  return checkDistinct(attribute, values);
}

function checkDistinct(attribute: AttributeSchema, values: readonly Value[]): readonly Value[] {
  const keys = new Set(values.map((value) => valueKey(attribute, value)));
  if (keys.size !== values.length) throw attributeFailure(0x2083, "ATT_OR_VALUE_EXISTS", attribute.name);
  return values;
}

/** description is multi-valued in the schema, but SAM keeps it single-valued on users and groups. */
function isSingle(draft: Draft, attribute: AttributeSchema): boolean {
  return !attribute.multiple || (attribute.key === "description" && draft.cls.letters.includes("s"));
}

function applyLinks(
  directory: Directory,
  draft: Draft,
  attribute: AttributeSchema,
  change: Change,
  options: ChangeOptions,
): void {
  const targets = change.values.map((bytes) => resolveReference(directory, draft, attribute, bytes));
  if (change.operation === "add") {
    for (const target of targets) addLink(directory, draft, attribute, target, options);
    return;
  }
  const present = livingLinks(directory, draft, attribute.key);
  if (change.operation === "replace") {
    if (targets.length > 1 && !attribute.multiple)
      throw attributeFailure(0x2081, "CONSTRAINT_ATT_TYPE", attribute.name);
    const wanted = new Set(targets.map((target) => target.id));
    for (const id of draft.links(attribute.key)) if (!wanted.has(id)) draft.removeLink(attribute.key, id);
    for (const target of targets) addLink(directory, draft, attribute, target, { permissive: true });
    return;
  }
  if (targets.length === 0) {
    if (present.length === 0 && !options.permissive)
      throw attributeFailure(0x2084, "NO_ATTRIBUTE_OR_VAL", attribute.name);
    for (const id of present) draft.removeLink(attribute.key, id);
  }
  for (const target of targets) {
    if (!draft.hasLink(attribute.key, target.id) && !options.permissive) {
      if (attribute.key === "member") throw unwilling(0x561);
      throw attributeFailure(0x2085, "NO_ATTRIBUTE_OR_VAL", attribute.name);
    }
    draft.removeLink(attribute.key, target.id);
  }
}

/** Adds a reference. An existing member is entryAlreadyExists (ERROR_MEMBER_IN_ALIAS), the primary group's included. */
export function addLink(
  directory: Directory,
  draft: Draft,
  attribute: AttributeSchema,
  target: Entry,
  options: ChangeOptions,
): void {
  const primary = attribute.key === "member" && isPrimaryGroupOf(draft, target);
  if (primary || draft.hasLink(attribute.key, target.id)) {
    if (options.permissive) return;
    if (attribute.key === "member") throw updateFailure(0x562, "ENTRY_EXISTS");
    throw attributeFailure(0x2083, "ATT_OR_VALUE_EXISTS", attribute.name);
  }
  if (attribute.key === "member") checkNesting(draft, target);
  if (!attribute.multiple) {
    if (livingLinks(directory, draft, attribute.key).length > 0) {
      throw attributeFailure(0x2081, "ATT_OR_VALUE_EXISTS", attribute.name);
    }
    for (const id of draft.links(attribute.key)) draft.removeLink(attribute.key, id);
  }
  draft.addLink(attribute.key, target.id);
}

function isPrimaryGroupOf(group: Draft, target: Entry): boolean {
  const sid = group.values("objectsid")[0];
  const rid = Buffer.isBuffer(sid) ? String(sid.readUInt32LE(sid.length - 4)) : undefined;
  return rid !== undefined && target.attributes.get("primarygroupid")?.[0] === rid;
}

function livingLinks(directory: Directory, draft: Draft, key: string): number[] {
  return draft.links(key).filter((id) => {
    const entry = directory.store.get(id);
    return entry !== undefined && !isDeleted(entry);
  });
}

/**
 * The entry that a DN value names. One that is not there is constraintViolation (ERROR_DS_NAME_REFERENCE_INVALID); for
 * `member` of an existing group SAM answers noSuchObject (ERROR_NO_SUCH_USER).
 */
export function resolveReference(directory: Directory, draft: Draft, attribute: AttributeSchema, bytes: Buffer): Entry {
  const dn = decode(bytes) ?? "";
  if (!isDn(dn)) throw badName();
  const { entry } = directory.lookup(dn);
  if (entry !== undefined && !isDeleted(entry)) return entry;
  if (attribute.key === "member" && !draft.created) throw noSuchObject("", 0x525);
  throw attributeFailure(0x20b5, "CONSTRAINT_ATT_TYPE", attribute.name);
}

function isDn(text: string): boolean {
  const identifier = readIdentifier(text);
  if (identifier !== undefined) return identifier.bytes !== undefined;
  try {
    return parseDn(text).length > 0;
  } catch {
    return false;
  }
}
