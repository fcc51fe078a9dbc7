/**
 * One job in a process of its own: `measure.js JOB REPOSITORY FILE` prints one line of JSON.
 *   plan         makes a plan and writes it to FILE
 *   apply        applies the plan in FILE; the writes that went over the wire are kept in FILE.writes
 *   incremental  plans with the picture that is remembered and the server's changes; the picture is kept in FILE
 *   offline      plans with the picture in FILE, and asks no server
 */
import { readFileSync, writeFileSync } from "node:fs";
import { runApply } from "../../../reconciler/commands/apply.js";
import type { Context } from "../../../reconciler/commands/context.js";
import { observeAll, openDesk, planFrom } from "../../../reconciler/commands/desk.js";
import { runPlan } from "../../../reconciler/commands/plan.js";
import type { Observed } from "../../../reconciler/model/observed.js";
import type { TargetPort } from "../../../reconciler/model/ports.js";
import { parseInstant } from "../../../reconciler/policy/time.js";
import { ActiveDirectoryTarget } from "../../../reconciler/targets/active-directory/target.js";
import { benchContext, PLANNED_AT } from "../bench-context.js";
import { recordRequests, recordSyncs } from "./record-requests.js";
import { addressByDn } from "./writes.js";

export type Job = "plan" | "apply" | "incremental" | "offline";

/** Seconds, unless said otherwise. */
export interface ApplyMeasurement {
  /** From the command's begin to its end: repository, observe, plan, writes, record. */
  readonly total: number;
  readonly observe: number;
  /** First write sent to last reply to a write. */
  readonly writing: number;
  /** Of this process, from the first write to the last reply. */
  readonly processor: number;
  /** In which at least one fsync was under way; most of them lie within `writing`. */
  readonly syncing: number;
  readonly syncs: number;
  readonly requests: number;
  readonly reads: number;
  readonly writes: number;
  readonly refused: number;
}

export interface PlanMeasurement {
  readonly seconds: number;
  /** Of those, for the picture: connecting, asking, reading what is remembered. */
  readonly observe: number;
  readonly requests: number;
  readonly ops: number;
  readonly how: string;
}

const [job = "plan", folder = "", file = ""] = process.argv.slice(2);
const printed: string[] = [];

/** The cache is where it always is, in the git directory. */
const context: Context = {
  ...benchContext(folder, PLANNED_AT, null),
  cache: undefined,
  variable: (name) => process.env[name],
  print: (text) => printed.push(text),
  remark: (text) => printed.push(text),
};

/** Time of all calls of a method, in seconds. */
const observing = { seconds: 0 };
const observe = ActiveDirectoryTarget.prototype.observe;
ActiveDirectoryTarget.prototype.observe = async function (...args) {
  const begun = performance.now();
  const observed = await observe.apply(this, args);
  observing.seconds += (performance.now() - begun) / 1000;
  return observed;
};

async function apply(): Promise<ApplyMeasurement> {
  const recording = recordRequests();
  const syncs = await recordSyncs();
  const begun = performance.now();
  const code = await runApply(context, { plan: file, format: "text" });
  const total = (performance.now() - begun) / 1000;
  const { counts, window, dnOf } = recording;
  if (code !== 0) throw new Error(`apply ended with ${code}:\n${printed.join("").slice(-4000)}`);
  if (counts.binds !== 1) throw new Error(`${counts.binds} connections were used`);
  // What is new has another GUID in the other domain; what was there when the domain was copied has the same.
  writeFileSync(`${file}.writes`, JSON.stringify(addressNew(recording.writes(), dnOf)));
  const writing = ((window.to ?? 0) - (window.from ?? 0)) / 1000;
  const { milliseconds, count } = syncs;
  const times = {
    total,
    observe: observing.seconds,
    writing,
    processor: window.processor,
    syncing: milliseconds / 1000,
  };
  return { ...times, syncs: count, ...counts };
}

function addressNew(writes: Parameters<typeof addressByDn>[0], dnOf: ReadonlyMap<string, string>) {
  const added = new Set(writes.flatMap((write) => (write.kind === "add" ? [write.dn] : [])));
  return addressByDn(writes, new Map([...dnOf].filter(([, dn]) => added.has(dn))));
}

async function plan(): Promise<{ readonly code: number }> {
  const options = { asOf: null, out: file, only: null, format: "json", full: false } as const;
  const more = { unmasked: true, worktree: false, exitCode: false, failOnFindings: false };
  const code = await runPlan(context, { ...options, ...more });
  if (code !== 0) throw new Error(`plan ended with ${code}:\n${printed.join("").slice(-4000)}`);
  return { code };
}

/** From opening the repository to the finished plan, as the other benchmark measures it. */
async function planAgain(openPort?: () => TargetPort): Promise<PlanMeasurement & { readonly observed: Observed }> {
  const { counts } = recordRequests();
  const begun = performance.now();
  const desk = await openDesk(context, openPort === undefined ? {} : { openPort });
  const atDesk = performance.now();
  const pictures = await observeAll(desk, "reader");
  const seen = performance.now();
  const now = parseInstant(PLANNED_AT);
  const { body } = planFrom(desk, pictures, { asOf: now, now });
  const seconds = (performance.now() - begun) / 1000;
  await desk.close();
  const [observed] = Object.values(pictures);
  if (observed === undefined) throw new Error("there is no target");
  const { kind, why } = observed.how ?? { kind: "none", why: null };
  const how = why === null ? kind : `${kind}: ${why}`;
  return { seconds, observe: (seen - atDesk) / 1000, requests: counts.requests, ops: body.ops.length, how, observed };
}

async function incremental(): Promise<PlanMeasurement> {
  const { observed, ...measured } = await planAgain();
  writeFileSync(file, JSON.stringify(observed));
  return measured;
}

/** The picture comes from a file, in the time that is measured: the other one reads its memory in that time, too. */
async function offline(): Promise<PlanMeasurement> {
  const never = () => Promise.reject(new Error("no server is asked"));
  const port = {
    open: async () => {},
    close: async () => {},
    observe: async () => JSON.parse(readFileSync(file, "utf8")) as Observed,
    read: never,
    findClaim: never,
  } as unknown as TargetPort;
  const { observed: _, ...measured } = await planAgain(() => port);
  return measured;
}

const JOBS: Readonly<Record<Job, () => Promise<object>>> = { plan, apply, incremental, offline };
process.stdout.write(`${JSON.stringify(await JOBS[job as Job]())}\n`);
