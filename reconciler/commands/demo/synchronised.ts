/** The users of a real domain, as Entra Connect reads them: over LDAP, one search for each look. */
import type { Client, Entry } from "ldapts";
import { formatSid } from "../../sandbox/directory/identifiers.js";
import type { ConnectSource, ConnectUser } from "../../sandbox/tenant-server.js";

const BINARY = ["objectGUID", "objectSid", "mS-DS-ConsistencyGuid"];

export interface LdapSource {
  /** The users as they were at the last `refresh`. */
  readonly connectSource: ConnectSource;
  refresh(): Promise<void>;
}

export function readOverLdap(client: Client, base: string): LdapSource {
  let users: readonly ConnectUser[] = [];
  return {
    connectSource: { listUsers: () => users },
    refresh: async () => {
      const { searchEntries } = await client.search(base, {
        filter: "(&(objectCategory=person)(objectClass=user))",
        attributes: ["*"],
        explicitBufferAttributes: BINARY,
        paged: true,
      });
      users = searchEntries.map(readUser);
    },
  };
}

function readUser(entry: Entry): ConnectUser {
  const attributes: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(entry)) {
    const texts = [value].flat().filter((one): one is string => typeof one === "string");
    if (name !== "dn" && texts.length > 0) attributes[name] = texts;
  }
  const [sid] = bytesOf(entry, "objectSid");
  if (sid !== undefined) attributes.objectSid = [formatSid(sid)];
  const [consistencyGuid] = bytesOf(entry, "mS-DS-ConsistencyGuid");
  return {
    objectGuid: bytesOf(entry, "objectGUID")[0] ?? Buffer.alloc(16),
    ...(consistencyGuid === undefined ? {} : { consistencyGuid }),
    distinguishedName: entry.dn,
    attributes,
  };
}

function bytesOf(entry: Entry, name: string): Buffer[] {
  return [entry[name] ?? []].flat().filter((one): one is Buffer => Buffer.isBuffer(one));
}
