/**
 * A bound connection, renewed when it was lost. After every bind the server is asked who we are (RFC 4532): a connection
 * that answers "nobody", or somebody else than the first time, is not used, since an anonymous reader sees an empty
 * directory and calls it success.
 */
import {
  AddRequest,
  type Attribute,
  BindRequest,
  type Change,
  DeleteRequest,
  ExtendedRequest,
  ModifyDNRequest,
  ModifyRequest,
} from "ldapts";
import { MusterError } from "../../support/errors.js";
import { Connection, ConnectionLost, hasCode, type Reply } from "./connection.js";

export interface SessionOptions {
  /** Name of the target, for errors. */
  readonly target: string;
  /** ldaps://host:port */
  readonly url: string;
  readonly ca?: string | undefined;
  readonly user: string;
  readonly password: string;
  /** Milliseconds; 10,000 by default. */
  readonly connectTimeout?: number;
  /** Milliseconds; 60,000 by default. */
  readonly operationTimeout?: number;
}

const WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3";

export class Session {
  readonly options: SessionOptions;
  #connection: Connection | null = null;
  #opening: Promise<Connection> | null = null;
  #identity: string | null = null;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /** Connects, binds and proves the identity. Throws MUS-5001 (unreachable) or MUS-5002 (credentials). */
  async open(): Promise<void> {
    await this.#use();
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

  async modify(dn: string, changes: Change[]): Promise<void> {
    await this.request((messageId) => new ModifyRequest({ messageId, dn, changes }));
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
    const connection = await this.#reach();
    try {
      await this.#bind(connection);
      await this.#prove(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
    this.#connection = connection;
    return connection;
  }

  async #reach(): Promise<Connection> {
    const { host, port } = parseUrl(this.options);
    const { ca, connectTimeout = 10_000, operationTimeout = 60_000 } = this.options;
    try {
      return await Connection.open({ host, port, ca, connectTimeout, operationTimeout });
    } catch (error) {
      throw this.#error("MUS-5001", `${this.options.url} cannot be reached: ${messageOf(error)}`, error);
    }
  }

  async #bind(connection: Connection): Promise<void> {
    const { user, password } = this.options;
    // An empty password makes an "unauthenticated bind" (RFC 4513 section 5.1.2): success, as nobody.
    if (user === "" || password === "") throw this.#error("MUS-5002", "user or password is empty");
    try {
      await connection.request((messageId) => new BindRequest({ messageId, dn: user, password }));
    } catch (error) {
      if (hasCode(error, "invalidCredentials"))
        throw this.#error("MUS-5002", "the server refused user and password", error);
      throw this.#error("MUS-5001", `the bind failed: ${messageOf(error)}`, error);
    }
  }

  async #prove(connection: Connection): Promise<void> {
    let identity: string | undefined;
    try {
      identity = await connection.extended((messageId) => new ExtendedRequest({ messageId, oid: WHO_AM_I }));
    } catch (error) {
      throw this.#error("MUS-5001", `the server does not say who is bound: ${messageOf(error)}`, error);
    }
    if (identity === undefined || identity === "") throw this.#error("MUS-5002", "the server sees nobody bound");
    this.#identity ??= identity;
    if (identity !== this.#identity) throw this.#error("MUS-5002", "after a reconnect the server sees another user");
  }

  #error(code: "MUS-5001" | "MUS-5002", what: string, cause?: unknown): MusterError {
    return new MusterError(code, { what, where: { target: this.options.target }, cause });
  }
}

function parseUrl({ url, target }: SessionOptions): { host: string; port: number } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.protocol !== "ldaps:" || parsed.hostname === "") {
    const what = `"${url}" is not an address of the form ldaps://host:port; passwords travel over TLS only`;
    throw new MusterError("MUS-5001", { what, where: { target } });
  }
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  return { host, port: parsed.port === "" ? 636 : Number(parsed.port) };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether an error means that no reply came to a request that may have been executed. */
export function isLostReply(error: unknown): boolean {
  return error instanceof ConnectionLost && error.sent;
}
