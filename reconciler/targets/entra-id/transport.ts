/** From a request to a reply over HTTPS: nothing is followed, nothing repeated, and everything has an end. */
import type { Agent } from "undici";
import { GRAPH_CONCURRENCY } from "../../support/limits.js";

export interface WireRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** A reply that was read to its end. */
export interface WireReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Transport {
  /** Throws NoReply. */
  send(url: string, request: WireRequest): Promise<WireReply>;
  close(): Promise<void>;
}

/** No reply came, or not all of it. `sent`: the request may have been carried out. */
export class NoReply extends Error {
  readonly sent: boolean;

  /** `reason` is a code such as ECONNRESET, never a text of the other side. */
  constructor(reason: string, options: { readonly sent: boolean; readonly cause?: unknown }) {
    super(reason, { cause: options.cause });
    this.name = "NoReply";
    this.sent = options.sent;
  }
}

export interface TransportOptions {
  /** PEM of the authority to trust; undefined: those that Node trusts. */
  readonly ca?: string | undefined;
  /** Milliseconds; 10,000 by default. */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds from the request to the end of its reply; 60,000 by default. */
  readonly requestTimeout?: number | undefined;
}

export function openTransport(options: TransportOptions = {}): Transport {
  const { ca, connectTimeout = 10_000, requestTimeout = 60_000 } = options;
  // Loaded with the first request: commands that have nothing to do with a tenant would wait for it.
  const load = async () => {
    const { Agent, fetch } = await import("undici");
    const agent = new Agent({
      connections: GRAPH_CONCURRENCY,
      connect: { timeout: connectTimeout, ...(ca === undefined ? {} : { ca }) },
      headersTimeout: requestTimeout,
      bodyTimeout: requestTimeout,
    });
    return { agent, fetch };
  };
  let loading: ReturnType<typeof load> | null = null;
  return {
    async send(url, { method, headers, body }) {
      loading ??= load();
      const { agent, fetch } = await loading;
      try {
        const signal = AbortSignal.timeout(requestTimeout);
        // A redirect would carry the token to wherever it leads.
        const reply = await fetch(url, { method, headers, body, signal, dispatcher: agent, redirect: "manual" });
        return { status: reply.status, headers: Object.fromEntries(reply.headers), body: await reply.text() };
      } catch (error) {
        const reason = reasonOf(error);
        throw new NoReply(reason, { sent: !NOT_SENT.test(reason), cause: error });
      }
    },
    close: async () => {
      const loaded: { readonly agent: Agent } | null = await loading;
      await loaded?.agent.close();
    },
  };
}

/** The connection was not made, so nothing was sent. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_\w+)$/;

/** undici hides what happened behind "fetch failed". */
function reasonOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && /^[A-Z_\d]+$/.test(at.code)) return at.code;
    if (at.name === "TimeoutError") return "TimeoutError";
  }
  return error instanceof Error ? error.name : "Error";
}
