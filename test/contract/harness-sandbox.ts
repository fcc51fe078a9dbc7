/** The driver against the embedded directory; the hands of somebody else are ldapts' own client, bound as administrator. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "ldapts";
import { type Faults, type Sandbox, startSandbox } from "../../reconciler/sandbox/directory-server.js";
import {
  type ActiveDirectoryOptions,
  ActiveDirectoryTarget,
} from "../../reconciler/targets/active-directory/target.js";
import { adminHands } from "../support/admin-hands.js";
import type { Harness } from "./harness.js";

export interface SandboxHarness extends Harness {
  readonly target: ActiveDirectoryTarget;
  readonly sandbox: Sandbox;
  readonly faults: Faults;
  readonly admin: Client;
  /** What the target was made with: for another one. */
  readonly driver: ActiveDirectoryOptions;
}

export interface SandboxHarnessOptions {
  readonly guidAddresses?: boolean;
  readonly recycleBin?: boolean;
  readonly stampsGuid?: boolean;
  readonly passwords?: ActiveDirectoryOptions["passwords"];
}

export async function sandboxHarness(options: SandboxHarnessOptions = {}): Promise<SandboxHarness> {
  const folder = await mkdtemp(join(tmpdir(), "muster-contract-"));
  const faults: Faults = {};
  const { recycleBin = true } = options;
  const sandbox = await startSandbox({ folder, port: 0, seed: "empty", faults, fsync: "never", recycleBin });
  const { baseDn } = sandbox;
  const ca = await readFile(sandbox.caFile, "utf8");
  const password = (file: string) => readFile(file, "utf8").then((text) => text.trim());
  const driver: ActiveDirectoryOptions = {
    name: "corp-ad",
    url: sandbox.url,
    ca,
    user: sandbox.bindUser,
    password: await password(sandbox.bindPasswordFile),
    base: baseDn,
    managed: { accounts: [`OU=People,${baseDn}`], groups: [`OU=Groups,${baseDn}`] },
    claim: "employeeNumber",
    guidAddresses: options.guidAddresses,
    stampsGuid: options.stampsGuid ?? false,
    ...(options.passwords === undefined ? {} : { passwords: options.passwords }),
  };
  const target = new ActiveDirectoryTarget(driver);
  const admin = new Client({ url: sandbox.url, tlsOptions: { ca } });
  await admin.bind(sandbox.adminUser, await password(sandbox.adminPasswordFile));
  await target.open("writer");
  const staff = `OU=Staff,OU=People,${baseDn}`;
  const place = { staff, groups: `OU=Groups,${baseDn}`, login: (name: string) => name };
  return {
    target,
    sandbox,
    faults,
    admin,
    driver,
    staff,
    leavers: `OU=Leavers,OU=People,${baseDn}`,
    login: place.login,
    ...adminHands(admin, place),
    loseReply: (when) => {
      const write = sandbox.counters.writes + 1;
      faults.before = (request) => (request.write === write ? { do: `drop-${when}` } : undefined);
    },
    writes: () => sandbox.counters.writes,
    close: async () => {
      await target.close();
      await admin.unbind();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
