/**
 * Keeps to the quotas of a tenant before the tenant must say so: 3,000 writes in 150 seconds and, by size of the tenant,
 * so many resource units in 10 seconds for one application (throttling-limits). A batch counts with each of its items.
 * After a 429 nothing is sent until its Retry-After is over, since refused requests count too. The quota is shared with
 * whoever else uses the application, so a 429 may come all the same.
 *
 * Everybody waits in one queue: who came first is sent first, so that a batch of twenty is not overtaken for ever.
 */
import type { Clock } from "../../model/ports.js";
import type { Cost } from "./costs.js";
import { SlidingWindow } from "./window.js";

/** Writes per application and tenant, and the milliseconds of their window. */
export const WRITE_LIMIT = 3_000;
export const WRITE_WINDOW_MS = 150_000;
const UNIT_WINDOW_MS = 10_000;
/** A request that waited longer on its way than the next one comes early at the server. */
const MARGIN_MS = 500;
/** From this share of a limit on the service asks for less. */
const BUSY = 0.8;
/** Then there is this pause between items, for as long as a window of units; a little faster than the write quota grows back. */
const BUSY_PAUSE_MS = 40;

/** Resource units in 10 seconds; the smallest tenant's where the number of users is not known. */
export function unitLimit(users: number | null): number {
  if (users === null || users < 50) return 3_500;
  return users <= 500 ? 5_000 : 8_000;
}

export interface PacerOptions {
  readonly clock: Clock;
  readonly sleep: (ms: number) => Promise<void>;
  /** Users of the tenant, null where nobody has counted them. */
  readonly users?: number | null;
}

export class Pacer {
  readonly #clock: Clock;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #writes = new SlidingWindow(WRITE_LIMIT, WRITE_WINDOW_MS + MARGIN_MS);
  #units: SlidingWindow;
  #queue: Promise<void> = Promise.resolve();
  #blockedUntil = 0;
  #busyUntil = 0;
  #nextWhileBusy = 0;

  constructor({ clock, sleep, users = null }: PacerOptions) {
    this.#clock = clock;
    this.#sleep = sleep;
    this.#units = new SlidingWindow(unitLimit(users), UNIT_WINDOW_MS + MARGIN_MS);
  }

  /** The tenant has so many users, as a full read has found: its quota of units follows. */
  tenantHas(users: number): void {
    const limit = unitLimit(users);
    if (limit !== this.#units.limit) this.#units = new SlidingWindow(limit, this.#units.periodMs);
  }

  /** Waits until a request of this cost may be sent, and counts it. */
  admit(cost: Cost): Promise<void> {
    const turn = this.#queue.then(() => this.#wait(cost));
    this.#queue = turn;
    return turn;
  }

  /** The service refused a request: nothing is sent for this long. */
  block(ms: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#clock.now() + ms);
  }

  /** `x-ms-throttle-limit-percentage` of a reply: 0.8 is 80 % of a limit. */
  heed(percentage: number): void {
    if (percentage >= BUSY) this.#busyUntil = this.#clock.now() + UNIT_WINDOW_MS;
  }

  /** Milliseconds until the last of so many further writes may be sent; what limits it is the quota alone. */
  forecast(writes: number): number {
    const now = this.#clock.now();
    const blocked = Math.max(0, this.#blockedUntil - now);
    return writes === 0 ? 0 : Math.max(blocked, this.#writes.waitFor(writes, now));
  }

  async #wait(cost: Cost): Promise<void> {
    for (;;) {
      const now = this.#clock.now();
      const wait = this.#mustWait(cost, now);
      if (wait <= 0) {
        this.#writes.take(cost.writes, now);
        this.#units.take(cost.units, now);
        this.#nextWhileBusy = now + BUSY_PAUSE_MS * Math.max(1, cost.writes);
        return;
      }
      await this.#sleep(wait);
    }
  }

  #mustWait(cost: Cost, now: number): number {
    return Math.max(
      this.#blockedUntil - now,
      this.#writes.waitFor(cost.writes, now),
      this.#units.waitFor(cost.units, now),
      now < this.#busyUntil ? this.#nextWhileBusy - now : 0,
    );
  }
}
