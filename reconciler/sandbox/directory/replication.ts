/**
 * What is kept for replication of the last change of each attribute (MS-DRSR 5.11, AttributeStamp), and the two forms in
 * which it is read. Stored are only the stamps of attributes that were changed after their object was made: all the others
 * have that of its creation. There is one domain controller, so nothing comes from elsewhere. References are links and
 * have stamps of their own in a directory (LinkValueStamp); here they have none.
 */
import { ATTRIBUTE_TYPES } from "./attribute-types.js";
import { formatGuid } from "./identifiers.js";
import { ATTRIBUTES, type AttributeSchema } from "./schema.js";
import { type Entry, textOf } from "./store.js";
import type { Value } from "./values.js";

/** Where an entry keeps its stamps; no attribute has this name, so that no client can ask for it. */
export const STAMPS = "#stamps";

/** The domain controller on which changes are made. */
interface Origin {
  readonly invocationId: Buffer;
  readonly dsServiceDn: string;
}

/** A draft, as far as it matters here. */
interface Changed {
  readonly created: boolean;
  readonly moved: boolean;
  touchedKeys(): readonly string[];
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

/** Stamps what the draft changes in an entry that exists. A move is a change of `name` (MS-ADTS 3.1.1.5.4.1.3). */
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
  draft.set(STAMPS, ...stamps.values());
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

/** msDS-ReplAttributeMetaData: a text for each attribute, also for one that was removed (MS-DRSR 4.1.13.1.6). */
export function attributeMetaData(origin: Origin, entry: Entry): string[] {
  const invocation = formatGuid(origin.invocationId);
  return stampsOf(entry).map(({ attribute, version, usn, time }) =>
    [
      "<DS_REPL_ATTR_META_DATA>",
      `\t<pszAttributeName>${attribute.name}</pszAttributeName>`,
      `\t<dwVersion>${version}</dwVersion>`,
      `\t<ftimeLastOriginatingChange>${time.replace(TIME, "$1-$2-$3T$4:$5:$6Z")}</ftimeLastOriginatingChange>`,
      `\t<uuidLastOriginatingDsaInvocationID>${invocation}</uuidLastOriginatingDsaInvocationID>`,
      `\t<usnOriginatingChange>${usn}</usnOriginatingChange>`,
      `\t<usnLocalChange>${usn}</usnLocalChange>`,
      `\t<pszLastOriginatingDsaDN>${origin.dsServiceDn}</pszLastOriginatingDsaDN>`,
      "</DS_REPL_ATTR_META_DATA>\n\0",
    ].join("\n"),
  );
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
    const instant = Date.parse(time.replace(TIME, "$1-$2-$3T$4:$5:$6Z"));
    row.writeBigUInt64LE(BigInt(instant / 1000) + EPOCH, 8);
    origin.invocationId.copy(row, 16);
    row.writeBigUInt64LE(BigInt(usn), 32);
    row.writeBigUInt64LE(BigInt(usn), 40);
    return row;
  });
  return Buffer.concat([header, ...parts]);
}
