/** Whether the authority and Graph answer, and what their certificates say. */
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { Check } from "../../../model/check.js";
import { examineConnection, type Remedy } from "../../doctor/connection.js";

export interface ReachOptions {
  /** PEM of the authority to trust; undefined: those that Node trusts. */
  readonly ca: string | undefined;
  /** Milliseconds; 10,000 by default, as for requests. */
  readonly timeout?: number;
}

const REMEDIES: readonly Remedy[] = [
  [
    /UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/,
    "Name the authority that issued the certificate in the Target's caFile (PEM). Where a proxy opens TLS, it is the proxy's.",
  ],
  [
    /CERT_HAS_EXPIRED/,
    "Look at the clock of this machine, then at who answers: Microsoft's certificates do not expire in use.",
  ],
  [/ALTNAME_INVALID/, "Correct graph and authority of the Target: whoever answers has another name."],
  [/ENOTFOUND|EAI_AGAIN/, "Correct the host name in the Target, or the name resolution of this machine."],
  [
    /ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/,
    "Let this machine reach the address on port 443; Muster uses no proxy.",
  ],
];

/** `url` is an https address. */
export function examineReach(url: string, options: ReachOptions, now: number): Promise<Check[]> {
  const service = {
    url,
    dial: () => dial(new URL(url), options),
    remedies: REMEDIES,
    renew: "Whoever runs this address renews its certificate before it ends.",
  };
  return examineConnection(service, now);
}

/** Connects as requests do: verified against the same authorities. */
function dial(url: URL, { ca, timeout = 10_000 }: ReachOptions): Promise<TLSSocket> {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(url.port || 443),
      minVersion: "TLSv1.2",
      ...(ca === undefined ? {} : { ca }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeout, () =>
      fail(Object.assign(new Error(`no connection within ${timeout} ms`), { code: "ETIMEDOUT" })),
    );
    socket.once("error", fail);
    socket.once("secureConnect", () => resolve(socket));
  });
}
