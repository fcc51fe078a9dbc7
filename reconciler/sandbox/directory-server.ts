/**
 * The embedded directory: a server that speaks LDAP over TLS as an Active Directory domain controller does, so that Muster
 * can be tried, and tested, without one. docs/sandbox.md says what it does and where it differs.
 */
import { createServer, type Server } from "node:tls";
import { MusterError } from "../support/errors.js";
import { connectSource } from "./connect-source.js";
import { Connection } from "./directory/connection.js";
import type { Directory } from "./directory/directory.js";
import { type Faults, newCounters, type RequestCounters } from "./directory/faults.js";
import { ensurePassword } from "./directory/folder.js";
import { loadDirectory } from "./directory/loading.js";
import { SERVICE_ACCOUNT } from "./directory/populate.js";
import type { SeedPerson } from "./seed.js";
import { ensureCertificates } from "./shared/certificates.js";
import { lockFolder } from "./shared/lock.js";
import type { ConnectSource } from "./tenant/connect-port.js";

export type { Fault, Faults, RequestCounters, SeenRequest } from "./directory/faults.js";
export { onRequest, onWriteNumber } from "./directory/faults.js";
export type { SeedPerson } from "./seed.js";

export interface SandboxOptions {
  /** Holds everything: data, certificates, passwords. Made when it does not exist. */
  readonly folder: string;
  /** 0 or left out: any free port. */
  readonly port?: number;
  /** Who is in a directory that is made anew; an existing folder keeps its people. */
  readonly seed?: SeedPerson[] | "default" | "empty";
  /** The clock of the directory (whenChanged, pwdLastSet, account expiry). */
  readonly now?: () => Date;
  /** Default: DC=corp,DC=example. */
  readonly baseDn?: string;
  readonly faults?: Faults;
  /** Whether the Recycle Bin of a directory that is made anew is on; default true. */
  readonly recycleBin?: boolean;
  /** "group" (default): a reply waits for the fsync that covers it. "never": for tests that do not crash. */
  readonly fsync?: "group" | "never";
}

export interface Sandbox {
  /** ldaps://127.0.0.1:PORT */
  readonly url: string;
  readonly caFile: string;
  /** userPrincipalName of the account that may write OU=People and OU=Groups. */
  readonly bindUser: string;
  readonly bindPasswordFile: string;
  /** userPrincipalName-like name of the domain administrator, who may write everything. */
  readonly adminUser: string;
  readonly adminPasswordFile: string;
  readonly baseDn: string;
  readonly counters: RequestCounters;
  /** Its users, for the tenant's simulated Connect. */
  readonly connectSource: ConnectSource;
  /** Cuts the connections and waits until everything is on disk. */
  close(): Promise<void>;
}

/** Starts the server. Throws MUS-8001 (data), MUS-8002 (port), MUS-8003 (folder in use). */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const release = await lockFolder(options.folder, "lock");
  try {
    return await start(options, release);
  } catch (error) {
    await release();
    throw error;
  }
}

async function start(options: SandboxOptions, release: () => Promise<void>): Promise<Sandbox> {
  const { directory, log } = await loadDirectory({
    folder: options.folder,
    baseDn: options.baseDn ?? "DC=corp,DC=example",
    seed: options.seed ?? "default",
    now: options.now ?? (() => new Date()),
    sync: options.fsync !== "never",
    recycleBin: options.recycleBin ?? true,
  });
  try {
    return await serve(options, directory, async () => {
      await log.close();
      await release();
    });
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function serve(options: SandboxOptions, directory: Directory, finish: () => Promise<void>): Promise<Sandbox> {
  const { folder } = options;
  const bindPasswordFile = await ensurePassword(directory, folder, SERVICE_ACCOUNT);
  const adminPasswordFile = await ensurePassword(directory, folder, "Administrator");
  const { key, cert, caFile } = await ensureCertificates(folder);
  const counters = newCounters();
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer({ key, cert, minVersion: "TLSv1.2" }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    new Connection(socket, { directory, counters, faults: options.faults ?? {} });
  });
  const port = await listen(server, options.port ?? 0);
  const { dnsDomain, baseDn } = directory.naming;
  return {
    url: `ldaps://127.0.0.1:${port}`,
    caFile,
    bindUser: `${SERVICE_ACCOUNT}@${dnsDomain}`,
    bindPasswordFile,
    adminUser: `Administrator@${dnsDomain}`,
    adminPasswordFile,
    baseDn,
    counters,
    connectSource: connectSource(directory),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      await finish();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new MusterError("MUS-8002", { what: `the sandbox cannot listen on port ${port}`, cause }));
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(address !== null && typeof address === "object" ? address.port : port);
    });
  });
}
