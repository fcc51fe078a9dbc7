/**
 * desire(workers, policies, asOf) gives intents: for every identity and mapping the account state, attributes,
 * container, names to allot and entitlements that policy wants. Pure; one identity is evaluated at a time and depends
 * on nothing else, so that results can be kept per identity (see IntentStore).
 */
import { digestOf } from "../model/hash.js";
import { compareText, type IdentityKey, type WorkerKey } from "../model/identity.js";
import type { DesireFinding, IdentityDesire, Intent, MembershipIntent } from "../model/intent.js";
import { identityOf, type Snapshot, type WorkerFile } from "../model/worker.js";
import { indexBy } from "../support/index-by.js";
import { evaluateAttributes, evaluateContainer, evaluateMatch } from "./attributes.js";
import type { CompiledMapping, CompiledPolicy } from "./compiled.js";
import { choosePrimary, groupIdentities, labelOf, type Member } from "./identities.js";
import { stageOfWorker, type WorkerStage } from "./lifecycle.js";
import { DesirePacker, type PackedDesire } from "./packed-desire.js";
import { stageOrders } from "./stage-orders.js";
import { addDuration, parseDuration, startOfDay } from "./time.js";
import { viewWorker } from "./worker-view.js";

/** Keeps results between runs. A missing entry costs one evaluation, never a wrong plan. */
export interface IntentStore {
  get(key: string): PackedDesire | undefined;
  set(key: string, value: PackedDesire): void;
}

export interface Desire {
  /** By mapping order, then identity. */
  readonly intents: readonly Intent[];
  readonly findings: readonly DesireFinding[];
  /** Identity that a worker of the snapshot belongs to, per mapping flavour; of another one it is nobody's. */
  readonly identityOf: (worker: WorkerKey, per: "person" | "worker") => IdentityKey | undefined;
  readonly identities: number;
}

export function desire(
  snapshot: Snapshot,
  policy: CompiledPolicy,
  asOf: number,
  store: IntentStore | null = null,
): Desire {
  const groups = groupBoth(snapshot, policy);
  const intents: Intent[] = [];
  const findings: DesireFinding[] = [];
  const records = digestOf(Object.values(snapshot.sources).map((r) => [r.source, r.ended ?? [], r.exportedAt]));
  for (const mapping of policy.mappings) {
    const packer = new DesirePacker(mapping);
    for (const [identity, files] of groups[mapping.per]) {
      const key = store === null ? "" : storeKey(policy, mapping, identity, files, records, snapshot);
      const packed = store?.get(key);
      const kept = packed === undefined ? null : packer.unpack(packed, identity, files);
      const fresh = kept !== null && isValid(kept, asOf);
      const result = fresh ? kept : desireIdentity(identity, files, mapping, snapshot, asOf);
      if (!fresh) store?.set(key, packer.pack(result));
      intents.push(result.intent);
      for (const finding of result.findings) findings.push(finding);
    }
  }
  return { intents, findings, identityOf: identitiesOf(snapshot, policy), identities: groups.person.size };
}

function groupBoth(snapshot: Snapshot, policy: CompiledPolicy): Flavours<Map<IdentityKey, WorkerFile[]>> {
  return eachOnce((per) => groupIdentities(snapshot, per, policy.namespaces));
}

interface Flavours<T> {
  readonly person: T;
  readonly worker: T;
}

/** Both flavours, each computed when it is asked for: most policies have mappings of one only. */
function eachOnce<T>(compute: (per: "person" | "worker") => T): Flavours<T> {
  const known = new Map<string, T>();
  const once = (per: "person" | "worker"): T => {
    const value = known.get(per) ?? compute(per);
    known.set(per, value);
    return value;
  };
  return {
    get person() {
      return once("person");
    },
    get worker() {
      return once("worker");
    },
  };
}

function isValid(kept: IdentityDesire, asOf: number): boolean {
  return kept.validFrom <= asOf && (kept.validUntil === null || asOf < kept.validUntil);
}

