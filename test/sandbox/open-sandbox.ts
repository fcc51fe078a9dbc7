/** A sandbox in a temporary folder, and clients of it, for the tests of this folder. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Attribute, Change, Client, Control, ResultCodeError } from "ldapts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../reconciler/sandbox/directory-server.js";

export const BASE = "DC=corp,DC=example";
export const STAFF = `OU=Staff,OU=People,${BASE}`;
export const GROUPS = `OU=Groups,${BASE}`;

export interface Opened {
  readonly sandbox: Sandbox;
  readonly folder: string;
  /** Bound as svc-muster. */
  readonly muster: Client;
  /** Bound as Administrator. */
  readonly admin: Client;
  close(): Promise<void>;
}

export async function openSandbox(options: Partial<SandboxOptions> = {}): Promise<Opened> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "muster-sandbox-")));
  const sandbox = await startSandbox({ seed: "empty", fsync: "never", ...options, folder });
  const muster = await connect(sandbox);
  await muster.bind(sandbox.bindUser, await readFile(sandbox.bindPasswordFile, "utf8"));
  const admin = await connect(sandbox);
  await admin.bind(sandbox.adminUser, await readFile(sandbox.adminPasswordFile, "utf8"));
  return {
    sandbox,
    folder,
    muster,
    admin,
    async close() {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A client that trusts the sandbox's authority and is not bound. */
export async function connect(sandbox: Pick<Sandbox, "url" | "caFile">): Promise<Client> {
  return new Client({ url: sandbox.url, tlsOptions: { ca: await readFile(sandbox.caFile) }, timeout: 20_000 });
}

/** The result code and text of a request that must fail. */
export async function failure(request: Promise<unknown>): Promise<{ code: number; text: string }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof ResultCodeError) return { code: error.code, text: error.message };
    throw error;
  }
  throw new Error("the request succeeded");
}

export function change(operation: "add" | "delete" | "replace", type: string, ...values: (string | Buffer)[]): Change {
  return new Change({ operation, modification: new Attribute({ type, values: values as string[] }) });
}

/** unicodePwd form of a password. */
export function unicodePassword(password: string): Buffer {
  return Buffer.from(`"${password}"`, "utf16le");
}

export async function addUser(
  client: Client,
  sam: string,
  attributes: Record<string, string | string[]> = {},
): Promise<string> {
  const dn = `CN=${sam},${STAFF}`;
  await client.add(dn, {
    objectClass: ["top", "person", "organizationalPerson", "user"],
    sAMAccountName: sam,
    ...attributes,
  });
  return dn;
}

/** The attributes of one entry. */
export async function read(
  client: Client,
  dn: string,
  attributes: string[] = [],
  controls: Control[] = [],
): Promise<Record<string, unknown>> {
  const { searchEntries } = await client.search(dn, { scope: "base", attributes, paged: false }, controls);
  const [entry] = searchEntries;
  if (entry === undefined) throw new Error(`no entry ${dn}`);
  return entry;
}

export const SHOW_DELETED = (): Control => new Control("1.2.840.113556.1.4.417", { critical: true });
