/** Who is in the tenant before Muster comes, and how that is written: as one commit, the tenant's first. */
import { randomUUID } from "node:crypto";
import type { SeedSku } from "./licence-table.js";
import type { Properties } from "./relations.js";
import { roleMutations, subscriptionMutations } from "./seed-directory.js";
import type { Mutation } from "./store.js";

export interface SeedUser {
  readonly id?: string;
  /** Graph's properties, userPrincipalName among them; `#password` is not needed. */
  readonly properties: Properties;
  /** userPrincipalName of another user of the seed. */
  readonly manager?: string;
  /** Names of the directory roles that the user holds. */
  readonly roles?: readonly string[];
}

export interface SeedGroup {
  readonly id?: string;
  readonly properties: Properties;
  /** userPrincipalNames. */
  readonly members?: readonly string[];
  readonly owners?: readonly string[];
}

export interface SeedUnit {
  readonly id?: string;
  readonly properties: Properties;
  /** userPrincipalNames. */
  readonly members?: readonly string[];
}

export interface TenantSeed {
  readonly organization?: string;
  /** Verified domains; the first is the default, the initial one (onmicrosoft.com) is added. */
  readonly domains?: readonly string[];
  /** Verified domains whose sign-in is elsewhere. */
  readonly federated?: readonly string[];
  readonly units?: readonly SeedUnit[];
  /** Subscriptions; default: DEFAULT_SKUS. */
  readonly skus?: readonly SeedSku[];
  readonly users: readonly SeedUser[];
  readonly groups?: readonly SeedGroup[];
}

export const INITIAL_DOMAIN = "contoso.onmicrosoft.com";
const DOMAIN = "adventure-works.com";

export const EMPTY_TENANT: TenantSeed = { domains: [DOMAIN, "contoso.example"], users: [] };

/** Nobody of them is in an HR system, and nobody comes from the directory. */
const STRANGERS: readonly SeedUser[] = [
  {
    properties: {
      displayName: "Ines Carvalho",
      givenName: "Ines",
      surname: "Carvalho",
      userPrincipalName: `ines.carvalho@${DOMAIN}`,
      mailNickname: "ines.carvalho",
      jobTitle: "External Consultant",
      companyName: "Carvalho Consulting Lda",
      accountEnabled: true,
      usageLocation: "PT",
    },
  },
  {
    properties: {
      displayName: "Break Glass",
      userPrincipalName: `break.glass@${INITIAL_DOMAIN}`,
      mailNickname: "break.glass",
      accountEnabled: true,
    },
    roles: ["Global Administrator"],
  },
];

const securityGroup = (displayName: string): SeedGroup => ({
  properties: {
    displayName,
    mailNickname: displayName.replaceAll(" ", ""),
    mailEnabled: false,
    securityEnabled: true,
    groupTypes: [],
  },
});

/**
 * The tenant of the example organisation, into which nobody has been synchronised yet: the domain of the directory's
 * userPrincipalNames and one for contractors are verified, there are cloud groups, and seats
 * for everybody of its first export.
 */
export const DEFAULT_TENANT: TenantSeed = {
  domains: [DOMAIN, "corp.example", "ext.corp.example", "contoso.example"],
  skus: [
    { skuPartNumber: "STANDARDPACK", enabled: 200 },
    { skuPartNumber: "ENTERPRISEPACK", enabled: 106 },
    { skuPartNumber: "EMS", enabled: 20 },
    { skuPartNumber: "EXCHANGEARCHIVE_ADDON", enabled: 5 },
  ],
  users: STRANGERS,
  groups: [
    securityGroup("All Employees"),
    securityGroup("Contractors"),
    {
      properties: {
        displayName: "Project Touring",
        mailNickname: "ProjectTouring",
        mail: `ProjectTouring@${DOMAIN}`,
        mailEnabled: true,
        securityEnabled: false,
        groupTypes: ["Unified"],
        visibility: "Private",
      },
      owners: [`ines.carvalho@${DOMAIN}`],
    },
  ],
};

/** The first commit of a tenant. `now` in epoch milliseconds. */
export function seedMutations(seed: TenantSeed, { tenantId, now }: { tenantId: string; now: number }): Mutation[] {
  const createdDateTime = new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
  const ids = new Map<string, string>();
  const idOf = (name: string): string => ids.get(name.toLowerCase()) ?? "";
  const mutations: Mutation[] = [organization(seed, tenantId, createdDateTime)];
  for (const { id = randomUUID(), properties } of seed.users) {
    ids.set(String(properties.userPrincipalName).toLowerCase(), id);
    const common = { userType: "Member", createdDateTime };
    mutations.push({ do: "create", id, type: "user", properties: { ...common, ...properties } });
  }
  for (const { properties, manager } of seed.users) {
    const from = idOf(String(properties.userPrincipalName));
    if (manager !== undefined) mutations.push({ do: "link", relation: "manager", from, to: idOf(manager) });
  }
  for (const { id = randomUUID(), properties, members = [], owners = [] } of seed.groups ?? []) {
    mutations.push({ do: "create", id, type: "group", properties: { createdDateTime, ...properties } });
    for (const name of members) mutations.push({ do: "link", relation: "members", from: id, to: idOf(name) });
    for (const name of owners) mutations.push({ do: "link", relation: "owners", from: id, to: idOf(name) });
  }
  mutations.push(...unitMutations(seed.units ?? [], idOf));
  const holders = seed.users.map(({ properties, roles = [] }) => ({
    id: idOf(String(properties.userPrincipalName)),
    roles,
  }));
  return [...mutations, ...subscriptionMutations(seed.skus, tenantId), ...roleMutations(holders)];
}

/** Members of a restricted unit say so themselves. */
function unitMutations(units: readonly SeedUnit[], idOf: (name: string) => string): Mutation[] {
  return units.flatMap(({ id = randomUUID(), properties, members = [] }) => {
    const unit: Mutation = { do: "create", id, type: "administrativeUnit", properties };
    const links = members.map((name): Mutation => ({ do: "link", relation: "unitMembers", from: id, to: idOf(name) }));
    if (properties.isMemberManagementRestricted !== true) return [unit, ...links];
    const mark = { isManagementRestricted: true };
    return [unit, ...links, ...members.map((name): Mutation => ({ do: "set", id: idOf(name), properties: mark }))];
  });
}

function organization(seed: TenantSeed, id: string, createdDateTime: string): Mutation {
  const names = [...(seed.domains ?? [DOMAIN]), ...(seed.federated ?? []), INITIAL_DOMAIN];
  const verifiedDomains = names.map((name, at) => ({
    name,
    isDefault: at === 0,
    isInitial: name === INITIAL_DOMAIN,
    type: seed.federated?.includes(name) ? "Federated" : "Managed",
    capabilities: "Email, OfficeCommunicationsOnline",
  }));
  const displayName = seed.organization ?? "Adventure Works";
  const properties = {
    displayName,
    verifiedDomains,
    createdDateTime,
    countryLetterCode: "US",
    defaultUsageLocation: "US",
  };
  return { do: "create", id, type: "organization", properties };
}
