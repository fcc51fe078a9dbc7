/**
 * The properties, each judged from outside: pictures before and after, what a bystander knows (shadow.ts) and the HR
 * records. Every function throws a Broken with a sentence when Muster did what it must not do.
 */
import type { Worker } from "../../reconciler/model/files/index.js";
import type { WorkerKey } from "../../reconciler/model/identity.js";
import type { Intent } from "../../reconciler/model/intent.js";
import type { Ledger } from "../../reconciler/model/ledger.js";
import type { Anchor } from "../../reconciler/model/observed.js";
import type { Op } from "../../reconciler/model/op.js";
import { addDays } from "../../reconciler/policy/time.js";
import type { Dialect } from "./dialect.js";
import { mailOf } from "./people.js";
import type { PolicySpec } from "./policy.js";
import type { Picture, Seen, Shadow } from "./shadow.js";

export class Broken extends Error {}

/** One apply, seen from outside. */
export interface Act {
  readonly dialect: Dialect;
  readonly policy: PolicySpec;
  readonly workers: readonly Worker[];
  readonly intents: readonly Intent[];
  readonly asOf: number;
  readonly before: Picture;
  readonly after: Picture;
  readonly ledgerBefore: Ledger;
  readonly ledgerAfter: Ledger;
  /** Ops that were executed. */
  readonly ops: readonly Op[];
  /** As it was before the apply. */
  readonly shadow: Shadow;
}

function boundAnchors(ledger: Ledger): Map<Anchor, string> {
  return new Map(
    [...ledger.entries.values()].flatMap((entry) =>
      entry.current === null ? [] : [[entry.current.anchor, entry.identity] as const],
    ),
  );
}

/** Ownership (invariant 6): nothing outside, nothing unbound, no unmanaged attribute, no member of another party. */
export function checkOwnership(act: Act): void {
  const bound = boundAnchors(act.ledgerBefore);
  const boundAfter = boundAnchors(act.ledgerAfter);
  const managed = new Set(act.dialect.managed(act.policy));
  for (const [anchor, seen] of act.before) {
    const now = act.after.get(anchor);
    if (bound.has(anchor)) {
      if (now !== undefined) checkBound(act, anchor, seen, now, managed);
      continue;
    }
    const what = now === undefined ? "deleted" : difference(act, seen, now);
    if (what !== null) throw new Broken(`${seen.account.address} is not bound, but ${what} was changed`);
  }
  for (const [anchor, { account }] of act.after) {
    if (act.before.has(anchor)) continue;
    if (!account.managed) throw new Broken(`${account.address} was created outside the managed containers`);
    if (!boundAfter.has(anchor)) throw new Broken(`${account.address} was created and is not in the ledger`);
  }
}

function checkBound(act: Act, anchor: Anchor, seen: Seen, now: Seen, managed: ReadonlySet<string>): void {
  for (const name of changedAttributes(act, seen, now)) {
    if (!managed.has(name)) throw new Broken(`${name} of ${seen.account.address} is not managed, but was changed`);
    if (!seen.account.managed) throw new Broken(`${name} of ${seen.account.address} was changed outside`);
  }
  if (!seen.account.managed && now.account.container !== seen.account.container)
    throw new Broken(`${seen.account.address} lies outside, but was moved`);
  if (!seen.account.managed && now.account.enabled && !seen.account.enabled)
    throw new Broken(`${seen.account.address} lies outside, but was enabled`);
  if (!now.account.managed && seen.account.managed) throw new Broken(`${seen.account.address} was moved outside`);
  for (const group of seen.groups) {
    if (now.groups.has(group)) continue;
    const origin = act.shadow.memberships.get(`${group}|${anchor}`);
    if (origin === undefined)
      throw new Broken(`another party made ${seen.account.address} a member of ${group}; removed`);
  }
  for (const group of now.groups)
    if (!seen.groups.has(group) && !seen.account.managed)
      throw new Broken(`${seen.account.address} lies outside; added`);
}

function difference(act: Act, seen: Seen, now: Seen): string | null {
  if (seen.account.enabled !== now.account.enabled) return "its state";
  if (seen.account.address !== now.account.address) return "its address";
  const groups = [...seen.groups].sort().join() !== [...now.groups].sort().join();
  return groups ? "a membership" : (changedAttributes(act, seen, now)[0] ?? null);
}

/** A reference to an account that was deleted is gone with it: nobody wrote that. */
function changedAttributes(act: Act, seen: Seen, now: Seen): string[] {
  const names = new Set([...Object.keys(seen.attributes), ...Object.keys(now.attributes)]);
  return [...names].filter((name) => {
    const was = seen.attributes[name];
    if (was === now.attributes[name]) return false;
    return !(now.attributes[name] === undefined && was !== undefined && act.before.has(was) && !act.after.has(was));
  });
}

