/**
 * Members of one group, one write after another. Adding takes twenty in one PATCH, which Graph executes whole or not at all, and
 * when it refuses it does not say whom it means: then the members are read, who is in already is taken out, and who is gone;
 * what is left is halved until it stands alone. Removing takes one at a time, and "not a member" is as wanted.
 */
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { GRAPH_MEMBERS_PER_REQUEST } from "../../../support/limits.js";
import { isGone, refusedOutcome, succeeded, wasAlready } from "../../outcomes.js";
import { sendBatch } from "../batch.js";
import { isFailure } from "../failure.js";
import { readMembers, readObstacle } from "../groups.js";
import { objectLink } from "../links.js";
import { path, withQuery } from "../paths.js";
import { isYoung, withPatience } from "../patience.js";
import { type Place, requireId } from "../place.js";
import { failedOutcome, isLost, settle, unknownOutcome } from "./settle.js";

export interface MemberOp {
  readonly op: Op;
  readonly anchor: Anchor;
}

/**
 * Adds to, or removes from, one group; all ops have the same verb. Where Graph refuses, the group is looked at: one that became
 * dynamic, or is synchronised by now, is told as such, because Graph's own answer says no more than "denied".
 */
export async function changeMembers(place: Place, group: Anchor, ops: readonly MemberOp[]): Promise<Outcome[]> {
  const outcomes = await writeMembers(place, group, ops);
  if (!outcomes.some(({ kind }) => kind === "failed")) return outcomes;
  const obstacle = await readObstacle(place, group);
  if (obstacle === null) return outcomes;
  const byId = new Map(ops.map(({ op }) => [op.id, op]));
  return outcomes.map((outcome) => {
    const op = byId.get(outcome.op);
    if (outcome.kind !== "failed" || op === undefined) return outcome;
    return refusedOutcome(op, `the members of the group cannot be written any more: ${obstacle}`);
  });
}

async function writeMembers(place: Place, group: Anchor, ops: readonly MemberOp[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  if (ops[0]?.op.verb === "remove-member") {
    for (const one of ops) outcomes.push(await removeMember(place, group, one));
    return outcomes;
  }
  for (let at = 0; at < ops.length; at += GRAPH_MEMBERS_PER_REQUEST)
    outcomes.push(...(await addMembers(place, group, ops.slice(at, at + GRAPH_MEMBERS_PER_REQUEST))));
  return outcomes;
}

async function addMembers(place: Place, group: Anchor, members: readonly MemberOp[]): Promise<Outcome[]> {
  try {
    await bind(place, group, members);
    return members.map(({ op, anchor }) => succeeded(op, anchor));
  } catch (error) {
    const [only] = members;
    // Of one alone this says it all, whatever a replica shows.
    if (only !== undefined && members.length === 1 && isFailure(error, "already"))
      return [wasAlready(only.op, only.anchor)];
    if (isLost(error) || isFailure(error, "already", "gone", "unknown")) return sortOut(place, group, members, error);
    return members.map(({ op, anchor }) => failedOutcome(op, error, anchor));
  }
}

async function bind(place: Place, group: Anchor, members: readonly MemberOp[]): Promise<void> {
  const links = members.map(({ anchor }) => objectLink(place.graph.root, requireId(anchor)));
  const body = { "members@odata.bind": links };
  const send = () =>
    place.graph.send({ method: "PATCH", path: path`/groups/${requireId(group)}`, body, repeatable: false });
  // A young object is waited for alone: beside it, somebody who is gone for good would hold up all of them.
  await (members.length === 1 ? withPatience(place, [members[0]?.anchor ?? ""], send) : send());
}

/** After a refusal: who is a member now, who is gone, and the rest again. */
async function sortOut(place: Place, group: Anchor, members: readonly MemberOp[], error: unknown): Promise<Outcome[]> {
  let current: readonly Anchor[] | null;
  let present: ReadonlySet<Anchor>;
  try {
    current = await readMembers(place, group, { counted: false });
    present = await existing(place, members);
  } catch {
    return members.map(({ op, anchor }) =>
      isLost(error) ? unknownOutcome(op, error) : failedOutcome(op, error, anchor),
    );
  }
  if (current === null) return members.map(({ op }) => refusedOutcome(op, "the group is gone"));
  const inside = new Set(current);
  const isMember = ({ anchor }: MemberOp) => inside.has(anchor);
  const isMissing = (one: MemberOp) => !isMember(one) && !present.has(one.anchor);
  const outcomes = [
    ...members.filter(isMember).map(({ op, anchor }) => (isLost(error) ? succeeded : wasAlready)(op, anchor)),
    ...members.filter(isMissing).map(({ op }) => isGone(op)),
  ];
  const rest = members.filter((one) => !isMember(one) && !isMissing(one));
  if (rest.length === 0) return outcomes;
  if (rest.length < members.length) return [...outcomes, ...(await addMembers(place, group, rest))];
  const [only] = rest;
  if (only !== undefined && rest.length === 1)
    return [isLost(error) ? await addAgain(place, group, only) : failedOutcome(only.op, error, only.anchor)];
  const middle = Math.ceil(rest.length / 2);
  return [
    ...(await addMembers(place, group, rest.slice(0, middle))),
    ...(await addMembers(place, group, rest.slice(middle))),
  ];
}

/** No answer came and it is no member: sent again, and read again where that is not answered either. */
function addAgain(place: Place, group: Anchor, one: MemberOp): Promise<Outcome> {
  return settle(place, {
    op: one.op,
    anchor: one.anchor,
    judge: async () =>
      (await readMembers(place, group, { counted: false }))?.includes(one.anchor) === true ? "as-wanted" : "as-before",
    write: async () => {
      try {
        await bind(place, group, [one]);
      } catch (error) {
        if (!isFailure(error, "already")) throw error;
      }
    },
  });
}

/** Those that are there, or were made by this run and will be. */
async function existing(place: Place, members: readonly MemberOp[]): Promise<ReadonlySet<Anchor>> {
  const young = new Set(members.map(({ anchor }) => anchor).filter((anchor) => isYoung(place, [anchor])));
  const answers = await sendBatch(
    place.graph,
    members.map(({ anchor }) => ({
      method: "GET",
      path: withQuery(path`/users/${requireId(anchor)}`, { $select: "id" }),
    })),
  );
  const found = new Set<Anchor>();
  for (const [index, answer] of answers.entries()) {
    const anchor = members[index]?.anchor ?? "";
    if (!answer.ok && !isFailure(answer.failure, "gone")) throw answer.failure;
    if (answer.ok || young.has(anchor)) found.add(anchor);
  }
  return found;
}

/**
 * `/$ref` is what makes this the end of a membership: without it the same request deletes the user, where the application
 * may do that (group: delete member).
 */
export function membershipPath(group: Anchor, member: Anchor) {
  return path`/groups/${requireId(group)}/members/${requireId(member)}/$ref`;
}

async function removeMember(place: Place, group: Anchor, { op, anchor }: MemberOp): Promise<Outcome> {
  try {
    await place.graph.send({ method: "DELETE", path: membershipPath(group, anchor) });
    return succeeded(op, anchor);
  } catch (error) {
    // The group, the account or the membership is not there: the answer is the same, and so is what was wanted.
    return isFailure(error, "gone", "not-member") ? wasAlready(op, anchor) : failedOutcome(op, error, anchor);
  }
}
