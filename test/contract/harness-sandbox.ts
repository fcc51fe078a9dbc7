/** The driver against the embedded directory; the hands of somebody else are ldapts' own client, bound as administrator. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Attribute, Change, Client } from "ldapts";
import { type Faults, onRequest, type Sandbox, startSandbox } from "../../reconciler/sandbox/directory-server.js";
import { childDn, leafValue, rdn } from "../../reconciler/support/dn.js";
import { ActiveDirectoryTarget } from "../../reconciler/targets/active-directory/target.js";
import type { Harness } from "./harness.js";

export interface SandboxHarness extends Harness {
  readonly target: ActiveDirectoryTarget;
  readonly sandbox: Sandbox;
  readonly faults: Faults;
  readonly admin: Client;
}

export async function sandboxHarness(options: { guidAddresses?: boolean } = {}): Promise<SandboxHarness> {
  const folder = await mkdtemp(join(tmpdir(), "muster-contract-"));
  const faults: Faults = {};
  const sandbox = await startSandbox({ folder, port: 0, seed: "empty", faults, fsync: "never" });
  const { baseDn } = sandbox;
  const ca = await readFile(sandbox.caFile, "utf8");
  const password = (file: string) => readFile(file, "utf8").then((text) => text.trim());
  const target = new ActiveDirectoryTarget({
    name: "corp-ad",
    url: sandbox.url,
    ca,
    user: sandbox.bindUser,
    password: await password(sandbox.bindPasswordFile),
    base: baseDn,
    managed: { accounts: [`OU=People,${baseDn}`], groups: [`OU=Groups,${baseDn}`] },
    claim: "employeeNumber",
  });
  const admin = new Client({ url: sandbox.url, tlsOptions: { ca } });
  await admin.bind(sandbox.adminUser, await password(sandbox.adminPasswordFile));
  // The driver asks once, when it opens, whether the server finds objects by GUID.
  if (options.guidAddresses === false)
    faults.before = onRequest(({ dn }) => dn.startsWith("<GUID="), { do: "refuse", code: 34 });
  await target.open();
  faults.before = undefined;
  const staff = `OU=Staff,OU=People,${baseDn}`;
  const anchorOf = async (dn: string) => {
    const found = await admin.search(dn, { scope: "base", attributes: ["objectGUID"] });
    return guidText(found.searchEntries[0]?.objectGUID as Buffer);
  };
  const byGuid = (anchor: string) => `<GUID=${anchor}>`;
  const dnOf = async (anchor: string) =>
    (await admin.search(byGuid(anchor), { scope: "base", attributes: ["cn"] })).searchEntries[0]?.dn ?? "";
  const replace = (type: string, values: string[]) =>
    new Change({ operation: "replace", modification: new Attribute({ type, values }) });
  return {
    target,
    sandbox,
    faults,
    admin,
    staff,
    leavers: `OU=Leavers,OU=People,${baseDn}`,
    addAccount: async ({ cn = "", ...attributes }) => {
      const dn = childDn("CN", cn, staff);
      await admin.add(dn, { objectClass: ["user"], ...attributes });
      const pwd = new Attribute({ type: "unicodePwd", values: [Buffer.from('"Initial-1-secret"', "utf16le")] });
      await admin.modify(dn, [
        new Change({ operation: "replace", modification: pwd }),
        replace("userAccountControl", ["512"]),
      ]);
      return anchorOf(dn);
    },
    editAccount: async (anchor, { cn, ...attributes }) => {
      const changes = Object.entries(attributes).map(([type, value]) => replace(type, value === null ? [] : [value]));
      if (changes.length > 0) await admin.modify(byGuid(anchor), changes);
      if (typeof cn === "string") await admin.modifyDN(byGuid(anchor), rdn("CN", cn));
    },
    moveAccount: async (anchor, container) =>
      admin.modifyDN(byGuid(anchor), childDn("CN", leafValue(await dnOf(anchor)), container)),
    deleteAccount: (anchor) => admin.del(byGuid(anchor)),
    disableAccount: (anchor) => admin.modify(byGuid(anchor), replace("userAccountControl", ["514"])),
    addGroup: async (name) => {
      const dn = childDn("CN", name, `OU=Groups,${baseDn}`);
      await admin.add(dn, { objectClass: ["group"], sAMAccountName: name });
      return anchorOf(dn);
    },
    addMember: async (group, account) => {
      const member = new Attribute({ type: "member", values: [await dnOf(account)] });
      await admin.modify(byGuid(group), new Change({ operation: "add", modification: member }));
    },
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

function guidText(bytes: Buffer): string {
  const hex = (from: number, to: number) => bytes.subarray(from, to).toString("hex");
  const swapped = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).reverse().toString("hex");
  return [swapped(0, 4), swapped(4, 6), swapped(6, 8), hex(8, 10), hex(10, 16)].join("-");
}
