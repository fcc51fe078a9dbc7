/** Freeze windows and fights: ops that wait. Access removal never does (invariant 11). */
import type { Verb } from "../../model/op.js";
import type { Finding } from "../../model/plan.js";
import { addDuration, parseDuration, parseLocal } from "../../policy/time.js";
import type { Draft } from "../drafts.js";
import type { Findings, PlanInput } from "../subject.js";

const NEVER_WAIT: readonly Verb[] = ["disable", "remove-member", "remove-licence"];

/** Drops what must wait for the end of a freeze window; one finding says how much and until when. */
export function holdForFreeze(input: PlanInput, drafts: readonly Draft[], findings: Findings): readonly Draft[] {
  const windows = input.policy.guards.flatMap((document) => document.value.freeze ?? []);
  const window = windows.find(
    (freeze) =>
      parseLocal(freeze.from, freeze.timezone) <= input.now && input.now < parseLocal(freeze.to, freeze.timezone),
  );
  if (window === undefined) return drafts;
  const urgent = drafts.filter((draft) => NEVER_WAIT.includes(draft.op.verb));
  // With what they need: an entry that changes its key must do so before the outcome of a disable is recorded.
  const needed = new Set(urgent.flatMap((draft) => [draft, ...draft.needs]));
  const going = drafts.filter((draft) => needed.has(draft));
  if (going.length < drafts.length) {
    findings.add({
      kind: "freeze",
      severity: "info",
      identity: null,
      target: null,
      what: `${drafts.length - going.length} ops wait for the end of the freeze at ${window.to} ${window.timezone}`,
      next: "Nothing: access is still removed meanwhile, the rest is planned again afterwards.",
    });
  }
  return going;
}

/** A value that somebody flips back as often as `fight` says is reported and not written again. */
export function holdFights(input: PlanInput, drafts: readonly Draft[], findings: Findings): readonly Draft[] {
  const { fight } = input.policy.environment;
  if (fight?.flips === undefined) return drafts;
  const { amount, unit } = parseDuration(fight.within ?? "7d");
  const from = addDuration(input.now, { amount: -amount, unit }, "UTC");
  const flips = new Map<string, number>();
  for (const op of input.recent) {
    if (op.at <= from || op.origin !== "drift" || op.object === null) continue;
    const key = `${op.target}|${op.object}|${op.verb}|${op.slot ?? ""}`;
    flips.set(key, (flips.get(key) ?? 0) + 1);
  }
  const going = drafts.filter(({ op }) => {
    if (op.origin !== "drift" || NEVER_WAIT.includes(op.verb) || !("anchor" in op.object)) return true;
    const count = flips.get(`${op.target}|${op.object.anchor}|${op.verb}|${op.slot ?? ""}`) ?? 0;
    if (count < (fight.flips ?? Number.POSITIVE_INFINITY)) return true;
    reportFight(findings, op, {
      what: `was put back ${count} times within ${fight.within ?? "7d"} and changed again: not written`,
      next: "Find out who else writes it, then give it up in the mapping or stop the other side.",
      ...(op.drift === undefined ? {} : { drift: op.drift }),
    });
    return false;
  });
  return going.length === drafts.length ? drafts : withoutDependents(drafts, going, findings);
}

/** What needs an op that is not written, or a name that it would have let go, cannot be done either. */
function withoutDependents(drafts: readonly Draft[], first: readonly Draft[], findings: Findings): readonly Draft[] {
  const all = new Set(drafts);
  let going = first;
  for (;;) {
    const kept = new Set(going);
    const released = new Set(going.flatMap(({ op }) => op.releases));
    const held = new Set(drafts.flatMap((draft) => (kept.has(draft) ? [] : draft.op.releases)));
    const isStuck = ({ op, needs }: Draft) =>
      !NEVER_WAIT.includes(op.verb) &&
      (needs.some((need) => all.has(need) && !kept.has(need)) ||
        op.claims.some((name) => held.has(name) && !released.has(name)));
    const stuck = new Set(going.filter(isStuck));
    if (stuck.size === 0) return going;
    for (const { op } of stuck)
      reportFight(findings, op, {
        what: "needs a change that is not written, since somebody else changes it again and again",
        next: "Settle the fight that is reported beside this.",
      });
    going = going.filter((draft) => !stuck.has(draft));
  }
}

function reportFight(
  findings: Findings,
  { identity, target, address, slot, verb, label }: Draft["op"],
  { what, ...rest }: Pick<Finding, "what" | "next" | "drift">,
): void {
  const about = { identity, target, object: address, what: `${slot ?? verb} of ${label} ${what}` };
  findings.add({ kind: "fight", severity: "warning", ...about, ...rest });
}
