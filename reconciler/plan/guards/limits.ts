/**
 * Limits: refuse if value > max, or if population >= minPopulation and value / population > maxShare. The value counts
 * this plan and the runs within the window, without what an Override or a Bootstrap let through. The population is the
 * accounts that Muster manages (for one group, its members).
 */
import type { Bootstrap, Guards, Override } from "../../model/files/index.js";
import { compareText } from "../../model/identity.js";
import type { Op } from "../../model/op.js";
import type { GuardVerdict } from "../../model/plan.js";
import type { RecentOp } from "../../model/run.js";
import { addDuration, parseDuration } from "../../policy/time.js";
import { exceedsShare } from "../../support/percentage.js";
import { isInForce } from "../exceptions.js";
import type { PlanInput } from "../subject.js";
import { SHIPPED_GROUP_LIMIT, SHIPPED_LIMITS } from "./shipped.js";

type Limit = NonNullable<Guards["limits"]>[number];

export interface LimitContext {
  readonly input: PlanInput;
  readonly ops: readonly Op[];
  readonly actions: string;
  /** Accounts bound in the environment. */
  readonly population: number;
  /** Members per group anchor, as observed. */
  readonly groupSizes: ReadonlyMap<string, number>;
}

/** What one limit counts: all ops of a verb, of a verb and attribute or task, or of a verb and group. */
interface Bucket {
  readonly guard: string;
  readonly limit: Limit;
  readonly ops: readonly Op[];
  readonly recent: readonly RecentOp[];
  readonly population: number;
}

export function checkLimits(context: LimitContext): GuardVerdict[] {
  return bucketsOf(context)
    .filter((bucket) => bucket.ops.length > 0)
    .map((bucket) => judge(context, bucket))
    .sort((a, b) => compareText(a.guard, b.guard));
}

/** The verb a limit sees: clearing an attribute is not an update, and an account that comes back counts as a new one. */
export function limitVerb(op: Op): string {
  if (op.verb === "restore") return "create";
  return op.verb === "update" && Object.values(op.after).every((value) => value === null) ? "clear" : op.verb;
}

function recentVerb(op: RecentOp): string {
  if (op.verb === "restore") return "create";
  return op.clear ? "clear" : op.verb;
}

function bucketsOf(context: LimitContext): Bucket[] {
  const { input } = context;
  const custom = input.policy.guards.flatMap((document) => document.value.limits ?? []);
  const counted = context.ops.filter((op) => counts(op));
  const out: Bucket[] = [];
  for (const shipped of SHIPPED_LIMITS) {
    const general = custom.find((l) => l.verb === shipped.verb && isGeneral(l));
    const limit = { ...shipped, ...general };
    const ops = counted.filter((op) => limitVerb(op) === limit.verb);
    const recent = recentOf(input, limit).filter((op) => recentVerb(op) === limit.verb);
    if (SLOTTED.includes(limit.verb)) out.push(...perSlot(context, limit, custom, ops, recent));
    else out.push({ guard: `limit:${limit.verb}`, limit, ops, recent, population: context.population });
    if (limit.verb === "remove-member") out.push(...perGroup(context, custom, ops, recent));
  }
  return out;
}

/** Binding under another key of the same person is not an adoption; what writes nothing else is not counted. */
function counts(op: Op): boolean {
  if (op.verb === "bind") return op.slot === null;
  return !op.ledgerOnly || op.verb === "unbind";
}

/** Verbs of which each attribute, or each task, is counted on its own. */
const SLOTTED: readonly Limit["verb"][] = ["update", "clear", "run-task"];

function isGeneral({ attribute, group, task }: Limit): boolean {
  return attribute === undefined && group === undefined && task === undefined;
}

function perSlot(
  context: LimitContext,
  limit: Limit,
  custom: readonly Limit[],
  ops: readonly Op[],
  recent: readonly RecentOp[],
): Bucket[] {
  const names = [...new Set(ops.map((op) => op.slot ?? ""))].sort(compareText);
  return names.map((name) => ({
    guard: `limit:${limit.verb}:${name}`,
    limit: { ...limit, ...custom.find((l) => l.verb === limit.verb && (l.attribute ?? l.task) === name) },
    ops: ops.filter((op) => op.slot === name),
    recent: recent.filter((op) => op.slot === name),
    population: context.population,
  }));
}

