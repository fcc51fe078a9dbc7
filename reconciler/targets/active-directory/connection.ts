/**
 * One encrypted connection. The messages are encoded and decoded by ldapts; its client is not used, because a reconciler must
 * know what its client hides: a reply that was lost (the write is unknown), a connection that was replaced (the next
 * request would be anonymous), a page without entries that carries a cookie (the read is not over), referrals.
 * A connection that failed stays failed; session.ts makes the next one and binds it.
 */
import type { TLSSocket } from "node:tls";
import {
  type ExtendedResponse,
  MessageParser,
  SearchEntry,
  SearchReference,
  type StatusCodeParser,
  UnbindRequest,
} from "ldapts";
import { type DialOptions, dial, messageOf } from "./dial.js";

// The bases of ldapts' messages, which it does not export by name.
type Message = Parameters<MessageParser["read"]>[1] extends Map<string, { message: infer M }> ? M : never;
type MessageResponse = NonNullable<Parameters<typeof StatusCodeParser.parse>[0]>;

export interface ConnectionOptions extends DialOptions {
  /** Milliseconds from a request to the last message of its reply. */
  readonly operationTimeout: number;
}

/** A result code other than success (RFC 4511 section 4.1.9). */
export class LdapError extends Error {
  readonly code: number;
  /** The server's own text, in one line. */
  readonly diagnostic: string;

  constructor(code: number, diagnostic: string) {
    const line = diagnostic.replace(/[\s\0]+/g, " ").trim();
    super(`result code ${code}: ${line}`);
    this.name = "LdapError";
    this.code = code;
    this.diagnostic = line;
  }
}

/** Result codes of RFC 4511 section 4.1.9 that the driver tells apart. */
const RESULT = {
  protocolError: 2,
  sizeLimitExceeded: 4,
  noSuchAttribute: 16,
  undefinedAttributeType: 17,
  noSuchObject: 32,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  unwillingToPerform: 53,
  notAllowedOnNonLeaf: 66,
  entryAlreadyExists: 68,
} as const;

export function hasCode(error: unknown, code: keyof typeof RESULT): boolean {
  return error instanceof LdapError && error.code === RESULT[code];
}

/**
 * No reply came. `sent`: the request may have been executed. `late`: the time was over while the server had the request,
 * so it may even be executed after the object was read again.
 */
export class ConnectionLost extends Error {
  readonly sent: boolean;
  readonly late: boolean;

  constructor(what: string, options: { readonly sent: boolean; readonly late?: boolean; readonly cause?: unknown }) {
    super(what, { cause: options.cause });
    this.name = "ConnectionLost";
    this.sent = options.sent;
    this.late = options.late ?? false;
  }
}

export interface Reply {
  readonly response: MessageResponse;
  readonly entries: readonly SearchEntry[];
  /** URIs of search continuation references. */
  readonly referrals: readonly string[];
}

interface Pending {
  readonly message: Message;
  readonly entries: SearchEntry[];
  readonly referrals: string[];
  readonly timer: NodeJS.Timeout;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export class Connection {
  readonly #socket: TLSSocket;
  readonly #timeout: number;
  readonly #parser = new MessageParser();
  readonly #pending = new Map<string, Pending>();
  #lastId = 0;
  #failure: ConnectionLost | null = null;

  private constructor(socket: TLSSocket, timeout: number) {
    this.#socket = socket;
    this.#timeout = timeout;
    this.#parser.on("message", (message) => this.#receive(message));
    this.#parser.on("error", (error) => this.#fail(`a reply cannot be read: ${error.message}`));
    socket.on("data", (data) => this.#parser.read(data, this.#pending));
    socket.on("error", (error) => this.#fail(error.message));
    socket.on("close", () => this.#fail("the server closed the connection"));
  }

  /** Connects and checks the server's certificate and name. Throws ConnectionLost. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const socket = await dial(options).catch((cause: unknown) => {
      throw new ConnectionLost(messageOf(cause), { sent: false, cause });
    });
    socket.setNoDelay(true);
    return new Connection(socket, options.operationTimeout);
  }

  get isAlive(): boolean {
    return this.#failure === null;
  }

  /**
   * Sends a request; resolves with the reply when its result code is success. Throws LdapError for any other code and
   * ConnectionLost when no reply came.
   */
  async request(build: (messageId: number) => Message): Promise<Reply> {
    if (this.#failure !== null) throw new ConnectionLost(this.#failure.message, { sent: false });
    this.#lastId = (this.#lastId % 0x7ffffffe) + 1;
    const id = this.#lastId;
    const message = build(id);
    const bytes = message.write();
    const reply = await new Promise<Reply>((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(`no reply within ${this.#timeout} ms`, { late: true }), this.#timeout);
      this.#pending.set(String(id), { message, entries: [], referrals: [], timer, resolve, reject });
      this.#socket.write(bytes);
    });
    const { status, errorMessage } = reply.response;
    if (status !== 0) throw new LdapError(status, errorMessage);
    return reply;
  }

  /** Value of an extended operation's response, undefined when it has none. */
  async extended(build: (messageId: number) => Message): Promise<string | undefined> {
    const { response } = await this.request(build);
    return (response as ExtendedResponse).value;
  }

  /** Says goodbye; requests that still wait are lost. */
  close(): void {
    if (this.#failure !== null) return;
    this.#socket.write(new UnbindRequest({ messageId: this.#lastId + 1 }).write());
    this.#abandon("the connection was closed", { late: false });
    this.#socket.unref();
    this.#socket.destroySoon();
  }

  #receive(message: MessageResponse): void {
    const pending = this.#pending.get(String(message.messageId));
    if (pending === undefined) return;
    if (message instanceof SearchEntry) pending.entries.push(message);
    else if (message instanceof SearchReference) pending.referrals.push(...message.uris);
    else {
      this.#pending.delete(String(message.messageId));
      clearTimeout(pending.timer);
      pending.resolve({ response: message, entries: pending.entries, referrals: pending.referrals });
    }
  }

  #fail(what: string, options: { readonly late: boolean } = { late: false }): void {
    if (this.#failure !== null) return;
    this.#abandon(what, options);
    this.#socket.destroy();
  }

  #abandon(what: string, options: { readonly late: boolean }): void {
    this.#failure = new ConnectionLost(what, { sent: true, ...options });
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(this.#failure);
    }
    this.#pending.clear();
  }
}
