/** Samba domain controllers for tests, by test/real/samba.sh. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { promisify } from "node:util";

/** From the project's folder: compiled benchmarks have no copy of it beside them. */
const SCRIPT = resolve("test/real/samba.sh");
const PORT = 636;
/** Time to stop and clean up, in milliseconds. */
const PATIENCE = 20_000;

/** What is missing on this machine; null when a domain controller can run here. */
export function whatIsMissing(): string | null {
  const { status, stderr } = spawnSync("bash", [SCRIPT, "check"], { encoding: "utf8" });
  return status === 0 ? null : stderr.trim().replace(/^samba\.sh: /, "") || "samba.sh cannot be run";
}

/** A loopback address that nobody serves LDAP on: every server has its own, so that parallel test runs do not meet. */
export async function freeAddress(): Promise<string> {
  for (;;) {
    const address = `127.${randomInt(100, 250)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(PORT, address, () => server.close(() => resolve(true)));
    });
    if (isFree) return address;
  }
}

/**
 * Serves what is in the folder (`serve`), or a new domain until the folder is removed (`session`), until the child's
 * standard input ends: with this process at the latest. The file `ready` is there while it answers.
 */
export function serveUntilClosed(...args: ["serve", string] | ["session", string, string]): ChildProcess {
  // In a process group of its own: Ctrl-C must not end it before it has cleaned up.
  return spawn("bash", [SCRIPT, ...args], { stdio: ["pipe", "ignore", "inherit"], detached: true });
}

/** Ends what serveUntilClosed began, and waits for it. */
export async function endServing(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  await ended;
  clearTimeout(timer);
}

/** The domain of a folder as it was when it was new, in another folder, for another address. */
export async function copyDomain(folder: string, copy: string, address: string): Promise<void> {
  await promisify(execFile)("bash", [SCRIPT, "copy", folder, copy, address]);
}

/** A new domain in a folder, not served yet. */
export async function provisionDomain(folder: string, address: string): Promise<void> {
  await promisify(execFile)("bash", [SCRIPT, "provision", folder, address]);
}
