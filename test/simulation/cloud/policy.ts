/** The random policies as they read for a tenant: no containers, licences beside groups, deleted accounts that come back. */
import fc from "fast-check";
import { ENTRA_ID_CAPABILITIES } from "../../../reconciler/targets/entra-id/capabilities.js";
import type { Dialect } from "../dialect.js";
import {
  entitlements,
  environment,
  GROUPS,
  generousLimits,
  guards,
  isSplit,
  lifecycle,
  type PolicySpec,
  policySpec,
  scopes,
  TARGET,
} from "../policy.js";

export const DOMAIN = "contoso.example";
export const CLAIM = "onPremisesExtensionAttributes.extensionAttribute15";
/** Everybody who works has the first, Sales the second. */
export const PRODUCTS = ["ENTERPRISEPACK", "EMS"] as const;
/** The administrative unit that is managed where not the whole tenant is. */
export const UNIT = "Muster";

export interface CloudPolicySpec extends PolicySpec {
  /** Only the members of one administrative unit are managed. */
  readonly unit: boolean;
  readonly licenceLoss: "remove" | "remove-granted" | "keep";
  /** Whether the services of the second product are said, or left to whoever switches them. */
  readonly plansOff: boolean;
  /** A property that no create may hold: it follows in a request of its own. */
  readonly hireDate: boolean;
}

export const cloudPolicySpec: fc.Arbitrary<CloudPolicySpec> = fc
  .tuple(
    policySpec,
    fc.record({
      unit: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
      licenceLoss: fc.constantFrom("remove", "remove", "remove-granted", "keep"),
      plansOff: fc.boolean(),
      hireDate: fc.boolean(),
      purge: fc.constantFrom("5d" as const, null),
    }),
  )
  .map(([policy, own]) => ({ ...policy, ...own }));

/** The attributes that cloudMapping manages. */
function managedProperties(policy: PolicySpec): string[] {
  const always = ["employeeId", "givenName", "surname", "displayName", "jobTitle", "department", "companyName"];
  return [
    ...always,
    "mailNickname",
    "usageLocation",
    "userPrincipalName",
    ...(policy.mail === "none" ? [] : ["mail"]),
    ...(policy.manager === "none" ? [] : ["manager"]),
    ...((policy as CloudPolicySpec).hireDate ? ["employeeHireDate"] : []),
  ];
}

export const CLOUD_DIALECT: Dialect = {
  title: "jobTitle",
  employeeId: "employeeId",
  everyone: [GROUPS[0], PRODUCTS[0]],
  verbs: ENTRA_ID_CAPABILITIES.verbs,
  // The counter is in the name; the last resort is made of the id.
  isSecondChoice: ({ userPrincipalName: name }) => typeof name === "string" && /\d@/.test(name) && !/^u\d+@/.test(name),
  managed: managedProperties,
  yaml: (policy, limits = generousLimits(GROUPS)) => cloudYaml(policy as CloudPolicySpec, limits),
};

function cloudYaml(policy: CloudPolicySpec, limits: string): string {
  const mappings = isSplit(policy)
    ? [cloudMapping(policy, "staff", "employees"), cloudMapping(policy, "guests", "contingents")]
    : [cloudMapping(policy, "staff", "employees")];
  return [
    environment(policy),
    cloudTarget(policy),
    ...scopes(),
    lifecycle(policy, "revoke-sessions", policy.purge ?? null),
    ...mappings,
    ...entitlements(policy, (group) => group),
    licence("office", `sku: ${PRODUCTS[0]}`, "anybody", "remove"),
    licence(
      "security",
      `sku: ${PRODUCTS[1]}${policy.plansOff ? ", disabledPlans: [ MFA_PREMIUM ]" : ""}`,
      "sales",
      policy.licenceLoss,
    ),
    guards(policy, limits),
  ].join("\n---\n");
}

/** A Target of a tenant that a test talks to: where it is and who asks are not read from it. */
export function cloudTarget(
  { restore, unit, purge = null }: Pick<CloudPolicySpec, "restore" | "unit" | "purge">,
  name = TARGET,
): string {
  const allow = ["create", "update", "rename", "enable", "disable", "delete"];
  if (restore) allow.push("restore");
  if (purge !== null) allow.push("purge");
  return `kind: Target
name: ${name}
type: entra-id
tenant: ${DOMAIN}
credential: { clientId: muster, secret: env:MUSTER_ENTRA_SECRET }
managed: { accounts: [ ${unit ? UNIT : "tenant"} ], groups: [ tenant ] }
claim: ${CLAIM}
allow: [ ${allow.join(", ")} ]`;
}

export function licence(name: string, product: string, scope: string, onLoss: string, target = TARGET): string {
  return `kind: Entitlement
name: ${name}
target: ${target}
licence: { ${product} }
scope: ${scope}
onLoss: ${onLoss}`;
}

function cloudMapping(policy: CloudPolicySpec, name: string, scope: string): string {
  const { counter, onRename, title } = policy;
  const retain = policy.retain ? "\n      retain: 1y" : "";
  const initial = policy.lastResort ? `\n        - 'Append("u", [id])'` : "";
  const hired = policy.hireDate ? `\n  employeeHireDate: { value: 'Append([employment.from], "T00:00:00Z")' }` : "";
  return `kind: Mapping
name: ${name}
target: ${TARGET}
account: provision
per: ${policy.per}
scope: ${scope}
lifecycle: standard
match:
  - { attribute: employeeId, value: '[id]' }
  - { attribute: mail, value: '[contact.workEmail]' }
attributes:
  employeeId: { value: '[id]', apply: create-only }
  givenName: { value: '[name.given]' }
  surname: { value: '[name.family]', onNull: clear }
  displayName: { value: 'Join(" ", [name.given], [name.family])' }
  jobTitle: { value: '[job.title]', onNull: ${title.onNull}, onDrift: ${title.onDrift} }
  department: { value: '[job.department]', when: { left: clear } }
  companyName: { constant: Lindwurm }
  usageLocation: { constant: DE }${hired}
  mailNickname:
    unique:
      candidates:
        - 'ToLower(Append(Left([name.given], 1), [name.family]))'
        - 'ToLower(Append([name.given], [name.family]))'${initial}
      counter: ${counter}
      charset: { allow: ascii-letters-digits, fold: true }
      within: all
      onRename: ${onRename}${retain}
  userPrincipalName:
    unique:
      candidates: [ 'Join("@", [account.mailNickname], "${DOMAIN}")' ]
      counter: ${counter}
      within: all
      onRename: ${onRename}${mailRule(policy)}${managerRule(policy)}`;
}

function mailRule({ mail }: CloudPolicySpec): string {
  if (mail === "none") return "";
  if (mail === "from-login") return "\n  mail: { value: '[account.userPrincipalName]' }";
  return `\n  mail:\n    unique:\n      candidates: [ '[contact.workEmail]', '[account.userPrincipalName]' ]\n      within: all\n      onRename: keep`;
}

function managerRule({ manager }: CloudPolicySpec): string {
  if (manager === "none") return "";
  return `\n  manager: { reference: manager, onUnresolved: ${manager}, when: { left: clear } }`;
}
