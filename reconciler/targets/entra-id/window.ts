/**
 * So much in any period of so many milliseconds, wherever the period begins. Whoever keeps this also keeps fixed windows
 * of the same length, and a token bucket of the same size and rate.
 */
export class SlidingWindow {
  readonly limit: number;
  readonly periodMs: number;
  /** What was taken, oldest first; what is before `#first` is over. */
  #times: number[] = [];
  #amounts: number[] = [];
  #first = 0;
  #taken = 0;

  constructor(limit: number, periodMs: number) {
    this.limit = limit;
    this.periodMs = periodMs;
  }

  /**
   * Milliseconds until `amount` more is free, 0 when it is now. More than the limit waits for as many periods as it needs.
   */
  waitFor(amount: number, now: number): number {
    this.#forget(now);
    const periods = Math.max(0, Math.ceil(amount / this.limit) - 1);
    let missing = amount - periods * this.limit + this.#taken - this.limit;
    let index = this.#first;
    for (; missing > 0 && index < this.#times.length; index += 1) missing -= this.#amounts[index] ?? 0;
    const last = index === this.#first ? now : (this.#times[index - 1] ?? now) + this.periodMs;
    return periods * this.periodMs + Math.max(0, last - now);
  }

  take(amount: number, now: number): void {
    if (amount === 0) return;
    this.#times.push(now);
    this.#amounts.push(amount);
    this.#taken += amount;
  }

  #forget(now: number): void {
    while (this.#first < this.#times.length && (this.#times[this.#first] ?? 0) + this.periodMs <= now) {
      this.#taken -= this.#amounts[this.#first] ?? 0;
      this.#first += 1;
    }
    // The front is cut off in large pieces, so that forgetting stays cheap.
    if (this.#first < 1_024 || this.#first * 2 < this.#times.length) return;
    this.#times = this.#times.slice(this.#first);
    this.#amounts = this.#amounts.slice(this.#first);
    this.#first = 0;
  }
}
