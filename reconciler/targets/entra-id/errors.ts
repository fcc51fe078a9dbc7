/**
 * What Graph means by an error. The directory answers Request_BadRequest for so many causes that the text must be looked
 * at as a second step; codes and `details` come first, because texts change. A text that no row knows is "unknown", never
 * success. Sources: Microsoft's error reference (concepts/errors), the licence problem page, and, for most texts, what
 * several unrelated public programs test for.
 */
import type { ErrorCode } from "../../support/codes/index.js";

export type Meaning =
  /** Another object has the name, or one of the values that must be unique. */
  | "taken"
  /** The reference exists already: a member, an owner. */
  | "already"
  | "not-member"
  /** The object is not there; or not there yet; or a referenced one is not. */
  | "gone"
  | "forbidden"
  /** The attribute, or the membership, is mastered on-premises. */
  | "synced"
  /** Exchange owns the group. */
  | "mail-enabled"
  | "last-owner"
  /** The directory is full, or an object has all links that it may have. */
  | "quota"
  | "unverified-domain"
  | "invalid-value"
  | "value-required"
  | "password-rejected"
  | "licence-location"
  | "licence-seats"
  | "licence-unknown"
  | "licence-not-held"
  | "licence-inherited"
  | "licence-conflict"
  | "licence-missing-plan"
  /** Two writes met on one object. */
  | "concurrent"
  | "throttled"
  | "unauthenticated"
  /** The token of a page is too old: the listing begins again. */
  | "expired-page"
  /** The token of a delta is too old: a full read. */
  | "expired-delta"
  | "unsupported-query"
  /** The tenant lacks the licence for the feature. */
  | "feature-missing"
  /** An item of a batch whose predecessor failed. */
  | "dependency"
  /** The service could not; for a write nobody knows whether it did. */
  | "unavailable"
  /** No reply came. */
  | "lost"
  /** A reply came that cannot be read. */
  | "unreadable"
  | "unknown";

/** The parts of an error that tell what it means. */
export interface Symptoms {
  /** HTTP status. */
  readonly status: number;
  /** `error.code`; "" where there is none. */
  readonly code: string;
  /** `error.message`. It quotes user principal names: to be looked at, never to be shown. */
  readonly text: string;
  /** Codes of `error.details`. */
  readonly details: readonly string[];
}

interface Row {
  readonly status?: number;
  readonly code?: string | RegExp;
  readonly detail?: string;
  readonly text?: RegExp;
  readonly meaning: Meaning;
}

const BAD = "Request_BadRequest";

