/**
 * What an access token says of its application. The documentation calls access tokens opaque to clients; that `roles` holds
 * what was granted is what everybody relies on, so a token that does not say it makes checks unknown, never wrong. Nothing
 * is verified: the token came from the authority over TLS, and only Graph's answer counts in the end.
 */
export interface TokenClaims {
  /** Application permissions; null: the token does not tell. */
  readonly roles: readonly string[] | null;
  /** Object id of the service principal, whose directory roles can be read. */
  readonly principal: string | null;
  /** Application (client) id. */
  readonly application: string | null;
}

/** Neither the token nor any part of it may be printed but for what this gives. */
export function readClaims(token: string): TokenClaims {
  const claims = parse(token.split(".")[1] ?? "");
  const { roles, oid, appid, azp } = claims ?? {};
  return {
    roles: namesOf(roles, claims !== null),
    principal: typeof oid === "string" ? oid : null,
    application: [appid, azp].find((id): id is string => typeof id === "string") ?? null,
  };
}

/** Claims that are empty are left out of a token: an application without any permission has no `roles`. */
function namesOf(roles: unknown, isToken: boolean): readonly string[] | null {
  if (roles === undefined) return isToken ? [] : null;
  if (!Array.isArray(roles)) return null;
  return roles.filter((name): name is string => typeof name === "string");
}

function parse(part: string): Readonly<Record<string, unknown>> | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
