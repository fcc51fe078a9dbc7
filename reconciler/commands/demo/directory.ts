/** The directory that the story happens in: the embedded one, or an OU of a real domain that is there for tests. */
import { readFileSync } from "node:fs";
import { startSandbox } from "../../sandbox/directory-server.js";
import type { ConnectSource } from "../../sandbox/tenant-server.js";

/** How a client connects and binds. */
export interface Access {
  readonly url: string;
  readonly caFile: string | undefined;
  readonly user: string;
  readonly password: string;
}

export interface DemoDirectory {
  readonly muster: Access;
  readonly administrator: Access;
  /** What Muster observes: OU=People and OU=Groups lie below. */
  readonly base: string;
  /** DN of the whole domain. */
  readonly domain: string;
  /** Its users, as synchronisation finds them: as they were at the last `refresh`, or as they are now. */
  readonly connectSource: ConnectSource;
  refresh(): Promise<void>;
  /** Counts what is written from now on; the function gives the count so far. */
  countWrites(): Promise<() => Promise<number>>;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}

/** `now`: the story's time. */
export async function openEmbeddedDirectory(folder: string, now: () => Date): Promise<DemoDirectory> {
  const sandbox = await startSandbox({ folder, now });
  const { url, caFile, baseDn } = sandbox;
  const access = (user: string, file: string) => ({ url, caFile, user, password: readFileSync(file, "utf8").trim() });
  return {
    muster: access(sandbox.bindUser, sandbox.bindPasswordFile),
    administrator: access(sandbox.adminUser, sandbox.adminPasswordFile),
    base: baseDn,
    domain: baseDn,
    connectSource: sandbox.connectSource,
    refresh: async () => undefined,
    countWrites: async () => {
      const before = sandbox.counters.writes;
      return async () => sandbox.counters.writes - before;
    },
    close: () => sandbox.close(),
  };
}
