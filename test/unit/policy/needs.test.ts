/** What policies need of a tenant, beside the verbs and attributes: service plans and domains. */
import { expect, test } from "vitest";
import type { Needs } from "../../../reconciler/model/check.js";
import { compilePolicies } from "../../../reconciler/policy/compile.js";
import { needsOf } from "../../../reconciler/policy/needs.js";
import { capabilitiesOf } from "../../../reconciler/targets/open.js";
import { EVERYBODY, policiesFrom } from "../../support/policies.js";

const TENANT = `${EVERYBODY.replace("[corp-ad]", "[contoso]")}---
kind: Target
name: contoso
type: entra-id
tenant: contoso.onmicrosoft.com
credential: { clientId: 9b6f2c1e-0f7d-4c39-8a54-6f2a4f7f1d22, secret: env:MUSTER_SECRET }
managed: { accounts: [tenant], groups: [tenant] }
claim: onPremisesExtensionAttributes.extensionAttribute15
allow: [create, update]
---
kind: Entitlement
name: office
target: contoso
licence: { sku: ENTERPRISEPACK, disabledPlans: [TEAMS1, MCOSTANDARD] }
scope: everybody
---
kind: Entitlement
name: security
target: contoso
licence: { sku: EMS }
scope: everybody
---
kind: Mapping
name: people
target: contoso
account: provision
per: person
scope: everybody
lifecycle: standard
match: [{ attribute: employeeId, value: '[id]' }]
attributes:
  employeeId: { value: '[id]' }
  displayName: { value: '[name.given]' }
  mail: { value: 'Join("@", [name.given], "mail.example")' }
`;

function needs(name: string): Needs {
  const yaml = `${TENANT}  userPrincipalName:\n    unique: { candidates: ['${name}'], counter: true, within: all, onRename: keep }\n`;
  const policy = compilePolicies(policiesFrom(yaml), "production", (type) => capabilitiesOf(type as "entra-id"));
  const found = needsOf(policy, "contoso", "writer");
  if (found === undefined) throw new Error("there is no target contoso");
  return found;
}

test("service plans that entitlements switch off, by licence", () => {
  const { licences, disabledPlans } = needs('Join("@", [name.given], "contoso.example")');
  expect(licences).toEqual(["EMS", "ENTERPRISEPACK"]);
  expect(disabledPlans).toEqual({ ENTERPRISEPACK: ["MCOSTANDARD", "TEAMS1"] });
});

test.each<[string, readonly string[] | undefined]>([
  ['Join("@", [name.given], "Contoso.Example")', ["contoso.example"]],
  ['Append([name.given], "@contoso.example")', ["contoso.example"]],
  ['Join("@", [name.given], Switch([company], "a.example", "B", "b.example"))', ["a.example", "b.example"]],
  // What stands in HR, and a text that is no domain, are not known to be one.
  ['Join("@", [name.given], [company])', undefined],
  ['Join(".", [name.given], "contoso.example")', undefined],
])("domains of names, where they stand in the policy: %s", (name, expected) => {
  expect(needs(name).domains).toEqual(expected);
});
