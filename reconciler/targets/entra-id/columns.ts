/**
 * A lost permission looks like empty data: a token that may read basic profiles only is given null for every other property,
 * without any error. So a property that nobody has any more, though many had it when the tenant was read before, is not
 * taken for a change.
 */
import type { Anchor } from "../../model/observed.js";
import { incomplete, type Place } from "./place.js";
import type { GraphObject } from "./properties.js";

/** So many must have had a property: of fewer, all may have lost it in the ordinary way. */
const MANY = 5;

type Users = ReadonlyMap<Anchor, GraphObject>;

/** Throws MUS-5003 with the names of the properties that nobody has any more. */
export function requireColumns(place: Place, before: Users, now: Users): void {
  if (now.size === 0) return;
  const had = countColumns(before);
  const has = countColumns(now);
  const lost = [...had].filter(([name, count]) => count >= MANY && !has.has(name)).map(([name]) => name);
  if (lost.length > 0) throw lostColumns(place, lost);
}

export function lostColumns(place: Place, names: readonly string[]): Error {
  return incomplete(
    place.target,
    `nobody has ${[...names].sort().join(", ")} any more, and many had when the tenant was read before`,
    "Look at the permissions of the application: what it may not read comes as empty. If everybody lost it on purpose, " +
      "remove the cache of the target.",
  );
}

/** How many have each property. What was read one by one has annotations that a listing does not (`@odata.context`). */
function countColumns(users: Users): Map<string, number> {
  const counts = new Map<string, number>();
  for (const user of users.values())
    for (const [name, value] of Object.entries(user))
      if (!name.includes("@") && hasValue(value)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** A complex property whose parts are all empty is empty. `false` is a value. */
export function hasValue(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value !== "object") return true;
  return Object.entries(value).some(([name, part]) => !name.startsWith("@") && hasValue(part));
}
