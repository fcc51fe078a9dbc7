/**
 * The desk: everything a plan is made from, read once. Policies and workers at the desired commit, ledger and runs at the
 * records branch, and the pictures of the targets. Commands that plan, apply or show all start here.
 */
import { join } from "node:path";
import { openJournals } from "../apply/journal.js";
import { unconfirmedCreates } from "../apply/recover.js";
import type { Target } from "../model/files/index.js";
import { digestOf } from "../model/hash.js";
import type { IdentityKey } from "../model/identity.js";
import { type Ledger, ledgerKey } from "../model/ledger.js";
import type { Observed, Selection } from "../model/observed.js";
import type { PlanBody } from "../model/plan.js";
import type { TargetPort } from "../model/ports.js";
import type { RecentOp, Run } from "../model/run.js";
import type { Snapshot } from "../model/worker.js";
import { makePlan } from "../plan/assemble.js";
import { selectionFor } from "../plan/selection.js";
import { compilePolicies } from "../policy/compile.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import { type Desire, desire, type IntentStore } from "../policy/desire.js";
import type { PackedDesire } from "../policy/packed-desire.js";
import { parseDuration } from "../policy/time.js";
import { readRuns, recentOps, unconfirmedClaims } from "../record/read-runs.js";
import { Cache } from "../repo/cache.js";
import { askGit } from "../repo/git.js";
import { musterVersion } from "../repo/schemas.js";
import { type At, openRepository, type Repository } from "../repo/state.js";
import { MusterError } from "../support/errors.js";
import { capabilitiesOf, openTarget } from "../targets/open.js";
import type { Context } from "./context.js";
import { rememberPicture } from "./remember.js";
import { warnUnverified } from "./unverified.js";

export interface Desk {
  readonly repository: Repository;
  readonly policy: CompiledPolicy;
  readonly snapshot: Snapshot;
  readonly ledger: Ledger;
  readonly recent: readonly RecentOp[];
  /** Runs in the window, oldest first. */
  readonly runs: readonly Run[];
  /** Claims of creates that were sent and not confirmed, by the runs recorded and by those that wait for recovery. */
  readonly unconfirmed: ReadonlySet<string>;
  readonly ledgerDigest: string;
  /** Commits read; desired is "worktree" for uncommitted files. */
  readonly commits: { readonly desired: string; readonly records: string | null };
  readonly targets: Readonly<Record<string, { readonly port: TargetPort; readonly selection: Selection }>>;
  close(): Promise<void>;
}

export interface Planned {
  readonly body: PlanBody;
  readonly desire: Desire;
  readonly observed: Readonly<Record<string, Observed>>;
}

export interface DeskOptions {
  /** Reads the files as they lie, committed or not. */
  readonly worktree?: boolean;
  /** Makes the driver of a target; by default the one of its type. */
  readonly openPort?: (target: Target) => TargetPort;
}

/** Reads everything but the targets; their drivers are made and not yet connected. Throws for invalid input. */
export async function openDesk(context: Context, options: DeskOptions = {}): Promise<Desk> {
  const repository = await openRepository(context.folder, context.cache === undefined ? {} : { cache: context.cache });
  const head = await repository.resolve("HEAD");
  const desired: At = options.worktree === true || head === null ? { worktree: true } : { commit: head };
  const { policies } = await repository.readPolicies(desired);
  const environment = chooseEnvironment(
    context,
    policies.environments.map((document) => document.value.name),
  );
  const policy = compilePolicies(policies, environment, (type) => capabilitiesOf(type as "active-directory"));
  checkClock(context, policy);
  const records = await recordsCommit(repository, policy);
  const at: At = records === null ? { worktree: true } : { commit: records };
  // Both at once, since git lists the one while the other is parsed; errors of the workers come first.
  const reading = repository.readLedger(at, environment);
  reading.catch(() => undefined);
  const snapshot = await repository.readSnapshot(desired);
  const ledger = await reading;
  const runs = records === null ? [] : await readRuns(repository, records, environment, windowStart(context, policy));
  context.remark(warnUnverified(policy.targets.map((target) => target.document.value)));
  const openPort = options.openPort ?? ((target: Target) => openTarget(target, context.variable));
  const targets = Object.fromEntries(
    policy.targets.map((target) => {
      const port = openPort(target.document.value);
      return [target.name, { port, selection: selectionFor(policy, target.name, ledger) }];
    }),
  );
  return {
    repository,
    policy,
    snapshot,
    ledger,
    recent: recentOps(runs),
    runs,
    unconfirmed: new Set([...unconfirmedClaims(runs), ...(await interruptedCreates(repository, environment))]),
    ledgerDigest: await digestLedger(repository, records, environment, ledger),
    commits: { desired: "commit" in desired ? desired.commit : "worktree", records },
    targets,
    close: async () => {
      await Promise.all(Object.values(targets).map(({ port }) => port.close()));
    },
  };
}

