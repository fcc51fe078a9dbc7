/** From measurements to a table of 80 columns, and the aims. */
import type { Aim } from "../aims.js";
import { type Measured, sumOf } from "./measure.js";

/** Microsoft's quota: so many writes in so many seconds for one application in one tenant. */
const WRITES = 3_000;
const WINDOW = 150;
/** Largest ratios to what the quota makes it take and to the least requests; most requests of a run without a change. */
const AIMS = { time: 1.1, requests: 1.05, unchanged: 5 } as const;
/** Circles of managers among the people: in each, one manager cannot be bound when the account is made. */
const CIRCLES = 1;

export interface Results {
  readonly creates: Measured;
  readonly storm: Measured;
  /** Everything read anew, and nothing to do; then only what changed since. */
  readonly full: Measured;
  readonly unchanged: Measured;
  /** Users of the tenant in the last two. */
  readonly users: number;
}

export function table({ creates, storm, full, unchanged, users }: Results): string[] {
  const lines: readonly (readonly [string, Measured])[] = [
    [`${grouped(creates.minimum.creates)} creates`, creates],
    [`${grouped(storm.minimum.creates)} in a storm`, storm],
    [`${grouped(users)} read`, full],
    [`${grouped(users)} no change`, unchanged],
  ];
  return [
    row("", ["requests", "writes", "http", "429", "blocked", "sim. s", "plan s", "apply s", "cpu s"]),
    ...lines.map(([title, { traffic, simulated, planning, applying, processor }]) => {
      const counts = [traffic.requests, traffic.writes, traffic.trips, traffic.throttled, traffic.whileBlocked];
      const seconds = [simulated, planning, applying, processor];
      return row(title, [...counts.map(String), ...seconds.map((each) => each.toFixed(1))]);
    }),
  ];
}

export function minimumLine({ minimum, forecast }: Measured): string[] {
  const { creates, managers, members, pages } = minimum;
  const parts = `${creates} creates + ${managers} managers not bound at create + ${members} members/20 + ${pages} users/999`;
  return [
    `least requests: ${sumOf(minimum)} = ${parts}`,
    `forecast of the plan: ${forecast.requests} requests, ${forecast.seconds} s of write quota`,
  ];
}

export function aimsOf({ creates, storm, full, unchanged, users }: Results): Aim[] {
  const windows = Math.floor((creates.traffic.writes - 1) / WRITES);
  const least = sumOf(creates.minimum);
  const blocked = [creates, storm].reduce((sum, { traffic }) => sum + traffic.whileBlocked, 0);
  const whole = (what: string, value: number, most: number): Aim => ({ what, value, most, shown: String(value) });
  return [
    // Within one window the quota asks for no time at all.
    ...(windows === 0 ? [] : [timed(`simulated seconds (${AIMS.time} x ${windows} x ${WINDOW})`, creates, windows)]),
    {
      what: "requests to the least",
      value: creates.traffic.requests / least,
      most: AIMS.requests,
      shown: `${(creates.traffic.requests / least).toFixed(4)} (${creates.traffic.requests} to ${least})`,
    },
    whole("managers not bound at create", creates.minimum.managers, CIRCLES),
    whole("429s without a storm", creates.traffic.throttled, 0),
    whole(`requests sent while blocked (429s in the storm: ${storm.traffic.throttled})`, blocked, 0),
    whole(
      `requests of a run without a change, ${grouped(users)} users (${unchanged.how})`,
      unchanged.traffic.requests,
      AIMS.unchanged,
    ),
    whole("ops in the plans that find nothing to do", full.ops + unchanged.ops, 0),
  ];
}

function timed(what: string, { simulated }: Measured, windows: number): Aim {
  return { what, value: simulated, most: Math.round(AIMS.time * windows * WINDOW), shown: simulated.toFixed(1) };
}

function row(title: string, cells: readonly string[]): string {
  return title.padEnd(18) + cells.map((cell, i) => cell.padStart(i < 2 ? 9 : 8)).join("");
}

function grouped(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}
