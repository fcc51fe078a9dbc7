/**
 * Access tokens: of the shape of Entra ID's (a JWT with aud, appid, tid, exp, roles), signed with a key of the folder, so
 * that they survive a restart. Clients must take them as opaque, except that `roles` tells what was granted.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { GraphFailure } from "./errors.js";
import type { Caller } from "./request.js";

export const GRAPH_AUDIENCE = "https://graph.microsoft.com";

export interface TokenClaims {
  readonly aud: string;
  readonly iss: string;
  /** Epoch seconds. */
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly appid: string;
  /** Object id of the client's service principal. */
  readonly oid: string;
  readonly tid: string;
  readonly idtyp: "app";
  readonly roles: readonly string[];
}

export function encodePart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign(content: string, key: Buffer): Buffer {
  return createHmac("sha256", key).update(content).digest();
}

export function issueToken(claims: TokenClaims, key: Buffer): string {
  const content = `${encodePart({ typ: "JWT", alg: "HS256" })}.${encodePart(claims)}`;
  return `${content}.${sign(content, key).toString("base64url")}`;
}

function unauthorized(message: string): GraphFailure {
  return new GraphFailure(401, "InvalidAuthenticationToken", message, {
    headers: {
      "www-authenticate":
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    },
  });
}

/** Who sent this Authorization header. Throws 401 InvalidAuthenticationToken [F]; `now` in epoch milliseconds. */
export function readToken(header: string | undefined, key: Buffer, now: number): Caller {
  const token = /^Bearer (\S+)$/i.exec(header ?? "")?.[1];
  if (token === undefined) throw unauthorized("Access token is empty.");
  const [head = "", content = "", signature = ""] = token.split(".");
  const expected = sign(`${head}.${content}`, key);
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw unauthorized("Access token validation failure. Invalid signature.");
  }
  const claims = JSON.parse(Buffer.from(content, "base64url").toString("utf8")) as TokenClaims;
  if (claims.aud !== GRAPH_AUDIENCE) throw unauthorized("Access token validation failure. Invalid audience.");
  if (claims.exp * 1000 <= now) throw unauthorized("Lifetime validation failed, the token is expired.");
  return { clientId: claims.appid, permissions: new Set(claims.roles) };
}
