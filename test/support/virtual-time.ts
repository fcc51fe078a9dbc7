/** A clock that only sleeping moves, so that ten minutes of Retry-After take no time. */
import type { Surroundings } from "../../reconciler/targets/entra-id/surroundings.js";

export interface VirtualTime extends Surroundings {
  /** What was slept, in milliseconds, in the order of asking. */
  readonly sleeps: number[];
  advance(ms: number): void;
}

export function virtualTime(start = Date.UTC(2026, 0, 5, 8)): VirtualTime {
  let now = start;
  let requests = 0;
  const sleeps: number[] = [];
  return {
    clock: { now: () => now },
    async sleep(ms) {
      sleeps.push(ms);
      const until = now + ms;
      await Promise.resolve();
      now = Math.max(now, until);
    },
    random: () => 0.5,
    requestId: () => `request-${++requests}`,
    sleeps,
    advance(ms) {
      now += ms;
    },
  };
}
