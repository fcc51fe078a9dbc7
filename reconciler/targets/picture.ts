/**
 * Puts an observed picture together. Replies come in any order and the DN of an account changes whenever the account
 * it names moves, so the digest is taken over sorted parts, with references as anchors.
 */
import { digestOf } from "../model/hash.js";
import { compareText } from "../model/identity.js";
import type { Anchor, Observed, ObservedAccount, ObservedGroup, TakenName } from "../model/observed.js";
import { canonicalValue, isReference, type Value } from "../model/value.js";
import { normalizeDn } from "../support/dn.js";

export interface PictureParts {
  readonly target: string;
  readonly accounts: readonly ObservedAccount[];
  readonly groups: readonly ObservedGroup[];
  readonly names: readonly TakenName[];
  readonly containers: readonly string[];
}

/** Sorts the parts and computes their digest. Equal pictures have equal digests whatever the order of the replies. */
export function assemblePicture(parts: PictureParts): Observed {
  const accounts = [...parts.accounts].sort((a, b) => compareText(a.anchor, b.anchor));
  const groups = [...parts.groups]
    .map((group) => ({ ...group, members: [...group.members].sort(compareText) }))
    .sort((a, b) => compareText(a.anchor, b.anchor));
  const names = [...parts.names].sort(compareNames);
  const containers = [...parts.containers].sort(compareText);
  const anchors = new Map(accounts.map((account) => [account.address.toLowerCase(), account.anchor]));
  const digest = digestOf([
    accounts.map((account) => accountDigest(account, anchors)),
    groups.map((group) => digestOf(group)),
    digestOf(names.map((name) => [name.space, name.value.toLowerCase(), name.anchor])),
    containers.map((container) => normalizeDn(container)),
  ]);
  return { target: parts.target, accounts, groups, names, containers, digest };
}

function accountDigest(account: ObservedAccount, anchors: ReadonlyMap<string, Anchor>): string {
  const values = Object.entries(account.attributes).map(([name, value]) => [name, stableText(value, anchors)] as const);
  return digestOf([
    account.anchor,
    account.container === null ? null : account.container.toLowerCase(),
    account.managed,
    account.enabled,
    account.claim,
    account.protected,
    account.hasChildren,
    Object.fromEntries(values),
  ]);
}

function stableText(value: Value, anchors: ReadonlyMap<string, Anchor>): string {
  if (!isReference(value) || !("dn" in value)) return canonicalValue(value);
  const anchor = anchors.get(value.dn.toLowerCase());
  return anchor === undefined ? canonicalValue(value) : `a:${anchor}`;
}

function compareNames(a: TakenName, b: TakenName): number {
  return (
    compareText(a.space, b.space) ||
    compareText(a.value.toLowerCase(), b.value.toLowerCase()) ||
    compareText(a.anchor, b.anchor)
  );
}

/** An e-mail address of a `proxyAddresses` value ("SMTP:a@b", "smtp:a@b"); null for other kinds (X500:, SIP: ...). */
export function proxyAddress(value: string): string | null {
  return /^smtp:/i.test(value) ? value.slice("smtp:".length) : null;
}
