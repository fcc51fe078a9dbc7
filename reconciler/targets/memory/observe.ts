/** What the in-memory directory shows to a reader. */
import { compareText } from "../../model/identity.js";
import type {
  Anchor,
  DeletedObject,
  Observed,
  ObservedAccount,
  ObservedGroup,
  Selection,
  TakenName,
} from "../../model/observed.js";
import type { Value } from "../../model/value.js";
import { sameDn } from "../../support/dn.js";
import { assemblePicture, proxyAddress, withDeleted } from "../picture.js";
import type { MemoryDirectory } from "./directory.js";
import type { DirectoryRecord, StoredValue } from "./records.js";
import { shuffled } from "./shuffle.js";

/** The whole directory as a reader sees it now; objects younger than the lag are missing. */
export function observeDirectory(directory: MemoryDirectory, selection: Selection): Observed {
  // In the order of the picture: so what is made of them need hardly be sorted.
  const visible = [...directory.records.values()]
    .filter((record) => isVisible(directory, record))
    .sort((a, b) => compareText(a.anchor, b.anchor));
  const accounts = visible.filter((record) => record.kind === "account");
  const seen = new Set(accounts.map((record) => record.anchor));
  const place = placeOf(directory);
  const reorder = <T>(items: readonly T[]) => shuffled(items, directory.options.shuffle);
  const groups = visible.filter(
    (record) =>
      (record.kind === "group" && isSelected(directory, record, selection)) ||
      (record.kind === "licence" && isLicenceSelected(record, selection)),
  );
  const living = assemblePicture({
    target: directory.options.name,
    accounts: reorder(accounts.map((record) => accountSeen(directory, record, selection, place))),
    groups: groups.map((record) => observeGroup(directory, record, seen)),
    names: namesOfAll(directory, visible, place),
    containers: [...directory.containers.values()],
  });
  const picture = withDeleted(living, deletedAmong(directory, selection.anchors ?? []));
  return {
    ...picture,
    groups: reorder(picture.groups.map((group) => ({ ...group, members: reorder(group.members) }))),
    names: reorder(picture.names),
    containers: reorder(picture.containers),
  };
}

function deletedAmong(directory: MemoryDirectory, anchors: readonly Anchor[]): DeletedObject[] {
  return anchors.flatMap((anchor): DeletedObject[] => {
    if (directory.records.has(anchor)) return [];
    const deleted = directory.deleted.get(anchor);
    if (deleted !== undefined) return [{ anchor, names: uniqueNames(directory, deleted), obstacle: null }];
    const obstacle = "only a tombstone is left of it";
    return directory.tombstones.has(anchor) ? [{ anchor, names: {}, obstacle }] : [];
  });
}

function uniqueNames({ options }: MemoryDirectory, { attributes }: DirectoryRecord): Record<string, string> {
  const names = Object.keys(options.capabilities.spaces).map((name) => [name, attributes[name]] as const);
  return Object.fromEntries(names.filter((one): one is readonly [string, string] => typeof one[1] === "string"));
}

/** Whether reads show the record already. */
export function isVisible(directory: MemoryDirectory, record: DirectoryRecord): boolean {
  return directory.tick - record.created >= directory.options.lag;
}

/** What many accounts of one reading share: addresses that others refer to, and which containers are managed. */
interface Place {
  address(record: DirectoryRecord): string;
  isManaged(record: DirectoryRecord): boolean;
}

function placeOf(directory: MemoryDirectory): Place {
  const addresses = new Map<DirectoryRecord, string>();
  const managed = new Map<string, boolean>();
  return {
    address: (record) => {
      const address = addresses.get(record) ?? directory.addressOf(record);
      addresses.set(record, address);
      return address;
    },
    isManaged: (record) => {
      const isManaged = managed.get(record.container) ?? directory.isManaged({ ...record, kind: "account" });
      managed.set(record.container, isManaged);
      return isManaged;
    },
  };
}

export function observeAccount(
  directory: MemoryDirectory,
  record: DirectoryRecord,
  selection: Selection,
): ObservedAccount {
  return accountSeen(directory, record, selection, placeOf(directory));
}

