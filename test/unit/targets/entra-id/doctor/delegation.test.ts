import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import {
  delegationLines,
  type GraphStyle,
  type Recipient,
} from "../../../../../reconciler/targets/entra-id/doctor/delegation.js";
import { EntraIdTarget } from "../../../../../reconciler/targets/entra-id/target.js";
import { attribute, needsOf } from "../../../../support/entra-needs.js";

const CLIENT = "9b6f2c1e-0f7d-4c39-8a54-6f2a4f7f1d22";
const RECIPIENT: Recipient = {
  tenant: "contoso.onmicrosoft.com",
  root: "https://graph.microsoft.com",
  application: CLIENT,
  federated: false,
};
const NEEDS = needsOf({
  verbs: ["update", "run-task"],
  attributes: [attribute("jobTitle", "update")],
  tasks: ["reset-password"],
});

function lines(style: GraphStyle, recipient: Partial<Recipient> = {}, needs = NEEDS): string[] {
  return delegationLines(style, { needs, managesUnits: false }, { ...RECIPIENT, ...recipient });
}

test("Microsoft Graph PowerShell: each permission is looked up by its name and assigned", () => {
  expect(lines("graph-powershell")).toEqual([
    "Connect-MgGraph -TenantId 'contoso.onmicrosoft.com' -Scopes 'Application.Read.All', 'AppRoleAssignment.ReadWrite.All', 'RoleManagement.ReadWrite.Directory'",
    `$graph = Get-MgServicePrincipal -Filter "appId eq '00000003-0000-0000-c000-000000000000'"`,
    `$app = Get-MgServicePrincipal -Filter "appId eq '${CLIENT}'"`,
    ...[
      "User.Read.All: reading users",
      "GroupMember.Read.All: reading groups",
      "RoleManagement.Read.Directory: seeing who holds roles",
      "User.ReadUpdate.All: update",
      "User-PasswordProfile.ReadWrite.All: reset-password",
    ].flatMap((comment) => [
      `# ${comment}`,
      `$role = $graph.AppRoles | Where-Object { $_.Value -eq '${comment.split(":")[0]}' -and $_.AllowedMemberTypes -contains 'Application' }`,
      "New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id -PrincipalId $app.Id -ResourceId $graph.Id -AppRoleId $role.Id",
    ]),
    "# directory role User Administrator: reset-password",
    "New-MgRoleManagementDirectoryRoleAssignment -PrincipalId $app.Id -RoleDefinitionId 'fe930be7-5e62-47db-91af-98c3a49a38b1' -DirectoryScopeId '/'",
  ]);
});

test("the Azure CLI: a shell makes of the lines what is meant", () => {
  // `az` answers with what its --query asks for, and prints what it is to send.
  const az = `az() {
    case "$*" in
      *"appRoles[?value=='User.Read.All'"*) echo id-of-User.Read.All ;;
      *"appRoles["*) echo id-of-another ;;
      *"sp show --id 00000003"*) echo id-of-graph ;;
      *"sp show"*) echo id-of-app ;;
      "rest "*) while [ "$1" != --body ]; do if [ "$1" = --uri ]; then echo "$2"; fi; shift; done; echo "$2" ;;
      *"federated-credential"*) while [ "$1" != --parameters ]; do shift; done; echo "$2" ;;
    esac
  }`;
  const script = [az, ...lines("az", { federated: true })].join("\n");
  const sent = execFileSync("sh", ["-c", script], { encoding: "utf8" }).trim().split("\n");
  const app = "https://graph.microsoft.com/v1.0/servicePrincipals/id-of-app/appRoleAssignments";
  expect(sent.slice(0, 2)).toEqual([
    app,
    '{"principalId": "id-of-app", "resourceId": "id-of-graph", "appRoleId": "id-of-User.Read.All"}',
  ]);
  expect(sent.filter((line) => line === app)).toHaveLength(5);
  expect(sent).toContain("https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments");
  expect(sent).toContain(
    '{"principalId": "id-of-app", "roleDefinitionId": "fe930be7-5e62-47db-91af-98c3a49a38b1", "directoryScopeId": "/"}',
  );
  for (const line of sent.filter((text) => text.startsWith("{"))) expect(() => JSON.parse(line)).not.toThrow();
  expect(JSON.parse(sent.at(-1) ?? "")).toEqual({
    name: "muster",
    issuer: "https://token.actions.githubusercontent.com",
    subject: "repo:ORG/REPO:environment:ENVIRONMENT",
    audiences: ["api://AzureADTokenExchange"],
  });
});

test("GitHub is trusted only where the Target signs in with its tokens, and plans come from pull requests", () => {
  expect(lines("graph-powershell").join("\n")).not.toContain("FederatedIdentityCredential");
  const reader = lines("graph-powershell", { federated: true }, { ...NEEDS, role: "reader" });
  expect(reader[0]).toContain("'Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All'");
  expect(reader.at(-1)).toContain(
    "subject = 'repo:ORG/REPO:pull_request'; audiences = @('api://AzureADTokenExchange')",
  );
  expect(reader.join("\n")).not.toContain("User.ReadUpdate.All");
});

test("a national cloud is named to the commands", () => {
  expect(lines("graph-powershell", { root: "https://graph.microsoft.us" })[0]).toContain(" -Environment USGov -Scopes");
  expect(lines("az", { root: "https://graph.microsoft.us" }).join("\n")).toContain("https://graph.microsoft.us/v1.0/");
});

test("quotes stay within their text", () => {
  expect(lines("graph-powershell", { tenant: "o'neil" })[0]).toContain("-TenantId 'o''neil'");
  expect(lines("az", { tenant: "o'neil" })[0]).toContain("'o'\\''neil'");
});

test("it is for an application by its client id, and for nothing else", async () => {
  const target = new EntraIdTarget({
    name: "contoso",
    tenant: "contoso.onmicrosoft.com",
    credential: { kind: "managed-identity", clientId: null },
    managed: { accounts: ["tenant"] },
    claim: "onPremisesExtensionAttributes.extensionAttribute15",
  });
  await expect(target.delegation(NEEDS, "az", null)).rejects.toMatchObject({ code: "MUS-7001" });
  await expect(target.delegation(NEEDS, "az", `${CLIENT}" x`)).rejects.toMatchObject({ code: "MUS-7001" });
  expect((await target.delegation(NEEDS, "az", CLIENT)).join("\n")).toContain(CLIENT);
});
