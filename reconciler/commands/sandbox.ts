/** muster sandbox start: the embedded directory and the embedded tenant, until they are told to stop. */
import { readFileSync } from "node:fs";
import { type Sandbox, startSandbox } from "../sandbox/directory-server.js";
import { startTenant, type Tenant } from "../sandbox/tenant-server.js";
import type { Context, ExitCode } from "./context.js";

export interface SandboxCommandOptions {
  readonly folder: string;
  readonly port: number;
  readonly empty: boolean;
  readonly tenantPort: number;
  /** Seconds between two cycles from the directory to the tenant; left out: none. */
  readonly connect?: number;
}

/** Prints the variables that the example's Targets read, and serves until SIGINT or SIGTERM. */
export async function runSandbox(context: Context, options: SandboxCommandOptions): Promise<ExitCode> {
  const now = runningClock(context);
  const sandbox = await startSandbox({
    folder: options.folder,
    port: options.port,
    seed: options.empty ? "empty" : "default",
    now: () => new Date(now()),
  });
  const tenant = await startTenantBeside(sandbox, now, options);
  context.print(`${[...directoryLines(sandbox), ...tenantLines(tenant)].join("\n")}\n`);
  context.remark(`the sandbox serves ${sandbox.baseDn} at ${sandbox.url}; Ctrl-C stops it\n`);
  context.remark(`try: LDAPTLS_CACERT=${sandbox.caFile} ldapsearch -H ${sandbox.url} -x -D '${sandbox.bindUser}' \\\n`);
  context.remark(
    `       -y ${passwordFileWithoutNewline(sandbox.bindPasswordFile)} -b ${sandbox.baseDn} '(sn=*)' cn title\n`,
  );
  context.remark(`and the tenant ${tenant.tenantId} at ${tenant.url}; try:\n${curlLines(tenant)}`);
  if (options.connect !== undefined)
    context.remark(`the directory's users are copied into the tenant every ${options.connect} seconds\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await tenant.close();
  await sandbox.close();
  return 0;
}

/** Epoch milliseconds. With --clock time begins there and goes on: a server whose time stood still would copy nobody. */
function runningClock({ clock, clockGiven }: Context): () => number {
  const [begin, started] = [clock.now(), Date.now()];
  return clockGiven ? () => begin + Date.now() - started : () => clock.now();
}

/** Without a tenant no directory: when the second does not start, the first ends. */
async function startTenantBeside(
  sandbox: Sandbox,
  now: () => number,
  { folder, tenantPort, empty, connect }: SandboxCommandOptions,
): Promise<Tenant> {
  try {
    return await startTenant({
      folder,
      port: tenantPort,
      seed: empty ? "empty" : "default",
      now,
      ...(connect === undefined ? {} : { connect: { source: sandbox.connectSource, delayMillis: connect * 1000 } }),
    });
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

function directoryLines(sandbox: Sandbox): string[] {
  return [
    `export MUSTER_AD_URL=${sandbox.url}`,
    `export MUSTER_AD_CA=${sandbox.caFile}`,
    `export MUSTER_AD_USER='${sandbox.bindUser}'`,
    `export MUSTER_AD_PASSWORD="$(cat ${sandbox.bindPasswordFile})"`,
  ];
}

function tenantLines(tenant: Tenant): string[] {
  return [
    `export MUSTER_GRAPH_URL=${tenant.url}`,
    `export MUSTER_GRAPH_AUTHORITY=${tenant.authority}`,
    `export MUSTER_GRAPH_CA=${tenant.caFile}`,
    `export MUSTER_TENANT=${tenant.tenantId}`,
    `export MUSTER_CLIENT_ID=${tenant.clientId}`,
    `export MUSTER_CLIENT_SECRET="$(cat ${tenant.clientSecretFile})"`,
  ];
}

function curlLines({ url, tenantId, clientId, clientSecretFile, caFile }: Tenant): string {
  const form = "-d grant_type=client_credentials -d scope=https://graph.microsoft.com/.default";
  const secret = `--data-urlencode client_secret@${clientSecretFile}`;
  return [
    `TOKEN=$(curl -s --cacert ${caFile} ${form} -d client_id=${clientId} ${secret} \\`,
    `  ${url}/${tenantId}/oauth2/v2.0/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `curl -s --cacert ${caFile} -H "Authorization: Bearer $TOKEN" "${url}/v1.0/users?\\$top=3"`,
    "",
  ].join("\n");
}

/** ldapsearch -y takes the file as it is; the sandbox writes it without a line end. */
function passwordFileWithoutNewline(file: string): string {
  return readFileSync(file, "utf8").endsWith("\n") ? `<(tr -d '\\n' < ${file})` : file;
}