function accountSeen(
  directory: MemoryDirectory,
  record: DirectoryRecord,
  selection: Selection,
  place: Place,
): ObservedAccount {
  const attributes: Record<string, Value> = {};
  for (const name of shuffled(selection.attributes, directory.options.shuffle)) {
    const value = record.attributes[name];
    if (value !== undefined) attributes[name] = shownValue(directory, value, place);
  }
  return {
    anchor: record.anchor,
    address: place.address(record),
    container: directory.hasContainers ? record.container : null,
    managed: place.isManaged(record),
    enabled: record.enabled,
    attributes,
    claim: record.claim,
    protected: record.protected,
    hasChildren: record.hasChildren,
    ...(directory.options.capabilities.writableWhenSynced === undefined
      ? {}
      : { authority: record.synced === true ? "on-premises" : "cloud" }),
  };
}

function observeGroup(directory: MemoryDirectory, record: DirectoryRecord, seen: ReadonlySet<Anchor>): ObservedGroup {
  const members = directory.membersOf(record.anchor);
  const shown = [...members.accounts].filter((anchor) => seen.has(anchor));
  return {
    anchor: record.anchor,
    address: groupName(directory, record),
    managed: directory.isManaged(record),
    ...(record.unreadable === true
      ? { unreadable: true, members: [], others: 0 }
      : { members: shown, others: members.others + members.accounts.size - shown.length }),
    ...(record.protected === null ? {} : { protected: record.protected }),
    ...(record.obstacle === undefined ? {} : { obstacle: record.obstacle }),
    ...licenceSeen(directory, record, seen),
  };
}

function licenceSeen(
  directory: MemoryDirectory,
  { anchor, product }: DirectoryRecord,
  seen: ReadonlySet<Anchor>,
): Pick<ObservedGroup, "licence" | "inherited"> {
  if (product === undefined) return {};
  const { inherited = [], disabledPlans = [] } = directory.membersOf(anchor);
  const off = Object.fromEntries([...disabledPlans].filter(([holder]) => seen.has(holder)));
  return {
    licence: { ...product, used: directory.seatsUsed(anchor), disabledPlans: off },
    inherited: [...inherited].filter((holder) => seen.has(holder)),
  };
}

function isLicenceSelected({ anchor, attributes }: DirectoryRecord, { licences = [] }: Selection): boolean {
  const names = [anchor, String(attributes.skuPartNumber)].map((name) => name.toLowerCase());
  return licences.some((name) => names.includes(name.toLowerCase()));
}

/** A group is named by its DN or, where there are no DNs, by its displayName; a licence by its part number. */
function groupName(directory: MemoryDirectory, record: DirectoryRecord): string {
  if (record.kind === "licence") return String(record.attributes.skuPartNumber);
  const name = record.attributes.displayName;
  return !directory.hasContainers && typeof name === "string" ? name : directory.addressOf(record);
}

function isSelected(directory: MemoryDirectory, record: DirectoryRecord, selection: Selection): boolean {
  const name = groupName(directory, record);
  return selection.groups.some((group) =>
    group.anchor !== null
      ? group.anchor === record.anchor
      : directory.hasContainers
        ? sameDn(group.name, name)
        : group.name.toLowerCase() === name.toLowerCase(),
  );
}

function namesOfAll(directory: MemoryDirectory, records: readonly DirectoryRecord[], place: Place): TakenName[] {
  const spaces = Object.entries(directory.options.capabilities.spaces);
  const hasAddresses = spaces.some(([, space]) => space === "address");
  const names: TakenName[] = [];
  for (const record of records) {
    const { anchor, attributes } = record;
    for (const [attribute, space] of spaces) {
      const value = attributes[attribute];
      if (typeof value !== "string") continue;
      // A cn is taken where accounts are created; elsewhere it stands in nobody's way.
      if (space === "cn" && !place.isManaged(record)) continue;
      const where = space === "cn" && record.kind !== "account" ? { container: record.container } : {};
      names.push({ space, value, anchor, ...where });
    }
    if (!hasAddresses || !Array.isArray(attributes.proxyAddresses)) continue;
    for (const proxy of attributes.proxyAddresses) {
      const address = proxyAddress(proxy);
      if (address !== null) names.push({ space: "address", value: address, anchor });
    }
  }
  return names;
}

function shownValue(directory: MemoryDirectory, value: StoredValue, place: Place): Value {
  if (Array.isArray(value)) return shuffled(value as readonly string[], directory.options.shuffle);
  if (typeof value !== "object" || !("anchor" in value)) return value as Value;
  return { dn: place.address(directory.get(value.anchor)) };
}
