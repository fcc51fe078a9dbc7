/**
 * Puts an observed picture together. Replies come in any order and the DN of an account changes whenever the account
 * it names moves, so the digest is taken over sorted parts, with references as anchors.
 */
import { digestOf, sha256 } from "../model/hash.js";
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
  const names = sortNames(parts.names);
  const containers = [...parts.containers].sort(compareText);
  const anchors = new Map(accounts.map((account) => [account.address.toLowerCase(), account.anchor]));
  const digest = digestOf([
    sha256(accounts.map((account) => accountText(account, anchors)).join("\n")),
    groups.map((group) => digestOf(group)),
    sha256(JSON.stringify(names.map((name) => [name.space, name.value.toLowerCase(), name.anchor]))),
    containers.map((container) => normalizeDn(container)),
  ]);
  return { target: parts.target, accounts, groups, names, containers, digest };
}

/** The keys are sorted here, so that plain JSON is canonical: there may be a hundred thousand accounts. */
function accountText(account: ObservedAccount, anchors: ReadonlyMap<string, Anchor>): string {
  const values: Record<string, string> = {};
  for (const name of Object.keys(account.attributes).sort())
    values[name] = stableText(account.attributes[name] as Value, anchors);
  const parts = [
    account.anchor,
    account.container === null ? null : account.container.toLowerCase(),
    account.managed,
    account.enabled,
    account.claim,
    account.protected,
    account.hasChildren,
    values,
  ];
  return JSON.stringify(parts);
}

function stableText(value: Value, anchors: ReadonlyMap<string, Anchor>): string {
  if (!isReference(value) || !("dn" in value)) return canonicalValue(value);
  const anchor = anchors.get(value.dn.toLowerCase());
  return anchor === undefined ? canonicalValue(value) : `a:${anchor}`;
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
  return lists.flatMap((list) => list.map(({ name }) => name));
}

/** An e-mail address of a `proxyAddresses` value ("SMTP:a@b", "smtp:a@b"); null for other kinds (X500:, SIP: ...). */
export function proxyAddress(value: string): string | null {
  return /^smtp:/i.test(value) ? value.slice("smtp:".length) : null;
}
