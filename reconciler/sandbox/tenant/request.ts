/** A request as it arrives, its parts, and the reply; what a handler sees is in state.ts. */
import { badRequest } from "./errors.js";
import type { Json } from "./relations.js";

export interface TenantRequest {
  readonly method: string;
  /** With query, beginning with /v1.0/ or a token endpoint. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface TenantReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What a handler gives; `body` undefined: none. The pipeline adds the common headers. */
export interface Reply {
  readonly status: number;
  readonly body?: Json;
  /** A body that is no JSON, as it stands (faults only). */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Who asks, from the access token. */
export interface Caller {
  readonly clientId: string;
  /** Application permissions: the roles claim. */
  readonly permissions: ReadonlySet<string>;
}

/** The query of a path, decoded. A repeated option is refused. */
export function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const part of text.split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    const name = decode(at < 0 ? part : part.slice(0, at));
    if (query.has(name)) throw badRequest(`Query option '${name}' was specified more than once.`);
    query.set(name, at < 0 ? "" : decode(part.slice(at + 1)));
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw badRequest("The request URI is not valid: a percent sign is not followed by two hex digits of UTF-8.");
  }
}

/** The body as an object; 400 when there is none. */
export function bodyObject(context: { readonly body: Json | undefined }): Readonly<Record<string, Json>> {
  const { body } = context;
  if (isObject(body)) return body;
  throw badRequest(
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
  );
}

export function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
