import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IdentityKey } from "../../../reconciler/model/identity.js";
import type { Secret } from "../../../reconciler/model/ports.js";
import { DirectorySink } from "../../../reconciler/targets/secrets/directory-sink.js";

let folder: string;
let recipient: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-sink-"));
  recipient = await identityToRecipient(await generateX25519Identity());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sinkAt = (path: string) =>
  new DirectorySink({ target: "corp-ad", path: () => path, recipients: [recipient], now: () => 0 });
const secret: Secret = {
  target: "corp-ad",
  op: "0123456789abcdef0123",
  identity: "person:hr:ada" as IdentityKey,
  account: "ada",
  purpose: "initial",
  secret: "not-a-real-password",
};

describe("DirectorySink", () => {
  it("refuses a folder in a git work tree, however it is written", async () => {
    await mkdir(join(folder, "repo", ".git"), { recursive: true });
    await mkdir(join(folder, "repo", "sub"), { recursive: true });
    await symlink(join(folder, "repo", "sub"), join(folder, "link"));
    for (const path of ["repo", "repo/sub/deep", "repo/.git/secrets", "link", "link/deep", "out/../repo/x"]) {
      const opening = sinkAt(join(folder, path)).open();
      await expect(opening, path).rejects.toMatchObject({ code: "MUS-5008", what: expect.stringContaining("git") });
    }
    expect(await readdir(join(folder, "repo", "sub"))).toEqual([]);
  });

  it("knows a linked work tree by its .git file", async () => {
    await mkdir(join(folder, "linked"));
    await writeFile(join(folder, "linked", ".git"), "gitdir: /elsewhere\n");
    await expect(sinkAt(join(folder, "linked", "x")).open()).rejects.toMatchObject({ code: "MUS-5008" });
  });

  it("refuses a relative path and a file", async () => {
    await expect(sinkAt("secrets").open()).rejects.toMatchObject({ code: "MUS-5008" });
    await writeFile(join(folder, "file"), "");
    await expect(sinkAt(join(folder, "file")).open()).rejects.toMatchObject({ code: "MUS-5008" });
  });

  it("keeps the file of an earlier attempt, and takes back only its own", async () => {
    const sink = sinkAt(join(folder, "a", "b"));
    await sink.open();
    const kept = await Promise.all([sink.put(secret), sink.put(secret)]);
    const names = async () => (await readdir(join(folder, "a", "b"))).sort();
    expect(await names()).toEqual(["corp-ad-0123456789abcdef0123.2.age", "corp-ad-0123456789abcdef0123.age"]);
    await kept[1]?.withdraw();
    expect(await names()).toEqual(["corp-ad-0123456789abcdef0123.age"]);
  });
});
