/** The policies of the other benchmark, for a tenant: the same people, scopes, lifecycle and groups. */
import { ENVIRONMENT, GROUPS, GROUPS_OU, POLICY_FILES } from "../policies.js";

export const TARGET = "contoso";
export const DOMAIN = "contoso.example";
export const CLAIM = "onPremisesExtensionAttributes.extensionAttribute15";
export { GROUPS };

const HEAD = `apiVersion: muster/v1
kind: Environment
name: ${ENVIRONMENT}
targets:
  - ${TARGET}
records:
  branch: main
---
apiVersion: muster/v1
kind: Target
name: ${TARGET}
type: entra-id
sandbox: true
tenant: ${DOMAIN}
credential: { clientId: bench, secret: env:MUSTER_NOT_ASKED_FOR }
managed: { accounts: [tenant], groups: [tenant] }
claim: ${CLAIM}
allow: [create, update, rename, enable, disable]
`;

const MAPPING = `apiVersion: muster/v1
kind: Mapping
name: cloud-people
target: ${TARGET}
account: provision
per: person
scope: staff
lifecycle: standard
match:
  - { attribute: employeeId, value: '[id]' }
attributes:
  employeeId: { value: '[id]', apply: create-only }
  employeeType: { value: '[type]' }
  givenName: { value: '[name.given]' }
  surname: { value: '[name.family]' }
  displayName: { value: 'Join(" ", [name.given], [name.family])' }
  jobTitle: { value: '[job.title]', onNull: clear }
  department: { value: '[job.department]', onNull: clear }
  companyName: { constant: Example Corporation }
  city: { value: '[job.location]' }
  usageLocation: { value: '[job.country]' }
  businessPhones: { value: '[contact.workPhone]', onNull: clear }
  onPremisesExtensionAttributes.extensionAttribute1: { value: '[job.costCenter]' }
  manager: { reference: manager, onUnresolved: keep }
  mailNickname:
    unique:
      candidates:
        - 'ToLower(Append(Left([name.given], 1), [name.family]))'
        - 'ToLower(Append([name.given], [name.family]))'
      counter: true
      maxLength: 20
      charset: { allow: ascii-letters-digits, fold: true }
      within: all
      onRename: keep
  userPrincipalName:
    unique:
      candidates: ['Join("@", [account.mailNickname], "${DOMAIN}")']
      within: all
      onRename: keep
`;

/** Policy files by path. */
export function policyFiles(): Record<string, string> {
  const { "policies/company.yaml": company = "", "policies/hr.yaml": hr = "" } = POLICY_FILES;
  const documents = company.split("---\n").filter((text) => !/kind: (Environment|Target)\n/.test(text));
  const kept = documents.map((text) =>
    text.replace("target: corp-ad", `target: ${TARGET}`).replace("group: CN=", "group: ").replace(`,${GROUPS_OU}`, ""),
  );
  return {
    "policies/company.yaml": [HEAD, ...kept].join("---\n"),
    "policies/people.yaml": MAPPING,
    "policies/hr.yaml": hr,
  };
}
