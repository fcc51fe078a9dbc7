/** One client connection: frames, the bound identity, cursors, and the way from a request to its response. */
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { MusterError } from "../../support/errors.js";
import { assertBound, authenticate, type Identity } from "./access.js";
import { BerError, messageLength } from "./ber.js";
import type { Directory, Draft } from "./directory.js";
import { badName, CODE, LdapFailure, protocolFailure } from "./failure.js";
import type { Fault, Faults, RequestCounters, SeenRequest } from "./faults.js";
import {
  type AnsweredKind,
  type Message,
  type Request,
  readMessage,
  type SearchRequest,
  type WriteRequest,
  writeEntry,
  writeExtendedResult,
  writeResult,
} from "./messages.js";
import { rootDse } from "./root-dse.js";
import { CONTROL, type Cursors, compare, search } from "./searching.js";
import { textOf } from "./store.js";
import { addEntry } from "./write-add.js";
import { deleteEntry } from "./write-delete.js";
import { modifyEntry } from "./write-modify.js";
import { moveEntry } from "./write-move.js";

export interface Service {
  readonly directory: Directory;
  readonly counters: RequestCounters;
  readonly faults: Faults;
}

type Answered = Exclude<Request, { readonly kind: "unbind" | "abandon" }>;

const KNOWN_CONTROLS = new Set<string>(Object.values(CONTROL));
const WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3";

export class Connection {
  readonly #socket: TLSSocket;
  readonly #service: Service;
  readonly #cursors: Cursors = new Map();
  #identity: Identity;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: TLSSocket, service: Service) {
    this.#socket = socket;
    this.#service = service;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", () => socket.destroy());
  }

  #receive(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    try {
      for (let size = messageLength(this.#rest); size !== undefined && size <= this.#rest.length; ) {
        const message = readMessage(this.#rest.subarray(0, size));
        this.#rest = this.#rest.subarray(size);
        this.#start(message);
        size = this.#rest.length === 0 ? undefined : messageLength(this.#rest);
      }
    } catch (error) {
      if (!(error instanceof BerError)) throw error;
      this.#socket.destroy();
    }
  }

  #start(message: Message): void {
    const { request } = message;
    if (request.kind === "abandon") return;
    if (request.kind === "unbind") this.#socket.end();
    else void this.#serve(message, request);
  }

  async #serve(message: Message, request: Answered): Promise<void> {
    const fault = this.#seen(request);
    if (fault?.do === "drop-before") {
      this.#socket.destroy();
      return;
    }
    if (fault?.do === "delay") await sleep(fault.millis);
    const response = await this.#answer(message, request, fault);
    if (fault?.do === "drop-after") this.#socket.destroy();
    else if (this.#socket.writable) this.#socket.write(response);
  }

  #seen(request: Answered): Fault | undefined {
    const { counters, faults } = this.#service;
    const isWrite = ["add", "modify", "modifyDN", "delete"].includes(request.kind);
    counters[request.kind] += 1;
    if (isWrite) counters.writes += 1;
    const seen = describeRequest(request, isWrite ? counters.writes : 0);
    if (isWrite) faults.onWrite?.(seen);
    return faults.before?.(seen);
  }

  async #answer(message: Message, request: Answered, fault: Fault | undefined): Promise<Buffer> {
    try {
      if (fault?.do === "busy") throw protocolFailure(CODE.busy, 0x200e, "The directory service is busy.");
      if (fault?.do === "refuse") throw new LdapFailure(fault.code, fault.text ?? "");
      for (const control of message.controls) {
        if (control.critical && !KNOWN_CONTROLS.has(control.oid)) {
          throw protocolFailure(CODE.unavailableCriticalExtension, 0x202c, "Error processing control");
        }
      }
      return await this.#execute(message, request);
    } catch (error) {
      return writeResult(message.id, request.kind, resultOf(error));
    }
  }

  async #execute(message: Message, request: Answered): Promise<Buffer> {
    const { directory } = this.#service;
    const done = (kind: AnsweredKind): Buffer => writeResult(message.id, kind, { code: CODE.success });
    switch (request.kind) {
      case "bind":
        this.#identity = undefined;
        if (request.version !== 3) throw protocolFailure(CODE.protocolError, 0x57, "Only LDAP version 3 is offered");
        if (request.password === undefined) {
          throw protocolFailure(CODE.authMethodNotSupported, 0x57, "Only simple binds are offered");
        }
        this.#identity = authenticate(directory, request.name, request.password);
        return done("bind");
      case "search":
        return this.#search(message, request);
      case "compare":
        assertBound(this.#identity);
        return compare(directory, request);
      case "extended":
        return this.#extended(message, request.oid);
      default:
        assertBound(this.#identity);
        await directory.commit(prepareWrite(this.#service.directory, this.#identity, message, request));
        return done(request.kind);
    }
  }

  #search(message: Message, request: SearchRequest): Buffer {
    const { directory } = this.#service;
    const { id, controls } = message;
    const success = writeResult(id, "search", { code: CODE.success });
    if (request.base === "" && request.scope === "base") {
      return Buffer.concat([writeEntry(id, "", rootDse(directory, request.attributes)), success]);
    }
    assertBound(this.#identity);
    const answer = search(directory, request, { id, controls, cursors: this.#cursors });
    return Buffer.concat([...answer.messages, writeResult(id, "search", answer.result, answer.controls)]);
  }

  #extended(message: Message, oid: string): Buffer {
    if (oid !== WHO_AM_I) throw protocolFailure(CODE.protocolError, 0x57, "Unknown extended request OID");
    const { store, naming } = this.#service.directory;
    const entry = this.#identity === undefined ? undefined : store.get(this.#identity);
    const name = entry === undefined ? "" : `u:${naming.netbios}\\${textOf(entry, "sAMAccountName") ?? ""}`;
    return writeExtendedResult(message.id, name);
  }
}

function prepareWrite(directory: Directory, identity: number, message: Message, request: WriteRequest): Draft[] {
  const has = (oid: string): boolean => message.controls.some((control) => control.oid === oid);
  switch (request.kind) {
    case "add":
      return addEntry(directory, identity, request);
    case "modify": {
      const options = { permissive: has(CONTROL.permissiveModify), showDeleted: has(CONTROL.showDeleted) };
      return modifyEntry(directory, identity, request, options);
    }
    case "modifyDN":
      return moveEntry(directory, identity, request);
    case "delete":
      return deleteEntry(directory, identity, request);
  }
}

function resultOf(error: unknown): { code: number; text: string; matchedDn: string } {
  if (error instanceof LdapFailure) return error;
  if (error instanceof MusterError && error.code === "MUS-5101") return badName();
  const text = error instanceof Error ? error.message : String(error);
  return protocolFailure(error instanceof BerError ? CODE.protocolError : CODE.other, 0x20ef, text);
}

function describeRequest(request: Answered, write: number): SeenRequest {
  switch (request.kind) {
    case "bind":
      return { kind: "bind", dn: request.name, attributes: [], write };
    case "search":
      return { kind: "search", dn: request.base, attributes: request.attributes, write };
    case "add":
      return { kind: "add", dn: request.dn, attributes: request.attributes.map((one) => one.type), write };
    case "modify":
      return { kind: "modify", dn: request.dn, attributes: request.changes.map((one) => one.type), write };
    case "compare":
      return { kind: "compare", dn: request.dn, attributes: [request.attribute], write };
    case "extended":
      return { kind: "extended", dn: "", attributes: [], write };
    default:
      return { kind: request.kind, dn: request.dn, attributes: [], write };
  }
}
