/** The properties of the one organization object. Nothing of it is written. */
import type { PropertyRule, TypeRules } from "./types.js";

const SHOWN: PropertyRule = { kind: "string", write: "never", shown: true, nullable: true };
const LIST: PropertyRule = { kind: "strings", write: "never", shown: true, nullable: false };

export const ORGANIZATION: TypeRules = {
  type: "organization",
  resource: "Organization",
  odataType: "#microsoft.graph.organization",
  set: "organization",
  required: [],
  properties: {
    id: { ...SHOWN, kind: "guid", nullable: false },
    displayName: SHOWN,
    businessPhones: LIST,
    city: SHOWN,
    country: SHOWN,
    countryLetterCode: SHOWN,
    createdDateTime: { ...SHOWN, kind: "instant" },
    defaultUsageLocation: SHOWN,
    deletedDateTime: { ...SHOWN, kind: "instant" },
    onPremisesLastSyncDateTime: { ...SHOWN, kind: "instant" },
    onPremisesSyncEnabled: { ...SHOWN, kind: "boolean" },
    postalCode: SHOWN,
    preferredLanguage: SHOWN,
    state: SHOWN,
    street: SHOWN,
    technicalNotificationMails: LIST,
    tenantType: SHOWN,
    verifiedDomains: { ...SHOWN, kind: "records", nullable: false },
  },
};
