/** From an Active Directory user to the properties of a user in the tenant, as Entra Connect's default rules have it. */
import type { ConnectUser } from "./connect-port.js";
import type { Json, Properties } from "./relations.js";

/** Text properties and the attribute that feeds them. */
const TEXTS: Readonly<Record<string, string>> = {
  givenName: "givenName",
  surname: "sn",
  mail: "mail",
  jobTitle: "title",
  department: "department",
  companyName: "company",
  officeLocation: "physicalDeliveryOfficeName",
  mobilePhone: "mobile",
  faxNumber: "facsimileTelephoneNumber",
  city: "l",
  state: "st",
  country: "co",
  postalCode: "postalCode",
  streetAddress: "streetAddress",
  preferredLanguage: "preferredLanguage",
  employeeId: "employeeID",
  onPremisesSamAccountName: "sAMAccountName",
  onPremisesUserPrincipalName: "userPrincipalName",
  onPremisesSecurityIdentifier: "objectSid",
};

const DISABLED = 2;
const EXTENSIONS = 15;

export interface Domains {
  readonly verified: ReadonlySet<string>;
  /** Where a userPrincipalName goes whose domain is not verified. */
  readonly initial: string;
}

/** onPremisesImmutableId: the GUID's bytes in base64. */
export function anchorOf({ consistencyGuid, objectGuid }: ConnectUser): string {
  return (consistencyGuid ?? objectGuid).toString("base64");
}

/** The mapped properties; an attribute without value gives null or []. */
export function mapUser(user: ConnectUser, domains: Domains): Properties {
  const first = (name: string): string | null => user.attributes[name]?.[0] ?? null;
  const texts = Object.entries(TEXTS).map(([property, name]) => [property, first(name)] as const);
  const extensions: Record<string, Json> = {};
  for (let at = 1; at <= EXTENSIONS; at++) extensions[`extensionAttribute${at}`] = first(`extensionAttribute${at}`);
  const phone = first("telephoneNumber");
  const account = first("sAMAccountName") ?? "";
  const control = Number(first("userAccountControl") ?? 0);
  const components = user.distinguishedName.match(/(?<=\bDC=)[^,]+/gi) ?? [];
  return {
    ...Object.fromEntries(texts),
    accountEnabled: (control & DISABLED) === 0,
    displayName: first("displayName") ?? first("cn") ?? account,
    userPrincipalName: mapName(first("userPrincipalName"), account, domains),
    mailNickname: first("mailNickname") ?? account,
    proxyAddresses: [...(user.attributes.proxyAddresses ?? [])],
    businessPhones: phone === null ? [] : [phone],
    onPremisesExtensionAttributes: extensions,
    onPremisesDistinguishedName: user.distinguishedName,
    onPremisesDomainName: components.join(".").toLowerCase(),
    onPremisesImmutableId: anchorOf(user),
    onPremisesSyncEnabled: true,
    ...usageLocation(first("msExchUsageLocation")),
  };
}

/** Not cleared when the directory has none: it is usually set in the tenant. */
function usageLocation(value: string | null): Properties {
  return value === null ? {} : { usageLocation: value };
}

function mapName(name: string | null, account: string, { verified, initial }: Domains): string {
  const domain = name?.split("@")[1]?.toLowerCase();
  return name !== null && domain !== undefined && verified.has(domain) ? name : `${account}@${initial}`;
}

/** The addresses by which a cloud-only user is taken over: userPrincipalName, then the primary SMTP address. */
export function softMatchKeys(properties: Properties): { readonly name: string; readonly smtp: string | null } {
  const addresses = (properties.proxyAddresses ?? []) as readonly string[];
  const primary = addresses.find((address) => address.startsWith("SMTP:"))?.slice("SMTP:".length);
  const mail = typeof properties.mail === "string" ? properties.mail : null;
  return { name: String(properties.userPrincipalName).toLowerCase(), smtp: (primary ?? mail)?.toLowerCase() ?? null };
}
