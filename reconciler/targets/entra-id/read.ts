/** Users as they are read, one by one or from a listing, and as the port reports them. */
import type { Anchor, ObservedAccount, Selection } from "../../model/observed.js";
import { isReference, type Value } from "../../model/value.js";
import { MusterError } from "../../support/errors.js";
import { isFailure } from "./failure.js";
import { EVENTUAL, readAll } from "./pages.js";
import { odataText, path, withQuery } from "./paths.js";
import { withPatience } from "./patience.js";
import { incomplete, managesTenant, type Place, requireId } from "./place.js";
import { decodeProperty, type GraphObject, rawValue, selectOf, topOf } from "./properties.js";

/** What the driver itself needs of every user. */
const OWN = [
  "id",
  "accountEnabled",
  "createdDateTime",
  "isManagementRestricted",
  "mail",
  "mailNickname",
  "onPremisesImmutableId",
  "onPremisesSyncEnabled",
  "proxyAddresses",
  "userPrincipalName",
] as const;
const ABOUT_LICENCES = ["assignedLicenses", "licenseAssignmentStates"] as const;

/** The properties that an account is made of, the manager among them where it is asked for. */
export function wantedProperties(place: Place, selection: Selection): string[] {
  const licences = (selection.licences?.length ?? 0) > 0 ? ABOUT_LICENCES : [];
  return [...new Set([...OWN, place.claim, ...selection.attributes, ...licences])].sort();
}

/** `$expand` of a listing that has these properties. */
export function expandOf(properties: readonly string[]): string | undefined {
  return properties.includes("manager") ? "manager($select=id)" : undefined;
}

/** What belongs to accounts beside their own properties. */
export interface Surroundings {
  /** userPrincipalName of a manager by id; undefined where nobody is known. */
  addressOf(id: Anchor): string | undefined;
  /** Why an account must not be touched. */
  protectionOf(id: Anchor): string | null;
}

export function idOf(place: Place, object: GraphObject): Anchor {
  const { id } = object;
  if (typeof id !== "string" || id === "") throw incomplete(place.target, "an object came without its id");
  return id;
}

/**
 * A selected property that is missing from a reply was not read: it is never taken for empty. Directory extensions that were
 * never set are left out. Throws MUS-5003.
 */
export function requireSelected(place: Place, user: GraphObject, properties: readonly string[]): void {
  for (const name of properties) {
    const top = topOf(name);
    if (top in user || top === "manager" || top.startsWith("extension_")) continue;
    throw incomplete(place.target, `${top} was asked for and is not in the reply`);
  }
}

/** The account as the port reports it. */
export function toAccount(
  place: Place,
  user: GraphObject,
  selection: Selection,
  around: Surroundings,
): ObservedAccount {
  const anchor = idOf(place, user);
  const { userPrincipalName, accountEnabled } = user;
  if (typeof userPrincipalName !== "string" || typeof accountEnabled !== "boolean")
    throw incomplete(place.target, "a user came without userPrincipalName or accountEnabled");
  const attributes: Record<string, Value> = {};
  for (const name of selection.attributes) {
    const value = decodeProperty(user, name);
    if (value !== undefined) attributes[name] = withAddress(value, around);
  }
  const claim = rawValue(user, place.claim);
  return {
    anchor,
    address: userPrincipalName,
    container: null,
    managed: isManaged(place, anchor),
    enabled: accountEnabled,
    attributes,
    claim: typeof claim === "string" && claim !== "" ? claim : null,
    protected: user.isManagementRestricted === true ? RESTRICTED : around.protectionOf(anchor),
    hasChildren: false,
    authority: isSynced(user) ? "on-premises" : "cloud",
  };
}

const RESTRICTED = "it is in a restricted management administrative unit";

export function isSynced(object: GraphObject): boolean {
  return object.onPremisesSyncEnabled === true;
}

function withAddress(value: Value, around: Surroundings): Value {
  if (!isReference(value) || !("dn" in value)) return value;
  return { dn: around.addressOf(value.dn) ?? value.dn };
}

export function isManaged({ managed, units }: Place, anchor: Anchor): boolean {
  if (managesTenant(managed.accounts)) return true;
  for (const members of units.values()) if (members.has(anchor)) return true;
  return false;
}

/** A user as it is now, with these properties; null when it is not there. */
export async function readUser(
  place: Place,
  anchor: Anchor,
  properties: readonly string[],
): Promise<GraphObject | null> {
  const asked = [...new Set(["id", ...properties])];
  const query = {
    $select: selectOf(asked),
    $expand: asked.includes("manager") ? "manager($select=id,userPrincipalName)" : undefined,
  };
  try {
    const get = () => place.graph.get(withQuery(path`/users/${requireId(anchor)}`, query));
    const user = (await withPatience(place, [anchor], get)) as GraphObject;
    requireSelected(place, user, asked);
    return user;
  } catch (error) {
    if (isFailure(error, "gone")) return null;
    throw error;
  }
}

export async function readAccount(place: Place, anchor: Anchor, selection: Selection): Promise<ObservedAccount | null> {
  const user = await readUser(place, anchor, wantedProperties(place, selection));
  return user === null ? null : toAccount(place, user, selection, ofOne(place, user));
}

/** Whose manager is the one that came with the user; protection is what was observed last. */
function ofOne(place: Place, user: GraphObject): Surroundings {
  const manager = user.manager as GraphObject | null | undefined;
  return {
    addressOf: (id) => {
      const address = manager?.id === id ? manager.userPrincipalName : undefined;
      return typeof address === "string" ? address : undefined;
    },
    protectionOf: (id) => place.protection.get(id) ?? null,
  };
}

/**
 * The user whose create wrote the claim, null when there is none. The index that is asked lags, so none is no proof; what it
 * gives is compared, because filters may be ignored. Throws MUS-5003 when several carry it.
 */
export async function findClaimed(place: Place, claim: string): Promise<Anchor | null> {
  const filter = `${place.claim.replaceAll(".", "/")} eq ${odataText(claim)}`;
  const query = { $filter: filter, $count: "true", $select: selectOf(["id", place.claim]) };
  const users = await readAll(place.graph, withQuery(path`/users`, query), { headers: EVENTUAL });
  const anchors = new Set(
    users.filter((user) => rawValue(user, place.claim) === claim).map((user) => idOf(place, user)),
  );
  const [anchor] = anchors;
  if (anchors.size > 1)
    throw new MusterError("MUS-5003", {
      what: `one claim is on ${anchors.size} accounts: ${[...anchors].sort().join(", ")}`,
      where: { target: place.target },
    });
  return anchor ?? null;
}

export async function readClaimed(place: Place, claim: string, selection: Selection): Promise<ObservedAccount | null> {
  const anchor = await findClaimed(place, claim);
  return anchor === null ? null : readAccount(place, anchor, selection);
}
