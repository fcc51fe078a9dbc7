/**
 * The properties of a group: graph.md section 2 (default set, [D 13]), section 4 (filters, [D 15]) and section 9 (kinds, [D 27]).
 */
import type { FilterOperator, PropertyRule, TypeRules } from "./types.js";

function ops(plain: string, advanced: string): NonNullable<PropertyRule["filter"]> {
  const list = (text: string): FilterOperator[] => text.split(" ").filter((one) => one !== "") as FilterOperator[];
  return { plain: list(plain), advanced: list(advanced) };
}

const TEXT: PropertyRule = { kind: "string", write: "always", shown: true, nullable: true };
const FIXED: PropertyRule = { ...TEXT, write: "never" };
const FLAG: PropertyRule = { kind: "boolean", write: "never", shown: true, nullable: true };
const INSTANT: PropertyRule = { kind: "instant", write: "never", shown: true, nullable: true };
const LIST: PropertyRule = { kind: "strings", write: "never", shown: true, nullable: false };
const RECORDS: PropertyRule = { kind: "records", write: "never", shown: false, nullable: false };

export const GROUP: TypeRules = {
  type: "group",
  resource: "Group",
  odataType: "#microsoft.graph.group",
  set: "groups",
  required: ["displayName", "mailEnabled", "mailNickname", "securityEnabled"],
  properties: {
    id: { ...FIXED, kind: "guid", nullable: false, filter: ops("eq in", "ne not") },
    displayName: {
      ...TEXT,
      nullable: false,
      maxLength: 256,
      filter: ops("eq in startsWith ge le", "ne not null"),
      order: "plain",
    },
    description: { ...TEXT, maxLength: 1024, filter: ops("eq startsWith ge le", "ne not null") },
    classification: { ...TEXT, filter: ops("eq in startsWith ge le", "ne not") },
    groupTypes: { ...LIST, write: "create", filter: ops("any eq", "not") },
    mailEnabled: { ...FLAG, write: "create", filter: ops("eq", "ne not") },
    securityEnabled: { ...FLAG, write: "always", filter: ops("eq in", "ne not") },
    mailNickname: {
      ...TEXT,
      nullable: false,
      maxLength: 64,
      pattern: /^[\x21\x23-\x27*+\-/0-9=?A-Z^_`a-z{|}~]+$/,
      filter: ops("eq in startsWith ge le", "ne not"),
    },
    mail: { ...FIXED, filter: ops("eq in startsWith ge le", "ne not endsWith null") },
    proxyAddresses: { ...LIST, filter: ops("any eq startsWith ge le", "ne not endsWith null") },
    isAssignableToRole: { ...FLAG, write: "create", filter: ops("eq", "ne not") },
    membershipRule: { ...TEXT, filter: ops("eq in startsWith ge le", "ne not") },
    membershipRuleProcessingState: { ...TEXT, filter: ops("eq in", "ne not") },
    visibility: { ...TEXT, pattern: /^(Private|Public|HiddenMembership)$/ },
    preferredLanguage: { ...TEXT, filter: ops("eq in startsWith ge le", "ne not null") },
    preferredDataLocation: TEXT,
    theme: TEXT,
    createdDateTime: { ...INSTANT, filter: ops("", "eq ne not ge le in") },
    deletedDateTime: { ...INSTANT, filter: ops("eq ge le", "ne not in") },
    renewedDateTime: { ...INSTANT, filter: ops("eq ge le", "ne not in") },
    expirationDateTime: { ...INSTANT, filter: ops("eq ge le", "ne not in") },
    securityIdentifier: { ...FIXED, filter: ops("eq in", "") },
    onPremisesSyncEnabled: { ...FLAG, filter: ops("eq in", "ne not null") },
    onPremisesDomainName: FIXED,
    onPremisesNetBiosName: FIXED,
    onPremisesSamAccountName: { ...FIXED, filter: ops("eq in startsWith ge le", "ne not null") },
    onPremisesSecurityIdentifier: { ...FIXED, filter: ops("eq", "") },
    onPremisesLastSyncDateTime: { ...INSTANT, filter: ops("eq ge le", "ne not in") },
    onPremisesProvisioningErrors: { ...RECORDS, shown: true },
    serviceProvisioningErrors: { ...RECORDS, shown: true },
    isManagementRestricted: { ...FLAG, shown: false },
    assignedLabels: RECORDS,
    assignedLicenses: { ...RECORDS, filter: ops("any eq", "not") },
    licenseProcessingState: { kind: "object", write: "never", shown: false, nullable: true },
  },
};
