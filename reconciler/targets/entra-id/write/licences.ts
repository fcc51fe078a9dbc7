/**
 * Direct licences of one user, added and removed in one call (user: assignLicense), so that swapping two leaves no moment with
 * neither. Adding one that is held replaces its service plans: those that are switched off are said each time. One that
 * comes through a group is not removed here; Graph would refuse it.
 */
import type { Anchor } from "../../../model/observed.js";
import type { Op, Outcome } from "../../../model/op.js";
import { sameValue } from "../../../model/value.js";
import { isGone, succeeded, wasAlready } from "../../outcomes.js";
import { isFailure } from "../failure.js";
import { directLicences } from "../licences.js";
import { path } from "../paths.js";
import { backoff, withPatience } from "../patience.js";
import { type Place, requireId } from "../place.js";
import type { GraphObject } from "../properties.js";
import { readUser } from "../read.js";
import { failedOutcome, isLost, LOST_ATTEMPTS, unknownOutcome } from "./settle.js";

const ABOUT_LICENCES = ["assignedLicenses", "licenseAssignmentStates"];

export async function changeLicences(place: Place, anchor: Anchor, ops: readonly Op[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let open = ops;
  let lost: unknown = null;
  for (let attempt = 1; open.length > 0; attempt++) {
    let user: GraphObject | null;
    try {
      user = await readUser(place, anchor, ABOUT_LICENCES);
    } catch (error) {
      const say = (op: Op) => (lost === null ? failedOutcome(op, error) : unknownOutcome(op, lost));
      return [...outcomes, ...open.map(say)];
    }
    if (user === null) return [...outcomes, ...open.map(isGone)];
    const held = directLicences(user);
    const done = open.filter((op) => isAsWanted(op, held));
    outcomes.push(...done.map((op) => (lost === null ? wasAlready : succeeded)(op, anchor)));
    open = open.filter((op) => !done.includes(op));
    if (open.length === 0) break;
    const sent = await assign(place, anchor, open, held);
    if (!(sent instanceof Error)) return [...outcomes, ...sent];
    if (attempt >= LOST_ATTEMPTS) return [...outcomes, ...open.map((op) => unknownOutcome(op, sent))];
    lost = sent;
    await place.sleep(backoff(attempt));
  }
  return outcomes;
}

type Held = ReadonlyMap<string, readonly string[]>;

function isAsWanted(op: Op, held: Held): boolean {
  const plans = held.get(op.slot ?? "");
  if (op.verb === "remove-licence") return plans === undefined;
  const wanted = plansOf(op);
  return plans !== undefined && (wanted === null || sameValue([...plans], [...wanted]));
}

/** Service plans that are to be switched off, all of them; null: whichever are. */
function plansOf(op: Op): readonly string[] | null {
  const plans = op.after.disabledPlans;
  return Array.isArray(plans) ? (plans as readonly string[]) : null;
}

/** The outcomes, or the failure of a call whose effect nobody knows. What is refused together is tried one by one. */
async function assign(place: Place, anchor: Anchor, ops: readonly Op[], held: Held): Promise<Outcome[] | Error> {
  const adds = ops.filter(({ verb }) => verb === "assign-licence");
  const body = {
    addLicenses: adds.map((op) => ({
      skuId: op.slot ?? "",
      disabledPlans: plansOf(op) ?? held.get(op.slot ?? "") ?? [],
    })),
    removeLicenses: ops.filter((op) => !adds.includes(op)).map(({ slot }) => slot ?? ""),
  };
  try {
    const request = { method: "POST", path: path`/users/${requireId(anchor)}/assignLicense`, body } as const;
    await withPatience(place, [anchor], () => place.graph.send(request));
    return ops.map((op) => succeeded(op, anchor));
  } catch (error) {
    if (isLost(error)) return error;
    const [only] = ops;
    // A replica still showed it; or an earlier call, whose answer was lost, has taken it away.
    if (only?.verb === "remove-licence" && ops.length === 1 && isFailure(error, "licence-not-held"))
      return [wasAlready(only, anchor)];
    if (ops.length === 1 && only !== undefined) return [failedOutcome(only, error)];
  }
  const outcomes: Outcome[] = [];
  // What is given back first may be the seat, or the plan, that the other one needs.
  for (const op of [...ops.filter((one) => !adds.includes(one)), ...adds]) {
    const sent = await assign(place, anchor, [op], held);
    outcomes.push(...(sent instanceof Error ? [unknownOutcome(op, sent)] : sent));
  }
  return outcomes;
}
