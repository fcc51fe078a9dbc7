/**
 * The commands that give an application what the policies need, and no more: for Microsoft Graph PowerShell, and for the
 * Azure CLI. Ids of permissions are looked up by the commands themselves (appRoles of Microsoft Graph), so that none is
 * wrong or out of date. Each assigns a permission with consent, to an app registration as to a managed identity.
 */
import type { Needs } from "../../../model/check.js";
import { leastPermissions, type Question, RESET_ROLES, requirementsOf } from "../permissions.js";

/** appId of Microsoft Graph, the same in every tenant and cloud. */
const GRAPH_APP = "00000003-0000-0000-c000-000000000000";
const GITHUB = "https://token.actions.githubusercontent.com";
const AUDIENCE = "api://AzureADTokenExchange";

export interface Recipient {
  readonly tenant: string;
  /** Root of Graph. */
  readonly root: string;
  /** Application (client) id. */
  readonly application: string;
  /** Whether it signs in with tokens of GitHub. */
  readonly federated: boolean;
}

export type GraphStyle = "graph-powershell" | "az";

/** One line each; comments begin with #. */
export function delegationLines(style: GraphStyle, question: Question, recipient: Recipient): string[] {
  const { needs } = question;
  const writer = style === "az" ? azure(recipient) : powershell(recipient);
  const needsRole = needs.role === "writer" && needs.tasks.includes("reset-password");
  const [role] = RESET_ROLES;
  return [
    ...writer.begin(needsRole),
    ...[...leastPermissions(requirementsOf(question))].flatMap(([permission, purposes]) => [
      `# ${permission}: ${purposes.join(", ")}`,
      ...writer.grant(permission),
    ]),
    ...(needsRole ? [`# directory role ${role.name}: reset-password`, ...writer.assignRole(role.id)] : []),
    ...(recipient.federated
      ? [`# GitHub: put your organisation, repository${environment(needs)} in`, ...writer.trust(subject(needs))]
      : []),
  ];
}

/** Plans are made in pull requests, applied in an environment that somebody approves. */
function subject({ role }: Needs): string {
  return role === "reader" ? "repo:ORG/REPO:pull_request" : "repo:ORG/REPO:environment:ENVIRONMENT";
}

function environment({ role }: Needs): string {
  return role === "reader" ? "" : " and environment";
}

interface Writer {
  begin(needsRole: boolean): string[];
  grant(permission: string): string[];
  assignRole(id: string): string[];
  trust(subject: string): string[];
}

/** -Environment of Connect-MgGraph, by the root of Graph. */
const CLOUDS: Readonly<Record<string, string>> = {
  "https://graph.microsoft.us": "USGov",
  "https://dod-graph.microsoft.us": "USGovDoD",
  "https://microsoftgraph.chinacloudapi.cn": "China",
};

function powershell({ tenant, root, application, federated }: Recipient): Writer {
  const cloud = CLOUDS[root];
  return {
    begin(needsRole) {
      const scopes = [
        federated ? "Application.ReadWrite.All" : "Application.Read.All",
        "AppRoleAssignment.ReadWrite.All",
        ...(needsRole ? ["RoleManagement.ReadWrite.Directory"] : []),
      ];
      const where = cloud === undefined ? "" : ` -Environment ${cloud}`;
      return [
        `Connect-MgGraph -TenantId ${quote(tenant)}${where} -Scopes ${scopes.map(quote).join(", ")}`,
        `$graph = Get-MgServicePrincipal -Filter "appId eq '${GRAPH_APP}'"`,
        `$app = Get-MgServicePrincipal -Filter "appId eq '${application}'"`,
      ];
    },
    grant: (permission) => [
      `$role = $graph.AppRoles | Where-Object { $_.Value -eq ${quote(permission)} -and $_.AllowedMemberTypes -contains 'Application' }`,
      "New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id -PrincipalId $app.Id -ResourceId $graph.Id -AppRoleId $role.Id",
    ],
    assignRole: (id) => [
      `New-MgRoleManagementDirectoryRoleAssignment -PrincipalId $app.Id -RoleDefinitionId ${quote(id)} -DirectoryScopeId '/'`,
    ],
    trust: (name) => [
      `$registration = Get-MgApplication -Filter "appId eq '${application}'"`,
      `New-MgApplicationFederatedIdentityCredential -ApplicationId $registration.Id -BodyParameter @{ name = 'muster'; issuer = ${quote(GITHUB)}; subject = ${quote(name)}; audiences = @(${quote(AUDIENCE)}) }`,
    ],
  };
}

/** For a shell; `az login --tenant` comes first. */
function azure({ tenant, root, application }: Recipient): Writer {
  const post = (path: string, body: string) =>
    `az rest --method POST --uri "${root}/v1.0/${path}" --headers "Content-Type=application/json" --body "${body}"`;
  return {
    begin: () => [
      `az login --tenant ${quoteShell(tenant)} --allow-no-subscriptions`,
      `GRAPH="$(az ad sp show --id ${GRAPH_APP} --query id --output tsv)"`,
      `APP="$(az ad sp show --id ${quoteShell(application)} --query id --output tsv)"`,
    ],
    grant: (permission) => [
      `ROLE="$(az ad sp show --id ${GRAPH_APP} --query "appRoles[?value=='${permission}' && contains(allowedMemberTypes, 'Application')].id | [0]" --output tsv)"`,
      post(
        "servicePrincipals/$APP/appRoleAssignments",
        '{\\"principalId\\": \\"$APP\\", \\"resourceId\\": \\"$GRAPH\\", \\"appRoleId\\": \\"$ROLE\\"}',
      ),
    ],
    assignRole: (id) => [
      post(
        "roleManagement/directory/roleAssignments",
        `{\\"principalId\\": \\"$APP\\", \\"roleDefinitionId\\": \\"${id}\\", \\"directoryScopeId\\": \\"/\\"}`,
      ),
    ],
    trust: (name) => [
      `az ad app federated-credential create --id ${quoteShell(application)} --parameters '{"name": "muster", "issuer": "${GITHUB}", "subject": "${name}", "audiences": ["${AUDIENCE}"]}'`,
    ],
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
