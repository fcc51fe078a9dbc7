/** An LDAP server that answers as a test says: for what a well-behaved server never does. Bind, Who Am I and the rootDSE succeed by themselves. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { messageLength } from "../../reconciler/sandbox/directory/ber.js";
import { type Message, readMessage } from "../../reconciler/sandbox/directory/messages.js";
import { ensureCertificates } from "../../reconciler/sandbox/shared/certificates.js";

/** What is sent back; "drop" cuts the connection, "silence" never answers, undefined leaves it to the default. */
export type Script = (message: Message, connection: number) => readonly Buffer[] | "drop" | "silence" | undefined;

interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

export interface ScriptedServer {
  readonly url: string;
  readonly ca: string;
  readonly certificate: Certificate;
  /** Kinds of requests so far, by connection ("1 bind"); a read of the rootDSE is "1 rootDSE". */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), "muster-scripted-"));
  const { key, cert, caFile } = await ensureCertificates(folder);
  const ca = await readFile(caFile, "utf8");
  await rm(folder, { recursive: true });
  return { key, cert, ca };
}

export interface ScriptedOptions {
  /** "scripted": the script answers reads of the rootDSE, too. */
  readonly rootDse?: "scripted";
  /** Another server whose certificate this one shows, too. */
  readonly like?: ScriptedServer;
}

export async function startScripted(script: Script, options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const { key, cert, ca } = options.like?.certificate ?? (await makeCertificate());
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
        const isRoot = message.request.kind === "search" && message.request.base === "";
        seen.push(`${connection} ${isRoot ? "rootDSE" : message.request.kind}`);
        const root = isRoot && options.rootDse !== "scripted" ? rootDse(message.id) : undefined;
        const answer = root ?? script(message, connection) ?? standard(message);
        if (answer === "drop") socket.destroy();
        else if (answer !== "silence") for (const part of answer) socket.write(part);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `ldaps://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca,
    certificate: { key, cert, ca },
    seen,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** What a domain controller of DC=x says of itself, but for `values`. */
export function rootDse(id: number, values: Readonly<Record<string, readonly (Buffer | string)[]>> = {}): Buffer[] {
  const usual = {
    defaultNamingContext: ["DC=x"],
    dnsHostName: ["dc1.x"],
    dsServiceName: ["CN=NTDS Settings,CN=DC1,CN=Configuration,DC=x"],
    highestCommittedUSN: ["1000"],
    supportedCapabilities: ["1.2.840.113556.1.4.800"],
  };
  return [entry(id, "", { ...usual, ...values }), ...page(id)];
}

function standard({ id, request }: Message): readonly Buffer[] | "silence" {
  if (request.kind === "unbind" || request.kind === "abandon") return "silence";
  return [request.kind === "extended" ? whoAmI(id, "u:CORP\\svc-muster") : result(id, request.kind, 0)];
}

/** One BER element with a definite length (X.690). */
function element(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const { length } = body;
  const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), body]);
}

const SEQUENCE = 0x30;
const SET = 0x31;
const OCTETS = 0x04;
const CONTROLS = 0xa0;
const RESULTS = { bind: 0x61, search: 0x65, modify: 0x67, add: 0x69, delete: 0x6b, modifyDN: 0x6d, compare: 0x6f };

function message(id: number, ...parts: readonly Buffer[]): Buffer {
  return element(SEQUENCE, element(0x02, Buffer.from([id])), ...parts);
}

function resultBody(code: number, text = ""): Buffer[] {
  return [element(0x0a, Buffer.from([code])), element(OCTETS, ""), element(OCTETS, text)];
}

/** The final response to a request (RFC 4511 section 4.1.9); `text` is its diagnosticMessage. */
export function result(id: number, kind: keyof typeof RESULTS, code: number, text = ""): Buffer {
  return message(id, element(RESULTS[kind], ...resultBody(code, text)));
}

/** The response to Who Am I (RFC 4532). */
export function whoAmI(id: number, identity: string): Buffer {
  return message(id, element(0x78, ...resultBody(0), element(0x8b, identity)));
}

/** The response to an extended operation, without a value. */
export function extendedResult(id: number, code: number): Buffer {
  return message(id, element(0x78, ...resultBody(code)));
}

/** An entry of a search. */
export function entry(
  id: number,
  dn: string,
  attributes: Readonly<Record<string, readonly (Buffer | string)[]>>,
): Buffer {
  const list = Object.entries(attributes).map(([name, values]) =>
    element(SEQUENCE, element(OCTETS, name), element(SET, ...values.map((value) => element(OCTETS, value)))),
  );
  return message(id, element(0x64, element(OCTETS, dn), element(SEQUENCE, ...list)));
}

export interface PageOptions {
  /** DNs, each with an objectGUID of its own. */
  readonly dns?: readonly string[];
  readonly cookie?: string;
  readonly reference?: string;
  readonly code?: number;
}

/** The answer to a search: entries, a continuation reference, the result with the paged results control (RFC 2696). */
export function page(id: number, { dns = [], cookie = "", reference, code = 0 }: PageOptions = {}): Buffer[] {
  const entries = dns.map((dn) => entry(id, dn, { objectGUID: [Buffer.from(dn.padEnd(16).slice(0, 16))] }));
  const references = reference === undefined ? [] : [message(id, element(0x73, element(OCTETS, reference)))];
  const value = element(SEQUENCE, element(0x02, Buffer.from([0])), element(OCTETS, cookie));
  const control = element(SEQUENCE, element(OCTETS, PAGED_RESULTS), element(OCTETS, value));
  const done = message(id, element(RESULTS.search, ...resultBody(code)), element(CONTROLS, control));
  return [...entries, ...references, done];
}

const PAGED_RESULTS = "1.2.840.113556.1.4.319";

/** The cookie that a search carries, undefined when it is not paged. */
export function cookieOf(message: Message): string | undefined {
  const control = message.controls.find(({ oid }) => oid === PAGED_RESULTS);
  if (control?.value === undefined) return undefined;
  // SEQUENCE { size INTEGER, cookie OCTET STRING }: the cookie is the last element.
  const { value } = control;
  const sizeLength = value[3] ?? 0;
  return value.subarray(4 + sizeLength + 2).toString("utf8");
}
