import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Cache } from "../../../reconciler/repo/cache.js";
import { temporaryFolder } from "./temp-repository.js";

function fileIn(folder: string): string {
  return join(folder, readdirSync(folder)[0] ?? "");
}

function filled(folder: string): Cache {
  const cache = Cache.open(folder, "workers", "v1");
  cache.set("a", { name: "Zoë\n\t", list: [1, null] });
  cache.set("b", "text");
  expect(cache.save()).toBe(true);
  return cache;
}

describe("the cache", () => {
  it("gives back what was saved, a fresh copy each time", () => {
    const folder = temporaryFolder();
    filled(folder);
    const cache = Cache.open(folder, "workers", "v1");
    const first = cache.get<{ name: string }>("a");
    expect(first).toEqual({ name: "Zoë\n\t", list: [1, null] });
    if (first !== undefined) first.name = "changed";
    expect(cache.get<{ name: string }>("a")?.name).toBe("Zoë\n\t");
    expect(cache.get("missing")).toBeUndefined();
  });

  it("is empty for another version or kind", () => {
    const folder = temporaryFolder();
    filled(folder);
    expect(Cache.open(folder, "workers", "v2").get("b")).toBeUndefined();
    expect(Cache.open(folder, "ledger", "v1").get("b")).toBeUndefined();
    expect(Cache.open(null, "workers", "v1").get("b")).toBeUndefined();
  });

  it("drops what was not used, and writes nothing when all was", () => {
    const folder = temporaryFolder();
    filled(folder);
    const file = fileIn(folder);
    const before = statSync(file, { bigint: true });
    const same = Cache.open(folder, "workers", "v1");
    same.get("a");
    same.get("b");
    same.save();
    expect(statSync(file, { bigint: true }).ino).toBe(before.ino);
    const less = Cache.open(folder, "workers", "v1");
    less.get("a");
    less.set("c", 3);
    less.save();
    const after = Cache.open(folder, "workers", "v1");
    expect([after.get("a"), after.get("b"), after.get("c")]).toEqual([
      { name: "Zoë\n\t", list: [1, null] },
      undefined,
      3,
    ]);
  });

  it("is empty when any byte of it is changed, or when it is cut", () => {
    const folder = temporaryFolder();
    filled(folder);
    const file = fileIn(folder);
    const whole = readFileSync(file);
    for (let i = 0; i < whole.length; i++) {
      const bytes = Buffer.from(whole);
      bytes[i] = (bytes[i] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      const cache = Cache.open(folder, "workers", "v1");
      expect([cache.get("a"), cache.get("b")], `byte ${i}`).toEqual([undefined, undefined]);
      writeFileSync(file, whole.subarray(0, i));
      expect(Cache.open(folder, "workers", "v1").get("b")).toBeUndefined();
    }
  });

  it("says when it cannot be written, and goes on", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const cache = Cache.open(join(folder, "file"), "workers", "v1");
    cache.set("a", 1);
    expect(cache.save()).toBe(false);
    expect(cache.get("a")).toBe(1);
  });
});
