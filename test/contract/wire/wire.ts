/** One bound connection on which requests are sent as they are, and whose answers are values, not errors. */
import {
  AddRequest,
  Attribute,
  BindRequest,
  Change,
  type Control,
  DeleteRequest,
  ExtendedRequest,
  FilterParser,
  ModifyDNRequest,
  ModifyRequest,
  PagedResultsControl,
  SearchRequest,
} from "ldapts";
import { Connection, LdapError } from "../../../reconciler/targets/active-directory/connection.js";
import type { Verdict } from "./case.js";

export type Text = string | Buffer;
export type Values = Text | readonly Text[];

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface WireEntry {
  readonly dn: string;
  /** Raw values by attribute description in lower case, options included. */
  readonly values: ReadonlyMap<string, readonly Buffer[]>;
}

export interface Found extends Verdict {
  readonly entries: readonly WireEntry[];
  readonly referrals: readonly string[];
  /** Cookie of the paged results control, when the answer has one. */
  readonly cookie?: Buffer;
}

export interface Query {
  readonly scope?: "base" | "one" | "sub";
  readonly filter?: string;
  readonly attributes?: readonly string[];
  readonly sizeLimit?: number;
  readonly controls?: Control[];
}

type Build = Parameters<Connection["request"]>[0];

export class Wire {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Connects and binds. Throws what the driver's connection throws. */
  static async open(endpoint: Endpoint, { user, password }: Credentials): Promise<Wire> {
    const { host, port, ca } = endpoint;
    const connection = await Connection.open({
      server: { url: `ldaps://${host}:${port}`, host, port, startTls: false },
      ca,
      insecureSkipVerify: false,
      connectTimeout: 10_000,
      operationTimeout: 60_000,
    });
    await connection.request((messageId) => new BindRequest({ messageId, dn: user, password }));
    return new Wire(connection);
  }

  close(): void {
    this.#connection.close();
  }

  add(dn: string, attributes: Readonly<Record<string, Values>>): Promise<Verdict> {
    const list = Object.entries(attributes).map(([type, values]) => attribute(type, values));
    return this.#answer((messageId) => new AddRequest({ messageId, dn, attributes: list }));
  }

  modify(dn: string, changes: Change[], controls: Control[] = []): Promise<Verdict> {
    return this.#answer((messageId) => new ModifyRequest({ messageId, dn, changes, controls }));
  }

  modifyDn(dn: string, newRdn: string, options: { superior?: string; keepOldRdn?: true } = {}): Promise<Verdict> {
    const superior = options.superior === undefined ? {} : { newSuperior: options.superior };
    const deleteOldRdn = options.keepOldRdn !== true;
    return this.#answer((messageId) => new ModifyDNRequest({ messageId, dn, newRdn, deleteOldRdn, ...superior }));
  }

  delete(dn: string): Promise<Verdict> {
    return this.#answer((messageId) => new DeleteRequest({ messageId, dn }));
  }

  extended(oid: string): Promise<Verdict> {
    return this.#answer((messageId) => new ExtendedRequest({ messageId, oid }));
  }

  async search(baseDN: string, query: Query = {}): Promise<Found> {
    const { scope = "base", filter = "(objectClass=*)", attributes = [], sizeLimit = 0, controls = [] } = query;
    const build: Build = (messageId) =>
      new SearchRequest({
        messageId,
        baseDN,
        scope,
        sizeLimit,
        filter: FilterParser.parseString(filter),
        attributes: [...attributes],
        controls,
      });
    try {
      const { response, entries, referrals } = await this.#connection.request(build);
      const paged = response.controls?.find((control) => control instanceof PagedResultsControl);
      return {
        code: 0,
        win32: null,
        entries: entries.map((entry) => ({ dn: entry.name, values: valuesOf(entry.attributes) })),
        referrals,
        ...(paged?.value?.cookie === undefined ? {} : { cookie: paged.value.cookie }),
      };
    } catch (error) {
      return { ...verdictOf(error), entries: [], referrals: [] };
    }
  }

  async #answer(build: Build): Promise<Verdict> {
    try {
      await this.#connection.request(build);
      return { code: 0, win32: null };
    } catch (error) {
      return verdictOf(error);
    }
  }
}

function verdictOf(error: unknown): Verdict {
  if (!(error instanceof LdapError)) throw error;
  const win32 = /^([0-9A-F]{8}):/i.exec(error.diagnostic)?.[1];
  return { code: error.code, win32: win32 === undefined ? null : Number.parseInt(win32, 16) };
}

function valuesOf(attributes: readonly Attribute[]): Map<string, readonly Buffer[]> {
  return new Map(attributes.map((one) => [one.type.toLowerCase(), one.parsedBuffers]));
}

function attribute(type: string, values: Values): Attribute {
  const list = typeof values === "string" || Buffer.isBuffer(values) ? [values] : values;
  // As they are: the library cannot encode an empty buffer, but an empty text. It takes a mixture of both.
  return new Attribute({ type, values: [...list] as string[] });
}

/** One change of a modify; no values means all of them (delete) or none (replace). */
export function change(operation: "add" | "delete" | "replace", type: string, values: Values = []): Change {
  return new Change({ operation, modification: attribute(type, values) });
}

/** unicodePwd form of a password (MS-ADTS 3.1.1.3.1.5.1). */
export function unicodePassword(password: string): Buffer {
  return Buffer.from(`"${password}"`, "utf16le");
}
