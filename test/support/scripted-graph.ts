/**
 * An HTTPS server on loopback that says what a test tells it to, and keeps what it was asked. It knows nothing of Graph:
 * what a driver makes of replies that the sandbox would never give is tried with it.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureCertificates } from "../../reconciler/sandbox/shared/certificates.js";

export interface ScriptedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type ScriptedReply =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as JSON. */
      readonly json?: unknown;
      /** Sent as it is. */
      readonly text?: string;
    }
  /** The request was read and the connection ends. */
  | "cut"
  /** Nothing comes, and the connection stays. */
  | "silence";

export interface ScriptedServer {
  /** "https://127.0.0.1:port". */
  readonly url: string;
  /** PEM of the authority that signed its certificate. */
  readonly ca: string;
  readonly requests: ScriptedRequest[];
  /** What is answered from now on: one reply after the other, the last one for ever; or by request. */
  answer(...script: readonly ScriptedReply[]): void;
  answerBy(reply: (request: ScriptedRequest) => ScriptedReply): void;
  close(): Promise<void>;
}

/** Made once for all servers of a process. */
const certificates = makeCertificates();

async function makeCertificates(): Promise<{ key: string; cert: string; ca: string }> {
  const folder = await mkdtemp(join(tmpdir(), "muster-scripted-"));
  const { key, cert, caFile } = await ensureCertificates(folder);
  const ca = await readFile(caFile, "utf8");
  await rm(folder, { recursive: true, force: true });
  return { key, cert, ca };
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const { key, cert, ca } = await certificates;
  const requests: ScriptedRequest[] = [];
  let reply: (request: ScriptedRequest) => ScriptedReply = () => ({ status: 204 });
  const server = createServer({ key, cert }, async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const { method = "", url: path = "" } = incoming;
    const request = { method, path, headers, body: Buffer.concat(chunks).toString("utf8") };
    requests.push(request);
    const said = reply(request);
    if (said === "silence") return;
    if (said === "cut") {
      outgoing.socket?.destroy();
      return;
    }
    const type = said.json === undefined ? "text/plain" : "application/json";
    outgoing.writeHead(said.status, { "content-type": type, ...said.headers });
    outgoing.end(said.json === undefined ? said.text : JSON.stringify(said.json));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    ca,
    requests,
    answer(...script) {
      let next = 0;
      reply = () => script[Math.min(next++, script.length - 1)] ?? { status: 204 };
    },
    answerBy(by) {
      reply = by;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
