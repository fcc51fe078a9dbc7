/** Single faults, each as bad as it can be, through plan, apply and ledger: what random storms seldom bring about. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SeenTenantRequest, TenantFault } from "../../reconciler/sandbox/tenant/options.js";
import { workerFrom } from "../golden/case-file.js";
import { policiesFrom } from "../support/policies.js";
import { Simulation } from "../support/simulation.js";
import { type CloudHands, cloudHands } from "./cloud/hands.js";
import { CLOUD_DIALECT, type CloudPolicySpec } from "./cloud/policy.js";
import { livingUsers } from "./cloud/truth.js";
import { TARGET } from "./policy.js";

const AT = "2026-06-15T09:00:00Z";
const POLICY: CloudPolicySpec = {
  per: "worker",
  prehire: 14,
  prehireAccount: "disabled",
  leave: { account: "disabled", create: false },
  leftAfter: null,
  leftAttributes: "freeze",
  tasks: [],
  vanishedAfter: "72h",
  outOfScope: "disabled",
  deleteAfter: null,
  deleteUnused: false,
  rehire: "none",
  onRename: "keep",
  counter: true,
  lastResort: false,
  retain: false,
  mail: "none",
  title: { onNull: "keep", onDrift: "correct" },
  containerDrift: "correct",
  leaversMove: false,
  ghosts: false,
  twoMappings: false,
  manager: "keep",
  onLoss: ["remove", "remove"],
  protectedWorker: false,
  fight: false,
  restore: false,
  unit: false,
  licenceLoss: "remove",
  plansOff: false,
  hireDate: true,
};
const PEOPLE = ["Anna Huber", "Anton Huber", "Ben Roth", "Carla Weiss", "Dora Lang", "Emil Stein", "Franz Berg"];

let hands: CloudHands;
let simulation: Simulation;

beforeEach(async () => {
  hands = await cloudHands({ policy: POLICY, lag: { reads: 5 } }, "direct", { tenant: { pageLimit: 3 } });
  simulation = new Simulation({
    policies: policiesFrom(CLOUD_DIALECT.yaml(POLICY)),
    workers: PEOPLE.map((name, i) => workerFrom(String(i + 1), { name, from: "2026-01-01" }, undefined)),
    sources: {},
    targets: { [TARGET]: hands.port },
    environment: "test",
  });
});
afterEach(() => hands.close());

const storm = (fault: (request: SeenTenantRequest) => TenantFault | undefined) => {
  hands.harness.faults.before = fault;
};
const calm = () => {
  hands.harness.faults.before = undefined;
  hands.pass?.(150_000);
};
const users = () => livingUsers(hands.harness.tenant.state);
const list = (collection: RegExp) => (request: SeenTenantRequest) =>
  request.method === "GET" && collection.test(request.path.split("?")[0] ?? "");
const USERS = list(/^\/v1\.0\/users$/);
const GROUPS = list(/^\/v1\.0\/groups$/);
const MEMBERS = list(/^\/v1\.0\/groups\/[^/]+\/members$/);

describe("a read that is not whole", () => {
  const later = (is: (request: SeenTenantRequest) => boolean) => (request: SeenTenantRequest) =>
    is(request) && request.path.includes("skiptoken");
  it.each<[string, (request: SeenTenantRequest) => boolean, TenantFault, RegExp]>([
    ["a listing of users that ends early", USERS, { do: "end-early" }, /MUS-5003 .*were counted/],
    ["a page of users without its last value", USERS, { do: "omit" }, /MUS-5003 .*were counted/],
    ["a page of groups without its last value", GROUPS, { do: "omit" }, /MUS-5003 .*were counted/],
    ["a page of members without its last value", MEMBERS, { do: "omit" }, /MUS-5003 .*were counted/],
    ["a listing of members that ends early", MEMBERS, { do: "end-early" }, /MUS-5003 .*were counted/],
    ["503 while paging", later(USERS), { do: "reply", status: 503 }, /MUS-5001/],
    ["a page that never comes whole", later(USERS), { do: "truncate" }, /MUS-520|MUS-500/],
    ["a connection that is cut while paging", later(MEMBERS), { do: "drop-after" }, /MUS-5001/],
    [
      "a page token that is always too old",
      later(USERS),
      { do: "reply", status: 400, code: "Directory_ExpiredPageToken" },
      /MUS-5003/,
    ],
  ])("becomes no plan: %s", async (_what, is, fault, error) => {
    await simulation.run(AT);
    calm();
    const writes = hands.writes();
    const ledger = simulation.ledger;
    const approved = await simulation.plan(AT);
    storm((request) => (is(request) ? fault : undefined));
    await expect(simulation.plan(AT)).rejects.toThrow(error);
    await expect(simulation.apply(approved)).rejects.toThrow(error);
    expect(hands.writes()).toBe(writes);
    expect(simulation.ledger).toBe(ledger);
    calm();
    expect((await simulation.plan(AT)).ops).toEqual([]);
  });

  it("is read again: pages that come twice, or empty, change nothing", async () => {
    await simulation.run(AT);
    calm();
    for (const fault of ["duplicate", "empty-page"] as const) {
      const seen = new Set<string>();
      storm((request) => {
        const isNew = !seen.has(request.path);
        seen.add(request.path);
        return isNew && request.path.includes("$top=") ? { do: fault } : undefined;
      });
      expect((await simulation.plan(AT)).ops).toEqual([]);
    }
  });
});

describe("a create whose answer is lost", () => {
  const isCreate = ({ method, path }: SeenTenantRequest) => method === "POST" && path === "/v1.0/users";
  it.each<[string, TenantFault]>([
    ["504 after success", { do: "reply", status: 504, after: true }],
    ["a connection that is cut after it", { do: "drop-after" }],
    ["an answer that is cut short", { do: "truncate" }],
  ])("%s: is found by looking, and nobody is made twice", async (_what, fault) => {
    storm((request) => (isCreate(request) ? fault : undefined));
    const { executed } = await simulation.run(AT);
    expect(executed.filter(({ op }) => op.verb === "create").map(({ outcome }) => outcome.kind)).toEqual(
      PEOPLE.map(() => "done"),
    );
    calm();
    expect((await simulation.plan(AT)).ops).toEqual([]);
    expect(users()).toHaveLength(PEOPLE.length);
  });

  it("and nobody can look for it: it is unknown, what needs it waits, and the next run binds it by its claim", async () => {
    let isDown = false;
    storm((request) => {
      const wasDown = isDown;
      isDown ||= isCreate(request);
      if (wasDown) return { do: "drop-before" };
      return isDown ? { do: "drop-after" } : undefined;
    });
    const { executed } = await simulation.run(AT);
    const creates = executed.filter(({ op }) => op.verb === "create");
    expect(creates.every(({ outcome }) => outcome.kind === "unknown" && outcome.code === "MUS-5007")).toBe(true);
    const isNeeding = executed.filter(({ op }) => op.verb !== "create");
    expect(isNeeding.length).toBeGreaterThan(0);
    expect(isNeeding.every(({ outcome }) => outcome.kind === "refused")).toBe(true);
    expect(users()).toHaveLength(1);
    calm();
    const plan = await simulation.plan(AT);
    expect(plan.ops.filter(({ verb }) => verb === "bind")).toHaveLength(1);
    expect(plan.ops.filter(({ verb }) => verb === "create")).toHaveLength(PEOPLE.length - 1);
    await simulation.apply(plan);
    calm();
    await simulation.run(AT);
    calm();
    expect((await simulation.plan(AT)).ops).toEqual([]);
    expect(users()).toHaveLength(PEOPLE.length);
  });

  it("and the next run comes before replicas show the first: the name is ours, and nobody is made twice", async () => {
    storm((request) => (isCreate(request) ? { do: "drop-after" } : undefined));
    await simulation.run(AT);
    hands.harness.faults.before = undefined;
    const { executed } = await simulation.run(AT);
    for (const { outcome } of executed) expect(["done", "already", "refused"]).toContain(outcome.kind);
    calm();
    await simulation.run(AT);
    calm();
    expect((await simulation.plan(AT)).ops).toEqual([]);
    expect(users()).toHaveLength(PEOPLE.length);
  });
});

describe("weather that does not end", () => {
  it("429 to everything for ten minutes is waited out, and everything is done once", async () => {
    const from = hands.harness.surroundings.clock.now();
    storm(() =>
      hands.harness.surroundings.clock.now() - from < 600_000
        ? { do: "reply", status: 429, code: "TooManyRequests", headers: { "retry-after": "90" } }
        : undefined,
    );
    const { executed } = await simulation.run(AT);
    expect(executed.every(({ outcome }) => outcome.kind === "done")).toBe(true);
    calm();
    expect((await simulation.plan(AT)).ops).toEqual([]);
  });

  it("503 to every write: each op has one outcome, nothing is written, and the next run does it all", async () => {
    storm(({ method }) => (method === "GET" ? undefined : { do: "reply", status: 503 }));
    const { plan, executed } = await simulation.run(AT);
    expect(executed.map(({ op }) => op.id).sort()).toEqual(plan.ops.map(({ id }) => id).sort());
    expect(executed.some(({ outcome }) => outcome.kind === "done")).toBe(false);
    expect(users()).toEqual([]);
    calm();
    await simulation.run(AT);
    calm();
    expect((await simulation.plan(AT)).ops).toEqual([]);
    expect(users()).toHaveLength(PEOPLE.length);
  });
});
