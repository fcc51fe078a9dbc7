/** Several domain controllers, StartTLS, and servers of another domain. */
import type { AddressInfo } from "node:net";
import { connect as connectPlain, createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { messageLength } from "../../reconciler/sandbox/directory/ber.js";
import { readMessage } from "../../reconciler/sandbox/directory/messages.js";
import { MusterError } from "../../reconciler/support/errors.js";
import {
  type ActiveDirectoryOptions,
  ActiveDirectoryTarget,
} from "../../reconciler/targets/active-directory/target.js";
import {
  extendedResult,
  page,
  result,
  rootDse,
  type Script,
  type ScriptedServer,
  startScripted,
} from "../support/scripted-ldap.js";

const GUID = "00112233-4455-6677-8899-aabbccddeeff";
const selection = { attributes: [], groups: [] };
const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function scripted(script: Script = found, like?: ScriptedServer): Promise<ScriptedServer> {
  const server = await startScripted(script, like === undefined ? {} : { like });
  closers.push(() => server.close());
  return server;
}

const found: Script = ({ request, id }) => (request.kind === "search" ? page(id, { dns: ["DC=x"] }) : undefined);

function targetAt(url: string | readonly string[], options: Partial<ActiveDirectoryOptions>): ActiveDirectoryTarget {
  const target = new ActiveDirectoryTarget({
    name: "corp-ad",
    url,
    user: "svc-muster@x",
    password: "secret",
    base: "DC=x",
    managed: { accounts: ["OU=People,DC=x"] },
    claim: "employeeNumber",
    connectTimeout: 2000,
    operationTimeout: 300,
    ...options,
  });
  closers.push(() => target.close());
  return target;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no error",
    (error: unknown) => {
      if (error instanceof MusterError) return error.code;
      throw error;
    },
  );
}

describe("several domain controllers", () => {
  it("uses the first that answers, and only that one", async () => {
    const first = await scripted();
    const second = await scripted(found, first);
    const target = targetAt(["ldaps://127.0.0.1:1", first.url, second.url], { ca: first.ca });
    await target.open("reader");
    await target.read(GUID, selection);
    expect(first.seen).toContain("1 search");
    expect(second.seen).toEqual([]);
  });

  it("does not try refused credentials on the next", async () => {
    const first = await scripted(({ request, id }) => (request.kind === "bind" ? [result(id, "bind", 49)] : undefined));
    const second = await scripted(found, first);
    expect(await codeOf(targetAt([first.url, second.url], { ca: first.ca }).open("reader"))).toBe("MUS-5002");
    expect(second.seen).toEqual([]);
  });

  it.each([
    [
      "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data 533, v4563",
      ": the account is disabled (data 533)",
    ],
    [
      "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data 775, v4563",
      ": the account is locked out (data 775)",
    ],
    ["comment: AcceptSecurityContext error, data 5ff, v1db1", " (data 5ff)"],
    ["Simple Bind Failed: NT_STATUS_LOGON_FAILURE", ""],
  ])("says why a bind was refused, where the server does: %s", async (text, why) => {
    const server = await scripted(({ request, id }) =>
      request.kind === "bind" ? [result(id, "bind", 49, text)] : undefined,
    );
    await expect(targetAt(server.url, { ca: server.ca }).open("reader")).rejects.toMatchObject({
      code: "MUS-5002",
      what: `the server refused user and password${why}`,
    });
  });

  it("comes back to the same one after a lost connection", async () => {
    let lost = false;
    const first = await scripted((message) => {
      if (message.request.kind !== "search") return undefined;
      if (lost) return found(message, 0);
      lost = true;
      return "drop";
    });
    const second = await scripted(found, first);
    const target = targetAt([first.url, second.url], { ca: first.ca });
    await target.open("reader");
    expect(await codeOf(target.read(GUID, selection))).toBe("MUS-5003");
    await target.read(GUID, selection);
    expect(first.seen).toContain("2 search");
    expect(second.seen).toEqual([]);
  });

  it("goes on with the next when the one in use is gone: bound and proven before the first request", async () => {
    const first = await scripted();
    const second = await scripted(found, first);
    const target = targetAt([first.url, second.url], { ca: first.ca });
    await target.open("reader");
    await first.close();
    await codeOf(target.read(GUID, selection));
    await target.read(GUID, selection);
    expect(second.seen.slice(0, 4)).toEqual(["1 bind", "1 extended", "1 rootDSE", "1 search"]);
  });

  it("names every one that it could not reach", async () => {
    const target = targetAt(["ldaps://127.0.0.1:1", "ldaps://127.0.0.1:2"], {});
    await expect(target.open("reader")).rejects.toThrow(/127\.0\.0\.1:1 .*127\.0\.0\.1:2 /);
  });
});

describe("the domain", () => {
  it.each([
    ["another domain", { defaultNamingContext: ["DC=y"] }],
    ["no domain at all", { defaultNamingContext: [] }],
  ])("MUS-5003 for a server of %s", async (_, values) => {
    const server = await startScripted(
      ({ request, id }) => (request.kind === "search" ? rootDse(id, values) : undefined),
      { rootDse: "scripted" },
    );
    closers.push(() => server.close());
    expect(await codeOf(targetAt(server.url, { ca: server.ca }).open("reader"))).toBe("MUS-5003");
  });
});

/** Speaks plain LDAP until StartTLS is asked for, then hands the connection on to a TLS server. */
async function startTlsFront(behind: ScriptedServer, code: number): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => {
      const { id, request } = readMessage(data.subarray(0, messageLength(data) ?? 0));
      seen.push(request.kind === "extended" ? request.oid : request.kind);
      socket.write(extendedResult(id, code));
      if (code !== 0) return;
      const onward = connectPlain(Number(new URL(behind.url).port), "127.0.0.1");
      onward.on("error", () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return { url: `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

describe("StartTLS", () => {
  const START_TLS = "1.3.6.1.4.1.1466.20037";

  it("is asked for first, and what follows is encrypted", async () => {
    const behind = await scripted();
    const front = await startTlsFront(behind, 0);
    await targetAt(front.url, { startTls: true, ca: behind.ca }).open("reader");
    expect(front.seen).toEqual([START_TLS]);
    expect(behind.seen[0]).toBe("1 bind");
  });

  it("ends the connection when the server refuses: no bind is sent", async () => {
    const behind = await scripted();
    const front = await startTlsFront(behind, 52);
    expect(await codeOf(targetAt(front.url, { startTls: true, ca: behind.ca }).open("reader"))).toBe("MUS-5001");
    expect(front.seen).toEqual([START_TLS]);
    expect(behind.seen).toEqual([]);
  });

  it("checks the certificate, unless it is told not to", async () => {
    const behind = await scripted();
    const other = await scripted();
    const front = await startTlsFront(behind, 0);
    expect(await codeOf(targetAt(front.url, { startTls: true, ca: other.ca }).open("reader"))).toBe("MUS-5001");
    expect(behind.seen).toEqual([]);
    const careless = targetAt(front.url, { startTls: true, ca: other.ca, insecureSkipVerify: true });
    await careless.open("reader");
    expect(behind.seen).toContain("1 bind");
  });

  it("is not left out silently: ldap:// without it is refused before anything is sent", async () => {
    const behind = await scripted();
    const front = await startTlsFront(behind, 0);
    expect(await codeOf(targetAt(front.url, { ca: behind.ca }).open("reader"))).toBe("MUS-5001");
    expect(front.seen).toEqual([]);
  });
});
