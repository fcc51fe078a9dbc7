/** An entry as a search shows it: which attributes, in which form, and ranges of long ones (MS-ADTS 3.1.1.3.1.3.3). */
import type { Directory } from "./directory.js";
import { CODE, protocolFailure } from "./failure.js";
import { ridOf } from "./identifiers.js";
import type { OutputAttribute } from "./messages.js";
import { attributeMetaData, propertyMetaData, valueMetaData } from "./replication.js";
import { ATTRIBUTES, type AttributeSchema, allowsAttribute } from "./schema.js";
import { bytesOf, type Entry, isDeleted, textOf } from "./store.js";
import type { Value } from "./values.js";

/** Values of one attribute in one answer, at most (the policy MaxValRange). */
export const MAX_VALUE_RANGE = 1500;

interface Wanted {
  readonly attribute: AttributeSchema;
  readonly range: { readonly from: number; readonly to: number } | undefined;
}

export interface Selection {
  /** undefined: all attributes that are not constructed. */
  readonly wanted: readonly Wanted[] | undefined;
  readonly typesOnly: boolean;
}

/** Reads the attribute list of a search: none or `*` is all, `1.1` none; unknown names are ignored. */
export function readSelection(names: readonly string[], typesOnly: boolean): Selection {
  const wanted: Wanted[] = [];
  for (const name of names) {
    const attribute = ATTRIBUTES.get(name.split(";")[0]?.toLowerCase() ?? "");
    if (attribute === undefined || attribute.flags.has("secret")) continue;
    if (wanted.some((one) => one.attribute === attribute)) continue;
    wanted.push({ attribute, range: readRange(name) });
  }
  const all = names.length === 0 || names.includes("*");
  if (!all) return { wanted, typesOnly };
  const plain = [...ATTRIBUTES.values()].filter((one) => !one.flags.has("secret") && !one.flags.has("built"));
  const extra = wanted.filter((one) => one.range !== undefined || one.attribute.flags.has("built"));
  const rest = plain.filter((one) => !extra.some((other) => other.attribute === one));
  return { wanted: [...rest.map((attribute) => ({ attribute, range: undefined })), ...extra], typesOnly };
}

function readRange(name: string): Wanted["range"] {
  const match = /;range=(\d+)-(\d+|\*)/i.exec(name);
  if (match === null) return undefined;
  const to = match[2] === "*" ? Number.POSITIVE_INFINITY : Number(match[2]);
  return { from: Number(match[1]), to };
}

export function renderEntry(directory: Directory, entry: Entry, selection: Selection): OutputAttribute[] {
  const out: OutputAttribute[] = [];
  for (const { attribute, range } of selection.wanted ?? []) {
    if (!allowsAttribute(entry.cls, attribute)) continue;
    const values = attributeValues(directory, entry, attribute);
    if (values.length === 0) continue;
    if (selection.typesOnly) out.push({ name: attribute.name, values: [] });
    else out.push(...slices(attribute, values, range));
  }
  return out;
}

/**
 * All values, or the part that was asked for. A longer list is answered with an empty `member` and the first part as
 * `member;range=0-1499`; the last part ends in `-*`.
 */
function slices(attribute: AttributeSchema, values: readonly Value[], range: Wanted["range"]): OutputAttribute[] {
  const { name } = attribute;
  if (range === undefined && (!attribute.multiple || values.length <= MAX_VALUE_RANGE)) return [{ name, values }];
  const from = range?.from ?? 0;
  if (from >= values.length) throw protocolFailure(CODE.operationsError, 0x2121, "Error processing range option");
  const to = Math.min(range?.to ?? Number.POSITIVE_INFINITY, from + MAX_VALUE_RANGE - 1);
  const end = to >= values.length - 1 ? "*" : String(to);
  const part = { name: `${name};range=${from}-${end}`, values: values.slice(from, to + 1) };
  return range === undefined ? [{ name, values: [] }, part] : [part];
}

function attributeValues(directory: Directory, entry: Entry, attribute: AttributeSchema): readonly Value[] {
  const { key } = attribute;
  if (key === "distinguishedname") return [directory.store.dnOf(entry)];
  if (key === "lastknownparent") return lastParent(directory, entry);
  if (attribute.flags.has("built")) return constructed(directory, entry, key);
  if (attribute.syntax !== "dn") return entry.attributes.get(key) ?? [];
  if (isDeleted(entry)) return [];
  return directory.linked(entry, key).map((other) => directory.store.dnOf(other));
}

function lastParent(directory: Directory, entry: Entry): readonly Value[] {
  const ids = [...directory.store.links(entry.id, "lastknownparent")];
  return ids.flatMap((id) => {
    const parent = directory.store.get(id);
    return parent === undefined ? [] : [directory.store.dnOf(parent)];
  });
}

function constructed(directory: Directory, entry: Entry, key: string): readonly Value[] {
  switch (key) {
    case "canonicalname":
      return [canonicalName(directory, entry)];
    case "msds-replattributemetadata":
      return attributeMetaData(directory.naming, entry);
    case "msds-replvaluemetadata":
      return valueMetaData(directory.naming, entry, directory.store);
    case "replpropertymetadata":
      return [propertyMetaData(directory.naming, entry)];
    case "primarygrouptoken": {
      const sid = bytesOf(entry, "objectSid");
      return sid === undefined ? [] : [String(ridOf(sid))];
    }
    case "msds-principalname":
      return [`${directory.naming.netbios}\\${textOf(entry, "sAMAccountName") ?? ""}`];
    case "msds-user-account-control-computed":
      return [textOf(entry, "lockoutTime") === undefined || textOf(entry, "lockoutTime") === "0" ? "0" : "16"];
    default:
      return [];
  }
}

function canonicalName(directory: Directory, entry: Entry): string {
  const path: string[] = [];
  let at: Entry | undefined = entry;
  while (at !== undefined && at.parent !== 0) {
    path.unshift(at.rdn.replaceAll("/", "\\/"));
    at = directory.store.get(at.parent);
  }
  return [directory.naming.dnsDomain, ...path].join("/") + (path.length === 0 ? "/" : "");
}
