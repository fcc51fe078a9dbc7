import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commitChanges } from "../../../reconciler/repo/commit.js";
import { noteStep } from "../../../reconciler/repo/follow-checkout.js";
import { blobId, listTree, openGit, readBlobs, resolveCommit, sizesOfBlobs } from "../../../reconciler/repo/git.js";
import { commitFiles, createRepository, git, temporaryFolder, writeFiles } from "./temp-repository.js";

function read(folder: string, path: string): string {
  return readFileSync(join(folder, path), "utf8");
}

describe("reading git", () => {
  it("lists files with size and blob, and streams their contents in order", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`state/${i}/Zoë ${i}.yaml`, `${"x".repeat(i * 50)}\n`]),
    );
    const folder = createRepository({ ...files, "other.txt": "no" });
    const repo = await openGit(join(folder, "state"));
    const listed = await listTree(repo, "HEAD", ["state"]);
    const blobs = listed.map((f) => f.blob);
    const sizes = await sizesOfBlobs(repo, blobs);
    expect(Object.fromEntries(listed.map((f, i) => [f.path, sizes[i]]))).toEqual(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.length])),
    );
    let i = 0;
    for await (const content of readBlobs(repo, blobs)) {
      const file = listed[i++];
      expect(content.toString()).toBe(files[file?.path ?? ""]);
      expect(blobId(repo, content)).toBe(file?.blob);
    }
    expect(i).toBe(300);
  });

  it("stops cleanly when the reader has enough, and tells a missing object", async () => {
    const folder = createRepository({ a: "a".repeat(500_000), b: "b".repeat(500_000) });
    const repo = await openGit(folder);
    const [a, b] = (await listTree(repo, "HEAD", [])).map((f) => f.blob);
    for await (const content of readBlobs(repo, [a ?? "", b ?? ""])) {
      expect(content.length).toBe(500_000);
      break;
    }
    await expect(readBlobs(repo, ["0123456789012345678901234567890123456789"]).next()).rejects.toMatchObject({
      code: "MUS-1012",
    });
  });

  it("says where there is no repository or no commit", async () => {
    await expect(openGit(temporaryFolder())).rejects.toMatchObject({ code: "MUS-1009" });
    await expect(openGit("/does/not/exist")).rejects.toMatchObject({ code: "MUS-1009" });
    const repo = await openGit(createRepository());
    expect(await resolveCommit(repo, "HEAD")).toBeNull();
    expect(await resolveCommit(repo, "--all")).toBeNull();
  });
});

