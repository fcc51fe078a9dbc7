/** A request that did not succeed. It says nothing of whom it was about: the path has no values, the text is dropped. */
import { EXPLANATIONS, type Meaning, meaningOf } from "./errors.js";

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** Which request: what every error names. */
export interface RequestName {
  readonly method: Method;
  /** Without values: "/users/{id}". */
  readonly template: string;
  /** `client-request-id` of the last attempt, which Microsoft's support asks for. */
  readonly requestId: string;
}

export interface FailureDetail {
  /** HTTP status; 0: no reply. */
  readonly status: number;
  readonly code: string;
  readonly meaning: Meaning;
  /** Properties that the error is about, such as userPrincipalName; often empty. */
  readonly properties?: readonly string[];
  /** Whether the request may have been carried out all the same. */
  readonly mayHaveHappened: boolean;
  readonly retryAfterMs?: number | null;
  /** Of a reply that could not come: ECONNRESET, TimeoutError ... */
  readonly reason?: string;
}

export class GraphFailure extends Error {
  readonly request: RequestName;
  readonly status: number;
  readonly code: string;
  readonly meaning: Meaning;
  readonly properties: readonly string[];
  readonly mayHaveHappened: boolean;
  readonly retryAfterMs: number | null;

  constructor(request: RequestName, detail: FailureDetail) {
    super(describe(request, detail));
    this.name = "GraphFailure";
    this.request = request;
    this.status = detail.status;
    this.code = detail.code;
    this.meaning = detail.meaning;
    this.properties = detail.properties ?? [];
    this.mayHaveHappened = detail.mayHaveHappened;
    this.retryAfterMs = detail.retryAfterMs ?? null;
  }
}

export function isFailure(error: unknown, ...meanings: readonly Meaning[]): error is GraphFailure {
  return error instanceof GraphFailure && (meanings.length === 0 || meanings.includes(error.meaning));
}

function describe({ method, template, requestId }: RequestName, detail: FailureDetail): string {
  const { status, code, meaning, properties = [], reason } = detail;
  const answer = [status === 0 ? reason : String(status), code].filter((part) => part !== undefined && part !== "");
  const about = properties.length === 0 ? "" : ` (${properties.join(", ")})`;
  return `${EXPLANATIONS[meaning].what}${about}: ${method} ${template}, ${answer.join(" ")}, request ${requestId}`;
}

/**
 * From a reply other than 2xx to a failure. `error.message` may be an object with `value`, and `details` one object
 * instead of a list: both are seen on the wire.
 */
export function failureOf(
  request: RequestName,
  reply: { readonly status: number; readonly body: unknown; readonly retryAfterMs?: number | null },
): GraphFailure {
  const { status, body, retryAfterMs = null } = reply;
  const error = field(body, "error");
  const details = [field(error, "details") ?? []].flat();
  const code = textOf(field(error, "code"));
  const message = field(error, "message");
  const text = textOf(message) || textOf(field(message, "value"));
  const meaning = meaningOf({ status, code, text, details: details.map((detail) => textOf(field(detail, "code"))) });
  const targets = details.map((detail) => textOf(field(detail, "target"))).filter((target) => PROPERTY.test(target));
  const quoted = QUOTED_PROPERTY.exec(text)?.[1];
  const properties = targets.length > 0 || quoted === undefined ? [...new Set(targets)] : [quoted];
  return new GraphFailure(request, {
    status,
    code: PROPERTY.test(code) ? code : "",
    meaning,
    properties,
    mayHaveHappened: request.method !== "GET" && status >= 500 && status !== 501,
    retryAfterMs,
  });
}

/** Names of properties and codes; a value of somebody has other characters, or is quoted elsewhere. */
const PROPERTY = /^[A-Za-z]\w{0,79}$/;
const QUOTED_PROPERTY = /\b[Pp]roperty '?([a-z][A-Za-z]{1,79}(?:\.[A-Za-z0-9]+)?)'?/;

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
