/**
 * The picture of a directory: read whole, every object below the base in one paged search and then the members of the
 * groups that were asked for; or brought up to date from what was remembered (incremental.ts). All of it comes over one
 * connection: a new one may lead to another domain controller, so a read that lost its connection starts anew.
 */
import type { Observed, Selection } from "../../model/observed.js";
import type { PictureMemory } from "../../model/ports.js";
import { MusterError } from "../../support/errors.js";
import { assembleDirectory, hasClass, type Reading } from "./assemble.js";
import { ConnectionLost } from "./connection.js";
import { readChanges } from "./incremental.js";
import { requireAttributes } from "./known-attributes.js";
import { requirePlausible } from "./plausible.js";
import { GROUP_ATTRIBUTES, readProtection, withAllMembers } from "./protected-groups.js";
import { findEntry, ownAttributes, type Place } from "./read.js";
import { keepReading, loadMemory, openMemory } from "./remember.js";
import { type Entry, incomplete, searchAll, searchBase } from "./search.js";

const NAMES = ["sAMAccountName", "userPrincipalName", "mail", "proxyAddresses"] as const;
/** Readings that are begun before a connection that breaks each time is given up. */
const ATTEMPTS = 3;

export interface ObserveOptions {
  readonly target: string;
  readonly selection: Selection;
  readonly memory: PictureMemory | undefined;
  /** Epoch milliseconds: how old the last full read is. */
  readonly now: () => number;
}

/** Throws MUS-5003 when the picture cannot be proven complete, MUS-5004 for attributes that the schema lacks. */
export async function observeDirectory(place: Place, options: ObserveOptions): Promise<Observed> {
  const { session } = place;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { connections } = session;
    try {
      const picture = await observeOnce(place, options);
      if (session.connections === connections) return picture;
    } catch (error) {
      if (attempt === ATTEMPTS || !isBroken(error)) throw error;
    }
  }
  throw incomplete(session, "the connection broke each time the directory was read");
}

/** A reply that did not come in time is no broken connection: asking again would take as long again. */
function isBroken(error: unknown): boolean {
  return error instanceof MusterError && error.cause instanceof ConnectionLost && !error.cause.late;
}

async function observeOnce(place: Place, options: ObserveOptions): Promise<Observed> {
  const { target, selection, memory } = options;
  const attributes = [...new Set([...ownAttributes(place), ...NAMES, ...selection.attributes])];
  const stored = memory === undefined ? null : loadMemory(memory);
  const full = async (why: string | null): Promise<Observed> => {
    const reading = await readAll(place, selection, attributes);
    const picture = assembleDirectory(place, target, selection, reading);
    if (stored !== null && typeof stored !== "string") requirePlausible(place, stored.counts, reading, memory?.file);
    const kept = memory === undefined ? null : await keepReading(place, selection, memory, reading, options.now());
    return { ...picture, how: { kind: "full", why: kept === null ? why : joinReasons(why, kept) } };
  };
  if (memory === undefined || stored === null) return full(null);
  if (typeof stored === "string") return full(stored);
  const opened = await openMemory(place, selection, stored, options.now());
  if (typeof opened === "string") return full(opened);
  const changed = await readChanges(place, selection, opened, attributes, memory);
  if (typeof changed === "string") return full(changed);
  const picture = assembleDirectory(place, target, selection, changed);
  return { ...picture, how: { kind: "incremental", why: null } };
}

function joinReasons(why: string | null, kept: string): string {
  return why === null ? kept : `${why}; ${kept}`;
}

async function readAll(place: Place, selection: Selection, attributes: readonly string[]): Promise<Reading> {
  const objects = await searchAll(place.session, { base: place.base, scope: "sub", attributes });
  await requireAttributes(place, selection, objects);
  const groups = await readGroups(place, selection);
  return { objects, groups, protection: await readProtection(place, objects) };
}

async function readGroups(place: Place, selection: Selection): Promise<Entry[]> {
  const groups: Entry[] = [];
  for (const { name, anchor } of selection.groups) {
    const entry =
      anchor === null
        ? await searchBase(place.session, name, GROUP_ATTRIBUTES)
        : await findEntry(place, anchor, GROUP_ATTRIBUTES);
    if (entry === null || !hasClass(entry, ["group"])) continue;
    groups.push(await withAllMembers(place, entry));
  }
  return groups;
}
