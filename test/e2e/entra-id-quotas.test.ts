/** The benchmark of Entra ID, small: what is counted must be right at every size. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addStrangers, type Measured, run, runInStorm, sumOf } from "../bench/entra/measure.js";
import { makeWorld, type World } from "../bench/entra/world.js";
import { assertContract, contractObserver } from "../contract/graph/observer.js";
import { temporaryFolder } from "../unit/repo/temp-repository.js";

const PEOPLE = 300;
/** Delta links, groups, members of four groups, the counts of all of these, role assignments: asked once, whatever the size of the tenant. */
const FIXED_READS = 14;

describe("a company that is made in an empty tenant", { timeout: 120_000 }, () => {
  const contract = contractObserver();
  let world: World;
  let creates: Measured;

  beforeAll(async () => {
    const tenant = { observe: contract.observe };
    world = await makeWorld({ folder: temporaryFolder(), people: PEOPLE, latency: 100, tenant });
    creates = await run(world);
  }, 120_000);
  afterAll(async () => {
    await world.close();
    assertContract(contract);
  });

  it("takes the least requests: managers go along with the creates, members by twenty", () => {
    expect(creates.minimum).toMatchObject({ creates: PEOPLE, managers: 1, pages: 1 });
    expect(creates.minimum.members).toBeGreaterThanOrEqual(PEOPLE / 20);
    expect(creates.traffic.requests).toBe(sumOf(creates.minimum) + FIXED_READS);
    expect(creates.traffic.routes["POST /users"]).toBe(PEOPLE);
  });

  it("is not refused while nobody else writes, and leaves nothing to do", async () => {
    expect(creates.traffic.throttled).toBe(0);
    const again = await run(world);
    expect(again).toMatchObject({ ops: 0, traffic: { writes: 0 } });
  });

  it("is planned again without a change by five requests at most, however many users there are", async () => {
    addStrangers(world, 3_000);
    await run(world);
    const unchanged = await run(world);
    expect(unchanged).toMatchObject({ ops: 0, how: "incremental", traffic: { throttled: 0 } });
    expect(unchanged.traffic.requests).toBeLessThanOrEqual(5);
  });
});

describe("a company that is made while others use up the quota", { timeout: 120_000 }, () => {
  it.each(["ours", "another"] as const)("%s application: nothing is sent while blocked, nothing twice", async (who) => {
    const contract = contractObserver();
    const tenant = { observe: contract.observe };
    const world = await makeWorld({ folder: temporaryFolder(), people: PEOPLE, latency: 100, tenant });
    const writes = who === "ours" ? 2_950 : 17_950;
    const { traffic } = await runInStorm(world, [{ after: 1, seconds: 1, writes, application: who }]);
    expect(traffic.throttled).toBeGreaterThan(0);
    expect(traffic.whileBlocked).toBe(0);
    expect(world.tenant.state.store.count("user")).toBe(PEOPLE);
    expect(await run(world)).toMatchObject({ ops: 0 });
    await world.close();
    assertContract(contract);
  });
});
