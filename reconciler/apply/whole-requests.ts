import type { Op } from "../model/op.js";

interface Queue {
  readonly size: number;
  readonly free: Op[];
  /** Members who are to be added and cannot be yet. */
  waiting: number;
}

/** Members to be added, gathered by group, and cut into requests. */
export class WholeRequests {
  readonly #queues = new Map<string, Queue>();

  /** `size`: members of one request. */
  note(op: Op, size: number, isFree: boolean): void {
    const key = `${op.target}|${op.slot}`;
    const queue = this.#queues.get(key) ?? { size, free: [], waiting: 0 };
    this.#queues.set(key, queue);
    if (isFree) queue.free.push(op);
    else queue.waiting += 1;
  }

  /** Up to so many requests. The last, smaller one of a group goes when nobody is left to fill it, or when it must. */
  choose(most: number, incomplete: boolean): Op[] {
    const chosen: Op[] = [];
    let requests = 0;
    for (const { size, free, waiting } of this.#queues.values()) {
      const all = waiting === 0 || incomplete ? Math.ceil(free.length / size) : Math.floor(free.length / size);
      const taken = Math.min(all, most - requests);
      requests += taken;
      chosen.push(...free.slice(0, taken * size));
    }
    return chosen;
  }
}
