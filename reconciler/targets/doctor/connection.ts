/** Whether an address answers over TLS, and what its certificate says. It is verified as every run verifies it. */
import type { PeerCertificate, TLSSocket } from "node:tls";
import type { Check } from "../../model/check.js";
import { counted, ok, problem, warning } from "./findings.js";

export interface Service {
  /** As the checks name it. */
  readonly url: string;
  /** Connects, and verifies certificate and name unless `unverified`. Throws an Error with a code. */
  readonly dial: () => Promise<TLSSocket>;
  /** What to do about a failure, by the code of Node and OpenSSL; the first that fits. */
  readonly remedies: readonly Remedy[];
  /** What to do before the certificate ends. */
  readonly renew: string;
  /** What it means that nothing is verified, and what to do; left out: it is verified. */
  readonly unverified?: { readonly what: string; readonly remedy: string };
}

export type Remedy = readonly [pattern: RegExp, remedy: string];

const DAY = 86_400_000;
/** Days before the end of a certificate from which on it is a warning. */
const SOON = 14;

/** `now` in epoch milliseconds. */
export async function examineConnection(service: Service, now: number): Promise<Check[]> {
  const { url, remedies } = service;
  try {
    const socket = await service.dial();
    socket.on("error", () => {});
    try {
      return [ok("connect", url, "answers"), examineTls(service, socket, now)];
    } finally {
      socket.destroy();
    }
  } catch (error) {
    const { message, code = "" } = error as NodeJS.ErrnoException;
    const remedy = remedies.find(([pattern]) => pattern.test(code))?.[1];
    const what = `no connection: ${message}`;
    return [problem("connect", url, what, remedy ?? "Check the address, the network and the service.")];
  }
}

/** Whole days from `now` until an instant, both in epoch milliseconds. */
export function daysUntil(end: number, now: number): number {
  return Math.floor((end - now) / DAY);
}

function examineTls({ url, renew, unverified }: Service, socket: TLSSocket, now: number): Check {
  const certificate = socket.getPeerCertificate(true);
  const days = daysUntil(Date.parse(certificate.valid_to), now);
  const chain = chainOf(certificate).join(" < ");
  const seen = `${socket.getProtocol() ?? "TLS"}; ${chain}; ends in ${counted(days, "day")}`;
  if (unverified !== undefined) return problem("tls", url, `${seen}; ${unverified.what}`, unverified.remedy);
  if (days >= SOON) return ok("tls", url, `${seen}; chain and name are verified`);
  return warning("tls", url, seen, renew);
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
