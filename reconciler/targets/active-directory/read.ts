/** One account, or a claim, as the directory holds it now; and the forms in which the driver sees objects. */
import { AndFilter, EqualityFilter, OrFilter } from "ldapts";
import type { Anchor, ObservedAccount, Selection } from "../../model/observed.js";
import type { Value } from "../../model/value.js";
import { normalizeDn, parentDn } from "../../support/dn.js";
import { MusterError } from "../../support/errors.js";
import type { PasswordRules } from "../secrets/password.js";
import { decodeGuid, decodeText, decodeValue, encodeGuid, guidDn } from "./codec.js";
import { type Entry, hasChildren, incomplete, searchAll, searchBase } from "./search.js";
import type { Session } from "./session.js";

/** What the driver needs to know of its target, beside the connection. */
export interface Place {
  readonly session: Session;
  readonly base: string;
  /** Normalized DNs. */
  readonly accountContainers: readonly string[];
  /** Normalized DNs; null: no group is managed. */
  readonly groupContainers: readonly string[] | null;
  /** Attribute that holds the claim of a create. */
  readonly claim: string;
  /** Whether the server finds objects by `<GUID=...>`; proven when the target is opened. */
  readonly guidAddresses: boolean;
  readonly passwords: PasswordRules;
  /** Whether a create writes mS-DS-ConsistencyGuid. */
  readonly stampsGuid: boolean;
}

/** userAccountControl: ADS_UF_ACCOUNTDISABLE (MS-ADTS 2.2.16). */
export const ACCOUNT_DISABLED = 0x2;

/** Attributes that the driver itself needs of every account. */
export function ownAttributes(place: Place): string[] {
  const own = ["objectGUID", "objectClass", "cn", "userAccountControl", "primaryGroupID"];
  return [...own, "adminCount", "isCriticalSystemObject", place.claim];
}

export function textOf(entry: Entry, attribute: string): string | undefined {
  const [first] = entry.values.get(attribute.toLowerCase()) ?? [];
  return first === undefined ? undefined : decodeText(first);
}

export function textsOf(entry: Entry, attribute: string): string[] {
  return (entry.values.get(attribute.toLowerCase()) ?? []).flatMap((value) => decodeText(value) ?? []);
}

/** A user (or inetOrgPerson); computers and managed service accounts are users too, by class, but never ours. */
export function isAccount(entry: Entry): boolean {
  const classes = textsOf(entry, "objectClass").map((name) => name.toLowerCase());
  return classes.includes("user") && !classes.includes("computer");
}

/** objectGUID as text. Throws MUS-5003 when the reader may not see it. */
export function anchorOf(session: Session, entry: Entry): Anchor {
  const [guid] = entry.values.get("objectguid") ?? [];
  if (guid?.length !== 16) throw incomplete(session, `objectGUID of ${entry.dn} cannot be read`);
  return decodeGuid(guid);
}

/** userAccountControl. Throws MUS-5003 when the reader may not see it. */
export function controlOf(session: Session, entry: Entry): number {
  const text = textOf(entry, "userAccountControl");
  if (text === undefined || !/^-?\d+$/.test(text))
    throw incomplete(session, `userAccountControl of ${entry.dn} cannot be read`);
  return Number(text);
}

/** Whether a normalized DN lies below one of the normalized containers. */
export function isBelow(dn: string, containers: readonly string[]): boolean {
  return containers.some((container) => dn.endsWith(`,${container}`));
}

/** The account as the port reports it. `selected` are attribute names as the policy spells them. */
export function toAccount(
  place: Place,
  entry: Entry,
  selected: readonly string[],
  options: { readonly hasChildren: boolean },
): ObservedAccount {
  const attributes: Record<string, Value> = {};
  for (const name of selected) {
    const value = decodeValue(name, entry.values.get(name.toLowerCase()) ?? []);
    if (value !== undefined) attributes[name] = value;
  }
  return {
    anchor: anchorOf(place.session, entry),
    address: entry.dn,
    container: parentDn(entry.dn),
    managed: isBelow(normalizeDn(entry.dn), place.accountContainers),
    enabled: (controlOf(place.session, entry) & ACCOUNT_DISABLED) === 0,
    attributes,
    claim: textOf(entry, place.claim) ?? null,
    protected: protectionOf(entry),
    hasChildren: options.hasChildren,
  };
}

