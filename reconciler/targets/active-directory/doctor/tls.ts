/** Whether each address of the target answers, and what its certificate says. It is verified as every run verifies it. */
import type { PeerCertificate, TLSSocket } from "node:tls";
import type { Check } from "../../../model/check.js";
import { dial } from "../dial.js";
import type { Server } from "../servers.js";
import { ok, problem, warning } from "./findings.js";

interface TlsOptions {
  readonly ca: string | undefined;
  readonly insecureSkipVerify: boolean;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

const DAY = 86_400_000;
/** Days before the end of a certificate from which on it is a warning. */
const SOON = 14;

/** What to do about a failure, by the code of Node and OpenSSL. */
const REMEDIES: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [
    /UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/,
    "Name the authority that issued the certificate in the Target's caFile (PEM, with the intermediate certificates).",
  ],
  [/CERT_HAS_EXPIRED/, "Renew the certificate of the domain controller; nothing connects to it until then."],
  [
    /ALTNAME_INVALID/,
    "Use a host name in the Target's url that the certificate carries, or issue one with this name as subjectAltName.",
  ],
  [/ENOTFOUND|EAI_AGAIN/, "Correct the host name in the Target's url, or the name resolution of this machine."],
  [
    /ECONNREFUSED/,
    "LDAPS is served once the domain controller has a certificate; see that port 636 is open and it has one.",
  ],
];

export async function examineAddress(server: Server, options: TlsOptions, now: number): Promise<Check[]> {
  try {
    const socket = await dial({ server, ...options });
    socket.on("error", () => {});
    try {
      return [ok("connect", server.url, "answers"), ...examineTls(server, socket, options, now)];
    } finally {
      socket.destroy();
    }
  } catch (error) {
    const { message, code = "" } = error as NodeJS.ErrnoException;
    const remedy = REMEDIES.find(([pattern]) => pattern.test(code))?.[1];
    const what = `no connection: ${message}`;
    return [problem("connect", server.url, what, remedy ?? "Check the address, the network and the service.")];
  }
}

function examineTls({ url }: Server, socket: TLSSocket, options: TlsOptions, now: number): Check[] {
  const certificate = socket.getPeerCertificate(true);
  const days = Math.floor((Date.parse(certificate.valid_to) - now) / DAY);
  const seen = `${socket.getProtocol() ?? "TLS"}; ${chainOf(certificate).join(" < ")}; ends in ${days} days`;
  if (options.insecureSkipVerify) {
    const remedy = "Take insecureSkipVerify out of the Target, and name the authority in caFile.";
    return [problem("tls", url, `${seen}; NOT VERIFIED: whoever answers gets the password`, remedy)];
  }
  if (days >= SOON) return [ok("tls", url, `${seen}; chain and name are verified`)];
  return [warning("tls", url, seen, "Renew the certificate of the domain controller before it ends.")];
}

/** Common names from the server's certificate up to the authority. */
function chainOf(certificate: PeerCertificate & { issuerCertificate?: PeerCertificate }): string[] {
  const names: string[] = [];
  const seen = new Set<string>();
  for (let at: typeof certificate | undefined = certificate; at?.subject !== undefined; at = at.issuerCertificate) {
    if (seen.has(at.fingerprint256)) break;
    seen.add(at.fingerprint256);
    names.push(String(at.subject.CN ?? at.subject.O ?? at.subjectaltname ?? "unnamed"));
  }
  return names;
}
