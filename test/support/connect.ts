/**
 * A synchronisation engine for in-memory directories, as far as the planner sees it: what a run of Entra Connect does to a
 * tenant. Accounts are joined by their source anchor, else to a cloud account with the same userPrincipalName or mail.
 */
import type { MemoryDirectory } from "../../reconciler/targets/memory/directory.js";
import type { DirectoryRecord, StoredValue } from "../../reconciler/targets/memory/records.js";

/** Attribute in the directory, and what it is called in the tenant. */
const FLOWS: Readonly<Record<string, string>> = {
  userPrincipalName: "userPrincipalName",
  mail: "mail",
  displayName: "displayName",
  givenName: "givenName",
  sn: "surname",
  title: "jobTitle",
};

/** [MS-DTYP] 2.3.4.2: Data1, Data2 and Data3 are little-endian. Written apart from the code under test. */
export function immutableIdOf(objectGuid: string): string {
  const [a = "", b = "", c = "", d = "", e = ""] = objectGuid.split("-");
  const turned = [a, b, c].map((field) => (field.match(/../g) ?? []).reverse().join(""));
  return Buffer.from([...turned, d, e].join(""), "hex").toString("base64");
}

export function synchronise(source: MemoryDirectory, tenant: MemoryDirectory): void {
  const accounts = [...source.records.values()].filter((record) => record.kind === "account");
  const seen = new Set(accounts.map((account) => bring(account, tenant)));
  for (const copy of [...tenant.records.values()])
    if (copy.synced === true && !seen.has(copy.anchor)) tenant.deleteObject(copy.anchor);
}

function bring(account: DirectoryRecord, tenant: MemoryDirectory): string {
  const onPremisesImmutableId = anchorOf(account);
  const flowing = Object.entries(FLOWS).flatMap(([from, to]) => {
    const value = account.attributes[from];
    return value === undefined ? [] : [[to, value] as const];
  });
  const attributes = { ...Object.fromEntries(flowing), onPremisesImmutableId } as Record<string, StoredValue>;
  const users = [...tenant.records.values()].filter((record) => record.kind === "account");
  const known =
    users.find((user) => user.attributes.onPremisesImmutableId === onPremisesImmutableId) ??
    users.find((user) => user.synced !== true && isSoftMatch(user, attributes));
  if (known === undefined) return tenant.addAccount({ attributes, enabled: account.enabled, synced: true });
  tenant.editAccount(known.anchor, attributes);
  tenant.setSynced(known.anchor, true);
  if (account.enabled) tenant.enableAccount(known.anchor);
  else tenant.disableAccount(known.anchor);
  return known.anchor;
}

function anchorOf({ anchor, attributes }: DirectoryRecord): string {
  const stamped = attributes["mS-DS-ConsistencyGuid"];
  return stamped instanceof Uint8Array ? Buffer.from(stamped).toString("base64") : immutableIdOf(anchor);
}

function isSoftMatch(user: DirectoryRecord, attributes: Readonly<Record<string, StoredValue>>): boolean {
  return ["userPrincipalName", "mail"].some((name) => {
    const value = user.attributes[name];
    return typeof value === "string" && value.toLowerCase() === String(attributes[name]).toLowerCase();
  });
}
