/** Whether each address of the target answers, and what its certificate says. */
import type { Check } from "../../../model/check.js";
import { examineConnection, type Remedy } from "../../doctor/connection.js";
import { dial } from "../dial.js";
import type { Server } from "../servers.js";

interface TlsOptions {
  readonly ca: string | undefined;
  readonly insecureSkipVerify: boolean;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

const REMEDIES: readonly Remedy[] = [
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

export function examineAddress(server: Server, options: TlsOptions, now: number): Promise<Check[]> {
  const unverified = {
    what: "NOT VERIFIED: whoever answers gets the password",
    remedy: "Take insecureSkipVerify out of the Target, and name the authority in caFile.",
  };
  const service = {
    url: server.url,
    dial: () => dial({ server, ...options }),
    remedies: REMEDIES,
    renew: "Renew the certificate of the domain controller before it ends.",
    ...(options.insecureSkipVerify ? { unverified } : {}),
  };
  return examineConnection(service, now);
}
