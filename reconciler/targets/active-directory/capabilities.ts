/** What Active Directory can do, as data: the planner and `validate` read it without a connection. */
import type { Capabilities } from "../../model/ports.js";
import { READ_ONLY } from "./read-only.js";

/** Attributes that hold several values (isSingleValued FALSE in the schema of Windows Server 2019 and Exchange). */
const MULTI = [
  "carLicense",
  "departmentNumber",
  "otherFacsimileTelephoneNumber",
  "otherHomePhone",
  "otherIpPhone",
  "otherMailbox",
  "otherMobile",
  "otherPager",
  "otherTelephone",
  "postOfficeBox",
  "proxyAddresses",
  "roomNumber",
  "url",
] as const;

/** rangeUpper of the schema, in characters; sAMAccountName of a user is limited to 20 by SAM, below the schema's 256. */
const MAX_LENGTH: Readonly<Record<string, number>> = {
  c: 3,
  cn: 64,
  co: 128,
  company: 64,
  department: 64,
  description: 1024,
  displayName: 256,
  division: 256,
  employeeID: 16,
  employeeNumber: 512,
  employeeType: 256,
  facsimileTelephoneNumber: 64,
  generationQualifier: 3,
  givenName: 64,
  homePhone: 64,
  info: 1024,
  initials: 6,
  l: 128,
  mail: 256,
  middleName: 64,
  mobile: 64,
  pager: 64,
  personalTitle: 64,
  physicalDeliveryOfficeName: 128,
  postalCode: 40,
  sAMAccountName: 20,
  sn: 64,
  st: 128,
  streetAddress: 1024,
  telephoneNumber: 64,
  title: 128,
  userPrincipalName: 1024,
};

export const ACTIVE_DIRECTORY_CAPABILITIES: Capabilities = {
  verbs: [
    "create",
    "bind",
    "unbind",
    "update",
    "rename",
    "move",
    "enable",
    "disable",
    "delete",
    "restore",
    "add-member",
    "remove-member",
    "run-task",
  ],
  containers: "dn",
  spaces: { sAMAccountName: "sAMAccountName", userPrincipalName: "address", mail: "address", cn: "cn" },
  // Of the user principal name since Windows Server 2012 R2, in the whole forest; mail may be the same as another's.
  refusedTwice: ["sAMAccountName", "userPrincipalName"],
  naming: ["cn", "sAMAccountName", "userPrincipalName"],
  references: ["manager"],
  multi: MULTI,
  required: ["cn", "sAMAccountName"],
  maxLength: MAX_LENGTH,
  readOnly: READ_ONLY,
  // Accounts have these from the start (MS-SAMR 3.1.1.8.1), and Samba does not let them go. Never (MS-ADA1 2.1); unspecified.
  sameMeaning: {
    accountExpires: [null, "0", "9223372036854775807"],
    codePage: [null, "0"],
    countryCode: [null, "0"],
  },
  addressLists: ["proxyAddresses"],
  compareAndSwap: true,
  tasks: ["reset-password"],
};
