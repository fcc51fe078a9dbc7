/**
 * What the driver knows of a user's properties. Policies name them as Graph does, nested ones with a dot:
 * `employeeOrgData.division`. Sources: the resource type user and "Update user" of Microsoft Graph v1.0; longest values from
 * there, in UTF-16 units. Other names are refused, but for directory extensions (extension_<application>_<name>).
 */
import type { Values } from "../../model/op.js";
import { isList, isReference, type Value } from "../../model/value.js";
import { canonicalInstant } from "../../policy/time.js";
import { MusterError } from "../../support/errors.js";
import { nearestWord } from "../../support/nearest.js";

/** A JSON object of Graph. Which properties it has follows from what was selected. */
export type GraphObject = Readonly<Record<string, unknown>>;

/**
 * text, boolean, texts (a list) · one-text: a list that holds one value at most, one text for policies ·
 * instant: a DateTimeOffset, for policies always "YYYY-MM-DDTHH:MM:SSZ" · reference: to another user.
 */
export type Kind = "text" | "boolean" | "texts" | "one-text" | "instant" | "reference";

export interface Property {
  readonly name: string;
  readonly kind: Kind;
  readonly maxLength?: number;
  /** Writing it is a sensitive action: refused for holders of directory roles, and it has permissions of its own. */
  readonly sensitive?: true;
  /** Goes into a request of its own: it needs another permission, or is refused beside others. */
  readonly alone?: true;
  /** Stays writable where Active Directory is the master of the user. */
  readonly cloudSide?: true;
  /** The complex property is replaced as a whole: its other parts are sent with it. */
  readonly whole?: true;
}

const TEXTS: Readonly<Record<string, number>> = {
  city: 128,
  companyName: 64,
  country: 128,
  department: 64,
  displayName: 256,
  employeeId: 16,
  employeeType: 1024,
  givenName: 64,
  jobTitle: 128,
  mail: 320,
  mailNickname: 64,
  officeLocation: 128,
  postalCode: 40,
  preferredLanguage: 64,
  state: 128,
  streetAddress: 1024,
  surname: 64,
};

const EXTENSIONS: readonly Property[] = Array.from({ length: 15 }, (_, i) => ({
  name: `onPremisesExtensionAttributes.extensionAttribute${i + 1}`,
  kind: "text",
  maxLength: 1024,
}));

const PROPERTIES: ReadonlyMap<string, Property> = new Map(
  [
    ...Object.entries(TEXTS).map(([name, maxLength]): Property => ({ name, kind: "text", maxLength })),
    ...EXTENSIONS,
    { name: "ageGroup", kind: "text" } as const,
    { name: "businessPhones", kind: "one-text", maxLength: 64, sensitive: true } as const,
    { name: "consentProvidedForMinor", kind: "text" } as const,
    { name: "employeeHireDate", kind: "instant", alone: true } as const,
    { name: "employeeLeaveDateTime", kind: "instant", alone: true } as const,
    { name: "employeeOrgData.costCenter", kind: "text", maxLength: 256, whole: true } as const,
    { name: "employeeOrgData.division", kind: "text", maxLength: 256, whole: true } as const,
    { name: "faxNumber", kind: "text", maxLength: 64 } as const,
    { name: "manager", kind: "reference", alone: true } as const,
    { name: "mobilePhone", kind: "text", maxLength: 64, sensitive: true } as const,
    { name: "onPremisesImmutableId", kind: "text", maxLength: 64, sensitive: true } as const,
    { name: "otherMails", kind: "texts", sensitive: true } as const,
    { name: "passwordPolicies", kind: "text" } as const,
    { name: "preferredDataLocation", kind: "text" } as const,
    { name: "showInAddressList", kind: "boolean" } as const,
    { name: "usageLocation", kind: "text", maxLength: 2, cloudSide: true } as const,
    { name: "userPrincipalName", kind: "text", maxLength: 113, sensitive: true } as const,
    { name: "userType", kind: "text" } as const,
  ].map((property): [string, Property] => [property.name, property]),
);

/** What Graph alone writes, and policies may match accounts by. */
const READABLE: ReadonlyMap<string, Property> = new Map(
  [
    ...["creationType", "externalUserState", "onPremisesDistinguishedName", "onPremisesDomainName"],
    ...[
      "onPremisesSamAccountName",
      "onPremisesSecurityIdentifier",
      "onPremisesUserPrincipalName",
      "securityIdentifier",
    ],
  ]
    .map((name): Property => ({ name, kind: "text" }))
    .concat({ name: "proxyAddresses", kind: "texts" })
    .map((property) => [property.name, property]),
);

/** Directory extensions: strings of 256 characters at most. Their other types are not written. */
const EXTENSION = /^extension_[0-9a-f]{32}_\w+$/;

