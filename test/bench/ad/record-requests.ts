/**
 * Watches Muster's own connection from within the process that is measured: which requests were sent, in which order, what
 * the server said, and when. It costs a few microseconds per request; a proxy would cost a second TLS connection.
 */
import { open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AddRequest, BindRequest, ModifyDNRequest, ModifyRequest, type SearchEntry } from "ldapts";
import { decodeGuid, guidDn } from "../../../reconciler/targets/active-directory/codec.js";
import { Connection } from "../../../reconciler/targets/active-directory/connection.js";
import { toWrite, type Write, type WriteRequest } from "./writes.js";

export interface Recording {
  /** Writes that the server executed, in the order in which they were sent. */
  readonly writes: () => Write[];
  /** Requests of all kinds, the binds among them counted apart: one connection makes one. */
  readonly counts: { requests: number; reads: number; writes: number; refused: number; binds: number };
  /** Milliseconds of performance.now(): first write sent, last reply to a write; null before. Processor time: seconds. */
  readonly window: { from: number | null; to: number | null; processor: number };
  /** `<GUID=...>` of objects that were read to the DN under which they were found. */
  readonly dnOf: Map<string, string>;
}

interface Sent {
  readonly request: WriteRequest;
  done: boolean;
}

/** From now on, in this process, until it ends. */
export function recordRequests(): Recording {
  const sent: Sent[] = [];
  const counts = { requests: 0, reads: 0, writes: 0, refused: 0, binds: 0 };
  const window: Recording["window"] = { from: null, to: null, processor: 0 };
  let usage = process.cpuUsage();
  const dnOf = new Map<string, string>();
  const original = Connection.prototype.request;
  Connection.prototype.request = async function (build) {
    let write: Sent | null = null;
    const reply = await original
      .call(this, (messageId) => {
        const request = build(messageId);
        counts.requests += 1;
        if (request instanceof BindRequest) counts.binds += 1;
        else if (isWrite(request)) {
          counts.writes += 1;
          if (window.from === null) usage = process.cpuUsage();
          window.from ??= performance.now();
          write = { request, done: false };
          sent.push(write);
        } else counts.reads += 1;
        return request;
      })
      .catch((error: unknown) => {
        counts.refused += 1;
        throw error;
      });
    if (write !== null) {
      window.to = performance.now();
      const { user, system } = process.cpuUsage(usage);
      window.processor = (user + system) / 1e6;
      (write as Sent).done = true;
    }
    for (const entry of reply.entries) rememberDn(dnOf, entry);
    return reply;
  };
  return { counts, window, dnOf, writes: () => sent.filter(({ done }) => done).map(({ request }) => toWrite(request)) };
}

function isWrite(request: object): request is WriteRequest {
  return request instanceof AddRequest || request instanceof ModifyRequest || request instanceof ModifyDNRequest;
}

function rememberDn(dnOf: Map<string, string>, entry: SearchEntry): void {
  const guid = entry.attributes.find(({ type }) => type.toLowerCase() === "objectguid")?.parsedBuffers[0];
  if (guid?.length === 16) dnOf.set(guidDn(decodeGuid(guid)), entry.name);
}

/** Counts fsyncs of this process from now on, and the milliseconds in which at least one was under way. */
export async function recordSyncs(): Promise<{ count: number; milliseconds: number }> {
  const path = join(tmpdir(), `muster-bench-${process.pid}`);
  const handle = await open(path, "w");
  const prototype = Object.getPrototypeOf(handle) as { sync: () => Promise<void> };
  await handle.close();
  await rm(path);
  const syncs = { count: 0, milliseconds: 0 };
  const original = prototype.sync;
  let running = 0;
  let since = 0;
  prototype.sync = async function () {
    if (running === 0) since = performance.now();
    running += 1;
    syncs.count += 1;
    try {
      await original.call(this);
    } finally {
      running -= 1;
      if (running === 0) syncs.milliseconds += performance.now() - since;
    }
  };
  return syncs;
}
