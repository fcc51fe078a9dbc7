/**
 * The embedded tenant: a server that speaks Microsoft Graph v1.0 over HTTPS, with a token endpoint, as Entra ID does for
 * users, groups and licences, so that Muster can be tried, and tested, without a tenant. docs/sandbox.md says what it does
 * and where it differs. This file is the thin shell: files, certificate, sockets; tenant/handle.ts is the tenant.
 */
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { MusterError } from "../support/errors.js";
import { ensureCertificates } from "./shared/certificates.js";
import { lockFolder } from "./shared/lock.js";
import { ConnectEngine } from "./tenant/connect.js";
import { ConnectionCut, dispatchRequest, handleRequest } from "./tenant/handle.js";
import { serveRequest } from "./tenant/http.js";
import { Licensing } from "./tenant/licensing.js";
import { commitLine, type Loaded, loadTenant } from "./tenant/loading.js";
import { newCounters, type TenantCounters, type TenantOptions } from "./tenant/options.js";
import { installParts } from "./tenant/parts.js";
import { ALL_PERMISSIONS } from "./tenant/permissions.js";
import type { TenantReply, TenantRequest } from "./tenant/request.js";
import { Router } from "./tenant/router.js";
import { ROUTES } from "./tenant/routes.js";
import type { TenantState } from "./tenant/state.js";
import { type Login, makeToken } from "./tenant/token-endpoint.js";
import { presentViews } from "./tenant/views.js";

export type { ConnectSource, ConnectUser } from "./tenant/connect-port.js";
export type { TenantCounters, TenantFault, TenantFaults, TenantOptions } from "./tenant/options.js";
export type { TenantReply, TenantRequest } from "./tenant/request.js";
export type { TenantSeed } from "./tenant/seed.js";
export { ConnectionCut };

export interface Tenant {
  /** https://127.0.0.1:PORT, the root of Graph (requests go to url + "/v1.0/...") and the authority. */
  readonly url: string;
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecretFile: string;
  readonly caFile: string;
  readonly counters: TenantCounters;
  /** The tenant's state, for tests that look behind it. */
  readonly state: TenantState;
  /** The whole tenant without HTTP. Throws ConnectionCut where a fault says so. */
  handle(request: TenantRequest): Promise<TenantReply>;
  /** The engine of TenantOptions.connect. */
  readonly connect: ConnectEngine | undefined;
  /** A valid access token, with all or these permissions. */
  token(permissions?: readonly string[]): string;
  /** Cuts the connections and waits until everything is on disk. */
  close(): Promise<void>;
}

/** Starts the server. Throws MUS-8001 (data), MUS-8002 (port), MUS-8003 (folder in use). */
export async function startTenant(options: TenantOptions): Promise<Tenant> {
  const release = await lockFolder(options.folder, "tenant.lock");
  try {
    const loaded = await loadTenant(options, options.now ?? Date.now);
    try {
      return await start(options, loaded, release);
    } catch (error) {
      await loaded.log.close();
      throw error;
    }
  } catch (error) {
    await release();
    throw error;
  }
}

function makeState(options: TenantOptions, { meta, store, log }: Loaded, router: Router): TenantState {
  let pending: Promise<void> = Promise.resolve();
  const tenant: TenantState = {
    options,
    store,
    counters: newCounters(),
    tenantId: meta.tenantId,
    clientId: meta.clientId,
    url: "https://tenant.invalid",
    now: options.now ?? Date.now,
    commit(mutations) {
      const { sequence } = store.commit(mutations);
      pending = log.append(commitLine(sequence, mutations));
      pending.catch(() => undefined);
    },
    durable: () => pending,
    dispatch: (request, caller) => dispatchRequest(tenant, router, request, caller),
    licensing: new Licensing(store, () => tenant.now() + (options.groupLicensingMillis ?? 0)),
    gate: { admit: () => ({ headers: {} }) },
    views: presentViews(store),
    protections: [],
    background: [],
  };
  installParts(tenant);
  return tenant;
}

async function start(options: TenantOptions, loaded: Loaded, release: () => Promise<void>): Promise<Tenant> {
  const { meta, log } = loaded;
  const router = new Router(ROUTES);
  const state = makeState(options, loaded, router);
  const login: Login = {
    secret: meta.secret,
    tokenKey: Buffer.from(meta.tokenKey, "base64"),
    permissions: options.permissions ?? ALL_PERMISSIONS,
  };
  const connect = options.connect === undefined ? undefined : new ConnectEngine(state, options.connect);
  if (connect !== undefined) state.background.push((now) => connect.run(now));
  const clientSecretFile = join(options.folder, "tenant-client.secret");
  await writeFile(clientSecretFile, meta.secret, { mode: 0o600 });
  const { key, cert, caFile } = await ensureCertificates(options.folder);
  const handle = (request: TenantRequest): Promise<TenantReply> => handleRequest(state, login, router, request);
  const server = createServer({ key, cert, minVersion: "TLSv1.2" }, (request, response) => {
    serveRequest(request, response, handle);
  });
  state.url = `https://127.0.0.1:${await listen(server, options.port ?? 0)}`;
  return {
    url: state.url,
    authority: state.url,
    tenantId: meta.tenantId,
    clientId: meta.clientId,
    clientSecretFile,
    caFile,
    counters: state.counters,
    state,
    handle,
    connect,
    token: (permissions = login.permissions) => makeToken(state, { ...login, permissions }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await log.close();
      await release();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new MusterError("MUS-8002", { what: `the sandbox's tenant cannot listen on port ${port}`, cause }));
    });
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
