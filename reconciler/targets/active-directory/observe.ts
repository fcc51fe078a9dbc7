/**
 * The complete picture of a directory: every object below the base in one paged search, then the members of the groups
 * that were asked for. The proof of completeness: the server said that the last page was sent, referred to nobody, the base
 * and all managed containers are among the entries, no object came twice, and what every account must have could be read.
 */
import type { Anchor, Observed, ObservedGroup, Selection, TakenName } from "../../model/observed.js";
import { normalizeDn, parentDn } from "../../support/dn.js";
import { assemblePicture, proxyAddress } from "../picture.js";
import {
  anchorOf,
  findEntry,
  isAccount,
  isBelow,
  ownAttributes,
  type Place,
  textOf,
  textsOf,
  toAccount,
} from "./read.js";
import { type Entry, incomplete, readAllValues, searchAll, searchBase } from "./search.js";

const NAMES = ["sAMAccountName", "userPrincipalName", "mail", "proxyAddresses"] as const;
const CONTAINER_CLASSES = ["organizationalunit", "container", "builtindomain", "domaindns"];

interface Located {
  readonly entry: Entry;
  readonly anchor: Anchor;
  /** Normalized DN. */
  readonly dn: string;
}

/** Throws MUS-5003 when the picture cannot be proven complete. */
export async function observeDirectory(place: Place, target: string, selection: Selection): Promise<Observed> {
  const attributes = [...new Set([...ownAttributes(place), ...NAMES, ...selection.attributes])];
  const entries = await searchAll(place.session, { base: place.base, scope: "sub", attributes });
  const objects = entries.map((entry) => ({
    entry,
    anchor: anchorOf(place.session, entry),
    dn: normalizeDn(entry.dn),
  }));
  proveComplete(place, objects);
  const parents = new Set(objects.map((object) => normalizeDn(parentDn(object.entry.dn))));
  const accounts = objects.filter((object) => isAccount(object.entry));
  return assemblePicture({
    target,
    accounts: accounts.map(({ entry, dn }) =>
      toAccount(place, entry, selection.attributes, { hasChildren: parents.has(dn) }),
    ),
    groups: await observeGroups(place, selection, accounts),
    names: objects.flatMap((object) => namesOf(place, object)),
    containers: objects.filter((object) => hasClass(object.entry, CONTAINER_CLASSES)).map((object) => object.entry.dn),
  });
}

function proveComplete(place: Place, objects: readonly Located[]): void {
  const seen = new Set(objects.map((object) => object.dn));
  for (const expected of [normalizeDn(place.base), ...place.accountContainers, ...(place.groupContainers ?? [])])
    if (!seen.has(expected)) throw incomplete(place.session, `${expected} is not among the objects that were read`);
  const anchors = new Set(objects.map((object) => object.anchor));
  if (anchors.size !== objects.length)
    throw incomplete(place.session, "an object was delivered twice: it was moved while the directory was read");
}

function hasClass(entry: Entry, classes: readonly string[]): boolean {
  return textsOf(entry, "objectClass").some((name) => classes.includes(name.toLowerCase()));
}

/** Names of any object: an account may not take the sAMAccountName of a computer, nor an address of a group. */
function namesOf(place: Place, { entry, anchor, dn }: Located): TakenName[] {
  const names: TakenName[] = [];
  const take = (space: string, value: string | null | undefined) => {
    if (value !== undefined && value !== null && value !== "") names.push({ space, value, anchor });
  };
  take("sAMAccountName", textOf(entry, "sAMAccountName"));
  take("address", textOf(entry, "userPrincipalName"));
  take("address", textOf(entry, "mail"));
  for (const value of textsOf(entry, "proxyAddresses")) take("address", proxyAddress(value));
  if (isBelow(dn, place.accountContainers)) take("cn", textOf(entry, "cn"));
  return names;
}

async function observeGroups(
  place: Place,
  selection: Selection,
  accounts: readonly Located[],
): Promise<ObservedGroup[]> {
  const members: KnownMembers = { byDn: new Map(accounts.map((one) => [one.dn, one.anchor])), byPrimary: new Map() };
  for (const { entry, anchor } of accounts) {
    const primary = textOf(entry, "primaryGroupID");
    if (primary === undefined) continue;
    const list = members.byPrimary.get(primary);
    if (list === undefined) members.byPrimary.set(primary, [anchor]);
    else list.push(anchor);
  }
  const groups = new Map<Anchor, ObservedGroup>();
  for (const { name, anchor } of selection.groups) {
    const attributes = ["objectGUID", "objectClass", "primaryGroupToken", "member"];
    const entry =
      anchor === null ? await searchBase(place.session, name, attributes) : await findEntry(place, anchor, attributes);
    if (entry === null || !hasClass(entry, ["group"])) continue;
    const group = await observeGroup(place, entry, members);
    groups.set(group.anchor, group);
  }
  return [...groups.values()];
}

/** Accounts by normalized DN, and by the group that is their primary one: that membership is no value of `member`. */
interface KnownMembers {
  readonly byDn: ReadonlyMap<string, Anchor>;
  readonly byPrimary: Map<string, Anchor[]>;
}

async function observeGroup(place: Place, entry: Entry, known: KnownMembers): Promise<ObservedGroup> {
  const values = await readAllValues(place.session, entry, "member");
  const listed = values.flatMap((value) => known.byDn.get(normalizeDn(value.toString("utf8"))) ?? []);
  const primary = known.byPrimary.get(textOf(entry, "primaryGroupToken") ?? "") ?? [];
  return {
    anchor: anchorOf(place.session, entry),
    address: entry.dn,
    managed: isManagedGroup(place, entry.dn),
    members: [...new Set([...listed, ...primary])],
    others: values.length - listed.length,
  };
}

/** Whether `member` of the group may be written. */
export function isManagedGroup(place: Place, dn: string): boolean {
  return place.groupContainers !== null && isBelow(normalizeDn(dn), place.groupContainers);
}
