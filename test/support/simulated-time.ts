/**
 * A clock for many who wait at the same time: it stands still while anybody works, and jumps to the next who wakes when all
 * of them sleep. What happens in a simulated hour happens in the same order on every machine, in as little time as the
 * work itself takes.
 *
 * "Nobody works" means that the event loop has come round and nothing that was announced by `during` is under way:
 * promises are then all settled. Work that waits for the system (files, sockets) must be announced.
 */
import type { Surroundings } from "../../reconciler/targets/entra-id/surroundings.js";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export class SimulatedTime implements Surroundings {
  readonly clock = { now: () => this.#now };
  #now: number;
  /** In the order of waking; who asked first wakes first. */
  readonly #sleepers: Sleeper[] = [];
  #working = 0;
  #isLooking = false;
  #requests = 0;
  #seed = 1;

  /** `start`: epoch milliseconds. */
  constructor(start: number) {
    this.#now = start;
  }

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      const until = this.#now + Math.max(0, ms);
      let at = this.#sleepers.length;
      while (at > 0 && (this.#sleepers[at - 1]?.until ?? 0) > until) at -= 1;
      this.#sleepers.splice(at, 0, { until, wake });
      this.#look();
    });

  /** The same numbers in every simulation (a linear congruential generator of Numerical Recipes). */
  readonly random = (): number => {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  };

  readonly requestId = (): string => `00000000-0000-4000-8000-${(++this.#requests).toString(16).padStart(12, "0")}`;

  /** Time stands still until the work is done. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#working += 1;
    try {
      return await work();
    } finally {
      this.#working -= 1;
      this.#look();
    }
  }

  #look(): void {
    if (this.#isLooking || this.#working > 0) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      const [next] = this.#sleepers;
      if (this.#working > 0 || next === undefined) return;
      this.#now = Math.max(this.#now, next.until);
      this.#sleepers.shift();
      next.wake();
      if (this.#sleepers.length > 0) this.#look();
    });
  }
}
