/**
 * Whether a full read can be the whole directory. A reader that lost the right to see a part of it gets fewer objects, or
 * groups without members, and no error (MS-ADTS 5.1.3.3.6): what the last read saw is the only measure. More than half of
 * something gone at once, and not just a few, is taken for a part that is hidden; what was really deleted in such numbers
 * between two full reads is for a person to confirm.
 */
import type { Anchor } from "../../model/observed.js";
import { normalizeDn } from "../../support/dn.js";
import { MusterError } from "../../support/errors.js";
import { hasClass, type Reading } from "./assemble.js";
import { anchorOf, isAccount, type Place } from "./read.js";

/** How much a picture held, with what says whether another one may be compared with it. */
export interface Counts {
  /** The object at the base: another directory has another one. */
  readonly base: Anchor | null;
  /** SID of the reader in hexadecimal; another one may see less. */
  readonly reader: string | null;
  /** Objects below the base with a sAMAccountName: accounts, computers and groups. */
  readonly names: number;
  readonly accounts: number;
  readonly groups: number;
  /** Members of each group that was asked for. */
  readonly members: Readonly<Record<Anchor, number>>;
}

/** A loss of fewer is always believed. */
const SMALLEST_LOSS = 20;

export function countReading(place: Place, { objects, groups }: Reading): Counts {
  const base = normalizeDn(place.base);
  const top = objects.find((entry) => normalizeDn(entry.dn) === base);
  return {
    base: top === undefined ? null : anchorOf(place.session, top),
    reader: place.session.rootDse.user?.toString("hex") ?? null,
    names: objects.filter(({ values }) => values.has("samaccountname")).length,
    accounts: objects.filter(isAccount).length,
    groups: objects.filter((entry) => hasClass(entry, ["group"])).length,
    members: Object.fromEntries(
      groups.map((entry) => [anchorOf(place.session, entry), entry.values.get("member")?.length ?? 0]),
    ),
  };
}

/**
 * Throws MUS-5003 with the figures when much less was read than the last time. `file` is where the last read is remembered.
 * Nothing is compared with the picture of another directory, or of another reader.
 */
export function requirePlausible(place: Place, before: Counts, reading: Reading, file: string | undefined): void {
  const now = countReading(place, reading);
  if (before.base !== now.base || before.reader !== now.reader) return;
  const losses = [
    ...(["names", "accounts", "groups"] as const).map((kind) => ({ what: kind, was: before[kind], is: now[kind] })),
    ...reading.groups.map((entry) => {
      const anchor = anchorOf(place.session, entry);
      return { what: `members of ${entry.dn}`, was: before.members[anchor] ?? 0, is: now.members[anchor] ?? 0 };
    }),
  ].filter(({ was, is }) => was - is >= SMALLEST_LOSS && (was - is) * 2 > was);
  if (losses.length === 0) return;
  const figures = losses.map(({ what, was, is }) => `${is} ${what} (${was} the last time)`).join(", ");
  const kept = file === undefined ? "what is remembered of it" : file;
  throw new MusterError("MUS-5003", {
    what: `much less was read than the last time, as when a part may no longer be seen: ${figures}`,
    where: { target: place.session.options.target },
    next: `Nothing was planned. See that the reader may still list and read everything below ${place.base} (muster doctor). Where so much was really removed, delete ${kept}, or look first with --no-cache.`,
  });
}
