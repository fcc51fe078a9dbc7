/** The sandbox directory as the simulated Connect engine sees it: its users, without those of the system. */
import type { Directory } from "./directory/directory.js";
import { formatSid, ridOf } from "./directory/identifiers.js";
import { ATTRIBUTES } from "./directory/schema.js";
import { bytesOf, type Entry, isDeleted, textOf } from "./directory/store.js";
import type { ConnectSource, ConnectUser } from "./tenant/connect-port.js";

export function connectSource(directory: Directory): ConnectSource {
  return {
    listUsers() {
      const users: ConnectUser[] = [];
      for (const entry of directory.store.entries()) if (isSynced(entry)) users.push(readUser(directory, entry));
      return users;
    },
  };
}

/** Accounts below are Windows' own (Administrator, Guest, krbtgt), which Entra Connect leaves out. */
const FIRST_RID = 1000;

function isSynced(entry: Entry): boolean {
  if (entry.cls.name !== "user" || isDeleted(entry) || textOf(entry, "sAMAccountName") === undefined) return false;
  const sid = bytesOf(entry, "objectSid");
  return sid !== undefined && ridOf(sid) >= FIRST_RID;
}

function readUser(directory: Directory, entry: Entry): ConnectUser {
  const attributes: Record<string, readonly string[]> = {};
  for (const [key, values] of entry.attributes) {
    const texts = values.filter((value): value is string => typeof value === "string");
    if (texts.length > 0) attributes[ATTRIBUTES.get(key)?.name ?? key] = texts;
  }
  const sid = bytesOf(entry, "objectSid");
  if (sid !== undefined) attributes.objectSid = [formatSid(sid)];
  const managers = directory.linked(entry, "manager").map((other) => directory.store.dnOf(other));
  if (managers.length > 0) attributes.manager = managers;
  const consistencyGuid = bytesOf(entry, "mS-DS-ConsistencyGuid");
  return {
    objectGuid: bytesOf(entry, "objectGUID") ?? Buffer.alloc(16),
    ...(consistencyGuid === undefined ? {} : { consistencyGuid }),
    distinguishedName: directory.store.dnOf(entry),
    attributes,
  };
}
