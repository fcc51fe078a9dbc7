import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type LeaseHolder, openLeases } from "../../../reconciler/repo/lease.js";
import { temporaryFolder } from "./temp-repository.js";

const CLOCK = { now: () => Date.parse("2026-12-01T09:00:00Z") };

/** Changes what the lease file says of its holder. */
function rewrite(folder: string, change: Partial<LeaseHolder>): void {
  const place = join(folder, "muster", "lease", "production");
  const name = readdirSync(place).sort().at(-1) ?? "";
  const held = JSON.parse(readFileSync(join(place, name), "utf8")) as LeaseHolder;
  writeFileSync(join(place, name), JSON.stringify({ ...held, ...change }));
}

async function goneProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "close");
  return child.pid ?? 0;
}

describe("the lease", () => {
  it("is held by one at a time, names the holder, and is free after release", async () => {
    const lease = openLeases({ commonDir: temporaryFolder() }, CLOCK);
    const held = await lease.acquire("production", "anna");
    await expect(lease.acquire("production", "bert")).rejects.toMatchObject({
      code: "MUS-4004",
      what: expect.stringMatching(/anna .*since 2026-12-01T09:00:00/),
    });
    await (await lease.acquire("test", "bert")).release();
    expect(lease.holder("production")).toMatchObject({ holder: "anna", pid: process.pid });
    await held.release();
    expect(lease.holder("production")).toBeNull();
    await (await lease.acquire("production", "bert")).release();
  });

  it("is taken over when its process is gone, was replaced by another, or the machine was started again", async () => {
    for (const change of [{ pid: await goneProcess() }, { processStart: "1" }, { boot: "another boot" }]) {
      const folder = temporaryFolder();
      const lease = openLeases({ commonDir: folder }, CLOCK);
      await lease.acquire("production", "crashed");
      rewrite(folder, change);
      await lease.acquire("production", "next");
      expect(lease.holder("production")?.holder).toBe("next");
    }
  });

  it("is never taken from another host, another process table, or a file that cannot be read", async () => {
    for (const change of [{ host: "other" }, { pidSpace: "pid:[1]", pid: await goneProcess() }]) {
      const folder = temporaryFolder();
      const lease = openLeases({ commonDir: folder }, CLOCK);
      await lease.acquire("production", "far away");
      rewrite(folder, change);
      await expect(lease.acquire("production", "next")).rejects.toMatchObject({ code: "MUS-4004" });
    }
    const folder = temporaryFolder();
    const lease = openLeases({ commonDir: folder }, CLOCK);
    await lease.acquire("production", "anna");
    writeFileSync(join(folder, "muster", "lease", "production", "1.json"), "{");
    await expect(lease.acquire("production", "next")).rejects.toMatchObject({ code: "MUS-4004" });
  });

  it("goes to exactly one of several processes that take over a dead one's lease", async () => {
    const folder = temporaryFolder();
    const lease = openLeases({ commonDir: folder }, CLOCK);
    await lease.acquire("production", "crashed");
    rewrite(folder, { pid: await goneProcess() });
    const all = await Promise.allSettled(
      [1, 2, 3, 4].map((n) => openLeases({ commonDir: folder }, CLOCK).acquire("production", `p${n}`)),
    );
    expect(all.filter((each) => each.status === "fulfilled")).toHaveLength(1);
    expect(readdirSync(join(folder, "muster", "lease", "production"))).toEqual(["2.json"]);
  });

  it("does not go to one who looked before others took and released it", async () => {
    const folder = temporaryFolder();
    const lease = openLeases({ commonDir: folder }, CLOCK);
    for (let i = 0; i < 3; i++) await (await lease.acquire("production", `p${i}`)).release();
    await lease.acquire("production", "now");
    const place = join(folder, "muster", "lease", "production");
    expect(readdirSync(place)).toEqual(["4.json"]);
    await expect(lease.acquire("production", "late")).rejects.toMatchObject({ code: "MUS-4004" });
  });
});