/** Invariant 11: only what Muster created or disabled itself is enabled. */
export function checkEnabling(act: Act): void {
  for (const [anchor, seen] of act.before) {
    const now = act.after.get(anchor);
    if (now === undefined || seen.account.enabled || !now.account.enabled) continue;
    if (!act.shadow.disabledByMuster.has(anchor))
      throw new Broken(`${seen.account.address} was disabled by somebody else, and Muster enabled it`);
  }
}

/** Invariant 12: deletion only after a full grace period disabled by Muster; no second account, no take-over. */
export function checkInference(act: Act): void {
  const bound = boundAnchors(act.ledgerBefore);
  for (const [anchor, seen] of act.before) {
    if (act.after.has(anchor)) continue;
    const since = act.shadow.disabledByMuster.get(anchor);
    const days =
      act.policy.deleteAfter === null ? Number.POSITIVE_INFINITY : Number.parseInt(act.policy.deleteAfter, 10);
    if (!bound.has(anchor)) throw new Broken(`${seen.account.address} was never ours and was deleted`);
    if (since === undefined) throw new Broken(`${seen.account.address} was not disabled by Muster, but deleted`);
    if (act.asOf < since + days * 86_400_000) throw new Broken(`${seen.account.address} was deleted too early`);
  }
  const unbound = new Set(act.ops.filter((op) => op.verb === "unbind").map((op) => op.identity));
  for (const op of act.ops) {
    if (op.verb === "create") {
      const held = act.ledgerBefore.entries.get(`${op.target}|${op.identity}`)?.current ?? null;
      if (held !== null && !unbound.has(op.identity))
        throw new Broken(`${op.label} had an account and got another one`);
      if (held !== null && !act.policy.rehire.includes("reprovision"))
        throw new Broken(`${op.label} was reprovisioned`);
    }
    if (op.verb === "bind" && op.slot === null) checkBind(act, op, bound);
    if (op.verb === "purge") checkPurge(act, op);
  }
}

/** For good only what Muster deleted itself, after the days that policy says, and of nobody whom HR knows to have work. */
function checkPurge(act: Act, op: Op): void {
  const since = "anchor" in op.object ? act.shadow.deletedByMuster.get(op.object.anchor) : undefined;
  const days = act.policy.purge == null ? Number.POSITIVE_INFINITY : Number.parseInt(act.policy.purge, 10);
  if (since === undefined) throw new Broken(`the account of ${op.label} was not deleted by Muster, but purged`);
  if (act.asOf < since + days * 86_400_000) throw new Broken(`the account of ${op.label} was purged too early`);
  const today = new Date(act.asOf).toISOString().slice(0, 10);
  const own = new Set(act.intents.find((intent) => intent.identity === op.identity)?.workers);
  const people = new Set(act.workers.filter((w) => own.has(keyOf(w))).map(personOf));
  const busy = act.workers.find((worker) => people.has(personOf(worker)) && hasWork(worker, addDays(today, 1)));
  if (busy !== undefined) throw new Broken(`the account of ${op.label} was purged, but ${keyOf(busy)} has work`);
}

/** Whether HR knows of work that goes on after the day, or is to come. */
function hasWork({ employment }: Worker, day: string): boolean {
  return employment.periods.some(({ status, lastDay }) => status === "normal" && (lastDay === null || lastDay > day));
}

function personOf(worker: Worker): string {
  return worker.personId ?? keyOf(worker);
}

function keyOf({ source, id }: Worker): WorkerKey {
  return `${source}:${id}` as WorkerKey;
}

function checkBind(act: Act, op: Op, bound: ReadonlyMap<Anchor, string>): void {
  const anchor = "anchor" in op.object ? op.object.anchor : "";
  const seen = act.before.get(anchor);
  if (seen === undefined || bound.has(anchor))
    throw new Broken(`${op.label} took over ${anchor} from ${bound.get(anchor)}`);
  if (!seen.account.managed) throw new Broken(`${seen.account.address} lies outside, but was bound`);
  const ids = (act.intents.find((intent) => intent.identity === op.identity)?.workers ?? []).map((key) => key.slice(3));
  const { [act.dialect.employeeId]: id, mail } = seen.account.attributes;
  const byId = typeof id === "string" && ids.includes(id);
  const byMail = id === undefined && ids.some((own) => mail === mailOf(own));
  if (!byId && !byMail) throw new Broken(`${op.label} was bound to ${seen.account.address}, which does not match`);
}

/** Invariant 11, the other half: whoever has left is disabled and out of the groups that Muster put them in. */
export function checkLeavers(act: Act): void {
  const left = leavers(act);
  for (const entry of act.ledgerAfter.entries.values()) {
    const seen = entry.current === null ? undefined : act.after.get(entry.current.anchor);
    if (seen === undefined || entry.current === null || !left.has(entry.identity)) continue;
    if (seen.account.enabled) throw new Broken(`${seen.account.address} belongs to a leaver and is enabled`);
    for (const [group, { group: name }] of Object.entries(entry.current.memberships))
      if (act.dialect.everyone.includes(name) && seen.groups.has(group))
        throw new Broken(`${seen.account.address} belongs to a leaver and is in ${name}`);
  }
}