function perGroup(
  context: LimitContext,
  custom: readonly Limit[],
  ops: readonly Op[],
  recent: readonly RecentOp[],
): Bucket[] {
  const anchors = [...new Set(ops.map((op) => op.slot ?? ""))].sort(compareText);
  return anchors.map((anchor) => {
    const own = ops.filter((op) => op.slot === anchor);
    const name = own[0]?.slotLabel ?? anchor;
    return {
      guard: `limit:remove-member:${name}`,
      limit: { ...SHIPPED_GROUP_LIMIT, ...custom.find((l) => l.verb === "remove-member" && l.group === name) },
      ops: own,
      recent: recent.filter((op) => op.slot === anchor),
      population: context.groupSizes.get(anchor) ?? 0,
    };
  });
}

function recentOf(input: PlanInput, limit: Limit): RecentOp[] {
  const from = windowStart(input, limit);
  return input.recent.filter((op) => op.at > from && op.letThrough === null);
}

function windowStart(input: PlanInput, limit: Limit): number {
  const { amount, unit } = parseDuration(limit.per ?? "24h");
  return addDuration(input.now, { amount: -amount, unit }, "UTC");
}

function judge(context: LimitContext, bucket: Bucket): GuardVerdict {
  const { limit, population } = bucket;
  const value = bucket.ops.length + bucket.recent.length;
  const overMax = limit.max !== undefined && value > limit.max;
  const overShare =
    population >= (limit.minPopulation ?? 0) &&
    population > 0 &&
    exceedsShare(value, population, limit.maxShare ?? "100%");
  const ops = bucket.ops.map((op) => op.id).sort(compareText);
  const figures = describe(bucket, value, overShare && !overMax);
  if (!overMax && !overShare)
    return { guard: bucket.guard, verdict: "pass", what: figures, value, population, by: null, ops: [] };
  const by = exceptionFor(context, bucket);
  const verdict = by === null ? "refuse" : "let-through";
  return { guard: bucket.guard, verdict, what: figures, value, population, by, ops };
}

function describe(bucket: Bucket, value: number, byShare: boolean): string {
  const { limit, population } = bucket;
  const recent =
    bucket.recent.length === 0 ? "" : ` (${bucket.recent.length} of them within the last ${limit.per ?? "24h"})`;
  const share = population === 0 ? "" : `, ${((100 * value) / population).toFixed(1)}% of ${population}`;
  const bound = byShare ? `${limit.maxShare} of at least ${limit.minPopulation ?? 0}` : `${limit.max ?? "any number"}`;
  return `${value} × ${limit.verb}${recent}${share}; the limit is ${bound}`;
}

/** The name of the Override or Bootstrap that lets these ops through, or null. */
function exceptionFor(context: LimitContext, bucket: Bucket): string | null {
  const { input, actions } = context;
  const environment = input.policy.environment.name;
  const override = input.policy.source.overrides.find(
    ({ value }) => isInForce(value, environment, input.now) && covers(value, bucket, actions),
  );
  if (override !== undefined) return override.value.name;
  const bootstrap = input.policy.source.bootstraps.find(
    ({ value }) => isInForce(value, environment, input.now) && lets(value, context, bucket),
  );
  return bootstrap?.value.name ?? null;
}

function covers(override: Override, bucket: Bucket, actions: string): boolean {
  if (override.guard !== bucket.guard || !actions.startsWith(override.actions)) return false;
  const listed = override.ops === undefined ? null : new Set(override.ops);
  return listed === null || bucket.ops.every((op) => listed.has(op.id));
}

/** A bootstrap's figure is for all of its life: what it let through before counts. */
function lets(bootstrap: Bootstrap, context: LimitContext, bucket: Bucket): boolean {
  const limit = (bootstrap.lets as Readonly<Record<string, number>>)[bucket.limit.verb];
  if (limit === undefined) return false;
  const used = context.input.recent.filter(
    (op) => op.letThrough === bootstrap.name && recentVerb(op) === bucket.limit.verb,
  ).length;
  const wanted = context.ops.filter((op) => counts(op) && limitVerb(op) === bucket.limit.verb).length;
  return used + wanted <= limit;
}
