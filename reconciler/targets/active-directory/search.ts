/**
 * Complete reads. A page without entries that carries a cookie is not the end; a referral, a size limit or a range that
 * does not continue is an incomplete read (MUS-5003), never a short list.
 */
import { Control, type Filter, PagedResultsControl, PresenceFilter, type SearchEntry, SearchRequest } from "ldapts";
import { MusterError } from "../../support/errors.js";
import { LDAP_PAGE_SIZE } from "../../support/limits.js";
import { hasCode, type Reply } from "./connection.js";
import type { Session } from "./session.js";

export interface Entry {
  readonly dn: string;
  /** Raw values by attribute in lower case, options (";range=0-1499") included. */
  readonly values: ReadonlyMap<string, readonly Buffer[]>;
}

export interface SearchQuery {
  readonly base: string;
  readonly scope: "base" | "one" | "sub";
  readonly filter?: Filter;
  readonly attributes: readonly string[];
  /** Whether deleted objects are found too (LDAP_SERVER_SHOW_DELETED_OID, MS-ADTS 3.1.1.3.4.1.14). */
  readonly showDeleted?: boolean;
}

export const SHOW_DELETED = "1.2.840.113556.1.4.417";

/** Stay in this naming context: no continuation references (LDAP_SERVER_DOMAIN_SCOPE_OID, MS-ADTS 3.1.1.3.4.1.4). */
const DOMAIN_SCOPE = "1.2.840.113556.1.4.1339";

/** All entries of a subtree or container, page by page. Throws MUS-5003 when the server does not deliver all of them. */
export async function searchAll(session: Session, query: SearchQuery): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cookie: Buffer = Buffer.alloc(0);
  do {
    const page = new PagedResultsControl({ value: { size: LDAP_PAGE_SIZE, cookie }, critical: true });
    const reply = await send(session, query, { controls: [page], sizeLimit: 0 });
    for (const entry of reply.entries) entries.push(toEntry(entry));
    const answer = reply.response.controls?.find((control) => control instanceof PagedResultsControl);
    cookie = answer?.value?.cookie ?? Buffer.alloc(0);
  } while (cookie.length > 0);
  return entries;
}

/** One entry by its DN (or `<GUID=...>`), null when it is not there. */
export async function searchBase(session: Session, base: string, attributes: readonly string[]): Promise<Entry | null> {
  try {
    const reply = await send(session, { base, scope: "base", attributes }, { controls: [], sizeLimit: 0 });
    const [entry] = reply.entries;
    return entry === undefined ? null : toEntry(entry);
  } catch (error) {
    if (error instanceof MusterError && hasCode(error.cause, "noSuchObject")) return null;
    throw error;
  }
}

/** Whether anything lies below an entry. One entry is enough for the answer; a server may send all of them (Samba does). */
export async function hasChildren(session: Session, base: string): Promise<boolean> {
  const query = { base, scope: "one", attributes: ["1.1"] } as const;
  try {
    return (await send(session, query, { controls: [], sizeLimit: 1 })).entries.length > 0;
  } catch (error) {
    const cause = error instanceof MusterError ? error.cause : undefined;
    if (hasCode(cause, "sizeLimitExceeded")) return true;
    if (hasCode(cause, "noSuchObject")) return false;
    throw error;
  }
}

/**
 * All values of a large attribute. A server that delivers them in ranges (MS-ADTS 3.1.1.3.1.3.3) is asked until it says
 * that the last one was sent.
 */
export async function readAllValues(session: Session, entry: Entry, attribute: string): Promise<readonly Buffer[]> {
  const values: Buffer[] = [...(entry.values.get(attribute.toLowerCase()) ?? [])];
  for (let part: Entry | null = entry; part !== null; ) {
    const range = rangeOf(part, attribute);
    if (range === undefined) return values;
    if (range.from !== values.length) throw incomplete(session, `values of ${attribute} are missing`);
    values.push(...range.values);
    if (range.last) return values;
    const next = `${attribute};range=${values.length}-*`;
    const before: number = values.length;
    part = await searchBase(session, entry.dn, [next]);
    if (part === null || rangeOf(part, attribute)?.from !== before)
      throw incomplete(session, `${attribute} of an object ended while it was read`);
  }
  return values;
}

function rangeOf(entry: Entry, attribute: string) {
  for (const [name, values] of entry.values) {
    const match = /^(.+);range=(\d+)-(\d+|\*)$/.exec(name);
    if (match?.[1] === attribute.toLowerCase()) return { from: Number(match[2]), last: match[3] === "*", values };
  }
  return undefined;
}

async function send(
  session: Session,
  query: SearchQuery,
  options: { readonly controls: readonly Control[]; readonly sizeLimit: number },
): Promise<Reply> {
  const filter = query.filter ?? new PresenceFilter({ attribute: "objectClass" });
  const { base: baseDN, scope, attributes } = query;
  const shown = query.showDeleted === true ? [new Control(SHOW_DELETED, { critical: true })] : [];
  const controls = [...options.controls, ...shown, new Control(DOMAIN_SCOPE)];
  let reply: Reply;
  try {
    reply = await session.request(
      (messageId) =>
        new SearchRequest({
          messageId,
          baseDN,
          scope,
          filter,
          attributes: [...attributes],
          sizeLimit: options.sizeLimit,
          timeLimit: 0,
          controls,
        }),
    );
  } catch (error) {
    if (error instanceof MusterError) throw error;
    throw incomplete(session, `a search failed: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (reply.referrals.length > 0)
    throw incomplete(session, `the server refers to ${reply.referrals.length} other servers for a part of the answer`);
  return reply;
}

function toEntry(entry: SearchEntry): Entry {
  const values = new Map<string, readonly Buffer[]>();
  for (const attribute of entry.attributes) values.set(attribute.type.toLowerCase(), attribute.parsedBuffers);
  return { dn: entry.name, values };
}

export function incomplete(session: Session, what: string, cause?: unknown): MusterError {
  return new MusterError("MUS-5003", { what, where: { target: session.options.target }, cause });
}
