/** The tenant that the story happens in, always the embedded one, and somebody who works in it by hand. */
import { readFileSync } from "node:fs";
import { type ConnectSource, startTenant, type Tenant } from "../../sandbox/tenant-server.js";
import { MusterError } from "../../support/errors.js";

export interface DemoTenant {
  /** What the example's Target reads. */
  readonly variables: Readonly<Record<string, string>>;
  /** Counts what is written by Graph from now on; the function gives the count so far. */
  countWrites(): () => number;
  /** More seats of a product. */
  buySeats(product: string, seats: number): void;
  /** The one user of whom the filter holds. */
  read(filter: string): Promise<CloudUser>;
  close(): Promise<void>;
}

export interface CloudUser {
  readonly userPrincipalName: string;
  readonly accountEnabled: boolean;
  /** Comes from the directory. */
  readonly synced: boolean;
  readonly manager: string;
  /** Names of the products and of the groups, sorted. */
  readonly licences: readonly string[];
  readonly groups: readonly string[];
}

/** Every half hour the directory's users are copied. `now`: the story's time, epoch milliseconds. */
export async function openTenant(folder: string, source: ConnectSource, now: () => number): Promise<DemoTenant> {
  const tenant = await startTenant({ folder, now, connect: { source, delayMillis: 30 * 60_000 } });
  const ask = askGraph(tenant);
  return {
    variables: {
      MUSTER_GRAPH_URL: tenant.url,
      MUSTER_GRAPH_AUTHORITY: tenant.authority,
      MUSTER_GRAPH_CA: tenant.caFile,
      MUSTER_TENANT: tenant.tenantId,
      MUSTER_CLIENT_ID: tenant.clientId,
      MUSTER_CLIENT_SECRET: readFileSync(tenant.clientSecretFile, "utf8"),
    },
    countWrites: () => {
      const before = tenant.counters.writes;
      return () => tenant.counters.writes - before;
    },
    buySeats: (product, seats) => {
      const sku = [...tenant.state.store.list("subscribedSku")].find((one) => one.properties.skuPartNumber === product);
      const units = sku?.properties.prepaidUnits as { readonly enabled: number };
      const prepaidUnits = { ...units, enabled: units.enabled + seats };
      tenant.state.commit([{ do: "set", id: sku?.id ?? "", properties: { prepaidUnits } }]);
    },
    read: (filter) => readUser(ask, filter),
    close: () => tenant.close(),
  };
}

interface Reply {
  readonly value?: readonly Readonly<Record<string, unknown>>[];
}

type Ask = (path: string) => Promise<Reply>;

function askGraph(tenant: Tenant): Ask {
  return async (path) => {
    const headers = { authorization: `Bearer ${tenant.token()}` };
    const reply = await tenant.handle({ method: "GET", path: `/v1.0${path}`, headers, body: null });
    if (reply.status !== 200) throw new MusterError("MUS-9001", { what: `GET ${path}: ${reply.body}` });
    return JSON.parse(reply.body ?? "{}") as Reply;
  };
}

async function readUser(ask: Ask, filter: string): Promise<CloudUser> {
  const properties = "id,userPrincipalName,accountEnabled,onPremisesSyncEnabled,assignedLicenses";
  const query = `$filter=${encodeURIComponent(filter)}&$select=${properties}&$expand=manager($select=displayName)`;
  const { value: [user, ...others] = [] } = await ask(`/users?${query}`);
  if (user === undefined || others.length > 0)
    throw new MusterError("MUS-9001", { what: `the tenant has no user, or several, for ${filter}` });
  const { value: groups = [] } = await ask(`/users/${user.id}/memberOf?$select=displayName`);
  const { value: products = [] } = await ask("/subscribedSkus?$select=skuId,skuPartNumber");
  const names = new Map(products.map(({ skuId, skuPartNumber }) => [skuId, String(skuPartNumber)]));
  const licences = user.assignedLicenses as readonly { readonly skuId: string }[];
  return {
    userPrincipalName: String(user.userPrincipalName),
    accountEnabled: user.accountEnabled === true,
    synced: user.onPremisesSyncEnabled === true,
    manager: (user.manager as { displayName?: string } | undefined)?.displayName ?? "",
    licences: licences.map(({ skuId }) => names.get(skuId) ?? skuId).sort(),
    groups: groups.map(({ displayName }) => String(displayName)).sort(),
  };
}
