/**
 * A Samba domain in a folder that can be put back to how it was: every measurement begins with the same database, read
 * from disk by a server that has just been started. Nothing of that is in a measured time.
 */
import { type ChildProcess, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "ldapts";
import { endServing, provisionDomain, serveUntilClosed } from "../../real/samba.js";
import { GROUPS, GROUPS_OU } from "../policies.js";
import { BASE, NEW_CONTAINER } from "./policies.js";

const PEOPLE = `OU=People,${BASE}`;
const CONTAINERS = [
  PEOPLE,
  `OU=Joiners,${PEOPLE}`,
  `OU=Leavers,${PEOPLE}`,
  `OU=Staff,${PEOPLE}`,
  NEW_CONTAINER,
  GROUPS_OU,
];
/** Milliseconds. */
const START = 60_000;
const POLL = 50;

export interface Access {
  readonly url: string;
  readonly caFile: string;
  readonly user: string;
  readonly password: string;
  /** The password without a line end, for ldapmodify -y. */
  readonly passwordFile: string;
  /** For Samba's own tools. */
  readonly configuration: string;
}

export class DomainFolder {
  readonly access: Access;
  readonly #folder: string;
  readonly #states: string;

  private constructor(folder: string) {
    const read = (name: string) => readFileSync(join(folder, name), "utf8").trim();
    this.#folder = folder;
    this.#states = join(folder, "states");
    mkdirSync(this.#states, { recursive: true });
    const passwordFile = join(folder, "password-only");
    writeFileSync(passwordFile, read("password"), { mode: 0o600 });
    this.access = {
      url: `ldaps://${read("address")}`,
      caFile: join(folder, "ca.pem"),
      user: "Administrator@corp.example",
      password: read("password"),
      passwordFile,
      configuration: join(folder, "smb.conf"),
    };
  }

  /** A new domain with empty containers and groups. */
  static async create(folder: string, address: string): Promise<DomainFolder> {
    await provisionDomain(folder, address);
    const domain = new DomainFolder(folder);
    await domain.serve(() => domain.asAdmin(furnish));
    return domain;
  }

  /** Keeps the database as it is now, under a name. The server must not run. */
  save(state: string): void {
    this.#copy(join(this.#folder, "dc"), join(this.#states, state));
  }

  restore(state: string): void {
    this.#copy(join(this.#states, state), join(this.#folder, "dc"));
  }

  #copy(from: string, to: string): void {
    rmSync(to, { recursive: true, force: true });
    execFileSync("cp", ["-a", "--sparse=always", from, to]);
  }

  /** Serves while `work` runs. */
  async serve<T>(work: () => Promise<T>): Promise<T> {
    const serving = serveUntilClosed("serve", this.#folder);
    try {
      await this.#untilReady(serving);
      return await work();
    } finally {
      await endServing(serving);
    }
  }

  /** Seconds of processor time that the running server has used: says nearly the same on a busy machine. */
  processorTime(): number {
    const pid = readFileSync(join(this.#folder, "pid"), "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the name in brackets: state is field 3, utime and stime are 14 and 15, in ticks of 10 ms (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async #untilReady(serving: ChildProcess): Promise<void> {
    for (let waited = 0; waited < START && serving.exitCode === null; waited += POLL) {
      if (existsSync(join(this.#folder, "ready"))) return;
      await sleep(POLL);
    }
    throw new Error(`the domain controller did not start: ${join(this.#folder, "samba.out")}`);
  }

  async asAdmin<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const { url, caFile, user, password } = this.access;
    const client = new Client({ url, tlsOptions: { ca: readFileSync(caFile) } });
    try {
      await client.bind(user, password);
      return await work(client);
    } finally {
      await client.unbind();
    }
  }
}

async function furnish(client: Client): Promise<void> {
  for (const dn of CONTAINERS) await client.add(dn, { objectClass: ["organizationalUnit"] });
  for (const name of GROUPS)
    await client.add(`CN=${name},${GROUPS_OU}`, { objectClass: ["group"], sAMAccountName: name });
}

const COMPARED = ["title", "telephoneNumber", "manager", "userAccountControl", "sAMAccountName", "mail", "memberOf"];

/** What people and groups look like, without what differs between two domains anyway: to compare two ways to the same end. */
export async function picture(client: Client): Promise<string> {
  const { searchEntries } = await client.search(PEOPLE, {
    filter: "(objectClass=user)",
    attributes: [...COMPARED, "pwdLastSet"],
    paged: { pageSize: 500 },
  });
  const lines = searchEntries.map((entry) => {
    const values = COMPARED.map((name) => [entry[name] ?? []].flat().map(String).sort());
    return JSON.stringify([entry.dn, ...values, entry.pwdLastSet !== "0"]);
  });
  return lines.sort().join("\n");
}
