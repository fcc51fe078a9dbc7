/** The tokens of delta queries: opaque to a client, and everything the tenant needs to go on. */
import { badRequest, GraphFailure } from "./errors.js";
import { decodeToken } from "./paging.js";
import type { RequestContext } from "./state.js";

export interface DeltaToken {
  readonly kind: "users" | "groups";
  /** Changes after this sequence; null: the first round, all objects. */
  readonly since: number | null;
  /** Where this round goes on: an ordinal in the first round, else a sequence. */
  readonly at: number;
  /** Sequence when the round began. */
  readonly began: number;
  /** Baked in by the first request: names of $select, ids of $filter. */
  readonly select: readonly string[] | null;
  readonly ids: readonly string[] | null;
  /** Epoch milliseconds. */
  readonly issued: number;
}

/** Days that a token of directory objects lives [D 6]. */
const LIFE = 7 * 24 * 3600 * 1000;
const MAX_IDS = 50;

/** The token of a request; undefined: the first request of a first round, or one that starts over. */
export function readDeltaToken(context: RequestContext, kind: DeltaToken["kind"]): DeltaToken | undefined {
  const text = context.query.get("$deltatoken") ?? context.query.get("$skiptoken");
  if (text === undefined || text === "" || text === "latest") return undefined;
  const token = decodeToken(text) as DeltaToken | undefined;
  const life = context.tenant.options.deltaTokenMillis ?? LIFE;
  if (token?.kind !== kind || context.tenant.now() - token.issued > life) throw gone(context, kind);
  return token;
}

/** 410 with the address from which to start over [D 6]. */
function gone({ tenant }: RequestContext, kind: DeltaToken["kind"]): GraphFailure {
  const message = "The sync state generation is not found: the delta token is invalid or too old. Start over.";
  return new GraphFailure(410, "syncStateNotFound", message, {
    headers: { location: `${tenant.url}/v1.0/${kind}/delta?$deltatoken=` },
  });
}

/** The ids of `id eq '..' or id eq '..'`, the only $filter there is [D 16]. */
export function readIds(filter: string | undefined): readonly string[] | null {
  if (filter === undefined) return null;
  const ids = filter.split(/\s+or\s+/i).map((part) => /^id\s+eq\s+'([^']+)'$/i.exec(part.trim())?.[1]?.toLowerCase());
  if (ids.some((id) => id === undefined) || ids.length > MAX_IDS) {
    throw badRequest(
      `Only 'id eq' joined by 'or', at most ${MAX_IDS} times, is supported in $filter of a delta query.`,
    );
  }
  return ids.flatMap((id) => id ?? []);
}