/** The record of a source matters only for workers that it says have ended. */
function storeKey(
  policy: CompiledPolicy,
  mapping: CompiledMapping,
  identity: IdentityKey,
  files: readonly WorkerFile[],
  records: string,
  snapshot: Snapshot,
): string {
  const ended = files.some((f) => snapshot.sources[f.source]?.ended?.includes(f.id) === true);
  const blobs = files.map((file) => file.blob).join("+");
  return `${policy.digest}|${mapping.name}|${identity}|${blobs}${ended ? `|${records}` : ""}`;
}

/** The workers by key are gathered when somebody asks. */
function identitiesOf(snapshot: Snapshot, policy: CompiledPolicy): Desire["identityOf"] {
  let files: Map<WorkerKey, WorkerFile> | null = null;
  return (worker, per) => {
    files ??= indexBy(snapshot.workers, ({ key }) => key);
    const file = files.get(worker);
    return file === undefined ? undefined : identityOf(file, per, policy.namespaces[file.source] ?? file.source);
  };
}

/** What policy wants for one identity in one mapping. */
export function desireIdentity(
  identity: IdentityKey,
  files: readonly WorkerFile[],
  mapping: CompiledMapping,
  snapshot: Snapshot,
  asOf: number,
): IdentityDesire {
  const members = files.map((file): Member => {
    const view = viewWorker(file, asOf);
    const inScope = mapping.scope.contains(view, asOf);
    const record = snapshot.sources[file.worker.source];
    return { view, stage: stageOfWorker(view, mapping.lifecycle, inScope, record, asOf) };
  });
  const primary = choosePrimaryOf(members, mapping, asOf);
  const nextAt = earliest(members, mapping, asOf);
  const intent = buildIntent(identity, members, primary, mapping, asOf, nextAt);
  const usesNow = mapping.attributes.some((a) => a.rule?.expression?.usesNow === true);
  return {
    intent,
    findings: stageFindings(identity, members, mapping),
    validFrom: asOf,
    validUntil: usesNow ? asOf + 1 : nextAt,
  };
}

/** A policy expression, where the mapping has one: the worker with the greatest text wins; ties as by default. */
function choosePrimaryOf(members: readonly Member[], mapping: CompiledMapping, asOf: number): Member {
  const { primary } = mapping;
  if (primary === null || members.length === 1) return choosePrimary(members);
  const rank = (member: Member) => String(primary.evaluate({ get: (path) => member.view.get(path), asOf }) ?? "");
  const best = members.map(rank).sort(compareText).at(-1);
  return choosePrimary(members.filter((member) => rank(member) === best));
}

function earliest(members: readonly Member[], mapping: CompiledMapping, asOf: number): number | null {
  const instants = members.flatMap((member) => [
    ...(member.stage.nextAt === null ? [] : [member.stage.nextAt]),
    ...mapping.scope.boundaries(member.view),
    ...mapping.entitlements.flatMap((entitlement) => entitlement.scope.boundaries(member.view)),
  ]);
  const later = instants.filter((instant) => instant > asOf);
  return later.length === 0 ? null : later.reduce((a, b) => Math.min(a, b));
}

function buildIntent(
  identity: IdentityKey,
  members: readonly Member[],
  primary: Member,
  mapping: CompiledMapping,
  asOf: number,
  nextAt: number | null,
): Intent {
  const standing = standingOf(members, primary);
  const { stage } = standing;
  const orders = stageOrders(mapping, stage, { inScope: primary.stage.inScope });
  const leftAt = stage === "left" ? latestEnd(members) : null;
  return {
    identity,
    mapping: mapping.name,
    target: mapping.target,
    workers: members.map((member) => member.view.file.key),
    primary: primary.view.file.key,
    source: { file: primary.view.file.file, blob: primary.view.file.blob },
    label: labelOf(primary.view),
    timezone: primary.view.worker.timezone,
    stage: { stage, because: standing.because, nextAt, since: standing.since },
    inScope: members.some((member) => member.stage.inScope),
    start: primary.stage.start,
    ...orders,
    leftAt,
    rehire: rehireOf(members, primary, mapping),
    match: evaluateMatch(mapping, members, asOf),
    container: evaluateContainer(mapping, primary, stage, orders.frozen, asOf),
    attributes: evaluateAttributes(mapping, primary, stage, orders.frozen, asOf),
    entitled: entitledTo(mapping, members, asOf),
  };
}

