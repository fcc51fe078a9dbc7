/** The properties of administrative units, directory roles and subscriptions [D 30, 35]. */
import type { PropertyRule, TypeRules } from "./types.js";

const TEXT: PropertyRule = { kind: "string", write: "always", shown: true, nullable: true };
const FIXED: PropertyRule = { ...TEXT, write: "never" };
const ID: PropertyRule = { ...FIXED, kind: "guid", nullable: false };
const FLAG: PropertyRule = { kind: "boolean", write: "create", shown: true, nullable: true };
const INSTANT: PropertyRule = { kind: "instant", write: "never", shown: true, nullable: true };
const NAME_FILTER = { plain: ["eq", "in", "startsWith"], advanced: ["ne", "not"] } as const;

export const ADMINISTRATIVE_UNIT: TypeRules = {
  type: "administrativeUnit",
  resource: "AdministrativeUnit",
  odataType: "#microsoft.graph.administrativeUnit",
  set: "directory/administrativeUnits",
  required: ["displayName"],
  properties: {
    id: ID,
    displayName: { ...TEXT, nullable: false, maxLength: 256, filter: NAME_FILTER },
    description: { ...TEXT, maxLength: 1024 },
    visibility: { ...TEXT, pattern: /^(Public|HiddenMembership)$/ },
    deletedDateTime: INSTANT,
    isMemberManagementRestricted: FLAG,
    membershipType: TEXT,
    membershipRule: TEXT,
    membershipRuleProcessingState: TEXT,
  },
};

export const DIRECTORY_ROLE: TypeRules = {
  type: "directoryRole",
  resource: "DirectoryRole",
  odataType: "#microsoft.graph.directoryRole",
  set: "directoryRoles",
  required: [],
  properties: {
    id: ID,
    displayName: { ...FIXED, filter: NAME_FILTER },
    description: FIXED,
    deletedDateTime: INSTANT,
    roleTemplateId: { ...FIXED, filter: { plain: ["eq"], advanced: [] } },
  },
};

export const SUBSCRIBED_SKU: TypeRules = {
  type: "subscribedSku",
  resource: "SubscribedSku",
  odataType: "#microsoft.graph.subscribedSku",
  set: "subscribedSkus",
  required: [],
  properties: {
    id: ID,
    accountId: FIXED,
    accountName: FIXED,
    appliesTo: FIXED,
    capabilityStatus: FIXED,
    consumedUnits: { ...FIXED, kind: "integer" },
    prepaidUnits: { ...FIXED, kind: "object" },
    servicePlans: { ...FIXED, kind: "records", nullable: false },
    skuId: FIXED,
    skuPartNumber: FIXED,
    subscriptionIds: { ...FIXED, kind: "strings", nullable: false },
  },
};
