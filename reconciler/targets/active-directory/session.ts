/**
 * A bound connection, renewed when it was lost. After every bind the server is asked who we are (identity.ts): a
 * connection that answers "nobody", or somebody else than the first time, is not used, since an anonymous reader sees an
 * empty directory and calls it success.
 *
 * One domain controller is pinned: the first that answers. Replicas lag behind each other, and what was read on one may
 * not yet, or no longer, be true on another. After a lost connection the same one is tried first, then the others in the
 * Target's order, so that writes can finish. `connections` counts them: who must know that all of a read came from one
 * connection compares it before and after.
 */
import {
  AddRequest,
  type Attribute,
  BindRequest,
  type Change,
  type Control,
  DeleteRequest,
  ModifyDNRequest,
  ModifyRequest,
} from "ldapts";
import { MusterError } from "../../support/errors.js";
import { Connection, ConnectionLost, hasCode, LdapError, type Reply } from "./connection.js";
import { messageOf } from "./dial.js";
import { askIdentity } from "./identity.js";
import { type RootDse, readRootDse } from "./root-dse.js";
import { parseServers, type Server } from "./servers.js";

export { messageOf } from "./dial.js";

export interface SessionOptions {
  /** Name of the target, for errors. */
  readonly target: string;
  /** ldaps://host:port, or ldap://host:port with startTls; several in the order in which they are tried. */
  readonly url: string | readonly string[];
  readonly startTls?: boolean | undefined;
  /** PEM of the authority to trust; without it those that Node trusts. */
  readonly ca?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
  readonly user: string;
  readonly password: string;
  /** Milliseconds; 10,000 by default. */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds; 60,000 by default. */
  readonly operationTimeout?: number | undefined;
}

export class Session {
  readonly options: SessionOptions;
  #connection: Connection | null = null;
  #opening: Promise<Connection> | null = null;
  #identity: string | null = null;
  #pinned: Server | null = null;
  #rootDse: RootDse | null = null;
  #connections = 0;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /** Connects, binds and proves the identity. Throws MUS-5001 (unreachable) or MUS-5002 (credentials). */
  async open(): Promise<void> {
    await this.#use();
  }

