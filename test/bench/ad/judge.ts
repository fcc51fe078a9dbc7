/** From measurements to tables of 80 columns, and a line for every aim: met or missed. */
import type { Aim } from "../aims.js";
import type { ApplyMeasurement, PlanMeasurement } from "./measure.js";
import type { Stage } from "./policies.js";
import type { Rate } from "./rivals.js";

export interface Pair {
  readonly muster: ApplyMeasurement;
  /** Seconds. */
  readonly ldapmodify: number;
  /** Seconds of the server's processor time: what each way asks of it, whatever else the machine does. */
  readonly server: { readonly muster: number; readonly ldapmodify: number };
}

export interface StageResult {
  readonly stage: Stage;
  readonly people: number;
  readonly pairs: readonly Pair[];
  /** Change records that ldapmodify was given. */
  readonly records: number;
  readonly client: Rate;
  readonly tool: Rate;
}

export interface PlanRound {
  readonly incremental: PlanMeasurement;
  readonly offline: PlanMeasurement;
}

/** Largest ratio to ldapmodify, most requests of a run without a change, and its largest ratio to planning offline. */
const AIMS = { writing: 1.1, requests: 5, planning: 2 } as const;

export function table(results: readonly StageResult[]): string[] {
  const header = row("", ["Muster", "ldapmod.", "ratio", "reads", "writes", "total", "observe", "fsync"]);
  return [
    header,
    ...results.map(({ stage, pairs }) => {
      const of = (value: (pair: Pair) => number) => median(pairs.map(value));
      const seconds = (name: "writing" | "total" | "observe" | "syncing") =>
        of(({ muster }) => muster[name]).toFixed(2);
      const counts = [of(({ muster }) => muster.reads), of(({ muster }) => muster.writes)].map(String);
      const rival = of(({ ldapmodify }) => ldapmodify).toFixed(2);
      const times = [seconds("total"), seconds("observe"), seconds("syncing")];
      return row(stage, [seconds("writing"), rival, of(ratio).toFixed(2), ...counts, ...times]);
    }),
  ];
}

/** Processor time, which hardly depends on what else the machine does: the server's, and Muster's own while it writes. */
export function processorTable(results: readonly StageResult[]): string[] {
  return [
    row("processor s", ["Muster's", "ldapmod.", "ratio", "client"]),
    ...results.map(({ stage, pairs }) => {
      const of = (value: (pair: Pair) => number) => median(pairs.map(value)).toFixed(2);
      const server = [of((pair) => pair.server.muster), of((pair) => pair.server.ldapmodify)];
      const ratios = of(({ server: { muster, ldapmodify } }) => muster / ldapmodify);
      return row(stage, [...server, ratios, of(({ muster }) => muster.processor)]);
    }),
  ];
}

/** Milliseconds per person, of all ways. */
export function rivalTable(results: readonly StageResult[]): string[] {
  const each = (seconds: number, entries: number) => ((seconds * 1000) / entries).toFixed(2);
  return [
    row("ms per person", ["Muster", "ldapmod.", "client", "s.-tool"]),
    ...results.map(({ stage, pairs, people, client, tool }) => {
      const muster = median(pairs.map((pair) => pair.muster.writing));
      const rival = median(pairs.map((pair) => pair.ldapmodify));
      const fast = [each(muster, people), each(rival, people)];
      return row(stage, [...fast, each(client.seconds, client.entries), each(tool.seconds, tool.entries)]);
    }),
  ];
}

function row(title: string, cells: readonly string[]): string {
  return title.padEnd(14) + cells.map((cell) => cell.padStart(9)).join("");
}

export function timedAims(results: readonly StageResult[]): Aim[] {
  return results.map(({ stage, pairs }) => {
    const ratios = pairs.map(ratio);
    const value = median(ratios);
    const all = [...ratios].sort((a, b) => a - b).map((each) => each.toFixed(2));
    const shown = `${value.toFixed(2)} (${all.join(" ")})`;
    return { what: `${stage}, to ldapmodify`, value, most: AIMS.writing, shown };
  });
}

export function countedAims(plans: readonly PlanRound[]): Aim[] {
  const value = Math.max(...plans.map(({ incremental }) => incremental.requests));
  const hows = [...new Set(plans.map(({ incremental }) => incremental.how))].join("; ");
  return [{ what: `requests of a run without a change (${hows})`, value, most: AIMS.requests, shown: `${value}` }];
}

export function planningAims(plans: readonly PlanRound[]): Aim[] {
  const value = median(plans.map(({ incremental, offline }) => incremental.seconds / offline.seconds));
  const seconds = (kind: keyof PlanRound) => median(plans.map((round) => round[kind].seconds)).toFixed(2);
  const shown = `${value.toFixed(2)} (${seconds("incremental")} s to ${seconds("offline")} s)`;
  return [{ what: "its time to planning offline", value, most: AIMS.planning, shown }];
}

function ratio({ muster, ldapmodify }: Pair): number {
  return muster.writing / ldapmodify;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
