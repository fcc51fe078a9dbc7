/**
 * Deleted objects. Where the forest's Recycle Bin is on, one keeps its attributes and links for the deleted object lifetime
 * and can be brought back; after that, or where the feature is off, only a tombstone is left, without most of them
 * (MS-ADTS 3.1.1.5.5.1). The feature is one of the forest: it is on when CN=Partitions names it (3.1.1.9.1).
 */
import { AndFilter, EqualityFilter, OrFilter } from "ldapts";
import type { Anchor, DeletedObject, Observed, Selection } from "../../model/observed.js";
import { withDeleted } from "../picture.js";
import { ACTIVE_DIRECTORY_CAPABILITIES } from "./capabilities.js";
import { decodeGuid, encodeGuid } from "./codec.js";
import { anchorOf, type Place, textOf, textsOf } from "./read.js";
import { type Entry, searchAll, searchBase } from "./search.js";

/** Recycle Bin (MS-ADTS 3.1.1.9.1). */
const RECYCLE_BIN = "766ddcd8-acd0-445e-f3b9-a7f9b6744f2a";
const NAMES = Object.keys(ACTIVE_DIRECTORY_CAPABILITIES.spaces).filter((name) => name !== "cn");
/** The cn of a deleted object is no longer what it was called, and comes back as its last known RDN (MS-ADTS 3.1.1.5.5.1). */
const RDN = "msDS-LastKnownRDN";
const ATTRIBUTES = ["objectGUID", "objectClass", "isDeleted", "isRecycled", RDN, ...NAMES];
/** Objects that one search asks for. */
const BATCH = 200;

const BIN_IS_OFF =
  "the Recycle Bin of the forest is off, so only a tombstone without its attributes and memberships is left";
const IS_RECYCLED = "it is a recycled object, without its attributes and memberships";

/** The picture, with those of the selection's anchors that were deleted. Nothing is asked when all of them are there. */
export async function addDeleted(place: Place, picture: Observed, selection: Selection): Promise<Observed> {
  const present = new Set(picture.accounts.map(({ anchor }) => anchor));
  const missing = (selection.anchors ?? []).filter((anchor) => !present.has(anchor));
  if (missing.length === 0) return picture;
  const entries: Entry[] = [];
  for (let at = 0; at < missing.length; at += BATCH)
    entries.push(...(await findDeleted(place, missing.slice(at, at + BATCH))));
  if (entries.length === 0) return picture;
  const isOn = await isRecycleBinOn(place);
  const deleted = entries.map((entry): DeletedObject => {
    return { anchor: anchorOf(place.session, entry), names: namesOf(entry), obstacle: obstacleOf(entry, isOn) };
  });
  return withDeleted(picture, deleted);
}

function namesOf(entry: Entry): Record<string, string> {
  const names = [["cn", textOf(entry, RDN)] as const, ...NAMES.map((name) => [name, textOf(entry, name)] as const)];
  return Object.fromEntries(names.filter((one): one is readonly [string, string] => one[1] !== undefined));
}

/** Deleted objects by their GUIDs, wherever in the domain they lie; those that are unknown, or not deleted, are left out. */
export async function findDeleted(place: Place, anchors: readonly Anchor[]): Promise<Entry[]> {
  const guids = anchors.map((anchor) => new EqualityFilter({ attribute: "objectGUID", value: encodeGuid(anchor) }));
  const isDeleted = new EqualityFilter({ attribute: "isDeleted", value: "TRUE" });
  const filter = new AndFilter({ filters: [isDeleted, new OrFilter({ filters: guids })] });
  const base = place.session.rootDse.defaultNamingContext ?? place.base;
  return searchAll(place.session, { base, scope: "sub", filter, attributes: ATTRIBUTES, showDeleted: true });
}

/** Why a deleted object cannot be brought back, null when it can. */
export function obstacleOf(entry: Entry, recycleBinIsOn: boolean): string | null {
  if (!recycleBinIsOn) return BIN_IS_OFF;
  return textOf(entry, "isRecycled") === "TRUE" ? IS_RECYCLED : null;
}

export async function isRecycleBinOn(place: Place): Promise<boolean> {
  const rootDse = await searchBase(place.session, "", ["configurationNamingContext"]);
  const configuration = rootDse === null ? undefined : textOf(rootDse, "configurationNamingContext");
  if (configuration === undefined) return false;
  const partitions = await searchBase(place.session, `CN=Partitions,${configuration}`, ["msDS-EnabledFeature"]);
  for (const feature of partitions === null ? [] : textsOf(partitions, "msDS-EnabledFeature")) {
    const entry = await searchBase(place.session, feature, ["msDS-OptionalFeatureGUID"]);
    const [guid] = entry?.values.get("msds-optionalfeatureguid") ?? [];
    if (guid?.length === 16 && decodeGuid(guid) === RECYCLE_BIN) return true;
  }
  return false;
}