/** Those that are written. */
export function allProperties(): readonly Property[] {
  return [...PROPERTIES.values()];
}

/** undefined for what the driver does not know. */
export function findProperty(name: string): Property | undefined {
  return (
    PROPERTIES.get(name) ??
    READABLE.get(name) ??
    (EXTENSION.test(name) ? { name, kind: "text", maxLength: 256 } : undefined)
  );
}

/** Throws MUS-9001: `requireProperties` has refused what is unknown before anything is written. */
export function propertyOf(name: string): Property {
  const property = findProperty(name);
  if (property === undefined) throw new MusterError("MUS-9001", { what: `${name} is no property of a user` });
  return property;
}

/** Throws MUS-5004 with all names that Graph does not have, or that the driver does not know. */
export function requireProperties(target: string, names: readonly string[]): void {
  const unknown = names.filter((name) => findProperty(name) === undefined);
  if (unknown.length === 0) return;
  const listed = unknown.map((name) => {
    const near = nearestWord(name, PROPERTIES.keys());
    return near === undefined ? name : `${name} (did you mean ${near}?)`;
  });
  const what = `Graph has no such properties of a user: ${listed.join(", ")}`;
  const next = "Use the names of Microsoft Graph, with the same capitals; nested ones with a dot.";
  throw new MusterError("MUS-5004", { what, where: { target }, next });
}

/** The property that `$select` names: the first part. The manager is no property, and comes by `$expand`. */
export function topOf(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 ? name : name.slice(0, dot);
}

/** Names for `$select`, sorted. */
export function selectOf(names: Iterable<string>): string {
  const tops = new Set<string>();
  for (const name of names) if (name !== "manager") tops.add(topOf(name));
  return [...tops].sort().join(",");
}

/** The value of a property of a user; undefined for none. A manager is given as `{ dn: <its id> }`. */
export function decodeProperty(user: GraphObject, name: string): Value | undefined {
  const kind = findProperty(name)?.kind ?? "text";
  if (kind === "reference") return decodeReference(user[name]);
  const value = rawValue(user, name);
  if (Array.isArray(value)) return decodeList(value, kind);
  if (typeof value === "boolean") return value;
  if (typeof value !== "string" || value === "") return undefined;
  return kind === "instant" ? (canonicalInstant(value) ?? value) : value;
}

/** What stands at the property's path in the JSON. */
export function rawValue(user: GraphObject, name: string): unknown {
  let value: unknown = user;
  for (const part of name.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as GraphObject)[part];
  }
  return value;
}

function decodeReference(value: unknown): Value | undefined {
  const id = typeof value === "object" && value !== null ? (value as GraphObject).id : undefined;
  return typeof id === "string" ? { dn: id } : undefined;
}

function decodeList(value: readonly unknown[], kind: Kind): Value | undefined {
  const texts = value.filter((one): one is string => typeof one === "string");
  if (kind === "one-text") return texts[0];
  return texts.length === 0 ? undefined : texts;
}

/** The form in which values of a property are compared: instants are, not their texts. */
export function comparable(name: string, value: Value | null): Value | null {
  if (findProperty(name)?.kind !== "instant" || typeof value !== "string") return value;
  return canonicalInstant(value) ?? value;
}

/** JSON of a value; null clears. References are not written this way. Throws MUS-5006 for one that cannot be sent. */
export function encodeProperty(name: string, value: Value | null): unknown {
  const { kind } = propertyOf(name);
  if (value === null) return kind === "one-text" || kind === "texts" ? [] : null;
  if (kind === "boolean" && (value === "true" || value === "false")) return value === "true";
  if (kind === "one-text" && typeof value === "string") return [value];
  if (kind === "texts" && typeof value === "string") return [value];
  if (kind === "instant" && typeof value === "string" && canonicalInstant(value) !== null)
    return canonicalInstant(value);
  const fits = kind === "texts" ? isList(value) : typeof value === (kind === "boolean" ? "boolean" : "string");
  if (!fits || isReference(value) || kind === "instant" || kind === "reference")
    throw new MusterError("MUS-5006", { what: `${name} does not take a value of this kind` });
  return value;
}

/**
 * The body of a PATCH or POST with these values. `now` is the user as it is: parts of a property that is replaced as a
 * whole and that are not written are taken from there.
 */
export function bodyOf(values: Values, now: GraphObject = {}): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const top = topOf(name);
    if (top === name) {
      body[name] = encodeProperty(name, value);
      continue;
    }
    const others = propertyOf(name).whole === true ? partsOf(now[top]) : {};
    body[top] = {
      ...others,
      ...(body[top] as GraphObject | undefined),
      [name.slice(top.length + 1)]: encodeProperty(name, value),
    };
  }
  return body;
}

function partsOf(value: unknown): GraphObject {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith("@")));
}
