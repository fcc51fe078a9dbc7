/** The plan: match, allot, diff, order, guards, findings, digests. One exported function, pure. */
import { type IdentityKey, PRIMARY_ORDER } from "../model/identity.js";
import type { Intent } from "../model/intent.js";
import { ledgerKey } from "../model/ledger.js";
import { type Finding, PLAN_VERSION, type PlanBody, type PlanCounts } from "../model/plan.js";
import type { CompiledMapping } from "../policy/compiled.js";
import { formatInstant } from "../policy/time.js";
import { MusterError, throwAll } from "../support/errors.js";
import { allot } from "./allot.js";
import { diffTarget } from "./diff.js";
import { diffDeletion } from "./diff-account.js";
import { digestActions, digestInputs } from "./digest.js";
import { gatherExceptions } from "./exceptions.js";
import { sortFindings } from "./findings.js";
import { holdFights, holdForFreeze } from "./guards/freeze.js";
import { checkLimits } from "./guards/limits.js";
import { checkMissing } from "./guards/missing.js";
import { checkSeats } from "./guards/seats.js";
import { Links } from "./link.js";
import { matchSubjects } from "./match.js";
import { orderOps } from "./order.js";
import { recordsByPerson } from "./purge.js";
import type { ResolveContext } from "./resolve.js";
import { gatherRestraint, mayRename } from "./restrain.js";
import { collectFindings, isReprovisioned, type PlanInput, type Subject, type TargetView } from "./subject.js";
import { buildView } from "./view.js";

/** Makes the plan. Throws MUS-1105 and MUS-3003 for inputs that no plan can be made from. */
export function makePlan(input: PlanInput): PlanBody {
  const findings = collectFindings();
  const environment = input.policy.environment.name;
  const views: Record<string, TargetView> = {};
  for (const target of input.policy.targets) {
    const observed = input.observed[target.name];
    if (observed !== undefined) views[target.name] = buildView(target, observed, input.ledger, environment);
  }
  const chosen = chooseIntents(input);
  const links = new Links(input, views, [...chosen.values()].flat());
  const subjects = input.policy.targets.flatMap((target) => {
    const view = views[target.name];
    return view === undefined ? [] : matchSubjects(view, chosen.get(target.name) ?? [], input.ledger, links, findings);
  });
  const exceptions = gatherExceptions(input);
  const restraints = new Map(Object.values(views).map((v) => [v.target, gatherRestraint(v, input.policy.guards)]));
  const canRename = (subject: Subject) => {
    const restraint = restraints.get(subject.target);
    return restraint !== undefined && mayRename(restraint, exceptions, subject);
  };
  const allotment = allot(input.policy, views, subjects, input.ledger, input.asOf, canRename, links, findings);
  const context: ResolveContext = {
    allotment,
    findings,
    links,
    reachable: reachableSubjects(subjects, allotment.failed, input.asOf),
    replaced: new Set(subjects.filter(isReprovisioned).map((subject) => `${subject.target.name}|${subject.identity}`)),
    identityOf: input.desire.identityOf,
    recordsOf: recordsByPerson(input),
  };
  const drafts = Object.values(views).flatMap((view) => {
    const own = subjects.filter((subject) => subject.target === view.target);
    const restraint = restraints.get(view.target) ?? gatherRestraint(view, input.policy.guards);
    return diffTarget(input, view, own, context, exceptions, restraint);
  });
  const waiting = holdFights(input, holdForFreeze(input, drafts, findings), findings);
  const ops = orderOps(waiting);
  const actions = digestActions(ops);
  const asOf = formatInstant(input.asOf);
  const counts = countAll(input, subjects);
  const population = Object.values(counts.bound).reduce((a, b) => a + b, 0);
  const groups = Object.values(views).flatMap((v) => v.observed.groups);
  const groupSizes = new Map(groups.map((group) => [group.anchor, group.members.length]));
  return {
    version: PLAN_VERSION,
    environment,
    asOf,
    ops,
    findings: sortFindings([...desireFindings(input, subjects), ...findings.list]),
    guards: [
      ...checkLimits({ input, ops, actions, population, groupSizes }),
      ...checkMissing(input, views, actions),
      ...checkSeats(input, ops, actions),
    ],
    counts,
    digests: { actions, ...digestInputs(input, asOf) },
  };
}

type Chosen = { intent: Intent; mapping: CompiledMapping };

/**
 * One intent per identity and target: the mapping whose scope it is in; else the one its account was made by; else
 * none. Two mappings of one target that catch the same identity are MUS-1105.
 */
