/**
 * A network that can fail in front of a real directory: it ends TLS on both sides, so that it sees requests and replies,
 * and can cut a connection just before a certain request is forwarded or just after it was executed.
 */
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { BerReader, messageLength } from "../../reconciler/sandbox/directory/ber.js";
import { readMessage } from "../../reconciler/sandbox/directory/messages.js";
import { ensureCertificates } from "../../reconciler/sandbox/shared/certificates.js";
import { temporaryFolder } from "../unit/repo/temp-repository.js";

export interface ProxiedRequest {
  readonly kind: string;
  /** The entry (the base of a search, the name of a bind). */
  readonly dn: string;
  /** Which write through this proxy it is, from 1; 0 for a request that writes nothing. */
  readonly write: number;
  /** Which connection through this proxy it came on, from 1. */
  readonly connection: number;
}

/** `drop-before`: never forwarded; `drop-after`: executed, and its reply is lost. */
export type Cut = "drop-before" | "drop-after";

export interface LdapProxy {
  readonly url: string;
  readonly ca: string;
  readonly caFile: string;
  /** Asked before each request is forwarded, which waits for the answer. May be changed at any time. */
  before: ((request: ProxiedRequest) => Cut | undefined | Promise<Cut | undefined>) | undefined;
  /** Writes that were forwarded. */
  writes(): number;
  /** Connections that were accepted. */
  connections(): number;
  /** Cuts all connections; new ones are accepted. */
  cut(): void;
  /** Cuts all connections and listens no more. */
  close(): Promise<void>;
}

export interface Upstream {
  readonly host: string;
  readonly ca: string;
}

const WRITES: readonly string[] = ["add", "modify", "modifyDN", "delete"];
/** SearchResultEntry, SearchResultReference, IntermediateResponse (RFC 4511): the reply goes on. */
const GOES_ON: readonly number[] = [0x64, 0x73, 0x79];

/**
 * Listens on a free port of localhost; each connection gets one of its own to port 636 of the server. Proxies of one
 * folder have one certificate.
 */
export async function startLdapProxy(upstream: Upstream, folder: string = temporaryFolder()): Promise<LdapProxy> {
  const { key, cert, caFile } = await ensureCertificates(folder);
  const sockets = new Set<TLSSocket>();
  let connections = 0;
  let writes = 0;
  const server = createServer({ key, cert }, (client) => {
    connections += 1;
    const connection = connections;
    const directory = connect({ host: upstream.host, port: 636, ca: upstream.ca });
    const cut = () => {
      for (const socket of [client, directory]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [client, directory]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", cut);
      socket.on("close", cut);
    }
    /** The message whose reply is not delivered. */
    let doomed: number | null = null;
    const forward = async (bytes: Buffer) => {
      const { id, kind, dn } = describe(bytes);
      const isWrite = WRITES.includes(kind);
      const verdict = await proxy.before?.({ kind, dn, write: isWrite ? writes + 1 : 0, connection });
      if (verdict === "drop-before") return cut();
      if (isWrite) writes += 1;
      if (verdict === "drop-after") doomed = id;
      directory.write(bytes);
    };
    // One after another, in the order in which they came.
    let turn = Promise.resolve();
    onMessages(client, (bytes) => {
      turn = turn.then(() => forward(bytes)).catch(cut);
    });
    onMessages(directory, (bytes) => {
      const reader = new BerReader(bytes).enter();
      if (reader.integer() !== doomed) client.write(bytes);
      else if (!GOES_ON.includes(reader.peek() ?? 0)) cut();
    });
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cutAll = () => {
    for (const socket of [...sockets]) socket.destroy();
  };
  const proxy: LdapProxy = {
    url: `ldaps://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: await readFile(caFile, "utf8"),
    caFile,
    before: undefined,
    writes: () => writes,
    connections: () => connections,
    cut: cutAll,
    close: () => {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

/** Calls back with each whole LDAP message. */
function onMessages(socket: TLSSocket, receive: (bytes: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (data: Buffer) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    for (;;) {
      const length = messageLength(rest);
      if (length === undefined || rest.length < length) return;
      const bytes = rest.subarray(0, length);
      rest = rest.subarray(length);
      receive(bytes);
    }
  });
}

function describe(bytes: Buffer): { readonly id: number; readonly kind: string; readonly dn: string } {
  const { id, request } = readMessage(bytes);
  const { kind } = request;
  if (kind === "bind") return { id, kind, dn: request.name };
  if (kind === "search") return { id, kind, dn: request.base };
  return { id, kind, dn: "dn" in request ? request.dn : "" };
}
