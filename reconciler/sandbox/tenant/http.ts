/** Between sockets and `handle`: reads a request, writes its reply, cuts the connection where a fault says so. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ConnectionCut } from "./handle.js";
import type { TenantReply, TenantRequest } from "./request.js";

/** Larger bodies are refused with 413. */
const MAX_BODY = 4 * 1024 * 1024;

/** Answers one request; never throws. */
export function serveRequest(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: TenantRequest) => Promise<TenantReply>,
): void {
  answer(request, response, handle).catch((error: unknown) => {
    if (error instanceof ConnectionCut || response.headersSent) {
      request.socket.destroy();
      return;
    }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    response.writeHead(500, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code: "Service_InternalServerError", message } }));
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: TenantRequest) => Promise<TenantReply>,
): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  }
  if (size > MAX_BODY) {
    response.writeHead(413).end();
    return;
  }
  const reply = await handle({
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: headersOf(request),
    body: size === 0 ? null : Buffer.concat(chunks).toString("utf8"),
  });
  response.writeHead(reply.status, { ...reply.headers });
  response.end(reply.body ?? "");
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = { "x-sandbox-connection": String(request.socket.remotePort ?? "") };
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}
