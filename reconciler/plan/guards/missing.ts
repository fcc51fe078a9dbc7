/**
 * Bound objects that are neither there nor known to be deleted. Each is a finding of its own; very many at once look like a
 * part of the directory that could not be read (an organizational unit whose permissions were taken away answers like one
 * that is empty), and no plan is made from that.
 */
import type { Guards } from "../../model/files/index.js";
import { compareText } from "../../model/identity.js";
import type { GuardVerdict } from "../../model/plan.js";
import { exceedsShare } from "../../support/percentage.js";
import { isInForce } from "../exceptions.js";
import type { PlanInput, TargetView } from "../subject.js";
import { SHIPPED_MISSING } from "./shipped.js";

/** One verdict per target that has bound objects missing; refused when both `max` and `maxShare` are exceeded. */
export function checkMissing(
  input: PlanInput,
  views: Readonly<Record<string, TargetView>>,
  actions: string,
): GuardVerdict[] {
  const custom = input.policy.guards.flatMap((document) => document.value.missing ?? []);
  const limit: Required<NonNullable<Guards["missing"]>> = Object.assign({}, SHIPPED_MISSING, ...custom);
  return Object.entries(views)
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([target, { observed, byAnchor, boundTo }]) => {
      const deleted = new Set(observed.deleted.map(({ anchor }) => anchor));
      let value = 0;
      for (const anchor of boundTo.keys()) if (!byAnchor.has(anchor) && !deleted.has(anchor)) value++;
      if (value === 0 || boundTo.size < limit.minPopulation) return [];
      return [judge(input, actions, { target, value, population: boundTo.size, limit })];
    });
}

interface Counted {
  readonly target: string;
  readonly value: number;
  readonly population: number;
  readonly limit: Required<NonNullable<Guards["missing"]>>;
}

function judge(input: PlanInput, actions: string, { target, value, population, limit }: Counted): GuardVerdict {
  const guard = `missing-objects:${target}`;
  const what = `${value} of ${population} bound objects are not there and not among the deleted ones; the limit is ${limit.max}, or ${limit.maxShare} where that is more`;
  const about = { guard, what, value, population, ops: [] };
  if (value <= limit.max || !exceedsShare(value, population, limit.maxShare))
    return { ...about, verdict: "pass", by: null };
  const environment = input.policy.environment.name;
  const override = input.policy.source.overrides.find(
    ({ value: one }) =>
      isInForce(one, environment, input.now) && one.guard === guard && actions.startsWith(one.actions),
  );
  if (override === undefined) return { ...about, verdict: "refuse", by: null };
  return { ...about, verdict: "let-through", by: override.value.name };
}