  /** What the server in use said of itself when its connection was made. */
  get rootDse(): RootDse {
    if (this.#rootDse === null) throw new MusterError("MUS-9001", { what: "the session was not opened" });
    return this.#rootDse;
  }

  /** How many connections there have been. */
  get connections(): number {
    return this.#connections;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  /** Sends a request on a bound connection. Throws LdapError, ConnectionLost, or what `open` throws. */
  async request(build: Parameters<Connection["request"]>[0]): Promise<Reply> {
    return (await this.#use()).request(build);
  }

  async add(dn: string, attributes: Attribute[]): Promise<void> {
    await this.request((messageId) => new AddRequest({ messageId, dn, attributes }));
  }

  async modify(dn: string, changes: readonly Change[], controls: readonly Control[] = []): Promise<void> {
    await this.request(
      (messageId) => new ModifyRequest({ messageId, dn, changes: [...changes], controls: [...controls] }),
    );
  }

  /** `newRdn` and `newSuperior` are RFC 4514 texts; without newSuperior the entry stays in its container. */
  async modifyDn(dn: string, newRdn: string, newSuperior: string | null): Promise<void> {
    const superior = newSuperior === null ? {} : { newSuperior };
    await this.request((messageId) => new ModifyDNRequest({ messageId, dn, newRdn, deleteOldRdn: true, ...superior }));
  }

  async delete(dn: string): Promise<void> {
    await this.request((messageId) => new DeleteRequest({ messageId, dn }));
  }

  /** The connection in use, or a new one: bound and proven before anybody else can send on it. */
  #use(): Promise<Connection> | Connection {
    if (this.#connection?.isAlive === true) return this.#connection;
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #connect(): Promise<Connection> {
    const failures: MusterError[] = [];
    for (const server of this.#inOrder()) {
      try {
        return await this.#connectTo(server);
      } catch (error) {
        // Refused credentials are refused everywhere: trying on would only lock the account.
        if (!(error instanceof MusterError) || error.code !== "MUS-5001") throw error;
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first !== undefined && failures.length === 1) throw first;
    throw this.#error("MUS-5001", failures.map((failure) => failure.what).join("; "), first);
  }

  #inOrder(): Server[] {
    const { url, target, startTls = false } = this.options;
    const servers = parseServers(target, typeof url === "string" ? [url] : url, startTls);
    const pinned = this.#pinned;
    return pinned === null ? [...servers] : [pinned, ...servers.filter((server) => server.url !== pinned.url)];
  }

  async #connectTo(server: Server): Promise<Connection> {
    const connection = await this.#reach(server);
    try {
      await this.#bind(connection, server);
      this.#rootDse = await this.#prove(connection, server);
    } catch (error) {
      connection.close();
      throw error;
    }
    this.#pinned = server;
    this.#connection = connection;
    this.#connections += 1;
    return connection;
  }

  async #reach(server: Server): Promise<Connection> {
    const { ca, insecureSkipVerify = false, connectTimeout = 10_000, operationTimeout = 60_000 } = this.options;
    try {
      return await Connection.open({ server, ca, insecureSkipVerify, connectTimeout, operationTimeout });
    } catch (error) {
      throw this.#error("MUS-5001", `${server.url} cannot be reached: ${messageOf(error)}`, error);
    }
  }

  async #bind(connection: Connection, server: Server): Promise<void> {
    const { user, password } = this.options;
    // An empty password makes an "unauthenticated bind" (RFC 4513 section 5.1.2): success, as nobody.
    if (user === "" || password === "") throw this.#error("MUS-5002", "user or password is empty");
    try {
      await connection.request((messageId) => new BindRequest({ messageId, dn: user, password }));
    } catch (error) {
      if (hasCode(error, "invalidCredentials"))
        throw this.#error("MUS-5002", `the server refused user and password${refusalOf(error)}`, error);
      throw this.#error("MUS-5001", `the bind to ${server.url} failed: ${messageOf(error)}`, error);
    }
  }

  async #prove(connection: Connection, server: Server): Promise<RootDse> {
    let identity: string | null;
    let rootDse: RootDse | null = null;
    try {
      identity = await askIdentity(connection, async () => {
        rootDse = await readRootDse(connection);
        return rootDse;
      });
      rootDse ??= await readRootDse(connection);
    } catch (error) {
      throw this.#error("MUS-5001", `${server.url} does not say who is bound: ${messageOf(error)}`, error);
    }
    if (identity === null) throw this.#error("MUS-5002", "the server sees nobody bound");
    this.#identity ??= identity;
    if (identity !== this.#identity) throw this.#error("MUS-5002", "after a reconnect the server sees another user");
    return rootDse;
  }

  #error(code: "MUS-5001" | "MUS-5002", what: string, cause?: unknown): MusterError {
    return new MusterError(code, { what, where: { target: this.options.target }, cause });
  }
}

/** What "data" of a refused bind says: the Windows error (MS-ERREF 2.2) that a domain controller puts into its text, in hex. */
const REFUSALS: Readonly<Record<string, string>> = {
  "525": "there is no such user",
  "52e": "no such user, or a wrong password",
  "530": "not at this time of the day",
  "531": "not from this machine",
  "532": "the password has expired",
  "533": "the account is disabled",
  "701": "the account has expired",
  "773": "the password must be changed first",
  "775": "the account is locked out",
};

/** ": the account is disabled (data 533)"; "" where the server does not say why. */
function refusalOf(error: unknown): string {
  const data = error instanceof LdapError ? /\bdata ([0-9a-f]{3,8})\b/i.exec(error.diagnostic)?.[1] : undefined;
  if (data === undefined) return "";
  const meaning = REFUSALS[data.toLowerCase()];
  return meaning === undefined ? ` (data ${data})` : `: ${meaning} (data ${data})`;
}

/** Whether an error means that no reply came to a request that may have been executed. */
export function isLostReply(error: unknown): boolean {
  return error instanceof ConnectionLost && error.sent;
}
