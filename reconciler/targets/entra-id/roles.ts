/** Who holds a directory role, directly or through a group: nobody that policies touch. */
import type { Anchor } from "../../model/observed.js";
import { areHidden, SHOW_HIDDEN } from "./groups.js";
import { readAll } from "./pages.js";
import { path, withQuery } from "./paths.js";
import { incomplete, type Place, requireId } from "./place.js";
import type { GraphObject } from "./properties.js";

/** Display names of role definitions by id. */
export type RoleNames = Readonly<Record<string, string>>;

export interface Roles {
  /** Why an account must not be touched, by its id. */
  readonly protection: ReadonlyMap<Anchor, string>;
  readonly names: RoleNames;
}

/** `known`: names from the last read, asked for again only when a role is not among them. */
export async function readRoles(
  place: Place,
  groups: ReadonlyMap<Anchor, GraphObject>,
  known: RoleNames,
): Promise<Roles> {
  const assignments = await readAll(place.graph, path`/roleManagement/directory/roleAssignments`);
  const roleOf = ({ roleDefinitionId }: GraphObject) => (typeof roleDefinitionId === "string" ? roleDefinitionId : "");
  const names = assignments.every((one) => roleOf(one) in known) ? known : await readRoleNames(place);
  const protection = new Map<Anchor, string>();
  const held = new Map<Anchor, string>();
  for (const assignment of assignments) {
    const { principalId } = assignment;
    if (typeof principalId !== "string") continue;
    const name = names[roleOf(assignment)] ?? "a directory role";
    const other = held.get(principalId);
    if (other === undefined || name < other) held.set(principalId, name);
  }
  for (const [principal, role] of [...held].sort()) {
    const group = groups.get(principal);
    if (group === undefined) {
      protection.set(principal, `holds the role ${role}`);
      continue;
    }
    const members = await readTransitiveMembers(place, principal);
    if (areHidden(group, members))
      throw incomplete(
        place.target,
        `the members of ${nameOf(group)}, who hold the role ${role}, are hidden`,
        SHOW_HIDDEN,
      );
    for (const member of members)
      if (!held.has(member) && !protection.has(member))
        protection.set(member, `holds the role ${role} through the group ${nameOf(group)}`);
  }
  return { protection, names };
}

function nameOf({ displayName }: GraphObject): string {
  return String(displayName);
}

export async function readRoleNames(place: Place): Promise<RoleNames> {
  const definitions = await readAll(place.graph, path`/roleManagement/directory/roleDefinitions`);
  return Object.fromEntries(
    definitions.map(({ id, displayName }) => [id, typeof displayName === "string" ? displayName : id]),
  );
}

async function readTransitiveMembers(place: Place, group: Anchor): Promise<Anchor[]> {
  const query = { $select: "id", $top: "999" };
  const members = await readAll(place.graph, withQuery(path`/groups/${requireId(group)}/transitiveMembers`, query));
  return members.map(({ id }) => id);
}
