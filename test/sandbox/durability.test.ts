import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Sandbox, startSandbox } from "../../reconciler/sandbox/directory-server.js";
import { addUser, change, connect, GROUPS, type Opened, openSandbox, read, STAFF } from "./open-sandbox.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-durable-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const logFile = (): string => join(folder, "directory.log");

async function reopen(): Promise<Opened> {
  return openSandbox({ folder });
}

describe("restart", () => {
  it("keeps entries, references, numbers, passwords and certificates", async () => {
    const first = await reopen();
    const boss = await addUser(first.muster, "boss");
    const dn = await addUser(first.muster, "kept", { manager: boss, proxyAddresses: ["SMTP:a@x", "smtp:b@x"] });
    const gone = await addUser(first.muster, "gone", { manager: boss });
    await first.muster.modify(`CN=VPN Users,${GROUPS}`, change("add", "member", dn, gone));
    await first.muster.modifyDN(boss, "CN=Chief");
    await first.muster.del(gone);
    const before = [await read(first.muster, dn), await read(first.muster, `CN=Chief,${STAFF}`)];
    const ca = await readFile(first.sandbox.caFile, "utf8");
    const usn = Number((await read(first.muster, "")).highestCommittedUSN);
    await first.sandbox.close();

    const second = await reopen();
    expect([await read(second.muster, dn), await read(second.muster, `CN=Chief,${STAFF}`)]).toEqual(before);
    expect(before[0]).toMatchObject({ manager: `CN=Chief,${STAFF}`, memberOf: `CN=VPN Users,${GROUPS}` });
    expect(await readFile(second.sandbox.caFile, "utf8")).toBe(ca);
    expect(Number((await read(second.muster, "")).highestCommittedUSN)).toBe(usn);
    const fresh = await read(second.muster, await addUser(second.muster, "later"));
    expect(Number(fresh.uSNCreated)).toBe(usn + 1);
    await second.close();
  });

  it("refuses a folder that another process uses, or that holds another domain", async () => {
    const first = await reopen();
    await expect(startSandbox({ folder })).rejects.toThrow(/MUS-8003/);
    await first.sandbox.close();
    await expect(startSandbox({ folder, baseDn: "DC=other,DC=example" })).rejects.toThrow(/MUS-8001/);
    await (await startSandbox({ folder, fsync: "never" })).close();
  });

  it("refuses a port that is taken", async () => {
    const first = await reopen();
    const other = await mkdtemp(join(tmpdir(), "muster-durable-"));
    const port = Number(new URL(first.sandbox.url).port);
    await expect(startSandbox({ folder: other, port })).rejects.toThrow(/MUS-8002/);
    await rm(other, { recursive: true });
    await first.close();
  });
});

describe("damage", () => {
  it("drops a cut last line and keeps all before it, wherever the cut is", async () => {
    const first = await reopen();
    await addUser(first.muster, "safe");
    const whole = (await stat(logFile())).size;
    await addUser(first.muster, "cut");
    const end = (await stat(logFile())).size;
    await first.sandbox.close();
    const bytes = await readFile(logFile());
    for (const size of [whole + 1, whole + 10, Math.floor((whole + end) / 2), end - 1]) {
      await writeFile(logFile(), bytes);
      await truncate(logFile(), size);
      const again = await reopen();
      await read(again.muster, `CN=safe,${STAFF}`);
      await expect(read(again.muster, `CN=cut,${STAFF}`)).rejects.toThrow();
      await again.sandbox.close();
    }
  });

  it("does not start on damage before the end", async () => {
    const first = await reopen();
    await first.sandbox.close();
    const bytes = await readFile(logFile());
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await writeFile(logFile(), bytes);
    await expect(startSandbox({ folder })).rejects.toThrow(/MUS-8001/);
  });
});

describe("fsync", () => {
  it("comes before the reply, one for all that wait", async () => {
    const probe = await open(join(folder, "probe"), "w");
    const prototype = Object.getPrototypeOf(probe) as { datasync(): Promise<void> };
    await probe.close();
    const sandbox = await startSandbox({ folder, seed: "empty", fsync: "group" });
    const client = await connect(sandbox);
    await client.bind(sandbox.bindUser, await readFile(sandbox.bindPasswordFile, "utf8"));
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const spy = vi.spyOn(prototype, "datasync").mockImplementation(() => gate);
    try {
      let replies = 0;
      const adds = Array.from({ length: 50 }, (_, i) => addUser(client, `sync${i}`).then(() => replies++));
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(replies).toBe(0);
      release();
      await Promise.all(adds);
      expect(spy.mock.calls.length).toBeLessThan(10);
    } finally {
      spy.mockRestore();
      await sandbox.close();
    }
  });
});

describe("kill -9", () => {
  it("loses nothing that was answered, and can be started again at once", async () => {
    const program = await bundle();
    const acknowledged: string[] = [];
    for (let round = 0; round < 2; round++) {
      const { child, sandbox } = await startChild(program);
      const client = await connect(sandbox);
      await client.bind(sandbox.bindUser, await readFile(sandbox.bindPasswordFile, "utf8"));
      const target = acknowledged.length + 150;
      let running = true;
      const worker = async (lane: number): Promise<void> => {
        for (let i = 0; running; i++) {
          const name = `r${round}l${lane}n${i}`;
          try {
            await addUser(client, name);
            acknowledged.push(name);
            if (acknowledged.length === target) child.kill("SIGKILL");
          } catch {
            running = false;
          }
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, lane) => worker(lane)));
      expect(child.signalCode ?? (await once(child, "exit"))[1]).toBe("SIGKILL");
    }
    const after = await reopen();
    const found = await after.muster.search(STAFF, {
      filter: "(objectClass=user)",
      attributes: ["sAMAccountName"],
      paged: true,
    });
    const present = new Set(found.searchEntries.map((entry) => String(entry.sAMAccountName)));
    expect(acknowledged.filter((name) => !present.has(name))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);
    await after.close();
  });
});

/** The server as one JavaScript file, so that a child process can run it. */
async function bundle(): Promise<string> {
  const entry = join(folder, "program.ts");
  const server = join(import.meta.dirname, "../../reconciler/sandbox/directory-server.ts");
  await writeFile(
    entry,
    `import { startSandbox } from ${JSON.stringify(server)};
     const { close, ...sandbox } = await startSandbox({ folder: process.argv[2] ?? "", seed: "empty" });
     process.send?.(sandbox);`,
  );
  await build({
    logLevel: "silent",
    configFile: false,
    ssr: { noExternal: true },
    build: { ssr: entry, outDir: join(folder, "out"), rollupOptions: { output: { entryFileNames: "program.mjs" } } },
  });
  return join(folder, "out", "program.mjs");
}

async function startChild(program: string): Promise<{ child: ChildProcess; sandbox: Sandbox }> {
  const child = fork(program, [folder], { execArgv: [] });
  const [sandbox] = (await once(child, "message")) as [Sandbox];
  return { child, sandbox };
}
