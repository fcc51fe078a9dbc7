/**
 * The properties of a user: graph.md section 2 (default set, [D 8]), section 4 (filters, [D 4, 15]), section 6 (limits, [D 12, 21])
 * and section 7. Lengths are counted in UTF-16 units [U]. What is not in the table is unknown to the tenant.
 */
import type { FilterOperator, PropertyRule, TypeRules } from "./types.js";

type Ops = { readonly plain: readonly FilterOperator[]; readonly advanced: readonly FilterOperator[] };

function ops(plain: string, advanced: string): Ops {
  const list = (text: string): FilterOperator[] => text.split(" ").filter((one) => one !== "") as FilterOperator[];
  return { plain: list(plain), advanced: list(advanced) };
}

const TEXT: PropertyRule = { kind: "string", write: "always", shown: false, nullable: true };
const SHOWN: PropertyRule = { ...TEXT, shown: true };
const FIXED: PropertyRule = { ...TEXT, write: "never" };
const INSTANT: PropertyRule = { kind: "instant", write: "never", shown: false, nullable: true };
const FLAG: PropertyRule = { kind: "boolean", write: "never", shown: false, nullable: true };
const LIST: PropertyRule = { kind: "strings", write: "never", shown: false, nullable: false };
const OUTSIDE: PropertyRule = { kind: "object", write: "never", shown: false, nullable: true, outside: true };
const RECORDS: PropertyRule = { kind: "records", write: "never", shown: false, nullable: false };

const NAME = ops("eq in startsWith ge le", "ne not null");
const SECOND = ops("", "eq ne not ge le in startsWith null");
/** Letters with marks are refused in addresses. */
const UNACCENTED = /^[\x21-\x7e]*$/;

const EXTENSIONS = Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`extensionAttribute${at + 1}`, 1024]));

