/**
 * What is kept for replication of the last change of each attribute (MS-DRSR 5.11, AttributeStamp), and the two forms in
 * which it is read. Stored are only the stamps of attributes that were changed after their object was made: all the others
 * have that of its creation. There is one domain controller, so nothing comes from elsewhere. Values of linked attributes
 * have a stamp each (LinkValueStamp), removed ones too; here only those of attributes with one value, so that a group does
 * not carry thousands.
 */
import { ATTRIBUTE_TYPES } from "./attribute-types.js";
import { formatGuid } from "./identifiers.js";
import { ATTRIBUTES, type AttributeSchema } from "./schema.js";
import { type Entry, type Store, textOf } from "./store.js";
import type { Value } from "./values.js";

/** Where an entry keeps its stamps; no attribute has this name, so that no client can ask for it. */
export const STAMPS = "#stamps";

/** The domain controller on which changes are made. */
interface Origin {
  readonly invocationId: Buffer;
  readonly dsServiceDn: string;
}

export interface LinkChange {
  readonly attribute: string;
  /** Number of the entry that is named. */
  readonly target: number;
  readonly change: "add" | "remove";
}

/** A draft, as far as it matters here. */
interface Changed {
  readonly created: boolean;
  readonly moved: boolean;
  touchedKeys(): readonly string[];
  touchedLinks(): readonly LinkChange[];
  had(key: string): boolean;
  values(key: string): readonly Value[];
  set(key: string, ...values: readonly Value[]): void;
}

interface Stamp {
  readonly attribute: AttributeSchema;
  readonly version: number;
  readonly usn: string;
  /** GeneralizedTime. */
  readonly time: string;
}

/** FLAG_ATTR_NOT_REPLICATED (MS-ADTS 2.2.9), and what the sandbox keeps as links. */
const UNSTAMPED = new Set(
  "objectguid whenchanged usncreated usnchanged badpwdcount badpasswordtime lastlogon lastlogoff logoncount".split(" "),
);

function isStamped(attribute: AttributeSchema | undefined): attribute is AttributeSchema {
  if (attribute === undefined || UNSTAMPED.has(attribute.key)) return false;
  return attribute.syntax !== "dn" && !attribute.flags.has("built");
}

/** Stamps what the draft changes in an entry that exists. A move is a change of `name`. */
export function stampChanges(draft: Changed, usn: string, time: string): void {
  if (draft.created) return;
  const keys = new Set(draft.touchedKeys());
  if (draft.moved) keys.add("name");
  const stamps = new Map(draft.values(STAMPS).map((line) => [String(line).split(" ")[0] ?? "", String(line)]));
  for (const key of keys) {
    if (!isStamped(ATTRIBUTES.get(key))) continue;
    const before = stamps.get(key)?.split(" ")[1] ?? (draft.had(key) ? "1" : "0");
    stamps.set(key, `${key} ${Number(before) + 1} ${usn} ${time}`);
  }
  for (const { attribute, target, change } of draft.touchedLinks()) {
    if (!isStampedLink(ATTRIBUTES.get(attribute))) continue;
    const key = `${attribute}:${target}`;
    const wasThere = change === "remove";
    const [, version = wasThere ? "1" : "0", , , created] = stamps.get(key)?.split(" ") ?? [];
    const made = created ?? (wasThere ? String(draft.values("whencreated")[0] ?? time) : time);
    stamps.set(key, `${key} ${Number(version) + 1} ${usn} ${time} ${made}`);
  }
  draft.set(STAMPS, ...stamps.values());
}

function isStampedLink(attribute: AttributeSchema | undefined): attribute is AttributeSchema {
  return attribute?.syntax === "dn" && !attribute.multiple && !attribute.flags.has("system");
}

function stampsOf(entry: Entry): Stamp[] {
  const made = { version: 1, usn: textOf(entry, "uSNCreated") ?? "0", time: textOf(entry, "whenCreated") ?? "" };
  const stamps = new Map<string, Stamp>();
  for (const key of entry.attributes.keys()) {
    const attribute = ATTRIBUTES.get(key);
    if (isStamped(attribute)) stamps.set(key, { attribute, ...made });
  }
  for (const line of entry.attributes.get(STAMPS) ?? []) {
    const [key = "", version = "", usn = "", time = ""] = String(line).split(" ");
    const attribute = ATTRIBUTES.get(key);
    if (attribute !== undefined) stamps.set(key, { attribute, version: Number(version), usn, time });
  }
  return [...stamps.values()];
}

