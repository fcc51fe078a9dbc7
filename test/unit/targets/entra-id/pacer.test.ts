/** The quotas of Microsoft Graph (throttling-limits, identity and access), kept by counting. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costOf } from "../../../../reconciler/targets/entra-id/costs.js";
import { Pacer, unitLimit } from "../../../../reconciler/targets/entra-id/pacer.js";
import { path, withQuery } from "../../../../reconciler/targets/entra-id/paths.js";
import { SlidingWindow } from "../../../../reconciler/targets/entra-id/window.js";
import { virtualTime } from "../../../support/virtual-time.js";

const WRITE = { units: 1, writes: 1 };

function started(users: number | null = 10_000) {
  const time = virtualTime(0);
  return { time, pacer: new Pacer({ clock: time.clock, sleep: time.sleep, users }) };
}

describe("a window", () => {
  it("never lets more through than its limit, wherever it is laid, and no later than it must", () => {
    const step = fc.record({ amount: fc.integer({ min: 1, max: 7 }), pause: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = new SlidingWindow(10, 100);
        const taken: { at: number; amount: number }[] = [];
        const used = (now: number) =>
          taken.filter(({ at }) => at + 100 > now).reduce((sum, { amount }) => sum + amount, 0);
        let now = 0;
        for (const { amount, pause } of steps) {
          now += pause;
          const wait = window.waitFor(amount, now);
          if (wait > 0) expect(used(now + wait - 1) + amount).toBeGreaterThan(10);
          now += wait;
          expect(used(now) + amount).toBeLessThanOrEqual(10);
          window.take(amount, now);
          taken.push({ at: now, amount });
        }
      }),
    );
  });

  it("keeps to it over thousands", () => {
    const window = new SlidingWindow(3_000, 150_000);
    let now = 0;
    for (let n = 0; n < 10_000; n += 1) {
      now += window.waitFor(1, now);
      window.take(1, now);
    }
    expect(now).toBe(450_000);
  });
});

describe("the pacer", () => {
  it("sends 3,000 writes at once and the next ones 150 seconds later", async () => {
    const { time, pacer } = started();
    for (let n = 0; n < 3_000; n += 1) await pacer.admit({ units: 0, writes: 1 });
    expect(time.clock.now()).toBe(0);
    await pacer.admit({ units: 0, writes: 1 });
    expect(time.clock.now()).toBeGreaterThanOrEqual(150_000);
    expect(time.clock.now()).toBeLessThan(151_000);
  });

  it("counts the items of a batch one by one, and lets nobody overtake it", async () => {
    const { time, pacer } = started();
    for (let n = 0; n < 149; n += 1) await pacer.admit({ units: 20, writes: 20 });
    await pacer.admit({ units: 1, writes: 1 });
    const order: string[] = [];
    await Promise.all([
      pacer.admit({ units: 20, writes: 20 }).then(() => order.push("batch")),
      pacer.admit(WRITE).then(() => order.push("single")),
    ]);
    expect(order).toEqual(["batch", "single"]);
    expect(time.clock.now()).toBeGreaterThanOrEqual(150_000);
  });

  it.each([
    [null, 3_500],
    [49, 3_500],
    [50, 5_000],
    [500, 5_000],
    [501, 8_000],
  ])("knows the units of a tenant of %s users", async (users, limit) => {
    expect(unitLimit(users)).toBe(limit);
    const { time, pacer } = started(users);
    for (let n = 0; n < limit; n += 10) await pacer.admit({ units: 10, writes: 0 });
    expect(time.clock.now()).toBe(0);
    await pacer.admit({ units: 1, writes: 0 });
    expect(time.clock.now()).toBeGreaterThanOrEqual(10_000);
  });

  it("takes the larger quota once the users were counted, and remembers what was used", async () => {
    const { time, pacer } = started(null);
    for (let n = 0; n < 3_500; n += 10) await pacer.admit({ units: 10, writes: 0 });
    pacer.tenantHas(600);
    for (let n = 0; n < 4_500; n += 10) await pacer.admit({ units: 10, writes: 0 });
    expect(time.clock.now()).toBe(0);
    await pacer.admit({ units: 1, writes: 0 });
    expect(time.clock.now()).toBeGreaterThanOrEqual(10_000);
  });

  it("sends nothing while it is blocked, reads included", async () => {
    const { time, pacer } = started();
    pacer.block(600_000);
    pacer.block(5_000);
    await pacer.admit({ units: 1, writes: 0 });
    expect(time.clock.now()).toBe(600_000);
  });

  it("slows down when the service is busy, and no longer than that", async () => {
    const { time, pacer } = started();
    pacer.heed(0.79);
    for (let n = 0; n < 10; n += 1) await pacer.admit(WRITE);
    expect(time.clock.now()).toBe(0);
    pacer.heed(0.8);
    for (let n = 0; n < 11; n += 1) await pacer.admit(WRITE);
    expect(time.clock.now()).toBe(440);
    time.advance(10_000);
    const later = time.clock.now();
    for (let n = 0; n < 10; n += 1) await pacer.admit(WRITE);
    expect(time.clock.now()).toBe(later);
  });

  it("is fast enough for the quota while it is slow", async () => {
    const { time, pacer } = started();
    for (let n = 0; n < 10_000; n += 1) {
      await pacer.admit(WRITE);
      pacer.heed(1.2);
    }
    expect(time.clock.now()).toBeLessThan(450_000 * 1.1);
  });

  it("goes on after somebody could not wait", async () => {
    const time = virtualTime(0);
    let fails = true;
    const sleep = (ms: number) => (fails ? Promise.reject(new Error("woken")) : time.sleep(ms));
    const pacer = new Pacer({ clock: time.clock, sleep });
    pacer.block(1_000);
    await expect(pacer.admit(WRITE)).rejects.toThrow("woken");
    fails = false;
    await pacer.admit(WRITE);
    expect(time.clock.now()).toBe(1_000);
  });
});

describe("the forecast", () => {
  it.each([
    [0, 0],
    [1, 0],
    [3_000, 0],
    [3_001, 150_500],
    [6_000, 150_500],
    [10_000, 451_500],
    [21_000, 903_000],
  ])("of %d writes is %d ms", (writes, ms) => {
    expect(started().pacer.forecast(writes)).toBe(ms);
  });

  it("counts what was sent and what is blocked", async () => {
    const { time, pacer } = started();
    for (let n = 0; n < 2_000; n += 1) await pacer.admit({ units: 0, writes: 1 });
    time.advance(50_000);
    expect(pacer.forecast(1_000)).toBe(0);
    expect(pacer.forecast(1_001)).toBe(100_500);
    pacer.block(120_000);
    expect(pacer.forecast(1)).toBe(120_000);
  });

  it("is what the pacer does", async () => {
    const { time, pacer } = started();
    for (let n = 0; n < 1_500; n += 1) await pacer.admit({ units: 0, writes: 1 });
    time.advance(20_000);
    const from = time.clock.now();
    const foretold = pacer.forecast(5_000);
    for (let n = 0; n < 5_000; n += 1) await pacer.admit({ units: 0, writes: 1 });
    expect(time.clock.now() - from).toBe(foretold);
  });
});

describe("the cost of a request", () => {
  it.each([
    ["GET", path`/users`, 2, 0],
    ["GET", withQuery(path`/users`, { $select: "id", $top: "999" }), 1, 0],
    ["GET", withQuery(path`/users`, { $select: "id", $expand: "manager($select=id)" }), 2, 0],
    ["GET", withQuery(path`/users`, { $top: "5" }), 1, 0],
    ["GET", path`/users/${"1"}`, 1, 0],
    ["GET", path`/users/${"1"}/memberOf`, 2, 0],
    ["GET", path`/groups/${"1"}/members`, 3, 0],
    ["GET", path`/groups/${"1"}/transitiveMembers`, 5, 0],
    ["GET", path`/subscribedSkus`, 3, 0],
    ["POST", path`/directoryObjects/getByIds`, 5, 0],
    ["POST", path`/users/${"1"}/checkMemberGroups`, 4, 0],
    ["POST", path`/users`, 1, 1],
    ["PATCH", path`/users/${"1"}`, 1, 1],
    ["DELETE", path`/groups/${"1"}/members/${"2"}/$ref`, 1, 1],
  ] as const)("%s %o", (method, where, units, writes) => {
    expect(costOf(method, where)).toEqual({ units, writes });
  });
});
