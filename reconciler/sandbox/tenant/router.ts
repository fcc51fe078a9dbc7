/**
 * Which handler answers a request. Each subject's file exports its routes (`USER_ROUTES` of users.ts ...), routes.ts joins
 * them; the first template that fits wins, so a literal segment stands before a parameter. A template is a path below the
 * version: literal segments, {parameters} that take one segment. Graph's spellings are levelled before matching:
 *
 *   /users/delta(), /users/microsoft.graph.delta and /users/delta      are the same: functions and actions, short name
 *   /members/graph.user and /members/microsoft.graph.user              too: casts, long name
 *
 * A route names the operation whose permission the caller must have (permissions.ts); null: the handler asks itself with
 * `demand`, because it depends on the body. A path that fits with another method only is 405, one that does not fit is 400
 * with Graph's text. Handlers get the RequestContext of state.ts, read through `context.view`, decide, call
 * `context.tenant.commit([...])` at most once, and give a Reply or throw a GraphFailure.
 */
import { GraphFailure, methodNotAllowed } from "./errors.js";
import type { Operation } from "./permissions.js";
import type { Handler } from "./state.js";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Route {
  readonly method: Method;
  readonly template: string;
  readonly operation: Operation | null;
  readonly handler: Handler;
}

export function route(method: Method, template: string, operation: Operation | null, handler: Handler): Route {
  return { method, template, operation, handler };
}

export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

const CASTS = new Set(["user", "group", "device", "orgContact", "servicePrincipal", "administrativeUnit"]);

/** Segments of a path (percent-encoded, no query), decoded and in the spelling of the templates. */
export function readSegments(path: string): string[] {
  return path
    .split("/")
    .filter((segment) => segment !== "")
    .map((raw) => {
      const segment = decodeSegment(raw);
      const typed = /^(?:microsoft\.)?graph\.([A-Za-z]+)(?:\(\))?$/.exec(segment);
      if (typed?.[1] !== undefined) return CASTS.has(typed[1]) ? `microsoft.graph.${typed[1]}` : typed[1];
      return segment.replace(/^([A-Za-z]+)\(\)$/, "$1");
    });
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new GraphFailure(400, "BadRequest", "The request URI is not valid.");
  }
}

export class Router {
  readonly #routes: readonly { readonly route: Route; readonly segments: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((one) => ({ route: one, segments: one.template.split("/").slice(1) }));
  }

  /** Throws the failure that Graph answers when nothing fits. */
  match(method: string, path: string): Match {
    const segments = readSegments(path);
    let known = false;
    for (const { route: candidate, segments: template } of this.#routes) {
      const parameters = bindTemplate(template, segments);
      if (parameters === undefined) continue;
      if (candidate.method === method) return { route: candidate, parameters };
      known = true;
    }
    if (known) throw methodNotAllowed();
    throw new GraphFailure(400, "BadRequest", `Resource not found for the segment '${segments[0] ?? ""}'.`);
  }
}

function bindTemplate(template: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, expected] of template.entries()) {
    const segment = segments[at] ?? "";
    if (expected.startsWith("{")) parameters[expected.slice(1, -1)] = segment;
    else if (expected !== segment) return undefined;
  }
  return parameters;
}
