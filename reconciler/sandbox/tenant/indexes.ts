/** The keys under which objects are found without reading all of them. Keys are in lower case. */
import { isObject } from "./request.js";
import type { Indexes, Json, TenantObject } from "./store.js";

function text(value: Json | undefined): string[] {
  return typeof value === "string" && value !== "" ? [value.toLowerCase()] : [];
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.flatMap((each) => text(each)) : [];
}

/** An index of one property over the objects of a type. */
function byProperty(type: TenantObject["type"], name: string): (object: TenantObject) => string[] {
  return (object) => (object.type === type ? text(object.properties[name]) : []);
}

export const INDEXES = {
  /** Users by userPrincipalName. */
  userPrincipalName: byProperty("user", "userPrincipalName"),
  /** Users and groups by each of their proxyAddresses, prefix included. */
  proxyAddress: (object) => texts(object.properties.proxyAddresses),
  /** Users by employeeId, mail, mailNickname and onPremisesImmutableId (which is base64, but compared as the others). */
  employeeId: byProperty("user", "employeeId"),
  mail: byProperty("user", "mail"),
  mailNickname: byProperty("user", "mailNickname"),
  onPremisesImmutableId: byProperty("user", "onPremisesImmutableId"),
  /** Users by "extensionAttribute1=value" and so on, where claims are kept. */
  extensionAttribute: ({ properties }) => {
    const record = properties.onPremisesExtensionAttributes;
    if (!isObject(record)) return [];
    return Object.entries(record).flatMap(([name, value]) => (text(value).length > 0 ? text(`${name}=${value}`) : []));
  },
  groupMailNickname: byProperty("group", "mailNickname"),
} satisfies Indexes;
