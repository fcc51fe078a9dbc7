/**
 * /users/delta and /groups/delta (graph.md section 5, [D 6, 10, 16, 17]). A first round shows all objects by pages and ends
 * with a deltaLink; a later one shows what changed since. A token holds sequences of the store, so it survives a restart.
 * An object shows at least the changed properties of the selection, by default all of them that were ever set; a property
 * that never was set is left out. With `deltaDisorder` pages come in another order and repeat changes already told, as
 * Graph's may.
 */
import { type DeltaToken, readDeltaToken, readIds } from "./delta-token.js";
import { badRequest } from "./errors.js";
import { encodeToken } from "./paging.js";
import type { Json } from "./relations.js";
import type { Reply } from "./request.js";
import { type Route, route } from "./router.js";
import { rulesOf } from "./rules.js";
import { contextOf, showProperty } from "./select.js";
import type { RequestContext } from "./state.js";
import type { Store, TenantObject, Tombstone } from "./store.js";
import type { TypeRules } from "./types.js";

type Kind = DeltaToken["kind"];

/** Objects of a page [U]; Prefer: odata.maxpagesize says otherwise. */
const PAGE = 200;
/** Related objects of one entry; more come in further entries with the same id. */
const RELATED = 50;
/** How many sequences a disordered round begins too early. */
const REPLAY = 3;

const RELATION: Readonly<Record<Kind, string>> = { users: "manager", groups: "members" };

interface Round {
  readonly context: RequestContext;
  readonly rules: TypeRules;
  readonly relation: string;
  /** Property names, without the relation. */
  readonly names: readonly string[];
  readonly withRelation: boolean;
  readonly token: DeltaToken;
  /** After this sequence a property is worth telling; null: everything is. */
  readonly since: number | null;
}

function delta(kind: Kind): (context: RequestContext) => Reply {
  return (context) => {
    for (const name of ["$expand", "$top", "$orderby", "$skip", "$search"]) {
      if (context.query.has(name)) throw badRequest(`'${name}' is not supported by delta queries.`);
    }
    const token = readDeltaToken(context, kind) ?? newToken(context, kind);
    const round = openRound(context, kind, token);
    if (context.query.get("$deltatoken") === "latest") return reply(round, [], { end: true, at: token.began });
    return token.since === null ? firstRound(round) : laterRound(round, token.since);
  };
}

function newToken(context: RequestContext, kind: Kind): DeltaToken {
  const { query, tenant } = context;
  const select = query.get("$select")?.split(",") ?? null;
  const began = tenant.views.horizon();
  const ids = readIds(query.get("$filter"));
  return {
    kind,
    since: null,
    at: -1,
    began,
    select: select?.map((name) => name.trim()) ?? null,
    ids,
    issued: tenant.now(),
  };
}

function openRound(context: RequestContext, kind: Kind, token: DeltaToken): Round {
  const rules = rulesOf(kind === "users" ? "user" : "group");
  const relation = RELATION[kind];
  const shown = Object.keys(rules.properties).filter((name) => rules.properties[name]?.shown);
  const names = token.select?.filter((name) => name !== relation) ?? shown;
  for (const name of names) {
    if (Object.hasOwn(rules.properties, name) && !rules.properties[name]?.outside) continue;
    const what = `Could not find a property named '${name}' on type '${rules.odataType.slice(1)}'.`;
    throw badRequest(`Parsing OData Select and Expand failed: ${what}`);
  }
  // Members are told unless a selection leaves them out; a manager only when it is selected.
  const withRelation = token.select === null ? kind === "groups" : token.select.includes(relation);
  const isDisordered = context.tenant.options.deltaDisorder === true && token.since !== null;
  const since = isDisordered ? Math.max(0, (token.since ?? 0) - REPLAY) : token.since;
  return { context, rules, relation, names, withRelation, token, since };
}

function pageSize({ headers }: RequestContext): number {
  const asked = /odata\.maxpagesize=(\d+)/.exec(headers.prefer ?? "")?.[1];
  return asked === undefined ? PAGE : Math.max(1, Math.min(999, Number(asked)));
}

function firstRound(round: Round): Reply {
  const { context, token, rules } = round;
  const entries: Json[] = [];
  let at = token.at;
  let shown = 0;
  for (const object of context.tenant.store.list(rules.type, token.at)) {
    if (object.deletedAt !== null || !isAsked(token, object.id)) continue;
    if (shown === pageSize(context)) return reply(round, entries, { end: false, at });
    entries.push(...describe(round, object));
    at = object.ordinal;
    shown++;
  }
  return reply(round, entries, { end: true, at: token.began });
}

