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
  const names = [...parts.names].sort(compareNames);
  const containers = [...parts.containers].sort(compareText);
  const anchorAt = findAnchors(accounts);
  const attributes = attributesOf(accounts);
  const digest = digestOf([
    attributes,
    sha256(accounts.map((account) => accountText(account, attributes, anchorAt)).join("\n")),
    groups.map(({ members, ...group }) => [digestOf(group), sha256(JSON.stringify(members))]),
    sha256(names.map(nameText).join("\n")),
    containers.map((container) => normalizeDn(container)),
  ]);
  return { target: parts.target, accounts, groups, names, containers, deleted: [], digest, how: FULL };
}

function inheritedOf({ inherited }: ObservedGroup): Pick<ObservedGroup, "inherited"> {
  return inherited === undefined ? {} : { inherited: [...inherited].sort() };
}

type AnchorAt = (address: string) => Anchor | undefined;

/** References have the very text of the address. Where somebody wrote another one, case does not count. */
function findAnchors(accounts: readonly ObservedAccount[]): AnchorAt {
  const exact = new Map(accounts.map((account) => [account.address, account.anchor]));
  let folded: Map<string, Anchor> | null = null;
  return (address) => {
    const found = exact.get(address);
    if (found !== undefined) return found;
    folded ??= new Map(accounts.map((account) => [account.address.toLowerCase(), account.anchor]));
    return folded.get(address.toLowerCase());
  };
}

function attributesOf(accounts: readonly ObservedAccount[]): string[] {
  const names = new Set<string>();
  for (const account of accounts) for (const name in account.attributes) names.add(name);
  return [...names].sort();
}

/** A row of the table of all accounts, whose columns are the sorted names of the attributes. */
function accountText(account: ObservedAccount, attributes: readonly string[], anchorAt: AnchorAt): string {
  const row: unknown[] = [
    account.anchor,
    account.container === null ? null : account.container.toLowerCase(),
    account.managed,
    account.enabled,
    account.claim,
    account.protected,
    account.hasChildren,
  ];
  for (const name of attributes) row.push(stable(account.attributes[name], anchorAt));
  if (account.authority !== undefined) row.push(account.authority);
  return JSON.stringify(row);
}

/** The length tells a value with line breaks from several names. */
function nameText({ space, value, anchor }: TakenName): string {
  const folded = value.toLowerCase();
  return `${space} ${anchor} ${folded.length} ${folded}`;
}

/** Texts and booleans as they are, a list of one text for every other value, null for none. */
function stable(value: Value | undefined, anchorAt: AnchorAt): string | boolean | null | [string] {
  if (value === undefined) return null;
  if (typeof value !== "object") return value;
  const anchor = isReference(value) && "dn" in value ? anchorAt(value.dn) : undefined;
  return [anchor === undefined ? canonicalValue(value) : `a:${anchor}`];
}

/**
 * By object, then space, then name without case. Drivers give all names of an object one after the other, and one that
 * gives objects in the order of their anchors leaves next to nothing to sort.
 */
function compareNames(a: TakenName, b: TakenName): number {
  return (
    compareText(a.anchor, b.anchor) ||
    compareText(a.space, b.space) ||
    compareText(a.value.toLowerCase(), b.value.toLowerCase())
  );
}

/** An e-mail address of a `proxyAddresses` value ("SMTP:a@b", "smtp:a@b"); null for other kinds (X500:, SIP: ...). */
export function proxyAddress(value: string): string | null {
  return /^smtp:/i.test(value) ? value.slice("smtp:".length) : null;
}
