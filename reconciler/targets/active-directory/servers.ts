/** The domain controllers of a target, in the order in which they are preferred. */
import { MusterError } from "../../support/errors.js";

export interface Server {
  /** As the Target names it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Plain at first, encrypted before anything else is sent; otherwise TLS from the first byte. */
  readonly startTls: boolean;
}

/** Throws MUS-5001 for what is no address, and for one over which a password would travel in the clear. */
export function parseServers(target: string, urls: readonly string[], startTls: boolean): readonly Server[] {
  if (urls.length === 0) throw notAddress(target, "no address is given");
  return urls.map((url) => parseServer(target, url, startTls));
}

function parseServer(target: string, url: string, startTls: boolean): Server {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isPlain = parsed?.protocol === "ldap:";
  if (parsed === null || parsed.hostname === "" || !(isPlain || parsed.protocol === "ldaps:"))
    throw notAddress(target, `"${url}" is not an address of the form ldaps://host:port`);
  if (isPlain && !startTls)
    throw notAddress(target, `"${url}" is not encrypted: use ldaps://, or say startTls: true in the Target`);
  const port = parsed.port === "" ? (isPlain ? 389 : 636) : Number(parsed.port);
  return { url, host: parsed.hostname.replace(/^\[|\]$/g, ""), port, startTls: isPlain };
}

function notAddress(target: string, what: string): MusterError {
  return new MusterError("MUS-5001", { what, where: { target } });
}
