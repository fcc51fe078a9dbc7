/**
 * From the entries that were read to the picture. The proof of completeness: the server said that the last page was sent and
 * referred to nobody (search.ts), the base and all managed containers are among the entries, no object came twice, and what
 * every account must have could be read.
 */
import type { Anchor, Observed, ObservedGroup, Selection, TakenName } from "../../model/observed.js";
import { normalizeDn, parentDn } from "../../support/dn.js";
import { assemblePicture, proxyAddress } from "../picture.js";
import { gatherMembers, type KnownMembers } from "./known-members.js";
import { followProtection, type Protection } from "./protected-groups.js";
import { anchorOf, isAccount, isBelow, type Place, textOf, textsOf, toAccount } from "./read.js";
import { type Entry, incomplete } from "./search.js";

const CONTAINER_CLASSES = ["organizationalunit", "container", "builtindomain", "domaindns"];

interface Located {
  readonly entry: Entry;
  readonly anchor: Anchor;
  /** Normalized DN. */
  readonly dn: string;
}

/**
 * What was read of a directory: every object below the base, the groups that were asked for with all their members, and
 * the protected ones.
 */
export interface Reading {
  readonly objects: readonly Entry[];
  readonly groups: readonly Entry[];
  readonly protection: Protection;
}

/** Throws MUS-5003 when the picture cannot be proven complete. */
export function assembleDirectory(place: Place, target: string, selection: Selection, reading: Reading): Observed {
  const objects = reading.objects.map((entry) => ({
    entry,
    anchor: anchorOf(place.session, entry),
    dn: normalizeDn(entry.dn),
  }));
  proveComplete(place, objects);
  const parents = new Set(objects.map((object) => normalizeDn(parentDn(object.entry.dn))));
  const accounts = objects.filter((object) => isAccount(object.entry));
  const members = gatherMembers(accounts);
  const protectedBy = followProtection(place, reading.protection, members);
  const groups = new Map(
    reading.groups.map((entry) => {
      const group = observeGroup(place, entry, members);
      const why = protectedBy.groups.get(group.anchor);
      return [group.anchor, why === undefined ? group : { ...group, protected: why }];
    }),
  );
  return assemblePicture({
    target,
    accounts: accounts.map(({ entry, anchor, dn }) => {
      const account = toAccount(place, entry, selection.attributes, { hasChildren: parents.has(dn) });
      return { ...account, protected: account.protected ?? protectedBy.accounts.get(anchor) ?? null };
    }),
    groups: [...groups.values()],
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

export function hasClass(entry: Entry, classes: readonly string[]): boolean {
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
  const cn = isBelow(dn, place.accountContainers) ? textOf(entry, "cn") : undefined;
  if (cn !== undefined && cn !== "") {
    const container = isAccount(entry) ? {} : { container: parentDn(entry.dn) };
    names.push({ space: "cn", value: cn, anchor, ...container });
  }
  return names;
}

function observeGroup(place: Place, entry: Entry, known: KnownMembers): ObservedGroup {
  const values = entry.values.get("member") ?? [];
  const listed = values.flatMap((value) => known.byDn.get(normalizeDn(value.toString("utf8"))) ?? []);
  const primary = known.byPrimary.get(textOf(entry, "primaryGroupToken") ?? "") ?? [];
  return {
    anchor: anchorOf(place.session, entry),
    address: entry.dn,
    managed: isManagedGroup(place, entry.dn),
    members: [...new Set([...listed, ...primary])],
    ...(primary.length === 0 ? {} : { primary }),
    others: values.length - listed.length,
  };
}

/** Whether `member` of the group may be written. */
export function isManagedGroup(place: Place, dn: string): boolean {
  return place.groupContainers !== null && isBelow(normalizeDn(dn), place.groupContainers);
}
