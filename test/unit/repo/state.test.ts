import { existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { IdentityKey, WorkerKey } from "../../../reconciler/model/identity.js";
import { entryOfWorker, ledgerKey } from "../../../reconciler/model/ledger.js";
import { accountPath, groupPath, sourceRecordPath, workerPath } from "../../../reconciler/model/paths.js";
import { blobId } from "../../../reconciler/repo/git.js";
import { treeDigest } from "../../../reconciler/repo/read-snapshot.js";
import { openRepository } from "../../../reconciler/repo/state.js";
import { writeYaml } from "../../../reconciler/repo/yaml.js";
import { MusterError, MusterErrors } from "../../../reconciler/support/errors.js";
import { commitFiles, createRepository, git, temporaryFolder, writeFiles } from "./temp-repository.js";

function worker(id: string, name = "Zoë"): string {
  const employment = { periods: [{ from: "2026-12-01", lastDay: null, status: "normal" }] };
  const about = { source: "hr", id, type: "employee", name: { given: name }, employment, timezone: "Europe/Berlin" };
  return writeYaml({ apiVersion: "muster/v1", kind: "Worker", ...about });
}

/** Worker files and the record of an import that wrote exactly them. */
function imported(ids: readonly string[]): Record<string, string> {
  const files = Object.fromEntries(ids.map((id) => [workerPath("hr", id), worker(id)]));
  const blobs = Object.entries(files).map(([path, text]) => ({
    path,
    blob: blobId({ objectFormat: "sha1" }, Buffer.from(text)),
  }));
  const record = {
    source: "hr",
    exportedAt: "2026-12-01T06:00:00Z",
    rows: ids.length,
    workers: ids.length,
    digest: treeDigest(blobs),
  };
  return {
    ...files,
    [sourceRecordPath("hr")]: writeYaml({ apiVersion: "muster/v1", kind: "SourceRecord", ...record }),
  };
}

const SCOPE = "apiVersion: muster/v1\nkind: Scope\nname: all\nall: []\n";

async function codes(run: Promise<unknown>): Promise<string[]> {
  return run.then(
    () => [],
    (error: unknown) => {
      if (error instanceof MusterErrors) return error.errors.map((each) => each.code);
      if (error instanceof MusterError) return [error.code];
      throw error;
    },
  );
}

describe("openRepository", () => {
  it("opens from any folder inside, and tells what is no state repository", async () => {
    const folder = createRepository({ "policies/a.yaml": SCOPE });
    expect((await openRepository(join(folder, "policies"))).git.root).toBe(folder);
    expect(await codes(openRepository(createRepository({ a: "" })))).toEqual(["MUS-1009"]);
    expect(await codes(openRepository(createRepository()))).toEqual(["MUS-1009"]);
    expect(await codes(openRepository(temporaryFolder()))).toEqual(["MUS-1009"]);
  });
});

describe("readSnapshot", () => {
  const ids = ["0010", "2", "Zoë/ü", ".x", "con", "a".repeat(300)];

  it("reads all workers sorted by key, at a commit and in the work tree, cold and warm", async () => {
    const folder = createRepository({ "policies/a.yaml": SCOPE, ...imported(ids) });
    const cold = await (await openRepository(folder)).readSnapshot({ commit: "HEAD" });
    expect(cold.workers.map((each) => each.worker.id)).toEqual([...ids].sort());
    expect(cold.sources.hr?.workers).toBe(ids.length);
    expect(cold.workers[0]).toMatchObject({
      key: "hr:.x",
      blob: git(folder, "rev-parse", `HEAD:${workerPath("hr", ".x")}`),
    });
    expect(existsSync(join(folder, ".git/muster/cache"))).toBe(true);
    expect(await (await openRepository(folder)).readSnapshot({ commit: "main" })).toEqual(cold);
    expect(await (await openRepository(folder, { cache: null })).readSnapshot({ worktree: true })).toEqual(cold);
  });

  it("reads the commit, not what lies in the work tree", async () => {
    const folder = createRepository({ "policies/a.yaml": SCOPE, ...imported(["1"]) });
    writeFiles(folder, imported(["1", "2"]));
    const repository = await openRepository(folder);
    expect((await repository.readSnapshot({ commit: "HEAD" })).workers).toHaveLength(1);
    expect((await repository.readSnapshot({ worktree: true })).workers).toHaveLength(2);
  });

  it("finds a hand edit, a lost file, and workers without an import; the cache hides none of it", async () => {
    const folder = createRepository({ "policies/a.yaml": SCOPE, ...imported(["1", "2"]) });
    const repository = await openRepository(folder);
    await repository.readSnapshot({ commit: "HEAD" });
    writeFiles(folder, { [workerPath("hr", "1")]: worker("1", "Edited") });
    expect(await codes(repository.readSnapshot({ worktree: true }))).toEqual(["MUS-1010"]);
    writeFiles(folder, { [workerPath("hr", "1")]: worker("1") });
    rmSync(join(folder, workerPath("hr", "2")));
    expect(await codes(repository.readSnapshot({ worktree: true }))).toEqual(["MUS-1010"]);
    rmSync(join(folder, sourceRecordPath("hr")));
    expect(await codes(repository.readSnapshot({ worktree: true }))).toEqual(["MUS-1010"]);
  });

  it("finds files at the wrong path, duplicates, links, large files and foreign kinds at once", async () => {
    const files = imported(["1", "2"]);
    const folder = createRepository({ "policies/a.yaml": SCOPE, ...files });
    const repository = await openRepository(folder);
    await repository.readSnapshot({ commit: "HEAD" });
    writeFiles(folder, {
      "state/workers/hr/00/1.yaml": worker("1"),
      "state/workers/hr/00/3.yaml": worker("3"),
      "state/workers/hr/00/4.yaml": SCOPE,
      "state/workers/hr/00/5.yaml": `${worker("5")}# ${"x".repeat(300_000)}\n`,
    });
    symlinkSync("3.yaml", join(folder, "state/workers/hr/00/6.yaml"));
    expect((await codes(repository.readSnapshot({ worktree: true }))).sort()).toEqual(
      ["MUS-1004", "MUS-1007", "MUS-1008", "MUS-1008", "MUS-1010", "MUS-1011"].sort(),
    );
    git(folder, "add", "-A");
    git(folder, "commit", "-q", "-m", "bad");
    expect((await codes(repository.readSnapshot({ commit: "HEAD" }))).sort()).toEqual(
      ["MUS-1004", "MUS-1007", "MUS-1008", "MUS-1008", "MUS-1010", "MUS-1011"].sort(),
    );
  });

  it("says when there is no such commit", async () => {
    const repository = await openRepository(createRepository({ "policies/a.yaml": SCOPE }));
    expect(await codes(repository.readSnapshot({ commit: "nope" }))).toEqual(["MUS-1012"]);
  });
});

describe("readPolicies", () => {
  it("reads several documents of several files, with places and blobs", async () => {
    const two = `${SCOPE}---\n${SCOPE.replace("all\nall", "none\nall")}`;
    const folder = createRepository({ "policies/a/scopes.yaml": two, "policies/README.md": "# not a policy" });
    const { policies, blobs } = await (await openRepository(folder)).readPolicies({ commit: "HEAD" });
    expect(policies.scopes.map((each) => [each.value.name, each.file, each.line])).toEqual([
      ["all", "policies/a/scopes.yaml", 1],
      ["none", "policies/a/scopes.yaml", 6],
    ]);
    expect(policies.scopes[1]?.positions["/name"]).toEqual({ line: 8, column: 7 });
    expect(policies.mappings).toEqual([]);
    const blob = git(folder, "rev-parse", "HEAD:policies/a/scopes.yaml");
    expect(blobs).toEqual([
      { kind: "Scope", name: "all", blob },
      { kind: "Scope", name: "none", blob },
    ]);
  });

  it("tells all errors of all files: duplicates, unknown kinds, a file that would not be read", async () => {
    const folder = createRepository({
      "policies/a.yaml": SCOPE,
      "policies/b.yaml": SCOPE,
      "policies/c.yml": SCOPE,
      "policies/d.yaml": "apiVersion: muster/v1\nkind: Scopes\nname: x\n",
      "policies/e.yaml": "a: b: c\n",
    });
    const repository = await openRepository(folder);
    expect((await codes(repository.readPolicies({ commit: "HEAD" }))).sort()).toEqual([
      "MUS-1001",
      "MUS-1007",
      "MUS-1008",
      "MUS-1101",
    ]);
    expect((await codes(repository.readPolicies({ worktree: true }))).sort()).toEqual([
      "MUS-1001",
      "MUS-1007",
      "MUS-1008",
      "MUS-1101",
    ]);
  });

  it("refuses bytes that are not UTF-8", async () => {
    const folder = createRepository({ "policies/a.yaml": SCOPE });
    writeFileSync(join(folder, "policies/b.yaml"), Buffer.from([0x61, 0x3a, 0x20, 0xfc, 0x0a]));
    expect(await codes((await openRepository(folder)).readPolicies({ worktree: true }))).toEqual(["MUS-1013"]);
  });
});

describe("readLedger", () => {
  const entry = {
    apiVersion: "muster/v1",
    kind: "Account",
    target: "corp-ad",
    identity: "person:hr:p-1",
    workers: ["hr:1", "hr:2"],
    current: null,
    former: [],
    retained: [],
  };
  const group = {
    apiVersion: "muster/v1",
    kind: "Group",
    target: "corp-ad",
    group: `CN=${"Ü".repeat(60)},DC=corp`,
    anchor: "g1",
  };

  it("reads accounts and groups of one environment, at their path only", async () => {
    const right = accountPath("production", "corp-ad", entry.identity);
    const folder = createRepository({
      "policies/a.yaml": SCOPE,
      [right]: writeYaml(entry),
      [groupPath("production", "corp-ad", group.group)]: writeYaml(group),
    });
    const repository = await openRepository(folder);
    const ledger = await repository.readLedger({ commit: "HEAD" }, "production");
    expect(ledger.entries.get(ledgerKey("corp-ad", entry.identity as IdentityKey))).toEqual(entry);
    expect(ledger.groups.get(`corp-ad|${group.group}`)).toBe("g1");
    expect(entryOfWorker(ledger, "corp-ad", "hr:2" as WorkerKey)).toEqual([entry]);
    expect((await repository.readLedger({ commit: "HEAD" }, "test")).entries.size).toBe(0);
    commitFiles(folder, { [right.replace("p-1", "p-2")]: writeYaml(entry) });
    expect(await codes(repository.readLedger({ commit: "HEAD" }, "production"))).toEqual(["MUS-1008"]);
  });
});
