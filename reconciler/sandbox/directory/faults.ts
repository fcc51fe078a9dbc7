/** Switches for tests: what goes wrong, and who watches. The object may be changed while the sandbox runs. */

/** A request as the switches see it; no values, so that a test's log holds no personal data. */
export interface SeenRequest {
  readonly kind: "bind" | "search" | "add" | "modify" | "modifyDN" | "delete" | "compare" | "extended";
  /** The entry (the base of a search, the name of a bind). */
  readonly dn: string;
  /** Attribute names that are written or asked for. */
  readonly attributes: readonly string[];
  /** Which write since the start this is, from 1; 0 for a request that writes nothing. */
  readonly write: number;
}

export type Fault =
  /** The connection is cut; the request was not executed. */
  | { readonly do: "drop-before" }
  /** The connection is cut after the request was executed and made durable: its reply is lost. */
  | { readonly do: "drop-after" }
  | { readonly do: "delay"; readonly millis: number }
  /** The result busy (51), nothing executed. */
  | { readonly do: "busy" }
  | { readonly do: "refuse"; readonly code: number; readonly text?: string };

export interface Faults {
  /** Asked before each request; undefined lets it pass. */
  before?: ((request: SeenRequest) => Fault | undefined) | undefined;
  /** Told each write that reached the server, before it is executed. */
  onWrite?: ((request: SeenRequest) => void) | undefined;
}

/** Requests by kind since the start, those that failed included. */
export interface RequestCounters {
  bind: number;
  search: number;
  add: number;
  modify: number;
  modifyDN: number;
  delete: number;
  compare: number;
  extended: number;
  /** add, modify, modifyDN and delete. */
  writes: number;
}

export function newCounters(): RequestCounters {
  return { bind: 0, search: 0, add: 0, modify: 0, modifyDN: 0, delete: 0, compare: 0, extended: 0, writes: 0 };
}

/** A fault for the n-th write since the start, once. */
export function onWriteNumber(n: number, fault: Fault): NonNullable<Faults["before"]> {
  return (request) => (request.write === n ? fault : undefined);
}

/** A fault for every request that the predicate picks. */
export function onRequest(predicate: (request: SeenRequest) => boolean, fault: Fault): NonNullable<Faults["before"]> {
  return (request) => (predicate(request) ? fault : undefined);
}