/** Journals and leases live beside git's own data: never committed, and one for all work trees. */
export function ownFolder(repository: Repository): string {
  return join(repository.git.commonDir, "muster");
}

async function interruptedCreates(repository: Repository, environment: string): Promise<string[]> {
  const unfinished = await openJournals(ownFolder(repository), environment).unfinished();
  return unfinished.flatMap(({ entries }) => unconfirmedCreates(entries));
}

/** Connects to every target and takes a complete picture of each. */
export async function observeAll(desk: Desk, role: "reader" | "writer"): Promise<Record<string, Observed>> {
  const pictures = Object.entries(desk.targets).map(async ([name, { port, selection }]) => {
    await port.open(role);
    const memory = rememberPicture(desk.repository, desk.policy.environment.name, name);
    return [name, await port.observe(selection, memory)] as const;
  });
  return Object.fromEntries(await Promise.all(pictures));
}

/** The plan of one instant from the pictures taken. Instants are epoch milliseconds. */
export function planFrom(
  desk: Desk,
  observed: Readonly<Record<string, Observed>>,
  instants: { readonly asOf: number; readonly now: number },
): Planned {
  const { policy, snapshot, ledger, recent, unconfirmed, ledgerDigest } = desk;
  const store = openIntentStore(desk.repository);
  const wanted = desire(snapshot, policy, instants.asOf, store);
  store.save();
  const version = musterVersion();
  const input = {
    policy,
    snapshot,
    desire: wanted,
    ledger,
    observed,
    recent,
    unconfirmed,
    ledgerDigest,
    version,
    ...instants,
  };
  return { body: makePlan(input), desire: wanted, observed };
}

/** A person's name for reports: from the intents of the plan. */
export function labelsFrom(wanted: Desire): (identity: IdentityKey) => string | null {
  const labels = new Map(wanted.intents.map((intent) => [intent.identity, intent.label]));
  return (identity) => labels.get(identity) ?? null;
}

export function anchorFrom(ledger: Ledger): (target: string, identity: IdentityKey) => string | null {
  return (target, identity) => ledger.entries.get(ledgerKey(target, identity))?.current?.anchor ?? null;
}

export function chooseEnvironment(context: Context, names: readonly string[]): string {
  if (context.environment !== null) return context.environment;
  const [only, second] = names;
  if (only !== undefined && second === undefined) return only;
  const what = only === undefined ? "the policies have no Environment" : "there are several environments";
  const next =
    only === undefined ? "Add an Environment to policies/." : `Name one with --environment: ${names.join(", ")}.`;
  throw new MusterError("MUS-7001", { what, next });
}

function checkClock(context: Context, policy: CompiledPolicy): void {
  const real = policy.targets.filter((target) => target.document.value.sandbox !== true).map((target) => target.name);
  if (!context.clockGiven || real.length === 0) return;
  throw new MusterError("MUS-4007", { what: `--clock is only for sandboxes, and ${real.join(", ")} is none` });
}

async function recordsCommit(repository: Repository, policy: CompiledPolicy): Promise<string | null> {
  const { branch } = policy.environment.records;
  return (await repository.resolve(`refs/heads/${branch}`)) ?? (await repository.resolve("HEAD"));
}

/** Guards and fights look back; the longest window decides how many runs are read. Bootstraps count over their life. */
function windowStart(context: Context, policy: CompiledPolicy): number {
  if (policy.source.bootstraps.length > 0) return 0;
  const spans = policy.guards.flatMap((d) => d.value.limits ?? []).map((limit) => limit.per ?? "24h");
  const days = [...spans, policy.environment.fight?.within ?? "7d"].map((text) => {
    const { amount, unit } = parseDuration(text);
    return unit === "y" ? amount * 366 : unit === "d" ? amount : amount / 24;
  });
  return context.clock.now() - (Math.max(1, ...days) + 1) * 86_400_000;
}

async function digestLedger(
  repository: Repository,
  records: string | null,
  environment: string,
  ledger: Ledger,
): Promise<string> {
  if (records === null) return digestOf([...ledger.entries.values()]);
  const folder = `state/environments/${environment}`;
  const trees = [`${folder}/accounts`, `${folder}/groups`].map((path) =>
    askGit(repository.git, ["rev-parse", "--verify", "--quiet", `${records}:${path}`]),
  );
  return digestOf(await Promise.all(trees));
}

function openIntentStore(repository: Repository): IntentStore & { save(): void } {
  const cache = Cache.open(repository.cacheFolder, "intents", repository.cacheVersion);
  return {
    get: (key) => cache.get<PackedDesire>(key),
    set: (key, value) => cache.set(key, value),
    save: () => {
      cache.save();
    },
  };
}