/** Identities all of whose workers left long enough ago for every zone and grace period; protected ones left out. */
export function leavers(act: Pick<Act, "intents" | "workers" | "asOf" | "policy">): Set<string> {
  const today = new Date(act.asOf).toISOString().slice(0, 10);
  const byKey = new Map(act.workers.map((worker) => [keyOf(worker), worker]));
  const isProtected = (intent: Intent) => act.policy.protectedWorker && intent.workers.some((key) => key === "hr:2");
  return new Set(
    act.intents
      .filter((intent) => !isProtected(intent))
      .filter((intent) => intent.workers.every((key) => hasLongLeft(byKey.get(key), today)))
      .map((intent) => intent.identity),
  );
}

/** The grace periods of the policies are 3 days after a last day and 14 after vanishing; a day more for zones. */
function hasLongLeft(worker: Worker | undefined, today: string): boolean {
  if (worker === undefined) return false;
  const { periods, accessEnds } = worker.employment;
  const absent = worker.absentSince ?? null;
  const cut = accessEnds == null ? null : accessEnds.slice(0, 10);
  return periods.every(({ from, lastDay, status }) => {
    if (status === "rescinded") return addDays(from, 5) < today;
    if (lastDay !== null && addDays(lastDay, 5) < today) return true;
    if (cut !== null && addDays(cut, -2) > from && addDays(cut, 2) < today) return true;
    return absent !== null && lastDay === null && cut === null && addDays(absent.slice(0, 10), 16) < today;
  });
}

/** Invariant 5, on three attributes: set, cleared and unmanaged are never confused. `act` spans all applies of a step. */
export function checkThreeStates(act: Act): number {
  const bound = boundAnchors(act.ledgerAfter);
  const intents = new Map<string, Intent>();
  for (const intent of act.intents) if (intent.inScope) intents.set(intent.identity, intent);
  let checked = 0;
  for (const [anchor, identity] of bound) {
    const intent = intents.get(identity);
    const now = act.after.get(anchor);
    if (intent === undefined || now === undefined || !now.account.managed || isContested(act, intent)) continue;
    if (wasBroughtBack(act, anchor)) continue;
    const worker = act.workers.find((w) => keyOf(w) === intent.primary);
    if (worker === undefined) continue;
    checkTitle(act, intent, worker, act.before.get(anchor)?.attributes[act.dialect.title], now);
    checkDepartment(intent, worker, act.before.get(anchor)?.attributes.department, now);
    checked += 1;
  }
  return checked;
}

/** It was deleted when the step began: what it holds of old times is nobody's doing. */
function wasBroughtBack({ before, ledgerBefore }: Act, anchor: Anchor): boolean {
  if (before.has(anchor)) return false;
  const entries = [...ledgerBefore.entries.values()];
  return entries.some(({ current, former }) => [current, ...former].some((one) => one?.anchor === anchor));
}

/**
 * Accounts to which nothing is written until somebody decides: protected ones, two of one person whom HR merged, and one
 * that is about to be replaced while no name is left for the new one.
 */
function isContested(act: Act, intent: Intent): boolean {
  if (intent.rehire?.action === "reprovision") return true;
  if (act.policy.protectedWorker && intent.workers.some((key) => key === "hr:2")) return true;
  const accounts = [...act.ledgerAfter.entries.values()].filter(
    ({ identity, current, workers }) =>
      current !== null &&
      (identity === intent.identity || workers.some((key) => intent.workers.includes(key as WorkerKey))),
  );
  return accounts.length > 1;
}

function checkTitle(act: Act, intent: Intent, worker: Worker, before: string | undefined, now: Seen): void {
  const after = now.attributes[act.dialect.title];
  const hr = worker.job?.title;
  const { onNull, onDrift } = act.policy.title;
  const wanted = hr == null ? undefined : JSON.stringify(hr);
  const unmanaged = intent.frozen || hr === undefined || (hr === null && onNull === "keep");
  const mayStay = unmanaged || onDrift === "notify" || act.policy.fight;
  if (after === before && mayStay) return;
  if (!unmanaged && after === wanted) return;
  const say = hr === undefined ? "not supplied" : hr === null ? `empty (${onNull})` : hr;
  throw new Broken(
    `title of ${now.account.address} (${intent.stage.stage}) was ${before}, HR says ${say}, is ${after}`,
  );
}

function checkDepartment(intent: Intent, worker: Worker, before: string | undefined, now: Seen): void {
  const after = now.attributes.department;
  const wanted = intent.stage.stage === "left" ? undefined : JSON.stringify(worker.job?.department);
  const frozen = intent.frozen && intent.stage.stage !== "left";
  if (frozen ? after === before : after === wanted) return;
  throw new Broken(`department of ${now.account.address} (${intent.stage.stage}) was ${before}, is ${after}`);
}
