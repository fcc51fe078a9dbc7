/** muster sandbox start: the embedded directory, until it is told to stop. */
import { readFileSync } from "node:fs";
import { startSandbox } from "../sandbox/directory-server.js";
import type { Context, ExitCode } from "./context.js";

export interface SandboxCommandOptions {
  readonly folder: string;
  readonly port: number;
  readonly empty: boolean;
}

/** Prints the variables that the example's Target reads, and serves until SIGINT or SIGTERM. */
export async function runSandbox(context: Context, options: SandboxCommandOptions): Promise<ExitCode> {
  const sandbox = await startSandbox({
    folder: options.folder,
    port: options.port,
    seed: options.empty ? "empty" : "default",
    ...(context.clockGiven ? { now: () => new Date(context.clock.now()) } : {}),
  });
  const lines = [
    `export MUSTER_AD_URL=${sandbox.url}`,
    `export MUSTER_AD_CA=${sandbox.caFile}`,
    `export MUSTER_AD_USER='${sandbox.bindUser}'`,
    `export MUSTER_AD_PASSWORD="$(cat ${sandbox.bindPasswordFile})"`,
  ];
  context.print(`${lines.join("\n")}\n`);
  context.remark(`the sandbox serves ${sandbox.baseDn} at ${sandbox.url}; Ctrl-C stops it\n`);
  context.remark(`try: LDAPTLS_CACERT=${sandbox.caFile} ldapsearch -H ${sandbox.url} -x -D '${sandbox.bindUser}' \\\n`);
  context.remark(
    `       -y ${passwordFileWithoutNewline(sandbox.bindPasswordFile)} -b ${sandbox.baseDn} '(sn=*)' cn title\n`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await sandbox.close();
  return 0;
}

/** ldapsearch -y takes the file as it is; the sandbox writes it without a line end. */
function passwordFileWithoutNewline(file: string): string {
  return readFileSync(file, "utf8").endsWith("\n") ? `<(tr -d '\\n' < ${file})` : file;
}
