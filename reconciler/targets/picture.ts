/**
 * Puts an observed picture together. Replies come in any order and the DN of an account changes whenever the account
 * it names moves, so the digest is taken over sorted parts, with references as anchors.
 */
import { digestOf, sha256 } from "../model/hash.js";
import { compareText } from "../model/identity.js";
import type {
  Anchor,
  DeletedObject,
  HowRead,
  Observed,
  ObservedAccount,
  ObservedGroup,
  TakenName,
} from "../model/observed.js";
import { canonicalValue, isReference, type Value } from "../model/value.js";
import { normalizeDn } from "../support/dn.js";

const FULL: HowRead = { kind: "full", why: null };

export interface PictureParts {
  readonly target: string;
  readonly accounts: readonly ObservedAccount[];
  readonly groups: readonly ObservedGroup[];
  readonly names: readonly TakenName[];
  readonly containers: readonly string[];
}

/** The picture with what was deleted. Where nothing was, it is the same picture with the same digest. */
export function withDeleted(picture: Observed, deleted: readonly DeletedObject[]): Observed {
  if (deleted.length === 0) return picture;
  const sorted = [...deleted].sort((a, b) => compareText(a.anchor, b.anchor));
  return { ...picture, deleted: sorted, digest: digestOf([picture.digest, sorted]) };
}

/** Sorts the parts and computes their digest. Equal pictures have equal digests whatever the order of the replies. */
export function assemblePicture(parts: PictureParts): Observed {
  const accounts = [...parts.accounts].sort((a, b) => compareText(a.anchor, b.anchor));
  const groups = [...parts.groups]
    .map((group) => ({ ...group, members: [...group.members].sort(), ...inheritedOf(group) }))
    .sort((a, b) => compareText(a.anchor, b.anchor));
  const names = sortNames(parts.names);
  const containers = [...parts.containers].sort(compareText);
  const anchors = new Map(accounts.map((account) => [account.address.toLowerCase(), account.anchor]));
  const attributes = attributesOf(accounts);
  const digest = digestOf([
    attributes,
    sha256(accounts.map((account) => accountText(account, attributes, anchors)).join("\n")),
    groups.map(({ members, ...group }) => [digestOf(group), sha256(JSON.stringify(members))]),
    sha256(JSON.stringify(names.map((name) => [name.space, name.value.toLowerCase(), name.anchor]))),
    containers.map((container) => normalizeDn(container)),
  ]);
  return { target: parts.target, accounts, groups, names, containers, deleted: [], digest, how: FULL };
}

function inheritedOf({ inherited }: ObservedGroup): Pick<ObservedGroup, "inherited"> {
  return inherited === undefined ? {} : { inherited: [...inherited].sort() };
}

function attributesOf(accounts: readonly ObservedAccount[]): string[] {
  const names = new Set<string>();
  for (const account of accounts) for (const name in account.attributes) names.add(name);
  return [...names].sort();
}

/** A row of the table of all accounts, whose columns are the sorted names of the attributes. */
function accountText(
  account: ObservedAccount,
  attributes: readonly string[],
  anchors: ReadonlyMap<string, Anchor>,
): string {
  const row: unknown[] = [
    account.anchor,
    account.container === null ? null : account.container.toLowerCase(),
    account.managed,
    account.enabled,
    account.claim,
    account.protected,
    account.hasChildren,
  ];
  for (const name of attributes) row.push(stable(account.attributes[name], anchors));
  if (account.authority !== undefined) row.push(account.authority);
  return JSON.stringify(row);
}

/** Texts and booleans as they are, a list of one text for every other value, null for none. */
function stable(value: Value | undefined, anchors: ReadonlyMap<string, Anchor>): string | boolean | null | [string] {
  if (value === undefined) return null;
  if (typeof value !== "object") return value;
  const anchor = isReference(value) && "dn" in value ? anchors.get(value.dn.toLowerCase()) : undefined;
  return [anchor === undefined ? canonicalValue(value) : `a:${anchor}`];
}

/** By space, then name without case, then anchor. Every name is folded once, not at every comparison. */
function sortNames(names: readonly TakenName[]): TakenName[] {
  const bySpace = new Map<string, { readonly name: TakenName; readonly key: string }[]>();
  for (const name of names) {
    const folded = { name, key: name.value.toLowerCase() };
    const list = bySpace.get(name.space);
    if (list === undefined) bySpace.set(name.space, [folded]);
    else list.push(folded);
  }
  const lists = [...bySpace].sort(([a], [b]) => compareText(a, b)).map(([, list]) => list);
  for (const list of lists) list.sort((a, b) => compareText(a.key, b.key) || compareText(a.name.anchor, b.name.anchor));
  const sorted: TakenName[] = [];
  for (const list of lists) for (const { name } of list) sorted.push(name);
  return sorted;
}

/** An e-mail address of a `proxyAddresses` value ("SMTP:a@b", "smtp:a@b"); null for other kinds (X500:, SIP: ...). */
export function proxyAddress(value: string): string | null {
  return /^smtp:/i.test(value) ? value.slice("smtp:".length) : null;
}
