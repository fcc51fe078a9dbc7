/**
 * Members of one group: up to LDAP_MEMBERS_PER_MODIFY in one modify, and still an outcome for each. Where the server
 * objects to a modify, the members are looked up, who is gone or as wanted already is taken out, and the rest is halved
 * until the value it objects to stands alone.
 *
 * What can change between plan and write, and who notices (a modify of `member` is its own condition, for the server
 * checks each value as it executes the request):
 *   - An account is renamed or moved: it is named by `<GUID=...>`, which the server resolves (MS-ADTS 3.1.1.3.1.2.4). A DN
 *     that was read before could be somebody else's by then, who would become a member; nobody else ever has the GUID.
 *   - An account is deleted, or somebody else adds or removes it: the server refuses the whole modify.
 *   - The group is moved out of the managed containers, or deleted: it is read just before, since LDAP has no condition for
 *     where an object lies. What happens between that read and the modify stays unnoticed.
 *   - After an objection DNs are compared: an account that is renamed between the read of the members and that of the
 *     accounts counts as no member. Then "already" may be said of a removal that was not made; the next plan has it again.
 * Where an account lies and whether it is protected is not asked here: a member may lie anywhere in the domain, and the
 * plan, which is made again before it is applied, decides whom a policy may add.
 */
import { Change } from "ldapts";
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { normalizeDn } from "../../../support/dn.js";
import { LDAP_MEMBERS_PER_MODIFY } from "../../../support/limits.js";
import { isGone, refusedOutcome, succeeded, wasAlready } from "../../outcomes.js";
import { isManagedGroup } from "../assemble.js";
import { attribute, guidDn } from "../codec.js";
import { ConnectionLost, hasCode, LdapError } from "../connection.js";
import { failedOutcome, notExecuted } from "../errors.js";
import { findEntries, findEntry, type Place } from "../read.js";
import { readAllValues } from "../search.js";

export interface MemberOp {
  readonly op: Op;
  readonly anchor: Anchor;
}

interface Member extends MemberOp {
  /** How the modify names the account. */
  readonly value: string;
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
    const unit = { place, group, address: place.guidAddresses ? guidDn(group) : entry.dn, adds };
    const outcomes: Outcome[] = [];
    for (let at = 0; at < ops.length; at += LDAP_MEMBERS_PER_MODIFY)
      outcomes.push(...(await changeSome(unit, ops.slice(at, at + LDAP_MEMBERS_PER_MODIFY))));
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

/** A server that does not find objects by GUID is asked for their DNs first. */
async function changeSome(unit: Unit, ops: readonly MemberOp[]): Promise<Outcome[]> {
  if (unit.place.guidAddresses)
    return writeMembers(
      unit,
      ops.map((one) => ({ ...one, value: guidDn(one.anchor) })),
    );
  const dns = await locate(unit, ops);
  const members = ops.flatMap((one) => {
    const value = dns.get(one.anchor);
    return value === undefined ? [] : [{ ...one, value }];
  });
  return [...goneOutcomes(unit, ops, dns), ...(await writeMembers(unit, members))];
}

async function writeMembers(unit: Unit, members: readonly Member[]): Promise<Outcome[]> {
  if (members.length === 0) return [];
  try {
    await modifyMembers(unit, members);
    return members.map(({ op, anchor }) => succeeded(op, anchor));
  } catch (error) {
    if (error instanceof ConnectionLost) return settleLost(unit, members, error);
    if (!(error instanceof LdapError)) return members.map(({ op }) => failedOutcome(op, error));
    return sortOut(unit, members, error);
  }
}

/** None of the members was written: those that are gone or as wanted are done with, the others are tried again. */
async function sortOut(unit: Unit, members: readonly Member[], error: LdapError): Promise<Outcome[]> {
  const current = await membersOf(unit);
  if (current === null) return members.map(({ op }) => refusedOutcome(op, "the group is gone"));
  const dns = await locate(unit, members);
  const isMember = ({ anchor }: Member) => current.has(normalizeDn(dns.get(anchor) ?? ""));
  const found = members.filter(({ anchor }) => dns.has(anchor));
  const moot = found.filter((member) => isMember(member) === unit.adds);
  const rest = found.filter((member) => isMember(member) !== unit.adds);
  if (rest.length < members.length) {
    const outcomes = moot.map(({ op, anchor }) => wasAlready(op, anchor));
    return [...goneOutcomes(unit, members, dns), ...outcomes, ...(await writeMembers(unit, rest))];
  }
  const [only] = rest;
  if (only !== undefined && rest.length === 1) {
    // Not among the values, and yet a member: the group is its primary group (MS-SAMR 3.1.1.8.2).
    const isPrimary = unit.adds && hasCode(error, "entryAlreadyExists");
    return [isPrimary ? wasAlready(only.op, only.anchor) : failedOutcome(only.op, error)];
  }
  const middle = Math.ceil(rest.length / 2);
  return [...(await writeMembers(unit, rest.slice(0, middle))), ...(await writeMembers(unit, rest.slice(middle)))];
}

async function modifyMembers({ place, address, adds }: Unit, members: readonly Member[]): Promise<void> {
  const modification = attribute(
    "member",
    members.map((member) => member.value),
  );
  await place.session.modify(address, [new Change({ operation: adds ? "add" : "delete", modification })]);
}

async function settleLost(unit: Unit, members: readonly Member[], error: ConnectionLost): Promise<Outcome[]> {
  const current = await membersOf(unit).catch(() => null);
  const dns = await locate(unit, members).catch(() => null);
  if (current === null || dns === null) return members.map(({ op }) => failedOutcome(op, error));
  return [
    ...goneOutcomes(unit, members, dns),
    ...members.flatMap(({ op, anchor }) => {
      const dn = dns.get(anchor);
      if (dn === undefined) return [];
      return [current.has(normalizeDn(dn)) === unit.adds ? succeeded(op, anchor) : notExecuted(op, error)];
    }),
  ];
}

/** Present DNs of the accounts; those that are gone are left out. */
async function locate({ place }: Unit, ops: readonly MemberOp[]): Promise<ReadonlyMap<Anchor, string>> {
  const anchors = ops.map(({ anchor }) => anchor);
  const entries = await findEntries(place, anchors, []);
  return new Map([...entries].map(([anchor, { dn }]) => [anchor, dn]));
}

function goneOutcomes({ adds }: Unit, ops: readonly MemberOp[], dns: ReadonlyMap<Anchor, string>): Outcome[] {
  const gone = ops.filter(({ anchor }) => !dns.has(anchor));
  return gone.map(({ op, anchor }) => (adds ? isGone(op) : wasAlready(op, anchor)));
}

/** Normalized DNs of the members; null when the group is gone. */
async function membersOf({ place, group }: Unit): Promise<ReadonlySet<string> | null> {
  const entry = await findEntry(place, group, ["member"]);
  if (entry === null) return null;
  const values = await readAllValues(place.session, entry, "member");
  return new Set(values.map((value) => normalizeDn(value.toString("utf8"))));
}