/** msDS-ReplAttributeMetaData: a text for each attribute, also for one that was removed (MS-DRSR 4.1.13.1.17). */
export function attributeMetaData(origin: Origin, entry: Entry): string[] {
  return stampsOf(entry).map((stamp) =>
    toXml("DS_REPL_ATTR_META_DATA", { pszAttributeName: stamp.attribute.name, ...lastChange(origin, stamp) }),
  );
}

/** msDS-ReplValueMetaData: a text for each value of a linked attribute, also for those that were removed. */
export function valueMetaData(origin: Origin, entry: Entry, store: Store): string[] {
  const whenCreated = textOf(entry, "whenCreated") ?? "";
  const values = new Map<string, { stamp: Stamp; target: number; created: string }>();
  for (const attribute of [...ATTRIBUTES.values()].filter(isStampedLink)) {
    for (const target of store.links(entry.id, attribute.key)) {
      const stamp = { attribute, version: 1, usn: textOf(entry, "uSNCreated") ?? "0", time: whenCreated };
      values.set(`${attribute.key}:${target}`, { stamp, target, created: whenCreated });
    }
  }
  for (const line of entry.attributes.get(STAMPS) ?? []) {
    const [key = "", version = "", usn = "", time = "", created = ""] = String(line).split(" ");
    const [name = "", target = ""] = key.split(":");
    const attribute = ATTRIBUTES.get(name);
    if (!isStampedLink(attribute)) continue;
    values.set(key, { stamp: { attribute, version: Number(version), usn, time }, target: Number(target), created });
  }
  return [...values.values()].map(({ stamp, target, created }) => {
    const named = store.get(target);
    const isThere = store.links(entry.id, stamp.attribute.key).has(target);
    return toXml("DS_REPL_VALUE_META_DATA", {
      pszAttributeName: stamp.attribute.name,
      pszObjectDn: named === undefined ? "" : store.dnOf(named),
      cbData: "0",
      pbData: "",
      ftimeDeleted: isThere ? "1601-01-01T00:00:00Z" : isoOf(stamp.time),
      ftimeCreated: isoOf(created),
      ...lastChange(origin, stamp),
    });
  });
}

function lastChange(origin: Origin, { version, usn, time }: Stamp): Record<string, string> {
  return {
    dwVersion: String(version),
    ftimeLastOriginatingChange: isoOf(time),
    uuidLastOriginatingDsaInvocationID: formatGuid(origin.invocationId),
    usnOriginatingChange: usn,
    usnLocalChange: usn,
    pszLastOriginatingDsaDN: origin.dsServiceDn,
  };
}

const ENTITIES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

function toXml(element: string, members: Readonly<Record<string, string>>): string {
  const lines = Object.entries(members).map(([name, text]) => {
    return `\t<${name}>${text.replace(/[<>&]/g, (char) => ENTITIES[char] ?? char)}</${name}>`;
  });
  return [`<${element}>`, ...lines, `</${element}>`, "\0"].join("\n");
}

function isoOf(time: string): string {
  return time.replace(TIME, "$1-$2-$3T$4:$5:$6Z");
}

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.0Z$/;
/** Seconds from 1601-01-01 to 1970-01-01. */
const EPOCH = 11_644_473_600n;

/** replPropertyMetaData as it is stored, sorted by ATTRTYP; attributes whose ATTRTYP differs by forest are left out. */
export function propertyMetaData(origin: Origin, entry: Entry): Buffer {
  const rows = stampsOf(entry)
    .flatMap((stamp) => {
      const type = ATTRIBUTE_TYPES.get(stamp.attribute.key);
      return type === undefined ? [] : [{ ...stamp, type }];
    })
    .sort((a, b) => a.type - b.type);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(rows.length, 8);
  const parts = rows.map(({ type, version, usn, time }) => {
    const row = Buffer.alloc(48);
    row.writeUInt32LE(type, 0);
    row.writeUInt32LE(version, 4);
    const instant = Date.parse(isoOf(time));
    row.writeBigUInt64LE(BigInt(instant / 1000) + EPOCH, 8);
    origin.invocationId.copy(row, 16);
    row.writeBigUInt64LE(BigInt(usn), 32);
    row.writeBigUInt64LE(BigInt(usn), 40);
    return row;
  });
  return Buffer.concat([header, ...parts]);
}
