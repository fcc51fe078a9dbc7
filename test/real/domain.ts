/**
 * The real domain as a suite sees it. Each suite works below an OU of its own; names that are unique in the whole domain
 * (sAMAccountName, userPrincipalName) carry the suite's tag, so that suites can share the server at the same time.
 */
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "ldapts";
import { describe, inject } from "vitest";
import { temporaryFolder } from "../unit/repo/temp-repository.js";
import { copyDomain, endServing, freeAddress, serveUntilClosed } from "./samba.js";

export interface RealDomain {
  readonly address: string;
  readonly url: string;
  readonly ca: string;
  readonly caFile: string;
  readonly user: string;
  readonly password: string;
  /** The domain's own DN. */
  readonly base: string;
}

export interface OwnServer extends RealDomain {
  /** After kill. */
  start(): Promise<void>;
  /** Without warning (SIGKILL). */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds. */
const PROVISIONING = 300_000;
const POLL = 100;

/** A suite on the real domain; skipped, visibly, where there is none. The first hook that waits needs the time. */
export function describeReal(name: string, suite: () => void): void {
  describe.skipIf("missing" in inject("realDomain"))(name, { timeout: PROVISIONING }, suite);
}

/** Waits until the run's domain controller answers. */
export async function openDomain(): Promise<RealDomain> {
  const folder = await readyFolder();
  return domainOf(folder);
}

/** A domain controller of the suite's own, which it may kill and start: the run's domain as it was when it was new. */
export async function openOwnServer(): Promise<OwnServer> {
  const folder = join(temporaryFolder(), "dc");
  await copyDomain(await readyFolder(), folder, await freeAddress());
  let serving: ChildProcess | null = null;
  const server: OwnServer = {
    ...domainOf(folder),
    start: async () => {
      serving = serveUntilClosed("serve", folder);
      await untilReady(folder);
    },
    kill: async () => {
      const child = serving;
      if (child === null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), "SIGKILL");
      await ended;
    },
    close: async () => {
      if (serving !== null) await endServing(serving);
    },
  };
  await server.start();
  return server;
}

async function readyFolder(): Promise<string> {
  const provided = inject("realDomain");
  if ("missing" in provided) throw new Error(provided.missing);
  await untilReady(provided.folder);
  return provided.folder;
}

async function untilReady(folder: string): Promise<void> {
  for (let waited = 0; waited < PROVISIONING && existsSync(folder); waited += POLL) {
    if (existsSync(join(folder, "ready"))) return;
    await sleep(POLL);
  }
  throw new Error("the domain controller did not start; its messages are above");
}

function domainOf(folder: string): RealDomain {
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const address = read("address").trim();
  return {
    address,
    url: `ldaps://${address}`,
    ca: read("ca.pem"),
    caFile: join(folder, "ca.pem"),
    user: "Administrator@corp.example",
    password: read("password").trim(),
    base: "DC=corp,DC=example",
  };
}

/** A client bound as administrator: the hands of somebody else. */
export async function openAdmin({ url, ca, user, password }: RealDomain): Promise<Client> {
  const client = new Client({ url, tlsOptions: { ca } });
  await client.bind(user, password);
  return client;
}

export interface Territory {
  /** Distinguishes names that must be unique in the domain; lower-case letters and digits. */
  readonly tag: string;
  readonly base: string;
  readonly people: string;
  readonly staff: string;
  readonly joiners: string;
  readonly leavers: string;
  readonly groups: string;
}

/** An OU tree of the caller's own, below an OU that nobody else uses. */
export async function claimTerritory(admin: Client, domain: RealDomain): Promise<Territory> {
  const tag = `t${randomBytes(4).toString("hex")}`;
  const base = `OU=${tag},${domain.base}`;
  const people = `OU=People,${base}`;
  const territory: Territory = {
    tag,
    base,
    people,
    staff: `OU=Staff,${people}`,
    joiners: `OU=Joiners,${people}`,
    leavers: `OU=Leavers,${people}`,
    groups: `OU=Groups,${base}`,
  };
  const { staff, joiners, leavers, groups } = territory;
  for (const dn of [base, people, staff, joiners, leavers, groups])
    await admin.add(dn, { objectClass: ["organizationalUnit"] });
  return territory;
}
