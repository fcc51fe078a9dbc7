/**
 * From an address to an encrypted socket: TLS from the first byte (ldaps), or StartTLS (RFC 4511 section 4.14) before
 * anything else is sent (ldap). No password travels on a connection that is not encrypted.
 */
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { ExtendedRequest, MessageParser } from "ldapts";
import type { Server } from "./servers.js";

export interface DialOptions {
  readonly server: Server;
  /** PEM of the authority to trust; undefined: those that Node trusts. */
  readonly ca: string | undefined;
  /** Accepts any certificate: whoever answers gets the password. */
  readonly insecureSkipVerify: boolean;
  /** Milliseconds until the connection is encrypted. */
  readonly connectTimeout: number;
}

const START_TLS = "1.3.6.1.4.1.1466.20037";

/** Connects and checks the server's certificate and name. Throws an Error that says what went wrong. */
export async function dial(options: DialOptions): Promise<TLSSocket> {
  const { connectTimeout } = options;
  const opened: { destroy(): unknown }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no connection within ${connectTimeout} ms`)), connectTimeout);
  });
  try {
    return await Promise.race([encrypted(options, (socket) => opened.push(socket)), late]);
  } catch (error) {
    for (const socket of opened) socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function encrypted(options: DialOptions, keep: (socket: Socket) => void): Promise<TLSSocket> {
  const { server, ca, insecureSkipVerify } = options;
  const { host, port } = server;
  const plain = server.startTls ? await startTls(server, keep) : null;
  const socket = connectTls({
    ...(plain === null ? { host, port } : { socket: plain }),
    rejectUnauthorized: !insecureSkipVerify,
    minVersion: "TLSv1.2",
    ...(ca === undefined ? {} : { ca }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(plain === null ? {} : { host }),
  });
  keep(socket);
  await once(socket, "secureConnect");
  return socket;
}

/** Asks for encryption. A refusal, and anything that the server says beyond its answer, ends the attempt. */
async function startTls({ host, port }: Server, keep: (socket: Socket) => void): Promise<Socket> {
  const socket = connectPlain({ host, port });
  keep(socket);
  await once(socket, "connect");
  const request = new ExtendedRequest({ messageId: 1, oid: START_TLS });
  const answer = new Promise<number>((resolve, reject) => {
    const parser = new MessageParser();
    parser.once("message", (message) => resolve(message.status));
    parser.once("error", (error) => reject(new Error(`the reply to StartTLS cannot be read: ${messageOf(error)}`)));
    socket.on("data", (data) => parser.read(data, new Map([["1", { message: request }]])));
    socket.once("close", () => reject(new Error("the server closed the connection")));
    socket.once("error", reject);
  });
  socket.write(request.write());
  const code = await answer;
  // What came behind the answer was not encrypted: it is dropped, never read.
  socket.removeAllListeners("data");
  socket.pause();
  socket.on("error", () => {});
  if (code !== 0) throw new Error(`the server refuses StartTLS with result code ${code}`);
  return socket;
}

function once(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(error);
    const closed = () => reject(new Error("the server closed the connection"));
    socket.once("error", failed);
    socket.once("close", closed);
    socket.once(event, () => {
      socket.off("error", failed);
      socket.off("close", closed);
      resolve();
    });
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
