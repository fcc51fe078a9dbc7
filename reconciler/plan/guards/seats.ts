/**
 * Seats: a plan that assigns more licences of a product than are free would leave some people without, by chance. Where Guards
 * do not want it refused, those who find no seat are not in the plan, and the verdict only tells the figures.
 */
import { compareText } from "../../model/identity.js";
import type { ObservedGroup } from "../../model/observed.js";
import type { Op } from "../../model/op.js";
import type { GuardVerdict } from "../../model/plan.js";
import { isInForce } from "../exceptions.js";
import { freeSeats, freesSeat } from "../licences.js";
import type { PlanInput } from "../subject.js";

/** One verdict per product that the plan assigns; seats that its removals free count as free. */
export function checkSeats(input: PlanInput, ops: readonly Op[], actions: string): GuardVerdict[] {
  const assigned = new Map<string, Op[]>();
  const removed = new Map<string, Op[]>();
  for (const op of ops) {
    if (op.slot === null || op.ledgerOnly) continue;
    const key = `${op.target}|${op.slot}`;
    if (op.verb === "assign-licence" && op.before.member !== true) add(assigned, key, op);
    if (op.verb === "remove-licence") add(removed, key, op);
  }
  return [...assigned]
    .flatMap(([key, list]) => judge(input, actions, list, removed.get(key) ?? []))
    .sort((a, b) => compareText(a.guard, b.guard) || compareText(a.what, b.what));
}

function add(lists: Map<string, Op[]>, key: string, op: Op): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [op]);
  else list.push(op);
}

function judge(input: PlanInput, actions: string, assigned: readonly Op[], removed: readonly Op[]): GuardVerdict[] {
  const [first] = assigned;
  const group = input.observed[first?.target ?? ""]?.groups.find(({ anchor }) => anchor === first?.slot);
  if (first === undefined || group?.licence === undefined) return [];
  const freed = removed.filter((op) => freesSeat(group, op)).length;
  const free = Math.max(0, freeSeats(group) + freed);
  const guard = `seats:${first.target}:${group.address}`;
  const value = assigned.length;
  const about = {
    guard,
    what: describe(group, first.target, value, free, freed),
    value,
    population: group.licence.seats,
  };
  if (value <= free) return [{ ...about, verdict: "pass", by: null, ops: [] }];
  const ids = assigned.map((op) => op.id).sort(compareText);
  const override = input.policy.source.overrides.find(
    ({ value: one }) =>
      isInForce(one, input.policy.environment.name, input.now) &&
      one.guard === guard &&
      actions.startsWith(one.actions),
  );
  if (override === undefined) return [{ ...about, verdict: "refuse", by: null, ops: ids }];
  return [{ ...about, verdict: "let-through", by: override.value.name, ops: ids }];
}

function describe(group: ObservedGroup, target: string, value: number, free: number, freed: number): string {
  const { seats = 0, used = 0 } = group.licence ?? {};
  const byPlan = freed === 0 ? "" : `, ${freed} of them freed by this plan`;
  return `${value} × assign-licence of ${group.address} in ${target}; ${free} seats are free${byPlan} (${used} of ${seats} are in use)`;
}