/** A page ends between two commits, never inside one. */
function laterRound(round: Round, since: number): Reply {
  const { context, token, rules } = round;
  const { store, views } = context.tenant;
  const horizon = views.horizon();
  const entries: Json[] = [];
  let shown = 0;
  let last = token.at < 0 ? Math.min(round.since ?? since, since) : token.at;
  for (const thing of store.changedSince(last)) {
    if (thing.changed > horizon) break;
    if (thing.type !== rules.type || !isAsked(token, thing.id)) continue;
    if (shown >= pageSize(context) && thing.changed > last) return reply(round, entries, { end: false, at: last });
    const told = tell(round, thing);
    if (told.length > 0) shown++;
    entries.push(...told);
    last = thing.changed;
  }
  return reply(round, entries, { end: true, at: horizon });
}

function isAsked({ ids }: DeltaToken, id: string): boolean {
  return ids === null || ids.includes(id);
}

function tell(round: Round, thing: TenantObject | Tombstone): Json[] {
  if (!("stamps" in thing)) return [{ id: thing.id, "@removed": { reason: "deleted" } }];
  const since = round.since ?? 0;
  const { stamps } = thing;
  const isMoved = (stamps.deletedDateTime ?? 0) > since;
  if (thing.deletedAt !== null) return isMoved ? [{ id: thing.id, "@removed": { reason: "changed" } }] : [];
  const isNew = (stamps.createdDateTime ?? 0) > since;
  const isOfInterest = round.token.select === null || round.names.some((name) => (stamps[name] ?? 0) > since);
  const isRelated = round.withRelation && (stamps[round.relation] ?? 0) > since;
  return isMoved || isNew || isOfInterest || isRelated ? describe(round, thing) : [];
}

/** One entry, or more with the same id when much is related. */
function describe(round: Round, object: TenantObject): Json[] {
  const { context, rules, names, since, relation } = round;
  const isMinimal = since !== null && /return=minimal/i.test(context.headers.prefer ?? "");
  const entry: Record<string, Json> = {};
  for (const name of names) {
    const isTold = isMinimal ? (object.stamps[name] ?? 0) > (since ?? 0) : Object.hasOwn(object.properties, name);
    if (isTold) entry[name] = showProperty(object, name, rules.properties[name], context.view);
  }
  const related = round.withRelation ? relatedOf(round, object) : [];
  const rest = { ...entry, id: object.id };
  if (related.length === 0) return [rest];
  const parts: Json[] = [];
  for (let at = 0; at < related.length; at += RELATED) {
    const part = { [`${relation}@delta`]: related.slice(at, at + RELATED) };
    parts.push(at === 0 ? { ...rest, ...part } : { id: object.id, ...part });
  }
  return parts;
}

/** Only ids of related objects come [D 6]. Of a restored or a new object all of them. */
function relatedOf({ context, relation, since }: Round, object: TenantObject): Json[] {
  const { store } = context.tenant;
  const { stamps } = object;
  const isWhole = since === null || (stamps.createdDateTime ?? 0) > since || (stamps.deletedDateTime ?? 0) > since;
  if (isWhole) return [...store.relations.targets(relation, object.id)].flatMap((id) => reference(store, id) ?? []);
  return [...store.relations.changedSince(relation, object.id, since)].flatMap(({ to, removed }) => {
    if (!removed) return reference(store, to) ?? [];
    return [{ "@odata.type": typeOf(store, to), id: to, "@removed": { reason: "deleted" } }];
  });
}

function reference(store: Store, id: string): Json | undefined {
  return store.get(id)?.deletedAt === null ? { "@odata.type": typeOf(store, id), id } : undefined;
}

function typeOf(store: Store, id: string): string {
  return `#microsoft.graph.${store.get(id)?.type ?? "user"}`;
}

function reply(round: Round, entries: readonly Json[], { end, at }: { end: boolean; at: number }): Reply {
  const { context, token } = round;
  const { url, now, options } = context.tenant;
  const next: DeltaToken = end
    ? { ...token, since: at, at: -1, began: at, issued: now() }
    : { ...token, at, issued: now() };
  const name = end ? "$deltatoken" : "$skiptoken";
  const link = `${url}/v1.0/${token.kind}/delta?${name}=${encodeToken(next)}`;
  const isReversed = options.deltaDisorder === true;
  const body = {
    "@odata.context": contextOf(url, token.kind, token.select ?? undefined, "collection"),
    [end ? "@odata.deltaLink" : "@odata.nextLink"]: link,
    value: isReversed ? [...entries].reverse() : entries,
  };
  const isMinimal = /return=minimal/i.test(context.headers.prefer ?? "");
  return { status: 200, body, headers: isMinimal ? { "preference-applied": "return=minimal" } : {} };
}

export const DELTA_ROUTES: readonly Route[] = [
  route("GET", "/users/delta", "users.read", delta("users")),
  route("GET", "/groups/delta", "groups.read", delta("groups")),
];
