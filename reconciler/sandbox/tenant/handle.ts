/**
 * One request from its bytes to the reply: authority, token, faults, quota, route, permission, handler, headers. The items
 * of a batch come in through `dispatch`, which leaves out the token and takes the rest.
 */
import { randomUUID } from "node:crypto";
import { GraphFailure } from "./errors.js";
import type { FaultReply, SeenTenantRequest, TenantFault } from "./options.js";
import { alterPage } from "./page-faults.js";
import { demand } from "./permissions.js";
import type { Json } from "./relations.js";
import { type Caller, parseQuery, type Reply, type TenantReply, type TenantRequest } from "./request.js";
import type { Router } from "./router.js";
import type { RequestContext, TenantState } from "./state.js";
import { answerAuthority, type Login } from "./token-endpoint.js";
import { readToken } from "./tokens.js";

/** Thrown where a fault cuts the connection: the server closes the socket, a caller of `handle` sees this. */
export class ConnectionCut extends Error {}

const CONTENT_TYPE =
  "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
const VERSION = "/v1.0";

/** The whole tenant without HTTP. Throws ConnectionCut where a fault says so. */
export async function handleRequest(
  tenant: TenantState,
  login: Login,
  router: Router,
  request: TenantRequest,
): Promise<TenantReply> {
  const signIn = answerAuthority(tenant, login, request);
  if (signIn !== undefined) return signIn;
  try {
    const caller = readToken(request.headers.authorization, login.tokenKey, tenant.now());
    return await dispatchRequest(tenant, router, request, caller);
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    tenant.counters.requests++;
    return finish(tenant, request, failureReply(tenant, request, error), {});
  }
}

/** As handleRequest, for a caller that is known. */
export async function dispatchRequest(
  tenant: TenantState,
  router: Router,
  request: TenantRequest,
  caller: Caller,
): Promise<TenantReply> {
  const seen = count(tenant, request);
  const faults = tenant.options.faults;
  if (seen.write > 0) faults?.onWrite?.(seen);
  const fault = faults?.before?.(seen);
  if (fault?.do === "drop-before") throw new ConnectionCut();
  if (fault?.do === "delay") await new Promise((resolve) => setTimeout(resolve, fault.millis));
  if (fault?.do === "reply" && !("after" in fault))
    return finish(tenant, request, faultReply(tenant, request, fault), {});
  for (const task of tenant.background) task(tenant.now());
  const headers: Record<string, string> = {};
  let reply: Reply;
  try {
    reply = await answer(tenant, router, request, { caller, headers });
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    reply = failureReply(tenant, request, error);
  }
  if (seen.write > 0) await tenant.durable();
  return finish(tenant, request, applyFault(tenant, request, fault, reply), headers, fault?.do === "truncate");
}

function count(tenant: TenantState, request: TenantRequest): SeenTenantRequest {
  const { counters } = tenant;
  counters.requests++;
  const isBatch = /^\/v1\.0\/\$batch(\?|$)/.test(request.path);
  const isWrite = request.method !== "GET" && !isBatch;
  if (isBatch) counters.batches++;
  else if (isWrite) counters.writes++;
  else counters.reads++;
  return { ...request, number: counters.requests, write: isWrite ? counters.writes : 0 };
}

async function answer(
  tenant: TenantState,
  router: Router,
  request: TenantRequest,
  { caller, headers }: { readonly caller: Caller; readonly headers: Record<string, string> },
): Promise<Reply> {
  const at = request.path.indexOf("?");
  const path = at < 0 ? request.path : request.path.slice(0, at);
  if (!path.startsWith(`${VERSION}/`))
    throw new GraphFailure(400, "BadRequest", "Invalid version: v1.0 is what there is.");
  const query = parseQuery(at < 0 ? "" : request.path.slice(at + 1));
  const { route, parameters } = router.match(request.method, path.slice(VERSION.length));
  const { template } = route;
  const name = `${route.method} ${template}`;
  tenant.counters.routes[name] = (tenant.counters.routes[name] ?? 0) + 1;
  const admitted = tenant.gate.admit({ method: request.method, template, query, headers: request.headers, caller });
  Object.assign(headers, admitted.headers);
  if (admitted.failure !== undefined) throw admitted.failure;
  if (route.operation !== null) demand(caller, route.operation);
  const context: RequestContext = {
    tenant,
    caller,
    method: request.method,
    path: path.slice(VERSION.length),
    template,
    parameters,
    query,
    headers: request.headers,
    body: readBody(request),
    view: tenant.views.open(request.headers["x-sandbox-connection"] ?? ""),
  };
  return route.handler(context);
}

function readBody({ body, headers }: TenantRequest): Json | undefined {
  if (body === null || body === "") return undefined;
  const unreadable = (message: string): GraphFailure => new GraphFailure(400, "BadRequest", message);
  if (!/^application\/json/i.test(headers["content-type"] ?? "")) {
    throw unreadable(
      "A supported MIME type was not found that matches the content type of the request: application/json.",
    );
  }
  try {
    return JSON.parse(body) as Json;
  } catch {
    throw unreadable(
      "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
    );
  }
}

/** The body of graph.md section 1, [D 1] and [D 2]; `date` has no zone. */
function failureReply(tenant: TenantState, request: TenantRequest, failure: GraphFailure): Reply {
  const { status, code, message, details, headers } = failure;
  const requestId = randomUUID();
  const innerError = {
    date: new Date(tenant.now()).toISOString().slice(0, 19),
    "request-id": requestId,
    "client-request-id": request.headers["client-request-id"] ?? requestId,
  };
  const error = {
    code,
    message,
    ...(details.length === 0 ? {} : { details: details.map((one) => ({ ...one })) }),
    innerError,
  };
  return { status, body: { error }, headers: { ...headers, "request-id": requestId } };
}

function faultReply(tenant: TenantState, request: TenantRequest, fault: FaultReply): Reply {
  const { status, code = "UnknownError", message = "", headers = {} } = fault;
  if (fault.body !== undefined) return { status, raw: fault.body, headers };
  return failureReply(tenant, request, new GraphFailure(status, code, message, { headers }));
}

function applyFault(tenant: TenantState, request: TenantRequest, fault: TenantFault | undefined, reply: Reply): Reply {
  switch (fault?.do) {
    case "reply":
      return faultReply(tenant, request, fault);
    case "drop-after":
      throw new ConnectionCut();
    case "empty-page":
    case "duplicate":
    case "omit":
    case "end-early":
      return alterPage(tenant, request, fault.do, reply);
    default:
      return reply;
  }
}

function finish(
  tenant: TenantState,
  request: TenantRequest,
  { status, body, raw, headers = {} }: Reply,
  gate: Readonly<Record<string, string>>,
  truncate = false,
): TenantReply {
  const text = raw ?? (body === undefined ? null : JSON.stringify(body));
  const requestId = headers["request-id"] ?? randomUUID();
  const reply: TenantReply = {
    status,
    headers: {
      ...(body === undefined ? {} : { "content-type": CONTENT_TYPE }),
      "request-id": requestId,
      "client-request-id": request.headers["client-request-id"] ?? requestId,
      date: new Date(tenant.now()).toUTCString(),
      "odata-version": "4.0",
      ...gate,
      ...headers,
    },
    body: truncate && text !== null ? text.slice(0, text.length >> 1) : text,
  };
  tenant.counters.status[status] = (tenant.counters.status[status] ?? 0) + 1;
  if (!truncate) tenant.options.observe?.(request, reply);
  return reply;
}