/** The first row all of whose parts fit. */
const ROWS: readonly Row[] = [
  { detail: "ObjectConflict", meaning: "taken" },
  { detail: "PropertyConflict", meaning: "taken" },
  { detail: "ConflictingObjects", meaning: "taken" },
  { code: "Request_MultipleObjectsWithSameKeyValue", meaning: "taken" },
  { code: "Directory_ConcurrencyViolation", meaning: "concurrent" },
  { code: /^(Directory_ExpiredPageToken|DirectoryPageTokenNotFoundException)$/, meaning: "expired-page" },
  { code: /^(syncStateNotFound|resyncRequired|syncStateInvalid)$/i, meaning: "expired-delta" },
  { code: "Request_UnsupportedQuery", meaning: "unsupported-query" },
  { code: "Directory_QuotaExceeded", meaning: "quota" },
  { code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant", meaning: "feature-missing" },
  { code: /^(TooManyRequests|Request_ThrottledTemporarily)$/, meaning: "throttled" },
  { code: BAD, text: /Another object with the same value for property/i, meaning: "taken" },
  { code: BAD, text: /conflicting object with one or more of the specified property values/i, meaning: "taken" },
  { code: BAD, text: /added object references already exist/i, meaning: "already" },
  { code: BAD, text: /removed object references do not exist/i, meaning: "not-member" },
  { code: BAD, text: /must have at least one owner/i, meaning: "last-owner" },
  { code: BAD, text: /on-premises mastered Directory Sync objects/i, meaning: "synced" },
  {
    code: BAD,
    text: /Cannot Update a mail-enabled security groups? and or distribution list/i,
    meaning: "mail-enabled",
  },
  { code: BAD, text: /domain portion of the userPrincipalName property is invalid/i, meaning: "unverified-domain" },
  { code: BAD, text: /password does not comply with password complexity/i, meaning: "password-rejected" },
  { code: BAD, text: /with invalid usage location/i, meaning: "licence-location" },
  { code: BAD, text: /does not have any available licenses/i, meaning: "licence-seats" },
  { code: BAD, text: /does not correspond to a valid company License/i, meaning: "licence-unknown" },
  { code: BAD, text: /does not have a corresponding license/i, meaning: "licence-not-held" },
  { code: BAD, text: /license is inherited from a group membership/i, meaning: "licence-inherited" },
  { code: BAD, text: /service plans .* are mutually exclusive/i, meaning: "licence-conflict" },
  { code: BAD, text: /service plan .* depends on the service plan/i, meaning: "licence-missing-plan" },
  { code: BAD, text: /A value is required for property/i, meaning: "value-required" },
  { code: BAD, text: /Invalid value specified for property|Property \w+ is invalid/i, meaning: "invalid-value" },
  { code: BAD, text: /(PrimitiveValue|StartArray|StartObject) (node )?(was )?expected/i, meaning: "invalid-value" },
  { detail: "InvalidValue", meaning: "invalid-value" },
  { status: 401, meaning: "unauthenticated" },
  { status: 403, meaning: "forbidden" },
  { status: 404, meaning: "gone" },
  { status: 410, meaning: "expired-delta" },
  { status: 409, meaning: "taken" },
  { status: 424, meaning: "dependency" },
  { status: 429, meaning: "throttled" },
];

/** Statuses after which nobody knows whether a write was carried out. */
const UNAVAILABLE = [500, 502, 503, 504];

export function meaningOf(symptoms: Symptoms): Meaning {
  const row = ROWS.find((candidate) => fits(candidate, symptoms));
  if (row !== undefined) return row.meaning;
  return UNAVAILABLE.includes(symptoms.status) ? "unavailable" : "unknown";
}

function fits(row: Row, { status, code, text, details }: Symptoms): boolean {
  if (row.status !== undefined && row.status !== status) return false;
  if (row.detail !== undefined && !details.includes(row.detail)) return false;
  if (typeof row.code === "string" && row.code !== code) return false;
  if (row.code instanceof RegExp && !row.code.test(code)) return false;
  return row.text === undefined || row.text.test(text);
}

interface Explanation {
  readonly code: ErrorCode;
  /** Begins in the middle of a sentence; names nobody. */
  readonly what: string;
}

/** For people, and for the registry: what an outcome says. Meanwhile, "refused" ones (taken, gone) are the caller's to judge. */
export const EXPLANATIONS: Readonly<Record<Meaning, Explanation>> = {
  taken: { code: "MUS-5006", what: "another object has one of the values that must be unique" },
  already: { code: "MUS-5006", what: "the reference exists already" },
  "not-member": { code: "MUS-5006", what: "the object is no member" },
  gone: { code: "MUS-5005", what: "the object is gone, or one that the request refers to" },
  forbidden: { code: "MUS-5202", what: "the application may not do this to this object" },
  synced: { code: "MUS-5203", what: "Active Directory is the master of what was to be written" },
  "mail-enabled": { code: "MUS-5203", what: "Exchange is the master of the group" },
  "last-owner": { code: "MUS-5006", what: "the group would be left without an owner" },
  quota: { code: "MUS-5205", what: "the directory, or the object, holds as much as it may" },
  "unverified-domain": { code: "MUS-5006", what: "the domain of the userPrincipalName is not verified in the tenant" },
  "invalid-value": { code: "MUS-5006", what: "a value is not allowed for its property" },
  "value-required": { code: "MUS-5006", what: "a property that needs a value would have none" },
  "password-rejected": { code: "MUS-5006", what: "the tenant does not accept the password" },
  "licence-location": { code: "MUS-5204", what: "the user has no usageLocation" },
  "licence-seats": { code: "MUS-5204", what: "no seat of the licence is free" },
  "licence-unknown": { code: "MUS-5204", what: "the tenant does not have this licence" },
  "licence-not-held": { code: "MUS-5204", what: "the user does not hold the licence" },
  "licence-inherited": { code: "MUS-5204", what: "the user has the licence through a group" },
  "licence-conflict": { code: "MUS-5204", what: "service plans exclude each other" },
  "licence-missing-plan": { code: "MUS-5204", what: "a service plan needs another one that is missing" },
  concurrent: { code: "MUS-5006", what: "somebody else wrote the object at the same time" },
  throttled: { code: "MUS-5205", what: "the tenant takes no more requests for now" },
  unauthenticated: { code: "MUS-5002", what: "the token is not accepted" },
  "expired-page": { code: "MUS-5003", what: "the listing took longer than its page token lives" },
  "expired-delta": { code: "MUS-5003", what: "the changes since the last read are no longer known" },
  "unsupported-query": { code: "MUS-5206", what: "the query is not supported" },
  "feature-missing": { code: "MUS-5202", what: "the tenant has no licence for this feature" },
  dependency: { code: "MUS-5006", what: "a request before it in the batch failed" },
  unavailable: { code: "MUS-5001", what: "the service could not answer" },
  lost: { code: "MUS-5001", what: "no reply came" },
  unreadable: { code: "MUS-5206", what: "the reply cannot be read" },
  unknown: { code: "MUS-5006", what: "the tenant refuses the request for a reason that is not known here" },
};
