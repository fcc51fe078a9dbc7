/**
 * Signing in: OIDC discovery and the client credentials grant, as @azure/identity expects them (graph.md M1 to M5), with a
 * client secret, a certificate (RFC 7523, PS256 or RS256) or another party's token (workload identity federation).
 */
import { timingSafeEqual } from "node:crypto";
import { AssertionFailure, checkAssertion } from "./assertions.js";
import type { TenantReply, TenantRequest } from "./request.js";
import { principalOf } from "./service-principal.js";
import type { TenantState } from "./state.js";
import { GRAPH_AUDIENCE, issueToken } from "./tokens.js";

export interface Login {
  readonly secret: string;
  readonly tokenKey: Buffer;
  /** The permissions of a new token. */
  readonly permissions: readonly string[];
}

const TOKEN = /^\/([^/?]+)\/oauth2\/v2\.0\/token$/;
const DISCOVERY = /^\/([^/?]+)\/v2\.0\/\.well-known\/openid-configuration$/;

/** The reply, or undefined when the path is no endpoint of the authority. */
export function answerAuthority(tenant: TenantState, login: Login, request: TenantRequest): TenantReply | undefined {
  const path = request.path.split("?")[0] ?? "";
  const [, name] = DISCOVERY.exec(path) ?? TOKEN.exec(path) ?? [];
  if (name === undefined) return undefined;
  if (name.toLowerCase() !== tenant.tenantId) {
    return refuse(tenant, 400, "invalid_request", `AADSTS90002: Tenant '${name}' not found.`);
  }
  if (DISCOVERY.test(path)) return request.method === "GET" ? discovery(tenant) : notAllowed();
  if (request.method !== "POST") return notAllowed();
  tenant.counters.tokens++;
  try {
    return token(tenant, login, new URLSearchParams(request.body ?? ""));
  } catch (error) {
    if (error instanceof AssertionFailure) return refuse(tenant, 401, "invalid_client", error.message);
    throw error;
  }
}

function discovery({ url, tenantId }: TenantState): TenantReply {
  const authority = `${url}/${tenantId}`;
  return json(200, {
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "id_token"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
  });
}

function token(tenant: TenantState, login: Login, form: URLSearchParams): TenantReply {
  if (form.get("grant_type") !== "client_credentials") {
    return refuse(tenant, 400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.");
  }
  const scope = form.get("scope") ?? "";
  if (!scope.endsWith("/.default")) {
    const text =
      "AADSTS1002012: The provided value for scope is not valid. Client credential flows must have a scope value with /.default.";
    return refuse(tenant, 400, "invalid_scope", text);
  }
  if (form.get("client_id")?.toLowerCase() !== tenant.clientId) {
    return refuse(tenant, 400, "unauthorized_client", "AADSTS700016: Application was not found in the directory.");
  }
  const assertion = form.get("client_assertion");
  if (assertion !== null) checkAssertion(tenant, assertion, `${tenant.url}/${tenant.tenantId}/oauth2/v2.0/token`);
  else if (!isSecret(form.get("client_secret") ?? "", login.secret)) {
    return refuse(tenant, 401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
  }
  const seconds = tenant.options.tokenSeconds ?? 3599;
  const access_token = makeToken(tenant, login, { audience: scope.slice(0, -"/.default".length), seconds });
  return json(200, { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds, access_token });
}

/** An access token of the tenant's client. */
export function makeToken(
  tenant: TenantState,
  login: Login,
  { audience = GRAPH_AUDIENCE, seconds = 3599 }: { readonly audience?: string; readonly seconds?: number } = {},
): string {
  const iat = Math.floor(tenant.now() / 1000);
  const claims = {
    aud: audience,
    iss: `https://sts.windows.net/${tenant.tenantId}/`,
    iat,
    nbf: iat,
    exp: iat + seconds,
    appid: tenant.clientId,
    oid: principalOf(tenant),
    tid: tenant.tenantId,
    idtyp: "app" as const,
    roles: login.permissions,
  };
  return issueToken(claims, login.tokenKey);
}

function isSecret(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(tenant: TenantState, status: number, error: string, description: string): TenantReply {
  const timestamp = new Date(tenant.now()).toISOString();
  const codes = [Number(/^AADSTS(\d+)/.exec(description)?.[1])];
  return json(status, { error, error_description: description, error_codes: codes, timestamp });
}

function json(status: number, body: object): TenantReply {
  return { status, headers: { "content-type": "application/json; charset=utf-8" }, body: JSON.stringify(body) };
}

function notAllowed(): TenantReply {
  return { status: 405, headers: {}, body: null };
}
