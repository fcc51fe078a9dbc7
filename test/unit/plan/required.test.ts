import { expect, it } from "vitest";
import { GRAPH_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { memoryTarget } from "../../../reconciler/targets/memory/target.js";
import { workerFrom } from "../../golden/case-file.js";
import { EVERYBODY, policiesFrom } from "../../support/policies.js";
import { Simulation } from "../../support/simulation.js";

const POLICIES = `${EVERYBODY}---
kind: Target
name: corp-ad
type: entra-id
tenant: contoso.example
credential: { clientId: muster, secret: env:MUSTER_ENTRA_SECRET }
managed: { accounts: [tenant] }
claim: onPremisesExtensionAttributes.extensionAttribute15
---
kind: Mapping
name: people
target: corp-ad
account: provision
scope: everybody
lifecycle: standard
match: [{ attribute: employeeId, value: "[id]" }]
attributes:
  employeeId: { value: "[id]" }
  displayName: { value: "[contact.workPhone]" }
  manager: { reference: manager, onUnresolved: keep }
  userPrincipalName: { unique: { candidates: ['Join("@", [id], "contoso.example")'], counter: true } }
`;

it("whoever would have no display name gets no account, nobody reports to them, and a finding says why", async () => {
  const port = memoryTarget({ ...GRAPH_LIKE, lag: 0, name: "corp-ad", managed: { accounts: ["tenant"] } });
  const from = "2026-01-01";
  const simulation = new Simulation({
    policies: policiesFrom(POLICIES),
    workers: [
      workerFrom("1", { name: "Ada Hopper", from, contact: { workPhone: "Ada" }, manager: "2" }, undefined),
      workerFrom("2", { name: "Bob Roth", from }, undefined),
    ],
    sources: {},
    targets: { "corp-ad": port },
    environment: "production",
  });
  const { plan, executed } = await simulation.run("2026-03-02T09:00Z");
  expect(executed.map(({ op, outcome }) => [op.verb, op.label, outcome.kind])).toEqual([
    ["create", "Ada Hopper", "done"],
  ]);
  const finding = plan.findings.find(({ kind }) => kind === "value-missing");
  expect(finding).toMatchObject({ severity: "warning", identity: "worker:hr:2" });
  expect(finding?.what).toBe("no account is created for Bob Roth: it would have no displayName");
  expect(finding?.next).toContain("policies/test.yaml:");
});
