/** The policies of the benchmark: what a company of this kind asks for, with a directory in memory as the target. */

export const ENVIRONMENT = "bench";
export const SOURCE = "hr";
export const GROUPS_OU = "OU=Groups,DC=corp,DC=example";
export const GROUPS = ["All Staff", "Engineering", "Sales Drive", "Germany"] as const;
const PEOPLE = "OU=People,DC=corp,DC=example";
export const CONTAINERS = [`OU=Joiners,${PEOPLE}`, `OU=Leavers,${PEOPLE}`, `OU=Staff,${PEOPLE}`] as const;

const COMPANY = `
kind: Environment
name: ${ENVIRONMENT}
targets:
  - corp-ad
records:
  branch: main
fight:
  flips: 3
  within: 7d
---
kind: Target
name: corp-ad
type: memory
sandbox: true
base: DC=corp,DC=example
forest: corp
managed:
  accounts:
    - ${PEOPLE}
  groups:
    - ${GROUPS_OU}
claim: employeeNumber
allow:
  - create
  - update
  - rename
  - move
  - enable
  - disable
---
kind: Scope
name: staff
any:
  - attribute: type
    operator: EQUALS
    value: employee
  - attribute: type
    operator: EQUALS
    value: contingent
---
kind: Scope
name: engineering
all:
  - attribute: job.department
    operator: EQUALS
    value: Engineering
---
kind: Scope
name: sales
all:
  - attribute: job.department
    operator: EQUALS
    value: Sales
---
kind: Scope
name: germany
all:
  - attribute: job.country
    operator: EQUALS
    value: DE
---
kind: Lifecycle
name: standard
prehire:
  from: 14d before start
  account: disabled
  create: true
active:
  account: enabled
  create: true
leave:
  account: disabled
  memberships: keep
left:
  account: disabled
  memberships: remove-managed
  attributes: freeze
vanished:
  after: 72h
  treat-as: left
rescinded:
  account: disabled
  memberships: remove-managed
out-of-scope:
  account: disabled
rehire:
  within: 90d
  account: reactivate
  otherwise: reprovision
---
kind: Entitlement
name: all-staff
target: corp-ad
group: CN=All Staff,${GROUPS_OU}
scope: staff
---
kind: Entitlement
name: engineering
target: corp-ad
group: CN=Engineering,${GROUPS_OU}
scope: engineering
---
kind: Entitlement
name: sales-drive
target: corp-ad
group: CN=Sales Drive,${GROUPS_OU}
scope: sales
---
kind: Entitlement
name: germany
target: corp-ad
group: CN=Germany,${GROUPS_OU}
scope: germany
`;

const PEOPLE_MAPPING = `
kind: Mapping
name: ad-people
target: corp-ad
account: provision
per: person
scope: staff
lifecycle: standard
match:
  - attribute: employeeID
    value: '[id]'
  - attribute: mail
    value: '[contact.workEmail]'
container:
  prehire:
    constant: OU=Joiners,${PEOPLE}
  left:
    constant: OU=Leavers,${PEOPLE}
  default:
    constant: OU=Staff,${PEOPLE}
attributes:
  employeeID:
    value: '[id]'
    apply: create-only
  givenName:
    value: '[name.given]'
  sn:
    value: '[name.family]'
  displayName:
    value: 'Join(" ", [name.given], [name.family])'
  title:
    value: '[job.title]'
    onNull: clear
  department:
    value: '[job.department]'
    onNull: clear
  company:
    constant: Example Corporation
  l:
    value: '[job.location]'
  telephoneNumber:
    value: '[contact.workPhone]'
    onNull: clear
  physicalDeliveryOfficeName:
    value: 'Switch([job.country], "Abroad", "DE", "Berlin", "GB", "London", "US", "New York")'
  manager:
    reference: manager
    onUnresolved: keep
    when:
      left: clear
  sAMAccountName:
    unique:
      candidates:
        - 'ToLower(Append(Left([name.given], 1), [name.family]))'
        - 'ToLower(Append([name.given], [name.family]))'
      counter: true
      maxLength: 20
      charset:
        allow: ascii-letters-digits
        fold: true
      within: forest
      retain: 5y
      onRename: keep
  userPrincipalName:
    unique:
      candidates:
        - 'Join("@", [account.sAMAccountName], "corp.example")'
      within: all
      onRename: keep
  mail:
    unique:
      candidates:
        - '[contact.workEmail]'
      within: all
      onRename: keep
  cn:
    unique:
      candidates:
        - 'Join(" ", [name.given], [name.family])'
        - 'Join("", [name.given], " ", [name.family], " (", [job.department], ")")'
      counter: true
      maxLength: 64
      onRename: follow
`;

const HR_SOURCE = `
kind: Source
name: ${SOURCE}
type: csv
worker:
  id:
    value: '[EmployeeID]'
  personId:
    value: '[PersonID]'
  type:
    value: '[WorkerType]'
  name:
    given:
      value: '[FirstName]'
    family:
      value: '[LastName]'
  employment:
    from:
      value: '[HireDate]'
    lastDay:
      value: '[LastDay]'
    status:
      value: '[Status]'
      ended:
        - Terminated
    dateFormat: yyyy-MM-dd
  timezone:
    value: '[TimeZone]'
  job:
    title:
      value: '[JobTitle]'
    department:
      value: '[Department]'
    location:
      value: '[City]'
    country:
      value: '[Country]'
    costCenter:
      value: '[CostCenter]'
  manager:
    value: '[ManagerID]'
  contact:
    workPhone:
      value: '[Phone]'
    workEmail:
      value: '[Email]'
`;

/** Policy files by path. */
export const POLICY_FILES: Readonly<Record<string, string>> = {
  "policies/company.yaml": withVersion(COMPANY),
  "policies/people.yaml": withVersion(PEOPLE_MAPPING),
  "policies/hr.yaml": withVersion(HR_SOURCE),
};

function withVersion(documents: string): string {
  return documents.replace(/^kind: /gm, "apiVersion: muster/v1\nkind: ").trimStart();
}
