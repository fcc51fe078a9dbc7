/**
 * Members of one group: up to LDAP_MEMBERS_PER_MODIFY in one modify, and still an outcome for each. Where the server
 * objects to a modify, the members are read, what is as wanted already is taken out, and the rest is halved until the
 * value it objects to stands alone.
 */
import { Change } from "ldapts";
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { normalizeDn } from "../../../support/dn.js";
import { LDAP_MEMBERS_PER_MODIFY } from "../../../support/limits.js";
import { isGone, refusedOutcome, succeeded, wasAlready } from "../../outcomes.js";
import { isManagedGroup } from "../assemble.js";
import { attribute } from "../codec.js";
import { ConnectionLost, hasCode, LdapError } from "../connection.js";
import { failedOutcome, notExecuted } from "../errors.js";
import { findEntries, findEntry, type Place } from "../read.js";
import { readAllValues } from "../search.js";

export interface MemberOp {
  readonly op: Op;
  readonly anchor: Anchor;
}

interface Located extends MemberOp {
  readonly dn: string;
}

/** Adds to, or removes from, one group; all ops have the same verb. */
export async function changeMembers(place: Place, group: Anchor, ops: readonly MemberOp[]): Promise<Outcome[]> {
  const adds = ops[0]?.op.verb === "add-member";
  try {
    const entry = await findEntry(place, group, ["1.1"]);
    if (entry === null)
      return ops.map(({ op, anchor }) => (adds ? refusedOutcome(op, "the group is gone") : wasAlready(op, anchor)));
    if (!isManagedGroup(place, entry.dn))
      return ops.map(({ op }) => refusedOutcome(op, "the group is not within the managed containers"));
    const entries = await findEntries(
      place,
      ops.map(({ anchor }) => anchor),
      [],
    );
    const found = ops.map((one) => ({ ...one, dn: entries.get(one.anchor)?.dn ?? null }));
    const gone = found.filter((one) => one.dn === null);
    const located = found.filter((one): one is Located => one.dn !== null);
    const outcomes = gone.map(({ op, anchor }) => (adds ? isGone(op) : wasAlready(op, anchor)));
    const unit = { place, group, address: place.guidAddresses ? `<GUID=${group}>` : entry.dn, adds };
    for (let at = 0; at < located.length; at += LDAP_MEMBERS_PER_MODIFY)
      outcomes.push(...(await writeMembers(unit, located.slice(at, at + LDAP_MEMBERS_PER_MODIFY))));
    return outcomes;
  } catch (error) {
    return ops.map(({ op }) => failedOutcome(op, error));
  }
}

interface Unit {
  readonly place: Place;
  readonly group: Anchor;
  readonly address: string;
  readonly adds: boolean;
}

async function writeMembers(unit: Unit, members: readonly Located[]): Promise<Outcome[]> {
  if (members.length === 0) return [];
  try {
    await modifyMembers(unit, members);
    return members.map(({ op, anchor }) => succeeded(op, anchor));
  } catch (error) {
    if (error instanceof ConnectionLost) return settleLost(unit, members, error);
    if (!(error instanceof LdapError)) return members.map(({ op }) => failedOutcome(op, error));
    const current = await membersOf(unit);
    if (current === null) return members.map(({ op }) => refusedOutcome(op, "the group is gone"));
    const moot = members.filter((member) => current.has(normalizeDn(member.dn)) === unit.adds);
    const rest = members.filter((member) => !moot.includes(member));
    const outcomes = moot.map(({ op, anchor }) => wasAlready(op, anchor));
    if (moot.length > 0) return [...outcomes, ...(await writeMembers(unit, rest))];
    const [only] = rest;
    if (only !== undefined && rest.length === 1) {
      // Not among the values, and yet a member: the group is its primary group (MS-SAMR 3.1.1.8.2).
      const isPrimary = unit.adds && hasCode(error, "entryAlreadyExists");
      return [isPrimary ? wasAlready(only.op, only.anchor) : failedOutcome(only.op, error)];
    }
    const middle = Math.ceil(rest.length / 2);
    return [...(await writeMembers(unit, rest.slice(0, middle))), ...(await writeMembers(unit, rest.slice(middle)))];
  }
}

async function modifyMembers({ place, address, adds }: Unit, members: readonly Located[]): Promise<void> {
  const modification = attribute(
    "member",
    members.map((member) => member.dn),
  );
  await place.session.modify(address, [new Change({ operation: adds ? "add" : "delete", modification })]);
}

async function settleLost(unit: Unit, members: readonly Located[], error: ConnectionLost): Promise<Outcome[]> {
  const current = await membersOf(unit).catch(() => null);
  return members.map(({ op, anchor, dn }) => {
    if (current === null) return failedOutcome(op, error);
    return current.has(normalizeDn(dn)) === unit.adds ? succeeded(op, anchor) : notExecuted(op, error);
  });
}

/** Normalized DNs of the members; null when the group is gone. */
async function membersOf({ place, group }: Unit): Promise<ReadonlySet<string> | null> {
  const entry = await findEntry(place, group, ["member"]);
  if (entry === null) return null;
  const values = await readAllValues(place.session, entry, "member");
  return new Set(values.map((value) => normalizeDn(value.toString("utf8"))));
}