function protectionOf(entry: Entry): string | null {
  if (textOf(entry, "isCriticalSystemObject") === "TRUE") return "isCriticalSystemObject is TRUE";
  const adminCount = textOf(entry, "adminCount") ?? "0";
  return adminCount === "0" ? null : `adminCount is ${adminCount}`;
}

/** The entry of an anchor, wherever it is now; null when it is gone. */
export async function findEntry(place: Place, anchor: Anchor, attributes: readonly string[]): Promise<Entry | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(anchor))
    throw new MusterError("MUS-9001", { what: `"${anchor}" is not an objectGUID` });
  if (place.guidAddresses) return searchBase(place.session, guidDn(anchor), attributes);
  const filter = new EqualityFilter({ attribute: "objectGUID", value: encodeGuid(anchor) });
  const [entry] = await searchAll(place.session, { base: place.base, scope: "sub", filter, attributes });
  return entry ?? null;
}

/** Objects that one search asks for. */
const BATCH = 100;

/** The entries of many anchors, as findEntry finds each; those that are gone are left out. */
export async function findEntries(
  place: Place,
  anchors: readonly Anchor[],
  attributes: readonly string[],
): Promise<Map<Anchor, Entry>> {
  const domain = place.guidAddresses ? place.session.rootDse.defaultNamingContext : null;
  const found = new Map<Anchor, Entry>();
  for (let at = 0; at < anchors.length; at += BATCH) {
    const batch = anchors.slice(at, at + BATCH);
    const filters = batch.map((anchor) => new EqualityFilter({ attribute: "objectGUID", value: encodeGuid(anchor) }));
    const entries = await searchAll(place.session, {
      base: domain ?? place.base,
      scope: "sub",
      filter: new OrFilter({ filters }),
      attributes: ["objectGUID", ...attributes],
    });
    for (const entry of entries) found.set(anchorOf(place.session, entry), entry);
  }
  return found;
}

/** The DN under which a write reaches the object: its GUID, or where it was found just now. Null when it is gone. */
export async function addressOf(place: Place, anchor: Anchor): Promise<string | null> {
  if (place.guidAddresses) return guidDn(anchor);
  return (await findEntry(place, anchor, ["1.1"]))?.dn ?? null;
}

export async function readAccount(place: Place, anchor: Anchor, selection: Selection): Promise<ObservedAccount | null> {
  const entry = await findEntry(place, anchor, [...ownAttributes(place), ...selection.attributes]);
  if (entry === null || !isAccount(entry)) return null;
  const children = await hasChildren(place.session, entry.dn);
  return toAccount(place, entry, selection.attributes, { hasChildren: children });
}

/** The entry whose create wrote the claim, null when there is none. Throws MUS-5003 when several carry it. */
export async function findClaimed(place: Place, claim: string, attributes: readonly string[]): Promise<Entry | null> {
  const filter = new AndFilter({
    filters: [
      new EqualityFilter({ attribute: "objectClass", value: "user" }),
      new EqualityFilter({ attribute: place.claim, value: claim }),
    ],
  });
  const wanted = [...ownAttributes(place), ...attributes];
  const found = await searchAll(place.session, { base: place.base, scope: "sub", filter, attributes: wanted });
  const accounts = found.filter(isAccount);
  const [entry] = accounts;
  if (accounts.length > 1) throw incomplete(place.session, `${place.claim} ${claim} is on ${accounts.length} accounts`);
  return entry ?? null;
}

export async function readClaimed(place: Place, claim: string, selection: Selection): Promise<ObservedAccount | null> {
  const entry = await findClaimed(place, claim, selection.attributes);
  if (entry === null) return null;
  const children = await hasChildren(place.session, entry.dn);
  return toAccount(place, entry, selection.attributes, { hasChildren: children });
}
