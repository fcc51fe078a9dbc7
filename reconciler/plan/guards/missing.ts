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
import type { PlanInput } from "../subject.js";
import { SHIPPED_MISSING } from "./shipped.js";

/** One verdict per target that has bound objects missing; refused when both `max` and `maxShare` are exceeded. */
export function checkMissing(input: PlanInput, actions: string): GuardVerdict[] {
  const custom = input.policy.guards.flatMap((document) => document.value.missing ?? []);
  const limit: Required<NonNullable<Guards["missing"]>> = Object.assign({}, SHIPPED_MISSING, ...custom);
  return Object.entries(input.observed)
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([target, observed]) => {
      const seen = new Set([...observed.accounts, ...observed.deleted].map(({ anchor }) => anchor));
      const bound = [...input.ledger.entries.values()].flatMap((entry) =>
        entry.target === target && entry.current !== null ? [entry.current.anchor] : [],
      );
      const value = bound.filter((anchor) => !seen.has(anchor)).length;
      if (value === 0 || bound.length < limit.minPopulation) return [];
      return [judge(input, actions, { target, value, population: bound.length, limit })];
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
