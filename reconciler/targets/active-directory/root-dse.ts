/** What a domain controller says of itself before anything else is read (MS-ADTS 3.1.1.3.2). */
import { PresenceFilter, SearchRequest } from "ldapts";
import { decodeText } from "./codec.js";
import type { Connection } from "./connection.js";

export interface RootDse {
  readonly dnsHostName: string | null;
  /** DN of the nTDSDSA object: which domain controller this is. */
  readonly dsServiceName: string | null;
  readonly defaultNamingContext: string | null;
  readonly configurationNamingContext: string | null;
  readonly schemaNamingContext: string | null;
  /** Every change up to this number is visible to what is read from here on. */
  readonly highestCommittedUSN: number | null;
  /** Whether it calls itself Active Directory (LDAP_CAP_ACTIVE_DIRECTORY_OID, 3.1.1.3.4.3.1). */
  readonly isActiveDirectory: boolean;
  /** SID of the bound user: the first of `tokenGroups` (3.1.1.3.2.21); null when the server does not say. */
  readonly user: Buffer | null;
}

const ACTIVE_DIRECTORY = "1.2.840.113556.1.4.800";
const ATTRIBUTES = [
  "dnsHostName",
  "dsServiceName",
  "defaultNamingContext",
  "configurationNamingContext",
  "schemaNamingContext",
  "highestCommittedUSN",
  "supportedCapabilities",
  "tokenGroups",
];

/** One request. Throws what `request` throws. */
export async function readRootDse(connection: Connection): Promise<RootDse> {
  const filter = new PresenceFilter({ attribute: "objectClass" });
  const { entries } = await connection.request(
    (messageId) =>
      new SearchRequest({
        messageId,
        baseDN: "",
        scope: "base",
        filter,
        attributes: ATTRIBUTES,
        sizeLimit: 0,
        timeLimit: 0,
      }),
  );
  const values = (name: string) =>
    entries[0]?.attributes.find(({ type }) => type.toLowerCase() === name.toLowerCase())?.parsedBuffers ?? [];
  const texts = (name: string) => values(name).flatMap((value) => decodeText(value) ?? []);
  const usn = texts("highestCommittedUSN")[0] ?? "";
  return {
    dnsHostName: texts("dnsHostName")[0] ?? null,
    dsServiceName: texts("dsServiceName")[0] ?? null,
    defaultNamingContext: texts("defaultNamingContext")[0] ?? null,
    configurationNamingContext: texts("configurationNamingContext")[0] ?? null,
    schemaNamingContext: texts("schemaNamingContext")[0] ?? null,
    highestCommittedUSN: /^\d{1,15}$/.test(usn) ? Number(usn) : null,
    isActiveDirectory: texts("supportedCapabilities").includes(ACTIVE_DIRECTORY),
    user: values("tokenGroups")[0] ?? null,
  };
}
