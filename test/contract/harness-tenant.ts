/** The driver against the embedded tenant, over HTTPS; the hands of somebody else are requests of their own. Time is virtual. */
import { readFile } from "node:fs/promises";
import type { Tenant, TenantFaults, TenantOptions } from "../../reconciler/sandbox/tenant-server.js";
import { type EntraIdOptions, EntraIdTarget } from "../../reconciler/targets/entra-id/target.js";
import type { TokenSource } from "../../reconciler/targets/entra-id/token.js";
import { type Ask, type OpenedTenant, openTenant, PASSWORD } from "../sandbox/tenant/open-tenant.js";
import { directTransport } from "../support/direct-transport.js";
import { type VirtualTime, virtualTime } from "../support/virtual-time.js";
import { assertContract, contractObserver } from "./graph/observer.js";
import type { Harness, Terms } from "./harness.js";

const DOMAIN = "contoso.example";
export const CLAIM = "onPremisesExtensionAttributes.extensionAttribute15";

export const TENANT_TERMS: Terms = {
  label: "displayName",
  login: "userPrincipalName",
  name: "userPrincipalName",
  title: "jobTitle",
  list: { name: "otherMails", values: ["one@fabrikam.example", "two@fabrikam.example"] },
  containers: false,
  resends: true,
  taken: (of, label, login) => [...(of === "account" ? [`address ${login}`] : []), `mailNickname ${label}`],
};

export interface TenantHarness extends Harness {
  readonly target: EntraIdTarget;
  readonly tenant: Tenant;
  readonly faults: TenantFaults;
  /** What the target was made with: for another one. */
  readonly driver: EntraIdOptions;
  readonly surroundings: VirtualTime;
  ask: OpenedTenant["ask"];
  /** As `ask`, and throws where it is refused. */
  must(method: string, path: string, body?: Ask["body"]): Promise<Record<string, unknown>>;
}

export interface TenantHarnessOptions {
  readonly tenant?: Partial<TenantOptions>;
  readonly driver?: Partial<EntraIdOptions>;
  /** Sockets and TLS (the default), or straight into the tenant. */
  readonly over?: "https" | "direct";
  /** How tokens are kept; by default each request has a new one. */
  readonly tokens?: (tenant: Tenant) => TokenSource;
  /** The first instant, epoch milliseconds. */
  readonly start?: number;
  /** Told each request, and its reply, beside the contract. */
  readonly observe?: TenantOptions["observe"];
}

export async function tenantHarness(options: TenantHarnessOptions = {}): Promise<TenantHarness> {
  const surroundings = virtualTime(options.start);
  const faults: TenantFaults = {};
  const contract = contractObserver();
  const opened = await openTenant({
    faults,
    now: surroundings.clock.now,
    observe(request, reply) {
      contract.observe(request, reply);
      options.observe?.(request, reply);
    },
    directoryRoles: ["User Administrator"],
    ...options.tenant,
  });
  const { tenant, ask } = opened;
  const driver: EntraIdOptions = {
    name: "entra",
    tenant: tenant.tenantId,
    credential: { kind: "secret", clientId: tenant.clientId, secret: "not asked for" },
    graph: tenant.url,
    ca: await readFile(tenant.caFile, "utf8"),
    managed: { accounts: ["tenant"], groups: ["tenant"] },
    claim: CLAIM,
    surroundings,
    tokens: options.tokens?.(tenant) ?? { token: async () => tenant.token(), reject: () => {} },
    ...(options.over === "direct" ? { transport: directTransport(tenant) } : {}),
    ...options.driver,
  };
  const target = new EntraIdTarget(driver);
  await target.open("writer");
  async function must(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const reply = await ask(method, path, body === undefined ? {} : { body });
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body ?? {};
  }
  return {
    target,
    tenant,
    faults,
    driver,
    surroundings,
    ask,
    must,
    staff: "",
    leavers: "",
    login: (name) => `${name.replace(/[^A-Za-z0-9]/g, "").toLowerCase()}@${DOMAIN}`,
    async addAccount(attributes) {
      const mailNickname = (attributes.userPrincipalName ?? "").split("@")[0];
      const body = { accountEnabled: true, mailNickname, passwordProfile: { password: PASSWORD }, ...attributes };
      return String((await must("POST", "/users", body)).id);
    },
    editAccount: async (anchor, attributes) => void (await must("PATCH", `/users/${anchor}`, attributes)),
    moveAccount: async () => {
      throw new Error("a tenant has no containers");
    },
    deleteAccount: async (anchor) => void (await must("DELETE", `/users/${anchor}`)),
    disableAccount: async (anchor) => void (await must("PATCH", `/users/${anchor}`, { accountEnabled: false })),
    async addGroup(name) {
      const kind = { groupTypes: [], mailEnabled: false, securityEnabled: true };
      return String((await must("POST", "/groups", { displayName: name, mailNickname: name, ...kind })).id);
    },
    addMember: async (group, account) =>
      void (await must("POST", `/groups/${group}/members/$ref`, {
        "@odata.id": `${tenant.url}/v1.0/directoryObjects/${account}`,
      })),
    loseReply: (when) => {
      const write = tenant.counters.writes + 1;
      faults.before = (request) => (request.write === write ? { do: `drop-${when}` } : undefined);
    },
    writes: () => tenant.counters.writes,
    close: async () => {
      await target.close();
      await opened.close();
      assertContract(contract);
    },
  };
}