describe("commitChanges", () => {
  const trailers = { "Muster-Run": "r1" };

  it("commits on the branch that is checked out; files and index follow, uncommitted work stays", async () => {
    const folder = createRepository({
      "state/a.yaml": "a: 1\n",
      "state/b.yaml": "b: 1\n",
      "state/gone/c.yaml": "c\n",
      "mine.txt": "1\n",
    });
    writeFiles(folder, { "mine.txt": "2\n", "state/b.yaml": "b: edited\n", "untracked.txt": "u\n" });
    git(folder, "add", "mine.txt");
    const changes = [
      { path: "state/a.yaml", content: "a: 2\n" },
      { path: "state/b.yaml", content: "b: 2\n" },
      { path: "state/new/Zoë.yaml", content: "n: 1\n" },
      { path: "state/gone/c.yaml", content: null },
    ];
    const commit = await commitChanges(await openGit(folder), {
      branch: "main",
      changes,
      subject: "muster: test",
      body: "Body.",
      trailers,
    });
    expect(git(folder, "rev-parse", "main")).toBe(commit);
    expect(git(folder, "log", "-1", "--format=%B%an <%ae>|%cn <%ce>")).toBe(
      "muster: test\n\nBody.\n\nMuster-Run: r1\nTester <tester@localhost>|Tester <tester@localhost>",
    );
    expect(
      git(folder, "-c", "core.quotePath=false", "show", "--name-status", "--format=", "HEAD").split("\n").sort(),
    ).toEqual(["A\tstate/new/Zoë.yaml", "D\tstate/gone/c.yaml", "M\tstate/a.yaml", "M\tstate/b.yaml"]);
    expect(git(folder, "status", "--porcelain").split("\n").sort()).toEqual([
      " M state/b.yaml",
      "?? untracked.txt",
      "M  mine.txt",
    ]);
    expect(read(folder, "state/b.yaml")).toBe("b: edited\n");
    expect(read(folder, "state/a.yaml")).toBe("a: 2\n");
  });

  it("makes no commit when nothing changes", async () => {
    const folder = createRepository({ a: "1\n" });
    const repo = await openGit(folder);
    const before = git(folder, "rev-parse", "HEAD");
    expect(
      await commitChanges(repo, { branch: "main", changes: [{ path: "a", content: "1\n" }], subject: "s" }),
    ).toBeNull();
    expect(await commitChanges(repo, { branch: "records", changes: [], subject: "s" })).toBeNull();
    expect(git(folder, "rev-parse", "HEAD")).toBe(before);
    expect(git(folder, "branch", "--list", "records")).toBe("");
  });

  it("creates a missing branch from HEAD without touching the checkout", async () => {
    const folder = createRepository({ a: "1\n" });
    const commit = await commitChanges(await openGit(folder), {
      branch: "records",
      changes: [{ path: "b", content: "2\n" }],
      subject: "s",
    });
    expect(git(folder, "rev-parse", "records^")).toBe(git(folder, "rev-parse", "main"));
    expect(git(folder, "rev-parse", "records")).toBe(commit);
    expect(git(folder, "status", "--porcelain")).toBe("");
  });

  it("makes the first commit of an empty repository, and commits in a bare one", async () => {
    const empty = createRepository();
    await commitChanges(await openGit(empty), {
      branch: "main",
      changes: [{ path: "a", content: "1\n" }],
      subject: "s",
    });
    expect(git(empty, "status", "--porcelain")).toBe("");
    expect(read(empty, "a")).toBe("1\n");
    const bare = temporaryFolder();
    git(bare, "init", "-q", "--bare", "-b", "main");
    const commit = await commitChanges(await openGit(bare), {
      branch: "main",
      changes: [{ path: "a", content: "1\n" }],
      subject: "s",
    });
    expect(git(bare, "rev-parse", "main")).toBe(commit);
  });

  it("computes again when the branch moves, and never loses the other commit", async () => {
    const folder = createRepository({ a: "1\n" });
    const repo = await openGit(folder);
    let calls = 0;
    const changes = async () => {
      calls++;
      if (calls === 1)
        await commitChanges(repo, { branch: "main", changes: [{ path: "other", content: "x\n" }], subject: "other" });
      return [{ path: "mine", content: `${calls}\n` }];
    };
    await commitChanges(repo, { branch: "main", changes, subject: "mine" });
    expect(calls).toBe(2);
    expect(git(folder, "log", "--format=%s", "main")).toBe("mine\nother\nfiles");
    expect(read(folder, "mine")).toBe("2\n");
    expect(git(folder, "status", "--porcelain")).toBe("");
  });

  it("keeps all of many commits made at the same time", async () => {
    const folder = createRepository({ a: "1\n" });
    const repo = await openGit(folder);
    const all = [0, 1, 2].map((i) =>
      commitChanges(repo, { branch: "records", changes: [{ path: `f${i}`, content: "x\n" }], subject: `s${i}` }),
    );
    await Promise.all(all);
    expect(git(folder, "ls-tree", "--name-only", "records").split("\n")).toEqual(["a", "f0", "f1", "f2"]);
  });

  it("finishes after a crash between the branch and the files", async () => {
    const folder = createRepository({ "state/a.yaml": "1\n" });
    const repo = await openGit(folder);
    const from = git(folder, "rev-parse", "HEAD");
    const to = commitFiles(folder, { "state/a.yaml": "2\n", "state/b.yaml": "2\n" });
    git(folder, "reset", "-q", "--hard", from);
    noteStep(repo, from, to);
    git(folder, "update-ref", "refs/heads/main", to);
    expect(git(folder, "status", "--porcelain")).not.toBe("");
    await commitChanges(repo, { branch: "records", changes: [{ path: "r", content: "r\n" }], subject: "s" });
    expect(git(folder, "status", "--porcelain")).toBe("");
    expect(read(folder, "state/b.yaml")).toBe("2\n");
  });

  it("writes nothing through a link out of the work tree, and refuses paths outside", async () => {
    const folder = createRepository({ a: "1\n" });
    const outside = temporaryFolder();
    symlinkSync(outside, join(folder, "state"));
    const repo = await openGit(folder);
    await commitChanges(repo, { branch: "main", changes: [{ path: "state/a.yaml", content: "2\n" }], subject: "s" });
    expect(() => read(outside, "a.yaml")).toThrow();
    for (const path of ["../x", "/x", ".git/hooks/x", "a//b"])
      await expect(
        commitChanges(repo, { branch: "main", changes: [{ path, content: "" }], subject: "s" }),
      ).rejects.toMatchObject({
        code: "MUS-9001",
      });
  });

  it("takes the author that is given, and is not led astray by a hook's environment", async () => {
    const folder = createRepository({ a: "1\n" });
    writeFileSync(join(folder, ".git/hooks/pre-commit"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    process.env.GIT_DIR = "/nowhere";
    try {
      const repo = await openGit(folder);
      const changes = [{ path: "a", content: "2\n" }];
      await commitChanges(repo, { branch: "main", changes, subject: "s", author: "Some Bot <bot@corp.example>" });
    } finally {
      delete process.env.GIT_DIR;
    }
    expect(git(folder, "log", "-1", "--format=%an <%ae>")).toBe("Some Bot <bot@corp.example>");
  });
});
