/** Questions that an examination may not get answered: single searches, without the completeness that plans need. */
import {
  AndFilter,
  Control,
  EqualityFilter,
  type Filter,
  PagedResultsControl,
  PresenceFilter,
  SearchRequest,
} from "ldapts";
import { hasCode } from "../connection.js";
import type { Entry } from "../search.js";
import type { Session } from "../session.js";

type Writer = Parameters<Control["write"]>[0];

/** LDAP_SERVER_SD_FLAGS_OID (MS-ADTS 3.1.1.3.4.1.11): owner, group and DACL; the SACL would need a privilege. */
class SecurityDescriptorFlags extends Control {
  constructor() {
    super("1.2.840.113556.1.4.801", { critical: false });
  }

  protected override writeControl(writer: Writer): void {
    const ownerGroupDacl = Buffer.from([0x30, 0x03, 0x02, 0x01, 0x07]);
    writer.writeBuffer(ownerGroupDacl, 0x04);
  }
}

/** LDAP_SERVER_SHOW_DELETED_OID (MS-ADTS 3.1.1.3.4.1.14) and LDAP_SERVER_DOMAIN_SCOPE_OID (3.1.1.3.4.1.4). */
const SHOW_DELETED = "1.2.840.113556.1.4.417";
const DOMAIN_SCOPE = "1.2.840.113556.1.4.1339";

export interface Question {
  readonly base: string;
  readonly scope: "base" | "one" | "sub";
  readonly filter?: Filter;
  readonly attributes: readonly string[];
  /** Entries that are enough; the rest is not asked for. */
  readonly enough?: number;
  readonly showDeleted?: boolean;
}

/** The entries, or the first of them; none where the base is not there or not visible. Throws what `request` throws. */
export async function ask(session: Session, question: Question): Promise<Entry[]> {
  const { base: baseDN, scope, attributes, enough = 1000 } = question;
  const controls = [
    new PagedResultsControl({ value: { size: enough, cookie: Buffer.alloc(0) }, critical: false }),
    new SecurityDescriptorFlags(),
    ...(question.showDeleted === true ? [new Control(SHOW_DELETED, { critical: true })] : []),
    ...(baseDN === "" ? [] : [new Control(DOMAIN_SCOPE)]),
  ];
  const filter = question.filter ?? new PresenceFilter({ attribute: "objectClass" });
  try {
    const { entries } = await session.request(
      (messageId) =>
        new SearchRequest({
          messageId,
          baseDN,
          scope,
          filter,
          attributes: [...attributes],
          sizeLimit: 0,
          timeLimit: 0,
          controls: scope === "base" ? controls.slice(1) : controls,
        }),
    );
    return entries.map((entry) => ({
      dn: entry.name,
      values: new Map(entry.attributes.map((one) => [one.type.toLowerCase(), one.parsedBuffers])),
    }));
  } catch (error) {
    if (hasCode(error, "noSuchObject")) return [];
    throw error;
  }
}

export function equals(attribute: string, value: string): Filter {
  return new EqualityFilter({ attribute, value });
}

export function all(...filters: Filter[]): Filter {
  return new AndFilter({ filters });
}
