/** Every limit in one place, named and with its unit. */

/** Largest worker file, in bytes: a file above is refused before it is parsed. */
export const MAX_WORKER_BYTES = 256 * 1024;
/** Largest policy file, in bytes. */
export const MAX_POLICY_BYTES = 4 * 1024 * 1024;
/** Largest ledger or run file, in bytes. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;
/** Largest export that import reads, in bytes. */
export const MAX_EXPORT_BYTES = 1024 * 1024 * 1024;
/** Alias expansions per YAML document; our own files have none. */
export const MAX_YAML_ALIASES = 0;
/** Maps and lists within each other in a YAML document; ours are about ten deep. */
export const MAX_YAML_DEPTH = 100;
/** Calls inside calls of an expression; beyond, nobody could read it and the stack would grow. */
export const MAX_EXPRESSION_DEPTH = 100;
/** Longest text that a function of an expression takes or builds, in characters; far above any attribute. */
export const MAX_TEXT_CHARS = 1_000_000;
/** Longest expression, in characters (Entra's own limit). */
export const MAX_EXPRESSION_CHARS = 10_000;
/** Errors of one kind that are listed before the rest is counted. */
export const MAX_LISTED_ERRORS = 200;
/** Counters tried for a unique name before it is a finding. */
export const MAX_NAME_COUNTER = 9_999;
/** Entries per page of an LDAP search (Active Directory's MaxPageSize is 1,000). */
export const LDAP_PAGE_SIZE = 1_000;
/** Member values per modify (well below Active Directory's limit for one request). */
export const LDAP_MEMBERS_PER_MODIFY = 1_000;
/** Drifted objects per target whose last change is asked for; the rest is counted. */
export const MAX_ATTRIBUTED_OBJECTS = 500;
/** Objects of one such question. */
export const OBJECTS_PER_QUESTION = 50;
/** Objects that are written at the same time in one target. */
export const APPLY_CONCURRENCY = 8;
/** The same for Microsoft Graph, which is far away: waiting for replies must not take longer than its quotas do. */
export const GRAPH_CONCURRENCY = 16;
/** Items of one `$batch` of Microsoft Graph (json-batching). */
export const GRAPH_BATCH_ITEMS = 20;
/** References of one PATCH that adds members to a group (group: add members). */
export const GRAPH_MEMBERS_PER_REQUEST = 20;
/** Writes that Microsoft Graph takes per application and tenant in one window (throttling-limits). */
export const GRAPH_WRITES = 3_000;
/** Milliseconds of that window. */
export const GRAPH_WRITE_WINDOW_MS = 150_000;
