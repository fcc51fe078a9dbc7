/** /organization and /domains. */

import { ORGANIZATION } from "./organization-type.js";
import { allows } from "./permissions.js";
import type { Json } from "./relations.js";
import type { Reply } from "./request.js";
import { type Route, route } from "./router.js";
import { contextOf, readSelect, render } from "./select.js";
import type { RequestContext } from "./state.js";
import { domainsOf } from "./user-rules.js";

function listOrganization(context: RequestContext): Reply {
  const selection = readSelect(context.query, ORGANIZATION, "collection");
  const isWhole = allows(context.caller, "organization.readFull");
  const value = [...context.view.list("organization")].map((one) => {
    const shown = render(one, ORGANIZATION, selection, context.view);
    return isWhole ? shown : hideDetails(shown);
  });
  return {
    status: 200,
    body: { "@odata.context": contextOf(context.tenant.url, "organization", selection, "collection"), value },
  };
}

/** What is read without Organization.Read.All: documented of User.Read [D 39]; of User.Read.All [F]. */
const BASIC: ReadonlySet<string> = new Set(["id", "displayName", "verifiedDomains"]);

function hideDetails(shown: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(shown).map(([name, value]) => [name, BASIC.has(name) ? value : Array.isArray(value) ? [] : null]),
  );
}

function listDomains({ tenant }: RequestContext): Reply {
  const value: Json = domainsOf(tenant).map((domain, at) => ({
    id: domain.name,
    authenticationType: domain.type,
    isDefault: at === 0,
    isInitial: domain.name.endsWith(".onmicrosoft.com"),
    isRoot: true,
    isVerified: true,
    isAdminManaged: true,
    supportedServices: ["Email", "OfficeCommunicationsOnline"],
  }));
  return { status: 200, body: { "@odata.context": contextOf(tenant.url, "domains", undefined, "collection"), value } };
}

export const ORGANIZATION_ROUTES: readonly Route[] = [
  route("GET", "/organization", "organization.read", listOrganization),
  route("GET", "/domains", "domains.read", listDomains),
];
