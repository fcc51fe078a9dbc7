/** muster show: one identity, all about it. */

import type { IdentityKey } from "../model/identity.js";
import type { Intent } from "../model/intent.js";
import { fromStored, type LedgerEntry, ledgerKey } from "../model/ledger.js";
import type { Observed } from "../model/observed.js";
import type { Value } from "../model/value.js";
import type { WorkerFile } from "../model/worker.js";
import { identityOf } from "../model/worker.js";
import { isInForce } from "../plan/exceptions.js";
import { formatInstant, parseInstant } from "../policy/time.js";
import { labelsOf } from "../report/changes.js";
import { stableJson } from "../report/json.js";
import { type AccountView, type AttributeView, type ExceptionView, renderShow, type ShowView } from "../report/show.js";
import type { Context, ExitCode } from "./context.js";
import { type Desk, labelsFrom, observeAll, openDesk, type Planned, planFrom } from "./desk.js";
import { findWorker } from "./find-worker.js";

export interface ShowOptions {
  readonly worker: string;
  readonly asOf: string | null;
  readonly format: "text" | "json";
}

export async function runShow(context: Context, options: ShowOptions): Promise<ExitCode> {
  const desk = await openDesk(context);
  try {
    const file = findWorker(desk.snapshot, options.worker);
    const now = context.clock.now();
    const asOf = options.asOf === null ? now : parseInstant(options.asOf);
    const planned = planFrom(desk, await observeAll(desk, "reader"), { asOf, now });
    const view = viewOf(desk, planned, file, now);
    if (options.format === "json") context.print(stableJson(view));
    else {
      const labels = labelsOf(planned.body.ops, labelsFrom(planned.desire));
      context.print(renderShow(view, { ...context.page, labels }));
    }
    return 0;
  } finally {
    await desk.close();
  }
}

function viewOf(desk: Desk, planned: Planned, file: WorkerFile, now: number): ShowView {
  const namespace = desk.policy.namespaces[file.source] ?? file.source;
  const keys = new Set([identityOf(file, "person", namespace), identityOf(file, "worker", namespace)]);
  const mine = planned.desire.intents.filter(
    (intent) => keys.has(intent.identity) && intent.workers.includes(file.key),
  );
  const intents = mine.filter((intent) => isDeciding(desk, intent, mine));
  const first = intents[0];
  const identities = new Set(intents.map((intent) => intent.identity));
  const workers = new Set(intents.flatMap((intent) => intent.workers));
  return {
    identity: first?.identity ?? identityOf(file, "person", namespace),
    label: first?.label ?? file.key,
    asOf: planned.body.asOf,
    workers: desk.snapshot.workers
      .filter((known) => workers.has(known.key))
      .map(({ key, worker }) => ({
        key,
        type: worker.type,
        periods: worker.employment.periods,
        absentSince: worker.absentSince ?? null,
        primary: intents.some((intent) => intent.primary === key),
      })),
    stages: intents.map(({ mapping, target, stage }) => ({
      mapping,
      target,
      stage: stage.stage,
      because: stage.because,
      nextAt: stage.nextAt === null ? null : formatInstant(stage.nextAt),
    })),
    accounts: intents.map((intent) => accountView(desk, planned, intent)),
    pending: planned.body.ops.filter((op) => op.identity !== null && identities.has(op.identity)),
    exceptions: exceptionViews(desk, workers, now),
    findings: planned.body.findings.filter((finding) => finding.identity !== null && identities.has(finding.identity)),
  };
}

/** Of several mappings of one target: the one that the person is in the scope of, else the one that the account is of. */
function isDeciding(desk: Desk, intent: Intent, all: readonly Intent[]): boolean {
  const rivals = all.filter(({ target, identity }) => target === intent.target && identity === intent.identity);
  if (intent.inScope || rivals.length === 1) return true;
  if (rivals.some(({ inScope }) => inScope)) return false;
  const made = desk.ledger.entries.get(ledgerKey(intent.target, intent.identity))?.current?.mapping;
  return made === undefined ? intent === rivals[0] : made === intent.mapping;
}

function accountView(desk: Desk, planned: Planned, intent: Intent): AccountView {
  const entry = desk.ledger.entries.get(ledgerKey(intent.target, intent.identity));
  const current = entry?.current ?? null;
  const account = planned.observed[intent.target]?.accounts.find((known) => known.anchor === current?.anchor);
  return {
    target: intent.target,
    bound:
      current === null
        ? null
        : {
            anchor: current.anchor,
            address: account?.address ?? null,
            enabled: account?.enabled ?? null,
            boundAt: current.boundAt,
            disabledBy: current.disabledBy,
            disabledAt: current.disabledAt,
          },
    names: current?.names ?? {},
    attributes: attributeViews(desk, planned, intent, entry),
    groups: Object.values(current?.memberships ?? {}).map(({ group, origin, since, disabledPlans }) => ({
      name: group,
      ...(disabledPlans === undefined ? {} : { licence: true as const }),
      origin,
      since,
    })),
    former: entry?.former ?? [],
  };
}

/** Desired is what the plan wants where it changes something, else what is there. */
function attributeViews(desk: Desk, planned: Planned, intent: Intent, entry: LedgerEntry | undefined): AttributeView[] {
  const mapping = desk.policy.mappings.find((known) => known.name === intent.mapping);
  const current = entry?.current;
  if (mapping === undefined || current == null) return [];
  const picture = planned.observed[intent.target];
  const account = picture?.accounts.find((known) => known.anchor === current.anchor);
  const pending = planned.body.ops.filter((op) => "anchor" in op.object && op.object.anchor === current.anchor);
  return mapping.attributes.map(({ name }): AttributeView => {
    const stored = current.managed[name];
    const observed = account?.attributes[name];
    const change = pending.find((op) => op.verb !== "create" && name in op.after);
    const seen = observed === undefined ? null : readable(observed, picture, desk, intent.target);
    const desired =
      change === undefined ? (name in intent.attributes ? seen : undefined) : (change.after[name] ?? null);
    return { name, desired, observed: seen, ledger: stored == null ? stored : fromStored(stored) };
  });
}

/** A reference by address as one by identity, where the ledger knows whose account it is. */
function readable(value: Value, picture: Observed | undefined, desk: Desk, target: string): Value {
  if (typeof value !== "object" || !("dn" in value)) return value;
  const account = picture?.accounts.find((known) => known.address.toLowerCase() === value.dn.toLowerCase());
  const entry = [...desk.ledger.entries.values()].find(
    (each) => each.target === target && account !== undefined && each.current?.anchor === account.anchor,
  );
  return entry === undefined ? value : { ref: entry.identity as IdentityKey };
}

function exceptionViews(desk: Desk, workers: ReadonlySet<string>, now: number): ExceptionView[] {
  const environment = desk.policy.environment.name;
  const { holds, releases } = desk.policy.source;
  return [...holds, ...releases]
    .map((document) => document.value)
    .filter((exception) => workers.has(exception.worker) && isInForce(exception, environment, now))
    .map(({ kind, name, reason, expires }) => ({ kind, name, reason, expires }));
}