function chooseIntents(input: PlanInput): Map<string, Chosen[]> {
  const mappings = new Map(input.policy.mappings.map((mapping) => [mapping.name, mapping]));
  const targets = input.policy.mappings.map((mapping) => mapping.target);
  const shared = new Set(targets.filter((target, i) => targets.indexOf(target) !== i));
  const grouped = new Map<string, Chosen[]>();
  const out = new Map<string, Chosen[]>();
  for (const intent of input.desire.intents) {
    const mapping = mappings.get(intent.mapping);
    if (mapping === undefined) continue;
    if (!shared.has(intent.target)) {
      addTo(out, { intent, mapping });
      continue;
    }
    const key = ledgerKey(intent.target, intent.identity);
    const list = grouped.get(key);
    if (list === undefined) grouped.set(key, [{ intent, mapping }]);
    else list.push({ intent, mapping });
  }
  throwAll(findCaughtTwice(grouped));
  for (const [key, list] of grouped) {
    const caught = list.filter(({ intent }) => intent.inScope);
    const made = input.ledger.entries.get(key)?.current?.mapping;
    const only = list.length === 1 ? list[0] : undefined;
    const chosen = caught[0] ?? list.find(({ mapping }) => mapping.name === made) ?? only;
    if (chosen !== undefined) addTo(out, chosen);
  }
  return out;
}

function addTo(byTarget: Map<string, Chosen[]>, chosen: Chosen): void {
  const list = byTarget.get(chosen.intent.target);
  if (list === undefined) byTarget.set(chosen.intent.target, [chosen]);
  else list.push(chosen);
}

/** Per identity, and per worker: a mapping per person and one per worker give the same people different keys. */
function findCaughtTwice(grouped: ReadonlyMap<string, readonly Chosen[]>): MusterError[] {
  const errors: MusterError[] = [];
  const holders = new Map<string, Chosen>();
  for (const list of grouped.values()) {
    const caught = list.filter(({ intent }) => intent.inScope);
    if (caught.length > 1) errors.push(caughtTwice(caught));
    for (const chosen of caught.slice(0, 1)) {
      for (const worker of chosen.intent.workers) {
        const key = `${chosen.intent.target}|${worker}`;
        const other = holders.get(key);
        if (other !== undefined && other.mapping !== chosen.mapping) errors.push(caughtTwice([other, chosen]));
        holders.set(key, chosen);
      }
    }
  }
  return errors;
}

function caughtTwice(caught: readonly Chosen[]): MusterError {
  const [first, second] = caught;
  return new MusterError("MUS-1105", {
    what: `mappings ${first?.mapping.name} and ${second?.mapping.name} both catch ${first?.intent.identity}`,
    where: { file: second?.mapping.document.file ?? "", line: second?.mapping.document.line ?? 1 },
  });
}

/** Subjects that a reference may point at: they have an account that stays, or get one in this plan. */
function reachableSubjects(
  subjects: readonly Subject[],
  failed: ReadonlySet<Subject>,
  asOf: number,
): Map<string, Set<IdentityKey>> {
  const out = new Map<string, Set<IdentityKey>>();
  for (const subject of subjects) {
    const exists = subject.binding === "bound" && diffDeletion(subject, asOf) === null;
    const comes = subject.binding === "none" && subject.intent.create && !failed.has(subject);
    if (!exists && !comes) continue;
    const known = out.get(subject.target.name);
    if (known === undefined) out.set(subject.target.name, new Set([subject.identity]));
    else known.add(subject.identity);
  }
  return out;
}

/** Findings of desire matter where there is, or will be, an account. */
function desireFindings(input: PlanInput, subjects: readonly Subject[]): Finding[] {
  const concerned = new Set(input.desire.findings.map((finding) => finding.identity));
  const bound = new Map(
    subjects
      .filter((subject) => concerned.has(subject.identity))
      .map((subject) => [`${subject.target.name}|${subject.identity}`, subject]),
  );
  return input.desire.findings.flatMap((finding): Finding[] => {
    const subject = bound.get(`${finding.target}|${finding.identity}`);
    if (subject?.binding !== "bound") return [];
    if (finding.kind === "rescinded-after-start" && subject.entry?.current?.everEnabled !== true) return [];
    return [{ ...finding, object: subject.account?.address ?? null }];
  });
}

function countAll(input: PlanInput, subjects: readonly Subject[]): PlanCounts {
  const bound: Record<string, number> = {};
  for (const subject of subjects)
    if (subject.entry?.current != null) bound[subject.target.name] = (bound[subject.target.name] ?? 0) + 1;
  return {
    workers: input.snapshot.workers.length,
    identities: input.desire.identities,
    bound,
    stages: countStages(subjects),
  };
}

/** Somebody with accounts in two targets is one person: the best stage counts. */
function countStages(subjects: readonly Subject[]): Record<string, number> {
  const best = new Map<IdentityKey, number>();
  for (const { identity, intent } of subjects) {
    const rank = PRIMARY_ORDER.indexOf(intent.stage.stage);
    best.set(identity, Math.min(rank, best.get(identity) ?? rank));
  }
  const ranks = [...best.values()];
  const counted = PRIMARY_ORDER.map((stage, rank) => [stage, ranks.filter((one) => one === rank).length] as const);
  return Object.fromEntries(counted.filter(([, count]) => count > 0));
}
