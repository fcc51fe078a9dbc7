/** A repository of HR data and policies, a tenant with its quotas on, and the driver between them, all in simulated time. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTenant, type Tenant, type TenantOptions } from "../../../reconciler/sandbox/tenant-server.js";
import { EntraIdTarget } from "../../../reconciler/targets/entra-id/target.js";
import { SimulatedTime } from "../../support/simulated-time.js";
import { PLANNED_AT } from "../bench-context.js";
import { createRepository, importInto, runGit } from "../build-world.js";
import { generateActiveWorkers, type Row, toCsv } from "../generate-workers.js";
import { CLAIM, DOMAIN, GROUPS, policyFiles, TARGET } from "./policies.js";
import { openWire, type Wire } from "./wire.js";

export interface World {
  readonly repository: string;
  /** Of the driver: what is remembered from run to run. */
  readonly cache: string;
  readonly tenant: Tenant;
  readonly time: SimulatedTime;
  /** A driver of its own, with what passes between it and the tenant. */
  connect(): { readonly target: EntraIdTarget; readonly wire: Wire };
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly folder: string;
  readonly people: number;
  /** Milliseconds that a request and its reply are on their way, assumed. */
  readonly latency: number;
  readonly tenant?: Partial<TenantOptions>;
}

/** Nobody has an account yet; the groups of the policies are there, and empty. */
export async function makeWorld({ folder, people, latency, tenant: more = {} }: WorldOptions): Promise<World> {
  const repository = join(folder, "repository");
  mkdirSync(folder, { recursive: true });
  createRepository(repository, policyFiles());
  const file = join(folder, "workers.csv");
  writeFileSync(file, toCsv(boardOf(generateActiveWorkers(people))));
  await importInto(repository, file);
  runGit(repository, ["add", "-A"]);
  runGit(repository, ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "import"]);
  const time = new SimulatedTime(Date.parse(PLANNED_AT));
  const tenant = await startTenant({
    folder: join(folder, "tenant"),
    seed: { domains: [DOMAIN], users: [], groups: GROUPS.map(securityGroup) },
    now: time.clock.now,
    quotas: "on",
    fsync: "never",
    ...more,
  });
  return {
    repository,
    cache: join(folder, "cache"),
    tenant,
    time,
    connect: () => connect(tenant, time, latency),
    close: () => tenant.close(),
  };
}

/** The two at the top are each other's managers: one of them cannot be bound when the other is created. */
function boardOf(rows: readonly Row[]): Row[] {
  const [, second] = rows;
  return rows.map((row, i) => (i === 0 && second !== undefined ? { ...row, ManagerID: second.EmployeeID } : row));
}

function securityGroup(displayName: string) {
  const mailNickname = displayName.replaceAll(" ", "-");
  return { properties: { displayName, mailNickname, mailEnabled: false, securityEnabled: true, groupTypes: [] } };
}

function connect(tenant: Tenant, time: SimulatedTime, latency: number): ReturnType<World["connect"]> {
  const wire = openWire(tenant, time, latency);
  const target = new EntraIdTarget({
    name: TARGET,
    tenant: tenant.tenantId,
    credential: { kind: "secret", clientId: tenant.clientId, secret: "not asked for" },
    graph: tenant.url,
    managed: { accounts: ["tenant"], groups: ["tenant"] },
    claim: CLAIM,
    surroundings: time,
    transport: wire,
    tokens: { token: async () => tenant.token(), reject: () => {} },
  });
  return { target, wire };
}
