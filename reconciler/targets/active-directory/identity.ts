/**
 * Whom the server takes us for. Active Directory answers Who Am I (RFC 4532); a server that does not know it answers
 * protocolError (RFC 4511 section 4.12), Samba among them: then the user's SID, of the security context that the rootDSE
 * shows, is taken.
 */
import { ExtendedRequest } from "ldapts";
import { type Connection, hasCode } from "./connection.js";
import type { RootDse } from "./root-dse.js";

const WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3";

/** NT AUTHORITY\ANONYMOUS LOGON (MS-DTYP 2.4.2.4). */
const ANONYMOUS = "S-1-5-7";

/** The bound identity, in the server's words, the same for the same user; null for nobody. Throws what `request` throws. */
export async function askIdentity(connection: Connection, readRoot: () => Promise<RootDse>): Promise<string | null> {
  try {
    const identity = await connection.extended((messageId) => new ExtendedRequest({ messageId, oid: WHO_AM_I }));
    return identity === undefined || identity === "" ? null : identity;
  } catch (error) {
    if (!hasCode(error, "protocolError")) throw error;
    const { user } = await readRoot();
    const sid = user === null ? undefined : decodeSid(user);
    return sid === undefined || sid === ANONYMOUS ? null : sid;
  }
}

/** A SID as text (MS-DTYP 2.4.2.1) from its packet form (2.4.2.2); undefined when the bytes are none. */
export function decodeSid(bytes: Buffer): string | undefined {
  const count = bytes[1] ?? 0;
  if (bytes[0] !== 1 || bytes.length !== 8 + 4 * count) return undefined;
  const parts = Array.from({ length: count }, (_, i) => bytes.readUInt32LE(8 + 4 * i));
  return ["S", 1, bytes.readUIntBE(2, 6), ...parts].join("-");
}
