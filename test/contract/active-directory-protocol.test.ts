/** What the driver makes of servers and networks that misbehave. */
import { afterEach, describe, expect, it } from "vitest";
import type { TargetPort } from "../../reconciler/model/ports.js";
import { MusterError } from "../../reconciler/support/errors.js";
import { ActiveDirectoryTarget } from "../../reconciler/targets/active-directory/target.js";
import { applyOne, readyOp } from "../support/ready-ops.js";
import {
  cookieOf,
  entry,
  extendedResult,
  page,
  result,
  rootDse,
  type Script,
  type ScriptedOptions,
  type ScriptedServer,
  startScripted,
  whoAmI,
} from "../support/scripted-ldap.js";

const BASE = "DC=x";
const PEOPLE = "OU=People,DC=x";
const selection = { attributes: [], groups: [] };
const GUID = "00112233-4455-6677-8899-aabbccddeeff";

let server: ScriptedServer | undefined;
let target: TargetPort | undefined;
afterEach(async () => {
  await target?.close();
  await server?.close();
});

interface Options {
  readonly password?: string;
  readonly ca?: string;
  readonly url?: string;
}

async function connect(script: Script, options: Options = {}, scripted: ScriptedOptions = {}): Promise<TargetPort> {
  server = await startScripted(script, scripted);
  target = new ActiveDirectoryTarget({
    name: "corp-ad",
    url: server.url,
    ca: server.ca,
    user: "svc-muster@x",
    password: "secret",
    base: BASE,
    managed: { accounts: [PEOPLE] },
    claim: "employeeNumber",
    connectTimeout: 2000,
    operationTimeout: 300,
    ...options,
  });
  return target;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MusterError) return error.code;
    throw error;
  }
  return "no error";
}

/** Answers base searches (what `open` sends) with the base, and other searches with what the test says. */
function searches(answer: (cookie: string | undefined, id: number) => readonly Buffer[]): Script {
  return (message) => {
    const { request, id } = message;
    if (request.kind !== "search") return undefined;
    if (request.base === "") return rootDse(id, { supportedCapabilities: ["1.2.840.113556.1.4.1670"] });
    return request.scope === "base" ? page(id, { dns: [BASE] }) : answer(cookieOf(message), id);
  };
}

/** A server that does not call itself Active Directory: it has no protected groups that would be looked for. */
const PLAIN: ScriptedOptions = { rootDse: "scripted" };

describe("a read is complete or an error", () => {
  it("goes on after a page without entries that carries a cookie", async () => {
    const port = await connect(
      searches((cookie, id) => {
        if (cookie === "") return page(id, { dns: [BASE], cookie: "1" });
        if (cookie === "1") return page(id, { cookie: "2" });
        return page(id, { dns: [PEOPLE] });
      }),
      {},
      PLAIN,
    );
    await port.open("reader");
    expect((await port.observe(selection)).names).toEqual([]);
    expect(server?.seen.filter((line) => line.endsWith("search"))).toHaveLength(3);
  });

  it.each([
    [
      "a referral beside the entries",
      (id: number) => page(id, { dns: [BASE, PEOPLE], reference: "ldap://other/DC=y" }),
    ],
    ["sizeLimitExceeded with entries", (id: number) => page(id, { dns: [BASE, PEOPLE], code: 4 })],
    ["a refused cookie", (id: number) => page(id, { code: 53 })],
    ["no entries at all", (id: number) => page(id)],
    ["no managed container among the entries", (id: number) => page(id, { dns: [BASE] })],
    ["one object twice", (id: number) => page(id, { dns: [BASE, PEOPLE, PEOPLE] })],
  ])("MUS-5003 for %s", async (_, answer) => {
    const port = await connect(
      searches((_cookie, id) => answer(id)),
      {},
      PLAIN,
    );
    await port.open("reader");
    expect(await codeOf(port.observe(selection))).toBe("MUS-5003");
  });

  it.each([
    ["the domain's SID", {}, /objectSid/],
    [
      "the members of Administrators",
      { objectSid: [Buffer.from("010400000000000515000000010000000200000003000000", "hex")] },
      /Administrators/,
    ],
  ])("MUS-5003 where %s may not be read: nobody would be protected", async (_, domain, what) => {
    const port = await connect(({ request, id }) => {
      if (request.kind !== "search") return undefined;
      if (request.scope === "base") return [entry(id, BASE, domain), ...page(id)];
      return JSON.stringify(request.filter).includes("objectsid") ? page(id) : page(id, { dns: [BASE, PEOPLE] });
    });
    await port.open("reader");
    await expect(port.observe(selection)).rejects.toMatchObject({
      code: "MUS-5003",
      message: expect.stringMatching(what),
    });
  });

  it("MUS-5003 for an account whose userAccountControl is hidden", async () => {
    const user = (id: number) =>
      entry(id, `CN=a,${PEOPLE}`, { objectGUID: [Buffer.alloc(16, 7)], objectClass: ["top", "user"] });
    const port = await connect(searches((_cookie, id) => [user(id), ...page(id, { dns: [BASE, PEOPLE] })]));
    await port.open("reader");
    expect(await codeOf(port.observe(selection))).toBe("MUS-5003");
  });

  it("MUS-5003 when the connection breaks between pages", async () => {
    let broken = false;
    const port = await connect((message) => {
      const { request, id } = message;
      if (request.kind !== "search") return undefined;
      if (request.scope === "base") return page(id, { dns: [BASE] });
      if (cookieOf(message) === "") return page(id, { dns: [BASE, PEOPLE], cookie: "1" });
      broken = true;
      return "drop";
    });
    await port.open("reader");
    expect(await codeOf(port.observe(selection))).toBe("MUS-5003");
    expect(broken).toBe(true);
  });
});