/** Between two employments a person is left, whether the next one comes under the same id or under another. */
function standingOf(members: readonly Member[], primary: Member): Pick<WorkerStage, "stage" | "because" | "since"> {
  const since = latestEnd(members);
  if (primary.stage.stage !== "future" || since === null) return primary.stage;
  return { stage: "left", because: `left, and comes back on ${primary.stage.start}`, since };
}

function latestEnd(members: readonly Member[]): number | null {
  const ends = members.flatMap((member) => (member.stage.leftAt === null ? [] : [member.stage.leftAt]));
  return ends.length === 0 ? null : Math.max(...ends);
}

/** A person who works (again) after an employment that ended: policy says whether the old account serves again. */
function rehireOf(members: readonly Member[], primary: Member, mapping: CompiledMapping): Intent["rehire"] {
  if (primary.stage.stage !== "active" && primary.stage.stage !== "prehire") return null;
  const others = members.filter((member) => member !== primary);
  const ends = [primary.stage.previousEnd, ...others.map(endOf)];
  const previousEnd = ends.reduce<number | null>((a, b) => (b !== null && (a === null || b > a) ? b : a), null);
  const rule = mapping.lifecycle.rehire;
  if (previousEnd === null || rule === undefined) return null;
  const zone = primary.view.worker.timezone;
  const present = [primary, ...others.filter(isPresent)];
  const starts = present.map(({ stage, view }) => startOfDay(stage.start, view.worker.timezone));
  // Somebody may come back to several jobs at once; where one of them was there before the last one ended, nobody left. A
  // single one may overlap a little: the record that replaces another is often dated back.
  if (present.length > 1 && starts.some((start) => start <= previousEnd)) return null;
  const limit = rule.within === undefined ? null : addDuration(previousEnd, parseDuration(rule.within), zone);
  // The first day decides, in the pre-hire lead too: the action must not change when the lead is over.
  const action = limit === null || Math.min(...starts) <= limit ? rule.account : (rule.otherwise ?? rule.account);
  return { previousEnd, since: Math.min(...present.map(({ stage }) => stage.leadStart)), action };
}

/** When a job ended, or the one before that has been taken up again; a break in what is out of scope is nothing to us. */
function endOf({ stage }: Member): number | null {
  return stage.leftAt ?? (stage.inScope ? stage.previousEnd : null);
}

function isPresent({ stage }: Member): boolean {
  return stage.stage === "active" || stage.stage === "leave" || stage.stage === "prehire";
}

/** Entitlements are the union over all workers that are present (active, on leave or about to start). */
function entitledTo(mapping: CompiledMapping, members: readonly Member[], asOf: number): MembershipIntent[] {
  const present = members.filter(isPresent);
  return mapping.entitlements.flatMap((entitlement): MembershipIntent[] => {
    const holder = present.find((member) => entitlement.scope.contains(member.view, asOf));
    return holder === undefined ? [] : [{ entitlement: entitlement.name, worker: holder.view.file.key }];
  });
}

function stageFindings(identity: IdentityKey, members: readonly Member[], mapping: CompiledMapping): DesireFinding[] {
  return members.flatMap((member): DesireFinding[] => {
    const kind = member.stage.finding;
    if (kind === null || !member.stage.inScope) return [];
    const common = { identity, worker: member.view.file.key, target: mapping.target };
    const until = member.stage.nextAt === null ? "" : " until the grace period is over";
    if (kind === "vanished") {
      const what = `${labelOf(member.view)} is ${member.stage.because}; nothing changes${until}`;
      return [
        {
          ...common,
          kind,
          severity: "warning",
          what,
          next: "Ask HR: a leaver needs a last day, a gap in the export needs mending.",
        },
      ];
    }
    if (kind === "ended-without-date") {
      const what = `${labelOf(member.view)} has ended without a last day; taken as the time of the export`;
      return [{ ...common, kind, severity: "warning", what, next: "Ask HR for the last day." }];
    }
    const what = `the hire of ${labelOf(member.view)} was withdrawn after its first day; treated as left`;
    return [{ ...common, kind, severity: "warning", what, next: "Ask HR whether the person ever worked." }];
  });
}
