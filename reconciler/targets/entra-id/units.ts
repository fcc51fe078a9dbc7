/** Administrative units as the managed scope: who is in none of them is not written. */
import type { Anchor } from "../../model/observed.js";
import { areHidden, SHOW_HIDDEN } from "./groups.js";
import { readAll } from "./pages.js";
import { path, withQuery } from "./paths.js";
import { incomplete, managesTenant, type Place, requireId } from "./place.js";

/** Members of the units that `managed.accounts` names, by the unit's id, in the order of the names. Throws MUS-5003. */
export async function readUnits(place: Place): Promise<ReadonlyMap<string, ReadonlySet<Anchor>>> {
  const names = place.managed.accounts;
  if (managesTenant(names)) return new Map();
  const all = await readAll(
    place.graph,
    withQuery(path`/directory/administrativeUnits`, { $select: "id,displayName,visibility" }),
  );
  const units = new Map<string, ReadonlySet<Anchor>>();
  for (const name of names) {
    const found = all.filter(({ id, displayName }) =>
      [id, displayName].some((text) => typeof text === "string" && text.toLowerCase() === name.toLowerCase()),
    );
    const [unit] = found;
    if (unit === undefined || found.length > 1)
      throw incomplete(
        place.target,
        `${found.length === 0 ? "no administrative unit is" : "several administrative units are"} called "${name}"`,
        "Correct managed.accounts of the Target; a unit can be named by its id.",
      );
    const members = path`/directory/administrativeUnits/${requireId(unit.id)}/members`;
    const listed = await readAll(place.graph, withQuery(members, { $select: "id", $top: "999" }));
    if (areHidden(unit, listed))
      throw incomplete(place.target, `the members of the administrative unit "${name}" are hidden`, SHOW_HIDDEN);
    units.set(unit.id, new Set(listed.map(({ id }) => id)));
  }
  return units;
}