describe("identity", () => {
  const anonymous: Script = ({ request, id }) => (request.kind === "extended" ? [whoAmI(id, "")] : undefined);

  it("MUS-5002 when the server sees nobody, or refuses the credentials", async () => {
    expect(await codeOf((await connect(anonymous)).open("reader"))).toBe("MUS-5002");
    await server?.close();
    const refused: Script = ({ request, id }) => (request.kind === "bind" ? [result(id, "bind", 49)] : undefined);
    expect(await codeOf((await connect(refused)).open("reader"))).toBe("MUS-5002");
  });

  it.each([
    ["the SID of a user", "0105000000000005150000001122334455667788aabbccddf4010000", "no error"],
    ["the anonymous SID", "010100000000000507000000", "MUS-5002"],
    ["no SID", "", "MUS-5002"],
  ])("asks for tokenGroups where the server does not know Who Am I: %s", async (_, sid, code) => {
    const script: Script = ({ request, id }) => {
      if (request.kind === "extended") return [extendedResult(id, 2)];
      if (request.kind !== "search") return undefined;
      const tokenGroups = sid === "" ? {} : { tokenGroups: [Buffer.from(sid, "hex")] };
      return request.base === "" ? rootDse(id, tokenGroups) : page(id, { dns: [BASE] });
    };
    const port = await connect(script, {}, { rootDse: "scripted" });
    expect(await codeOf(port.open("reader"))).toBe(code);
  });

  it("MUS-5002 for an empty password, which would bind nobody: it is not sent", async () => {
    expect(await codeOf((await connect(() => undefined, { password: "" })).open("reader"))).toBe("MUS-5002");
    expect(server?.seen).toEqual([]);
  });

  it("MUS-5001 for plain LDAP and for a certificate of another authority", async () => {
    const port = await connect(() => undefined, { url: "ldap://127.0.0.1:1" });
    expect(await codeOf(port.open("reader"))).toBe("MUS-5001");
    const other = server;
    const foreign = await startScripted(() => undefined);
    const wrong = await connect(() => undefined, { ca: foreign.ca });
    expect(await codeOf(wrong.open("reader"))).toBe("MUS-5001");
    expect(server?.seen).toEqual([]);
    await foreign.close();
    await other?.close();
  });

  it("binds again after a lost connection, before anything else", async () => {
    let drop = true;
    const port = await connect(({ request, id }) => {
      if (request.kind !== "search") return undefined;
      if (request.scope === "base" && drop && server?.seen.length === 4) {
        drop = false;
        return "drop";
      }
      return page(id, { dns: [BASE] });
    });
    await port.open("reader");
    expect(await codeOf(port.read(GUID, selection))).toBe("MUS-5003");
    await port.read(GUID, selection);
    expect(server?.seen.filter((line) => line.startsWith("2")).slice(0, 3)).toEqual([
      "2 bind",
      "2 extended",
      "2 rootDSE",
    ]);
  });

  it("stops when a new connection belongs to somebody else", async () => {
    const port = await connect(({ request, id }, connection) => {
      if (request.kind === "extended") return [whoAmI(id, `u:user${connection}`)];
      if (request.kind !== "search") return undefined;
      return server?.seen.length === 4 ? "drop" : page(id, { dns: [BASE] });
    });
    await port.open("reader");
    await codeOf(port.read(GUID, selection));
    expect(await codeOf(port.read(GUID, selection))).toBe("MUS-5002");
    expect(server?.seen).not.toContain("2 search");
  });
});

describe("writes without a reply", () => {
  const update = readyOp("update", {
    object: { anchor: GUID },
    slot: "title",
    before: { title: "old" },
    after: { title: "new" },
  });

  it("are unknown (MUS-5007) when the object cannot be read afterwards", async () => {
    const port = await connect(({ request, id }, connection) => {
      if (request.kind === "modify") return "drop";
      if (request.kind === "search" && connection === 1) return page(id, { dns: [BASE] });
      return request.kind === "search" ? "drop" : undefined;
    });
    await port.open("writer");
    expect(await applyOne(port, update)).toMatchObject({ kind: "unknown", code: "MUS-5007" });
  });

  it.each([
    ["done when the object is as wanted", "new", "done"],
    ["still unknown when it is as before: the server may yet execute them", "old", "unknown"],
  ])("that are late are settled by reading, never sent twice: %s", async (_, title, kind) => {
    const port = await connect(({ request, id }) => {
      if (request.kind === "modify") return "silence";
      if (request.kind !== "search") return undefined;
      const account = entry(id, `CN=a,${PEOPLE}`, { objectGUID: [Buffer.alloc(16)], title: [title] });
      return [account, ...page(id)];
    });
    await port.open("writer");
    expect((await applyOne(port, update)).kind).toBe(kind);
    expect(server?.seen.filter((line) => line.endsWith("modify"))).toHaveLength(1);
  });

  it("leave a create unknown, not failed, when the account was added and cannot be read", async () => {
    const create = readyOp("create", {
      object: { claim: "c1" },
      after: { cn: "a", sAMAccountName: "a", container: PEOPLE, enabled: true },
    });
    let added = false;
    const port = await connect(({ request, id }) => {
      if (request.kind === "add") added = true;
      if (request.kind !== "search") return undefined;
      return added ? "drop" : page(id, { dns: [BASE] });
    });
    await port.open("writer");
    expect(await applyOne(port, create)).toMatchObject({ kind: "unknown", code: "MUS-5007" });
  });
});
