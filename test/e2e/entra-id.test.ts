/** A company without a directory of its own, from HR rows to accounts, groups and licences of the embedded tenant, by the command line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTenant, type Tenant } from "../../reconciler/sandbox/tenant-server.js";
import { assertContract, contractObserver } from "../contract/graph/observer.js";
import { ensureBuilt, type Finished, startCli } from "../support/cli-process.js";
import { HEADER, NOW, PEOPLE, POLICIES, succeed } from "../support/organisation.js";
import { commitFiles, createRepository, git, temporaryFolder, writeFiles } from "../unit/repo/temp-repository.js";

const CLOUD_POLICIES: Readonly<Record<string, string>> = {
  "policies/environment.yaml": (POLICIES["policies/environment.yaml"] ?? "").replace("corp-ad", "contoso-entra"),
  "policies/source.yaml": POLICIES["policies/source.yaml"] ?? "",
  "policies/target.yaml": `apiVersion: muster/v1
kind: Target
name: contoso-entra
type: entra-id
sandbox: true
tenant: env:MUSTER_TENANT
credential: { clientId: env:MUSTER_CLIENT_ID, secret: env:MUSTER_CLIENT_SECRET }
graph: env:MUSTER_GRAPH_URL
authority: env:MUSTER_GRAPH_AUTHORITY
caFile: env:MUSTER_GRAPH_CA
managed: { accounts: [tenant], groups: [tenant] }
claim: onPremisesExtensionAttributes.extensionAttribute15
allow: [create, update, rename, enable, disable]
`,
  "policies/people.yaml": `${(POLICIES["policies/people.yaml"] ?? "").split("---\napiVersion: muster/v1\nkind: Mapping")[0]}---
apiVersion: muster/v1
kind: Mapping
name: cloud-people
target: contoso-entra
account: provision
per: person
scope: employees
lifecycle: standard
match:
  - { attribute: employeeId, value: '[id]' }
attributes:
  employeeId: { value: '[id]', apply: create-only }
  displayName: { value: 'Join(" ", [name.given], [name.family])' }
  givenName: { value: '[name.given]' }
  surname: { value: '[name.family]' }
  jobTitle: { value: '[job.title]', onNull: clear }
  usageLocation: { constant: DE }
  manager: { reference: manager, onUnresolved: keep }
  userPrincipalName:
    unique:
      candidates: ['Join("@", ToLower(Append(Left([name.given], 1), [name.family])), "contoso.example")']
      counter: true
      charset: { allow: ascii-letters-digits, fold: true }
      within: all
      onRename: keep
---
apiVersion: muster/v1
kind: Entitlement
name: all-staff
target: contoso-entra
group: All Staff
scope: employees
---
apiVersion: muster/v1
kind: Entitlement
name: office
target: contoso-entra
licence: { sku: ENTERPRISEPACK }
scope: employees
`,
};

interface GraphUser {
  readonly id: string;
  readonly employeeId: string;
  readonly userPrincipalName: string;
  readonly jobTitle: string | null;
  readonly accountEnabled: boolean;
  readonly manager?: { readonly id: string };
  readonly assignedLicenses: readonly unknown[];
}

describe("a company in the cloud only", { timeout: 240_000 }, () => {
  const beside = temporaryFolder();
  const contract = contractObserver();
  let tenant: Tenant;
  let folder: string;
  const time = { clock: NOW };

  beforeAll(async () => {
    await ensureBuilt();
    tenant = await startTenant({
      folder: join(beside, "tenant"),
      seed: {
        domains: ["contoso.example"],
        users: [],
        skus: [
          { skuPartNumber: "ENTERPRISEPACK", enabled: 25 },
          { skuPartNumber: "EMS", enabled: 2 },
        ],
        groups: [
          {
            properties: {
              displayName: "All Staff",
              mailNickname: "all-staff",
              mailEnabled: false,
              securityEnabled: true,
              groupTypes: [],
            },
          },
        ],
      },
      now: () => Date.parse(time.clock),
      observe: contract.observe,
      fsync: "never",
    });
    folder = createRepository(CLOUD_POLICIES);
  }, 120_000);
  afterAll(() => tenant.close());

  const muster = (...args: string[]): Promise<Finished> =>
    startCli(folder, ["--clock", time.clock, ...args], {
      MUSTER_TENANT: tenant.tenantId,
      MUSTER_CLIENT_ID: tenant.clientId,
      MUSTER_CLIENT_SECRET: readFileSync(tenant.clientSecretFile, "utf8").trim(),
      MUSTER_GRAPH_URL: tenant.url,
      MUSTER_GRAPH_AUTHORITY: tenant.authority,
      MUSTER_GRAPH_CA: tenant.caFile,
    }).finished;
  const importPeople = async (rows: readonly string[]) => {
    writeFiles(beside, { "workers.csv": [HEADER, ...rows, ""].join("\n") });
    const args = ["--source", "hr", "--exported-at", time.clock, "--commit", join(beside, "workers.csv")];
    succeed(await muster("import", ...args));
  };
  const reconcile = async (name: string) => {
    const file = join(beside, `${name}.json`);
    const planned = succeed(await muster("plan", "--out", file));
    succeed(await muster("apply", "--plan", file));
    return planned.output;
  };
  const users = async (): Promise<GraphUser[]> => {
    const select = "id,employeeId,userPrincipalName,jobTitle,accountEnabled,assignedLicenses";
    const reply = await tenant.handle({
      method: "GET",
      path: `/v1.0/users?$select=${select}&$expand=manager($select=id)&$top=999`,
      headers: { authorization: `Bearer ${tenant.token()}` },
      body: null,
    });
    const { value } = JSON.parse(reply.body ?? "{}") as { value: GraphUser[] };
    return value.sort((a, b) => (a.employeeId < b.employeeId ? -1 : 1));
  };

  it("hires get an account with manager, group and licence; the next plan is empty", async () => {
    await importPeople(PEOPLE);
    const planned = await reconcile("first");
    expect(planned).toContain("create account");
    const made = await users();
    expect(made.map(({ userPrincipalName }) => userPrincipalName)).toEqual([
      "ahopper@contoso.example",
      "bkovacs@contoso.example",
      "cmartin@contoso.example",
      "dolsen@contoso.example",
      "eolsen@contoso.example",
    ]);
    expect(made.every(({ accountEnabled, assignedLicenses }) => accountEnabled && assignedLicenses.length === 1)).toBe(
      true,
    );
    expect(made.map(({ manager }) => made.findIndex(({ id }) => id === manager?.id))).toEqual([-1, 0, 1, 0, 3]);
    succeed(await muster("plan", "--exit-code"));
  });

  it("a leaver is disabled and loses group and licence, a title follows HR", async () => {
    time.clock = "2026-11-21T12:00:00Z";
    const rows = PEOPLE.map((row) => row.replace("Martin,Engineer", "Martin,Architect"));
    await importPeople(rows.map((row) => (row.startsWith("0010005") ? row.replace(/,$/, ",2026-11-20") : row)));
    await reconcile("second");
    const after = await users();
    expect(after.map(({ accountEnabled }) => accountEnabled)).toEqual([true, true, true, true, false]);
    expect(after.map(({ assignedLicenses }) => assignedLicenses.length)).toEqual([1, 1, 1, 1, 0]);
    expect(after[2]?.jobTitle).toBe("Architect");
    succeed(await muster("plan", "--exit-code"));
  });

  it("what somebody else changed is put back; the records are in git, and nothing secret with them", async () => {
    time.clock = "2026-11-21T13:00:00Z";
    const [ada] = await users();
    const edit = { method: "PATCH", path: `/v1.0/users/${ada?.id}`, body: JSON.stringify({ jobTitle: "Queen" }) };
    const headers = { authorization: `Bearer ${tenant.token()}`, "content-type": "application/json" };
    expect((await tenant.handle({ ...edit, headers })).status).toBe(204);
    expect(await reconcile("third")).toContain("Queen");
    expect((await users())[0]?.jobTitle).toBe("Director");
    const secret = readFileSync(tenant.clientSecretFile, "utf8").trim();
    expect(git(folder, "log", "-p")).not.toContain(secret);
    assertContract(contract);
  });

  it("the doctor finds nothing wrong, and prints what to grant in the styles of a tenant", async () => {
    const found = await muster("--width", "80", "doctor", "target", "contoso-entra");
    expect(found.code).toBe(0);
    expect(found.output).toContain("contoso-entra  examined as writer; nothing was changed");
    expect(found.output).toMatch(/^ok {2}domain contoso\.example: is verified$/m);
    expect(found.output).toMatch(/^ok {2}licence ENTERPRISEPACK: \d+ of 25 seats free$/m);
    const longest = Math.max(...found.output.split("\n").map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(80);
    const reader = await muster("doctor", "target", "contoso-entra", "--role", "reader", "--format", "json");
    expect(JSON.parse(reader.output)).toMatchObject({ kind: "examination", target: "contoso-entra", role: "reader" });
    const lines = succeed(await muster("doctor", "target", "contoso-entra", "--delegation")).output;
    expect(lines).toContain("New-MgServicePrincipalAppRoleAssignment");
    expect(lines).toMatch(/^# User\.ReadWrite\.All: .*create, update, rename, manager, enable, disable/m);
    expect(succeed(await muster("doctor", "target", "contoso-entra", "--delegation", "az")).output).toContain(
      "az rest",
    );
    const wrong = await muster("doctor", "target", "contoso-entra", "--delegation", "dsacls");
    expect(wrong.code).toBe(7);
    expect(wrong.stderr).toMatch(/MUS-7001[\s\S]*--delegation graph-powershell or --delegation az/);
  });

  it("who finds no seat free waits; where Guards say so the whole plan is refused", async () => {
    const people = CLOUD_POLICIES["policies/people.yaml"] ?? "";
    commitFiles(folder, { "policies/people.yaml": people.replace("sku: ENTERPRISEPACK", "sku: EMS") });
    const waiting = await muster("plan");
    expect(waiting.code).toBe(0);
    expect(waiting.output).toMatch(/wait for a seat of EMS/);
    const guards = "apiVersion: muster/v1\nkind: Guards\nname: seats\nseats: refuse\n";
    commitFiles(folder, { "policies/guards.yaml": guards });
    const refused = await muster("plan");
    expect(refused.code).toBe(3);
    expect(refused.output).toMatch(/seats:contoso-entra:EMS/);
  });
});
