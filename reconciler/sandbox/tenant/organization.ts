/** /organization and /domains. */

import { ORGANIZATION } from "./organization-type.js";
import type { Json } from "./relations.js";
import type { Reply } from "./request.js";
import { type Route, route } from "./router.js";
import { contextOf, readSelect, render } from "./select.js";
import type { RequestContext } from "./state.js";
import { domainsOf } from "./user-rules.js";

function listOrganization(context: RequestContext): Reply {
  const selection = readSelect(context.query, ORGANIZATION, "collection");
  const value = [...context.view.list("organization")].map((one) => render(one, ORGANIZATION, selection, context.view));
  return {
    status: 200,
    body: { "@odata.context": contextOf(context.tenant.url, "organization", selection, "collection"), value },
  };
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
