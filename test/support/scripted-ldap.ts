/** An LDAP server that answers as a test says: for what a well-behaved server never does. Bind and Who Am I succeed by themselves. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { messageLength } from "../../reconciler/sandbox/directory/ber.js";
import { ensureCertificates } from "../../reconciler/sandbox/directory/certificates.js";
import {
  type Message,
  pagedResultsControl,
  readMessage,
  writeEntry,
  writeExtendedResult,
  writeReference,
  writeResult,
} from "../../reconciler/sandbox/directory/messages.js";

/** What is sent back; "drop" cuts the connection, "silence" never answers, undefined leaves it to the default. */
export type Script = (message: Message, connection: number) => readonly Buffer[] | "drop" | "silence" | undefined;

export interface ScriptedServer {
  readonly url: string;
  readonly ca: string;
  /** Kinds of requests so far, by connection. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

export async function startScripted(script: Script): Promise<ScriptedServer> {
  const folder = await mkdtemp(join(tmpdir(), "muster-scripted-"));
  const { key, cert, caFile } = await ensureCertificates(folder);
  const ca = await readFile(caFile, "utf8");
  await rm(folder, { recursive: true });
  const seen: string[] = [];
  let connections = 0;
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer({ key, cert }, (socket) => {
    connections += 1;
    const connection = connections;
    let buffer = Buffer.alloc(0);
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      buffer = Buffer.concat([buffer, data]);
      for (let length = messageLength(buffer); length !== undefined && buffer.length >= length; ) {
        const message = readMessage(buffer.subarray(0, length));
        buffer = buffer.subarray(length);
        length = messageLength(buffer);
        seen.push(`${connection} ${message.request.kind}`);
        const answer = script(message, connection) ?? standard(message);
        if (answer === "drop") socket.destroy();
        else if (answer !== "silence") for (const part of answer) socket.write(part);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `ldaps://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca,
    seen,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function standard({ id, request }: Message): readonly Buffer[] | "silence" {
  if (request.kind === "unbind" || request.kind === "abandon") return "silence";
  if (request.kind === "extended") return [writeExtendedResult(id, "u:CORP\\svc-muster")];
  return [writeResult(id, request.kind, { code: 0, text: "", matchedDn: "" })];
}

export interface PageOptions {
  /** DNs, each with an objectGUID of its own. */
  readonly dns?: readonly string[];
  readonly cookie?: string;
  readonly reference?: string;
  readonly code?: number;
}

/** The answer to a search. */
export function page(id: number, options: PageOptions = {}): Buffer[] {
  const { dns = [], cookie = "", reference, code = 0 } = options;
  const entries = dns.map((dn) =>
    writeEntry(id, dn, [{ name: "objectGUID", values: [Buffer.from(dn.padEnd(16).slice(0, 16))] }]),
  );
  const references = reference === undefined ? [] : [writeReference(id, reference)];
  const control = pagedResultsControl(Buffer.from(cookie));
  return [...entries, ...references, writeResult(id, "search", { code, text: "", matchedDn: "" }, [control])];
}

/** The cookie that a search carries, undefined when it is not paged. */
export function cookieOf(message: Message): string | undefined {
  const control = message.controls.find(({ oid }) => oid === "1.2.840.113556.1.4.319");
  if (control?.value === undefined) return undefined;
  // SEQUENCE { size INTEGER, cookie OCTET STRING }: the cookie is the last element.
  const { value } = control;
  const sizeLength = value[3] ?? 0;
  return value.subarray(4 + sizeLength + 2).toString("utf8");
}
