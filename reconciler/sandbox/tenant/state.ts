/**
 * The running tenant as handlers and the parts around them see it. `gate` and `views` are the seams for quotas and
 * replica lag: what is there by default lets everything pass and shows the present.
 */
import type { GraphFailure } from "./errors.js";
import type { TenantCounters, TenantOptions } from "./options.js";
import type { Json } from "./relations.js";
import type { Caller, Reply, TenantReply, TenantRequest } from "./request.js";
import type { Mutation, Store, TenantObject } from "./store.js";
import type { View } from "./view.js";

export interface TenantState {
  readonly options: TenantOptions;
  readonly store: Store;
  readonly counters: TenantCounters;
  readonly tenantId: string;
  readonly clientId: string;
  /** Graph root without the version; known once the server listens, "https://tenant.invalid" before. */
  url: string;
  /** Epoch milliseconds. */
  now(): number;
  /** Commits and writes the log; the reply of the request waits until the line is durable. */
  commit(mutations: readonly Mutation[]): void;
  /** Resolves when everything committed so far is durable. */
  durable(): Promise<void>;
  /** A whole request inside another one (a batch item), without signing in again. */
  dispatch(request: TenantRequest, caller: Caller): Promise<TenantReply>;
  /** Seats and licences through groups. */
  readonly licensing: LicensingPart;
  gate: Gate;
  views: Views;
  /** Asked before a write on an object (roles.ts, units.ts); see Protection. */
  readonly protections: Protection[];
  /** Things that happen later by themselves (group licensing, Connect, purge after 30 days), run before each request. */
  readonly background: ((now: number) => void)[];
}

/**
 * Throws 403 where the caller may not write the target in spite of its permissions: holders of directory roles, members of
 * restricted units. A sensitive action is one of graph.md section 14 [D 34] (enabling, phones, otherMails, immutable id,
 * password, userPrincipalName, delete, restore).
 */
export type Protection = (
  context: RequestContext,
  target: TenantObject,
  action: { readonly isSensitive: boolean },
) => void;

/** What handlers ask of licensing.ts. */
export interface LicensingPart {
  /** Seats of a SKU that are taken. */
  used(skuId: string): number;
  hasSeat(user: TenantObject, sku: TenantObject): boolean;
  /** Has the licences of a user through groups worked out again. */
  reprocess(user: string): void;
  run(tenant: TenantState, now: number): void;
}

/** Quotas. `admit` is asked before the handler, with the route known; `headers` are added to whatever is replied. */
export interface Gate {
  admit(request: Admission): { readonly failure?: GraphFailure; readonly headers: Readonly<Record<string, string>> };
}

export interface Admission {
  readonly method: string;
  readonly template: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string>>;
  readonly caller: Caller;
}

export interface Views {
  /** The view for one request. `connection` tells connections apart (x-sandbox-connection in `handle`). */
  open(connection: string): View;
  /** Sequence of the last change that delta queries tell. */
  horizon(): number;
}

/** What a handler gets. */
export interface RequestContext {
  readonly tenant: TenantState;
  readonly caller: Caller;
  readonly method: string;
  /** Path below the version, without query, as it came. */
  readonly path: string;
  /** The template that matched, such as "/users/{id}". */
  readonly template: string;
  /** The values of the template's {names}, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Decoded. OData options have their "$". */
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; undefined: none. */
  readonly body: Json | undefined;
  /** What this request may read; writes check the store itself. */
  readonly view: View;
}

/** Writes as well as reads; a write's reply waits for the log by itself. */
export type Handler = (context: RequestContext) => Reply | Promise<Reply>;