const NAMES: Readonly<Record<string, PropertyRule>> = {
  displayName: {
    ...SHOWN,
    nullable: false,
    maxLength: 256,
    filter: ops("eq in startsWith", "ne not null"),
    order: "plain",
  },
  givenName: { ...SHOWN, maxLength: 64, filter: NAME },
  surname: { ...SHOWN, maxLength: 64, filter: NAME },
  userPrincipalName: {
    ...SHOWN,
    nullable: false,
    maxLength: 113,
    pattern: /^[A-Za-z0-9'.\-_!#^~]{1,64}(?<!\.)@[A-Za-z0-9.-]{1,48}$/,
    filter: ops("eq in startsWith le", "ne not endsWith"),
    order: "plain",
  },
  mailNickname: { ...TEXT, nullable: false, maxLength: 64, filter: NAME },
  mail: {
    ...SHOWN,
    maxLength: 256,
    pattern: UNACCENTED,
    filter: ops("eq in startsWith ge le", "ne not endsWith null"),
  },
  otherMails: {
    kind: "strings",
    write: "always",
    shown: false,
    nullable: false,
    maxItems: 250,
    maxLength: 250,
    pattern: UNACCENTED,
    filter: ops("any eq in startsWith ge le", "ne not endsWith"),
  },
  proxyAddresses: { ...LIST, filter: ops("any eq startsWith ge le", "ne not endsWith null") },
};

const WORK: Readonly<Record<string, PropertyRule>> = {
  businessPhones: {
    kind: "strings",
    write: "always",
    shown: true,
    nullable: false,
    maxItems: 1,
    maxLength: 64,
    filter: ops("any eq", "not"),
  },
  jobTitle: { ...SHOWN, maxLength: 128, filter: ops("eq in ge le", "ne not null") },
  mobilePhone: { ...SHOWN, maxLength: 64, filter: SECOND },
  officeLocation: { ...SHOWN, maxLength: 128, filter: SECOND },
  preferredLanguage: { ...SHOWN, maxLength: 40, filter: SECOND },
  department: { ...TEXT, maxLength: 64, filter: NAME },
  companyName: { ...TEXT, maxLength: 64, filter: SECOND },
  city: { ...TEXT, maxLength: 128, filter: NAME },
  state: { ...TEXT, maxLength: 128, filter: NAME },
  country: { ...TEXT, maxLength: 128, filter: NAME },
  postalCode: { ...TEXT, maxLength: 40, filter: SECOND },
  streetAddress: { ...TEXT, maxLength: 1024, filter: SECOND },
  faxNumber: { ...TEXT, maxLength: 64, filter: NAME },
  employeeId: { ...TEXT, maxLength: 16, filter: ops("eq startsWith", "ne not le null") },
  employeeType: { ...TEXT, maxLength: 64, filter: SECOND },
  employeeHireDate: { ...INSTANT, write: "always", filter: ops("", "eq ne not ge le in null") },
  employeeLeaveDateTime: { ...INSTANT, write: "always", filter: ops("", "eq ne not ge le in null") },
  employeeOrgData: {
    kind: "record",
    write: "always",
    shown: false,
    nullable: true,
    parts: { costCenter: 1024, division: 1024 },
    record: "replace",
  },
};

const ACCOUNT: Readonly<Record<string, PropertyRule>> = {
  id: { ...FIXED, kind: "guid", shown: true, nullable: false, filter: ops("eq", "ne not in") },
  accountEnabled: { ...FLAG, write: "always", nullable: false, filter: ops("eq in", "ne not ge le") },
  userType: { ...TEXT, pattern: /^(Member|Guest)$/, filter: ops("eq in", "ne not null") },
  ageGroup: { ...TEXT, filter: ops("eq in", "ne not") },
  creationType: { ...FIXED, filter: ops("eq in", "ne not") },
  usageLocation: { ...TEXT, nullable: false, pattern: /^[A-Z]{2}$/, filter: ops("eq in startsWith ge le", "ne not") },
  preferredDataLocation: { ...TEXT, maxLength: 3 },
  showInAddressList: { ...FLAG, write: "always", filter: ops("", "eq ne not ge le in null") },
  passwordPolicies: { ...TEXT, filter: ops("", "eq ne not null") },
  passwordProfile: { kind: "object", write: "always", shown: false, nullable: true },
  createdDateTime: { ...INSTANT, filter: ops("eq ge le", "ne not in"), order: "advanced" },
  deletedDateTime: { ...INSTANT, filter: ops("eq ge le", "ne not in"), order: "advanced" },
  lastPasswordChangeDateTime: INSTANT,
  signInSessionsValidFromDateTime: INSTANT,
  identities: RECORDS,
  assignedLicenses: { ...RECORDS, filter: ops("any eq", "not") },
  assignedPlans: { ...RECORDS, filter: ops("any eq", "not") },
  licenseAssignmentStates: RECORDS,
  provisionedPlans: RECORDS,
  serviceProvisioningErrors: RECORDS,
  isResourceAccount: FLAG,
  isManagementRestricted: FLAG,
  signInActivity: { kind: "object", write: "never", shown: false, nullable: true },
};

const SYNCED: Readonly<Record<string, PropertyRule>> = {
  onPremisesSyncEnabled: { ...FLAG, filter: ops("eq in", "ne not ge le") },
  onPremisesImmutableId: {
    ...TEXT,
    maxLength: 256,
    pattern: /^[^$_]*$/,
    filter: ops("", "eq ne not ge le in startsWith null"),
  },
  onPremisesSecurityIdentifier: { ...FIXED, filter: ops("eq in", "ne not null") },
  onPremisesSamAccountName: { ...FIXED, filter: SECOND },
  onPremisesDistinguishedName: FIXED,
  onPremisesDomainName: FIXED,
  onPremisesUserPrincipalName: FIXED,
  onPremisesLastSyncDateTime: { ...INSTANT, filter: ops("eq ge le", "ne not in") },
  onPremisesProvisioningErrors: RECORDS,
  onPremisesExtensionAttributes: {
    kind: "record",
    write: "always",
    shown: false,
    nullable: false,
    parts: EXTENSIONS,
    record: "merge",
    filter: SECOND,
  },
};

/** Kept by other services: 501 on collections [D 8]. */
const ELSEWHERE = Object.fromEntries(
  [
    "aboutMe",
    "birthday",
    "hireDate",
    "interests",
    "mySite",
    "pastProjects",
    "preferredName",
    "responsibilities",
    "schools",
    "skills",
    "mailboxSettings",
  ].map((name) => [name, OUTSIDE]),
);

export const USER: TypeRules = {
  type: "user",
  resource: "User",
  odataType: "#microsoft.graph.user",
  set: "users",
  required: ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"],
  properties: { ...ACCOUNT, ...NAMES, ...WORK, ...SYNCED, ...ELSEWHERE },
};
