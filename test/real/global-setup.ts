/**
 * One Samba domain controller for all suites of test/real in a run. It is made while other tests run: a suite waits for
 * it when it needs it (domain.ts). Where none can run, the suites are skipped, and the run says so; with
 * MUSTER_REAL_DOMAIN=required, as in .ci/run, the run fails instead.
 */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { endServing, freeAddress, serveUntilClosed, whatIsMissing } from "./samba.js";

/** Where the domain is, or why there is none. */
export type ProvidedDomain = { readonly folder: string; readonly address: string } | { readonly missing: string };

declare module "vitest" {
  interface ProvidedContext {
    realDomain: ProvidedDomain;
  }
}

let session: ChildProcess | null = null;
let folder: string | null = null;
let missing: string | null = null;

export async function setup(project: TestProject): Promise<void> {
  missing = whatIsMissing();
  if (missing !== null) {
    if (process.env.MUSTER_REAL_DOMAIN === "required") throw new Error(skipped(missing));
    console.warn(skipped(missing));
    project.provide("realDomain", { missing });
    return;
  }
  folder = mkdtempSync(join(tmpdir(), "muster-samba-"));
  const address = await freeAddress();
  session = serveUntilClosed("session", folder, address);
  project.provide("realDomain", { folder, address });
}

export async function teardown(): Promise<void> {
  // Once more, where it is seen: after the results.
  if (missing !== null) console.warn(skipped(missing));
  if (session !== null) await endServing(session);
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
}

function skipped(reason: string): string {
  return [
    "",
    "The suites on a real domain (test/real) were NOT run: Samba cannot run here.",
    `  Why: ${reason}`,
    "  To run them, on Debian or Ubuntu: sudo test/real/samba.sh install, then npm test as root. See docs/real-servers.md.",
    "",
  ].join("\n");
}
