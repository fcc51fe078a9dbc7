/** Time and chance, as the driver takes them from outside: tests and benchmarks have their own. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../model/ports.js";

export interface Surroundings {
  readonly clock: Clock;
  /** Resolves when so many milliseconds of the clock are over. */
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 to below 1: spreads repeats, so that those who failed together do not come back together. */
  readonly random: () => number;
  /** A new `client-request-id`. */
  readonly requestId: () => string;
}

export const REAL_SURROUNDINGS: Surroundings = {
  clock: { now: () => Date.now() },
  sleep: async (ms) => {
    await delay(ms);
  },
  random: () => Math.random(),
  requestId: () => randomUUID(),
};
