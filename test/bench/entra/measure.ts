/** The three things that are measured: everybody is created, the same in a storm of others, and nothing is to be done. */
import { randomUUID } from "node:crypto";
import type { Plan } from "../../../reconciler/model/plan.js";
import type { Mutation } from "../../../reconciler/sandbox/tenant/store.js";
import { GRAPH_MEMBERS_PER_REQUEST } from "../../../reconciler/support/limits.js";
import { applyOnce } from "../apply-once.js";
import { PLANNED_AT } from "../bench-context.js";
import { DOMAIN } from "./policies.js";
import type { Traffic } from "./wire.js";
import type { World } from "./world.js";

/** Users of one page of a listing. */
const PAGE = 999;

export interface Measured {
  readonly traffic: Traffic;
  readonly ops: number;
  /** How the tenant was read, and why not otherwise. */
  readonly how: string;
  /** Seconds of the simulated clock, from the first write to the last reply to a write; 0 where nothing is written. */
  readonly simulated: number;
  /** What the plan said before: seconds of write quota, and requests. */
  readonly forecast: { readonly seconds: number; readonly requests: number };
  /** Real seconds: until the plan was made, and from then on. */
  readonly planning: number;
  readonly applying: number;
  /** Seconds of processor time, all threads. */
  readonly processor: number;
  readonly minimum: Minimum;
}

/** The least requests that can do it. */
export interface Minimum {
  readonly creates: number;
  /** Written after the create, since each of a circle of managers cannot be made after the next. */
  readonly managers: number;
  /** Members of each group by twenties. */
  readonly members: number;
  /** Pages of the listing of users that the plan is made from. */
  readonly pages: number;
}

/** One run of Muster. Throws when an op was not done. `onStart` is told when the plan is made and the writes begin. */
export async function run(world: World, onStart: () => void = () => {}): Promise<Measured> {
  const { repository, cache, tenant, time, connect } = world;
  const { target, wire } = connect();
  const { traffic } = wire;
  const users = tenant.state.store.count("user");
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let planned = begun;
  const onPlan = () => {
    planned = performance.now();
    onStart();
  };
  const { plan } = await applyOnce({ folder: repository, target, at: PLANNED_AT, cache, clock: time.clock, onPlan });
  const ended = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  const [forecast] = Object.values(plan.envelope.forecast ?? {});
  const [reads] = Object.values(plan.envelope.reads ?? {});
  return {
    traffic,
    ops: plan.body.ops.length,
    how: reads === undefined || reads === null ? "" : `${reads.kind}${reads.why === null ? "" : `: ${reads.why}`}`,
    simulated: ((traffic.lastReply ?? 0) - (traffic.firstWrite ?? 0)) / 1_000,
    forecast: forecast ?? { seconds: 0, requests: 0 },
    planning: (planned - begun) / 1_000,
    applying: (ended - planned) / 1_000,
    processor: (user + system) / 1e6,
    minimum: minimumOf(plan, traffic, users),
  };
}

function minimumOf({ body: { ops } }: Plan, { routes }: Traffic, users: number): Minimum {
  const groups = new Map<string, number>();
  for (const { verb, slot } of ops)
    if (verb === "add-member") groups.set(slot ?? "", (groups.get(slot ?? "") ?? 0) + 1);
  return {
    creates: ops.filter(({ verb }) => verb === "create").length,
    managers: routes["PUT /users/{id}/manager/$ref"] ?? 0,
    members: [...groups.values()].reduce((sum, count) => sum + Math.ceil(count / GRAPH_MEMBERS_PER_REQUEST), 0),
    pages: Math.max(1, Math.ceil(users / PAGE)),
  };
}

export function sumOf({ creates, managers, members, pages }: Minimum): number {
  return creates + managers + members + pages;
}

/** Writes of others, in so many seconds, so many seconds after our writes began. */
export interface Storm {
  readonly after: number;
  readonly seconds: number;
  readonly writes: number;
  /** Whose quota they use besides the tenant's. */
  readonly application: "another" | "ours";
}

/** Somebody uses our application beside us; later another one uses up what the tenant gives to all. */
const STORMS: readonly Storm[] = [
  { after: 2, seconds: 20, writes: 2_500, application: "ours" },
  { after: 155, seconds: 60, writes: 18_200, application: "another" },
];

/** As `run`, while others write too. */
export async function runInStorm(world: World, storms = STORMS): Promise<Measured> {
  const blowing: Promise<void>[] = [];
  const measured = await run(world, () => {
    for (const storm of storms) blowing.push(blow(world, storm));
  });
  await Promise.all(blowing);
  return measured;
}

/** The writes are refused for what they are, and count all the same. */
async function blow({ tenant, time }: World, { after, seconds, writes, application }: Storm): Promise<void> {
  const clientId = application === "ours" ? tenant.clientId : randomUUID();
  const caller = { clientId, permissions: new Set<string>() };
  const request = { method: "PATCH", path: `/v1.0/users/${randomUUID()}`, headers: {}, body: "{}" };
  await time.sleep(after * 1_000);
  for (let second = 0; second < seconds; second++) {
    await time.during(async () => {
      for (let i = 0; i < writes / seconds; i++) await tenant.state.dispatch(request, caller);
    });
    await time.sleep(1_000);
  }
}

/** Fills the tenant up to so many users, whom nobody manages and who report to each other. */
export function addStrangers({ tenant: { state } }: World, users: number): void {
  let last: string | null = null;
  for (let number = state.store.count("user"); number < users; number++) {
    const id = randomUUID();
    const properties = {
      userType: "Member",
      createdDateTime: "2025-03-04T05:06:07Z",
      accountEnabled: true,
      displayName: `Stranger ${number}`,
      givenName: "Stranger",
      surname: String(number),
      mailNickname: `stranger${number}`,
      userPrincipalName: `stranger${number}@${DOMAIN}`,
      jobTitle: "Guest lecturer",
      department: "Academy",
      city: "Leipzig",
      usageLocation: "DE",
      businessPhones: [`+49 341 ${number}`],
    };
    const mutations: Mutation[] = [{ do: "create", id, type: "user", properties }];
    if (last !== null) mutations.push({ do: "link", relation: "manager", from: id, to: last });
    state.commit(mutations);
    if (number % 10 === 0) last = id;
  }
}
