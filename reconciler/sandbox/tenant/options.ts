/** What a tenant is started with, and the switches with which tests make it misbehave. */
import type { ConnectOptions } from "./connect-port.js";
import type { TenantReply, TenantRequest } from "./request.js";
import type { TenantSeed } from "./seed.js";

export interface TenantOptions {
  /** Holds everything: data, certificates, the client's secret. May be the folder of the sandbox directory. */
  readonly folder: string;
  /** 0 or left out: any free port. */
  readonly port?: number;
  /** Who is in a tenant that is made anew; an existing folder keeps its people. Default: "default". */
  readonly seed?: "default" | "empty" | TenantSeed;
  /** The clock, epoch milliseconds: tokens, quotas, page and delta tokens, lag, the 30 days of deleted items. */
  readonly now?: () => number;
  /** How long replicas show the past after a write: for so many reads of the object, or so long. Default: null, never. */
  readonly lag?: { readonly reads: number } | { readonly millis: number } | null;
  /** Whether requests are counted and refused with 429. Default: "off". */
  readonly quotas?: "on" | "off";
  /** Values of a page at most, whatever $top says: the service may give fewer than were asked for. Default: no such limit. */
  readonly pageLimit?: number;
  /** Life of a $skiptoken; default: for ever. */
  readonly pageTokenMillis?: number;
  /** Life of a $deltatoken; default: 7 days. */
  readonly deltaTokenMillis?: number;
  /** Whether delta rounds come in another order and repeat what was told. Default: false. */
  readonly deltaDisorder?: boolean;
  /** From a change of a licensed group to its effect on the members; default: 0, the next request. */
  readonly groupLicensingMillis?: number;
  /** A directory whose users are copied into the tenant, as Entra Connect does. */
  readonly connect?: ConnectOptions;
  /** Life of an access token; default: 3599. */
  readonly tokenSeconds?: number;
  /** Application permissions of the client (the roles claim of its tokens); default: all that the tenant knows. */
  readonly permissions?: readonly string[];
  /** Names of the directory roles that the client's service principal holds; default: none. */
  readonly directoryRoles?: readonly string[];
  /** With what, besides the secret, the client may sign in. */
  readonly certificates?: readonly string[];
  readonly trusts?: readonly FederatedTrust[];
  readonly faults?: TenantFaults;
  /** Told each request and its reply, those inside a batch too; an exception fails the request. */
  readonly observe?: (request: TenantRequest, reply: TenantReply) => void;
  /** "group" (default): a reply waits for the fsync that covers it. "never": for tests that do not crash. */
  readonly fsync?: "group" | "never";
}

/** Another party's tokens that the client may sign in with (workload identity federation). */
export interface FederatedTrust {
  readonly issuer: string;
  readonly subject: string;
  /** Default: api://AzureADTokenExchange. */
  readonly audience?: string;
  /** PEM of the issuer's public key or certificate. */
  readonly publicKey: string;
}

/** A request as the switches see it. */
export interface SeenTenantRequest {
  readonly method: string;
  /** With query, beginning with /v1.0/ or a token endpoint. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Which write since the start this is, from 1 (batch items one by one); 0 for a request that writes nothing. */
  readonly write: number;
  /** Which request since the start this is, from 1; the items of a batch count too. */
  readonly number: number;
}

export type TenantFault =
  /** This reply instead; nothing was executed. A body that is not given is Graph's error body with the code. */
  | FaultReply
  /** This reply instead, after the request was executed (504 after success). */
  | (FaultReply & { readonly after: true })
  /** The connection is cut; the request was not executed. */
  | { readonly do: "drop-before" }
  /** The connection is cut after the request was executed and made durable. */
  | { readonly do: "drop-after" }
  /** Executed; the body ends in the middle. */
  | { readonly do: "truncate" }
  /** Executed after so many real milliseconds. */
  | { readonly do: "delay"; readonly millis: number }
  /** A page without values, whose nextLink gives what the page should have shown. */
  | { readonly do: "empty-page" }
  /** A page that shows its first value twice. */
  | { readonly do: "duplicate" }
  /** A page that leaves out its last value (an incomplete read that looks complete). */
  | { readonly do: "omit" }
  /** A page that says it is the last one, whatever comes after it (a listing that is cut short). */
  | { readonly do: "end-early" };

export interface FaultReply {
  readonly do: "reply";
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The object may be changed while the tenant runs. */
export interface TenantFaults {
  /** Asked before each request; undefined lets it pass. */
  before?: ((request: SeenTenantRequest) => TenantFault | undefined) | undefined;
  /** Told each write that reached the tenant with a valid token, before it is executed. */
  onWrite?: ((request: SeenTenantRequest) => void) | undefined;
}

/** Since the start; items of a batch are counted one by one, and the batch itself. */
export interface TenantCounters {
  requests: number;
  reads: number;
  writes: number;
  batches: number;
  tokens: number;
  /** Replies by status, of requests and of batch items. */
  readonly status: Record<number, number>;
  /** Requests by method and path template, such as "GET /users/{id}". */
  readonly routes: Record<string, number>;
}

export function newCounters(): TenantCounters {
  return { requests: 0, reads: 0, writes: 0, batches: 0, tokens: 0, status: {}, routes: {} };
}
