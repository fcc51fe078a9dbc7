import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunFile } from "../../../reconciler/model/files/index.js";
import { sha256 } from "../../../reconciler/model/hash.js";
import { buildLedger, type Ledger } from "../../../reconciler/model/ledger.js";
import type { Op, OutcomeKind, Values } from "../../../reconciler/model/op.js";
import type { Run, RunOutcome } from "../../../reconciler/model/run.js";
import { nextLedger } from "../../../reconciler/record/next-ledger.js";
import { readRuns } from "../../../reconciler/record/read-runs.js";
import { filesOfLedger, rebuildLedger } from "../../../reconciler/record/rebuild.js";
import { recordRun } from "../../../reconciler/record/record.js";
import { readRunFiles, writeRunFiles } from "../../../reconciler/record/run-file.js";
import { openRepository, type Repository } from "../../../reconciler/repo/state.js";
import { validateDocument } from "../../../reconciler/repo/validate.js";
import { readDocument } from "../../../reconciler/repo/yaml.js";
import { op, type Person, person } from "../../support/plan-builder.js";
import { createRepository, git } from "../repo/temp-repository.js";

const PEOPLE = ["1", "2", "3"].map((id) => person(`Zoë ${id}`, id));
const SCOPE = "apiVersion: muster/v1\nkind: Scope\nname: all\nall: []\n";

function outcomeOf(each: Op, who: Person, kind: OutcomeKind): RunOutcome {
  const outcome = { op: each.id, kind, anchor: who.anchor, code: null, detail: null };
  const known = { workers: [who.worker], primary: who.worker, names: ["sAMAccountName"] };
  return { op: each, outcome, at: "2026-12-01T09:00:05.000Z", ...known };
}

function run(id: string, outcomes: readonly RunOutcome[]): Run {
  return {
    id,
    environment: "production",
    plan: `plan-${id}`,
    asOf: "2026-12-01T09:00:00Z",
    started: "2026-12-01T09:00:00.000Z",
    finished: "2026-12-01T09:01:00.000Z",
    inputs: { desired: "abc", records: null },
    digests: { actions: "a", inputs: "i" },
    guards: [
      {
        guard: "limit:create",
        verdict: "let-through",
        what: "3 of 2",
        value: 3,
        population: null,
        by: "first",
        ops: ["x"],
      },
    ],
    outcomes,
    previous: null,
  };
}

/** The files of a run, few outcomes each. */
function texts(each: Run, perFile = 1000): string[] {
  return writeRunFiles(each, perFile).map(({ content }) => content);
}

function asRead(...contents: string[]): Run[] {
  const files = contents.map((content) => {
    const document = readDocument(content, "run.yaml", { maxBytes: 1_000_000 });
    expect(validateDocument("Run", document.value, { file: "run.yaml", document })).toEqual([]);
    return { file: document.value as RunFile, sha256: sha256(content) };
  });
  return readRunFiles(files);
}

function filesOf(ledger: Ledger): Record<string, string | null> {
  return Object.fromEntries(filesOfLedger("production", ledger).map(({ path, content }) => [path, content]));
}

/** Ops that a planner could make, in any order: after the create of everybody. */
const anyOutcome = fc
  .record({
    who: fc.constantFrom(...PEOPLE),
    kind: fc.constantFrom<OutcomeKind>("done", "done", "already", "failed", "unknown", "skipped"),
    what: fc.constantFrom(
      "update",
      "clear",
      "photo",
      "rename",
      "move",
      "enable",
      "disable",
      "join",
      "found",
      "leave",
      "task",
      "unbind",
      "bind",
      "delete",
    ),
    text: fc.constantFrom("yes", "12:30", "Zoë: # x", "line\nbreak", "0010"),
  })
  .map(({ who, kind, what, text }) => outcomeOf(opOf(who, what, text), who, kind));

function opOf(who: Person, what: string, text: string): Op {
  const update = (after: Values) => op("update", who, { slot: Object.keys(after)[0] ?? "", before: {}, after });
  const member = { slot: `g-${text}`, slotLabel: `CN=${text}`, after: { member: true } };
  switch (what) {
    case "clear":
      return update({ title: null });
    case "photo":
      return update({ photo: Uint8Array.of(0, 10, 200) });
    case "rename":
      return op("rename", who, { before: { sAMAccountName: "old" }, after: { sAMAccountName: text } });
    case "move":
      return op("move", who, { after: { container: `OU=${text}` } });
    case "enable":
      return op("enable", who, { after: { enabled: true } });
    case "disable":
      return op("disable", who, { after: { enabled: false } });
    case "join":
      return op("add-member", who, member);
    case "found":
      return op("add-member", who, { ...member, ledgerOnly: true });
    case "leave":
      return op("remove-member", who, { ...member, after: { member: null } });
    case "task":
      return op("run-task", who, { slot: "reset-password", after: { task: "reset-password", entry: text } });
    case "unbind":
      return op("unbind", who, { after: { why: text } });
    case "bind":
      return op("bind", who, { after: { anchor: who.anchor, enabled: false }, ledgerOnly: true });
    case "delete":
      return op("delete", who, {
        before: { enabled: false },
        after: { "retain:mail": `${text}|2031-12-01T00:00:00Z` },
      });
    default:
      return update({ title: text });
  }
}

const CREATES = PEOPLE.map((who) =>
  outcomeOf(
    op("create", who, {
      after: { sAMAccountName: who.worker, hex: "not bytes", container: "OU=Works", enabled: true },
    }),
    who,
    "done",
  ),
);

describe("run records", () => {
  it("hold all that the ledger is made of: the fold of their files is the ledger written run by run", () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyOutcome, { maxLength: 6 }), { maxLength: 5 }), (more) => {
        const runs = [CREATES, ...more].map((outcomes, i) => run(`r${i}`, outcomes));
        let ledger = buildLedger([], new Map());
        for (const each of runs) ledger = nextLedger(ledger, each.outcomes, each.asOf).ledger;
        const files = runs.flatMap((each) => texts(each, 2));
        expect(filesOf(rebuildLedger(asRead(...files)))).toEqual(filesOf(ledger));
        expect(asRead(...files).flatMap((each) => texts(each, 2))).toEqual(files);
      }),
      { numRuns: 150 },
    );
  });

  it("give back ops with their ids, bytes and an attribute called hex", () => {
    const photo = outcomeOf(opOf(PEOPLE[0] as Person, "photo", ""), PEOPLE[0] as Person, "done");
    const [read] = asRead(...texts(run("r1", [...CREATES, photo])));
    expect(read?.outcomes[0]?.op.after.hex).toBe("not bytes");
    expect(read?.outcomes[3]?.op.after.photo).toEqual(Uint8Array.of(0, 10, 200));
    expect(read?.outcomes.map((each) => each.op.id)).toEqual([...CREATES, photo].map((each) => each.op.id));
    expect(read?.guards).toEqual(run("r1", []).guards);
  });
});

describe("a run of several files", () => {
  const big = run("r1", [...CREATES, ...CREATES]);

  it("is one run again, whatever the order of its files", () => {
    const files = writeRunFiles(big, 2);
    expect(files.map(({ name }) => name)).toEqual(["r1", "r1.part-2", "r1.part-3"]);
    const [read, ...more] = asRead(...files.map(({ content }) => content).reverse());
    expect(more).toEqual([]);
    expect(read?.outcomes.map(({ op: each }) => each.id)).toEqual(big.outcomes.map(({ op: each }) => each.id));
  });

  it("is refused when a part is missing, changed or not named", () => {
    const [first = "", second = "", third = ""] = texts(big, 2);
    const [other = ""] = texts({ ...big, id: "r2" }, 10);
    for (const files of [
      [first, second],
      [first, second, third.replace("OU=Works", "OU=Wroks")],
      [other, third],
    ])
      expect(() => asRead(...files)).toThrow("MUS-6002");
  });
});

describe("recordRun", () => {
  async function opened(): Promise<{ folder: string; repository: Repository }> {
    const folder = createRepository({ "policies/a.yaml": SCOPE });
    return { folder, repository: await openRepository(folder) };
  }

  function record(repository: Repository, each: Run, branch = "main") {
    return recordRun(repository, branch, each, (commit) =>
      commit === null ? Promise.resolve(buildLedger([], new Map())) : repository.readLedger({ commit }, "production"),
    );
  }

  const rename = (text: string) => outcomeOf(opOf(PEOPLE[0] as Person, "rename", text), PEOPLE[0] as Person, "done");

  it("makes one commit per run, with trailers and no person's name, and a ledger that is read back", async () => {
    const { folder, repository } = await opened();
    const failed = outcomeOf(opOf(PEOPLE[1] as Person, "move", "x"), PEOPLE[1] as Person, "failed");
    const { commit, ledger } = await record(repository, run("r1", [...CREATES, failed]));
    expect(git(folder, "rev-parse", "main")).toBe(commit);
    const message = git(folder, "log", "-1", "--format=%B");
    expect(message).toContain("3 created");
    expect(message).not.toContain("Zoë");
    expect(git(folder, "log", "-1", "--format=%(trailers)").trim().split("\n")).toEqual([
      "Muster-Run: r1",
      "Muster-Actions: a",
      "Muster-Inputs: i",
      "Muster-Outcome: done=3 failed=1",
    ]);
    expect(filesOf(await repository.readLedger({ commit: "main" }, "production"))).toEqual(filesOf(ledger));
    expect(git(folder, "status", "--porcelain")).toBe("");
  });

  it("chains the records by the digest of the file before, and rebuilds the ledger from them alone", async () => {
    const { folder, repository } = await opened();
    await record(repository, run("r1", CREATES));
    await record(repository, run("r2", [rename("b")]));
    await record(repository, run("r3", [rename("c")]));
    const path = (id: string) => join(folder, `state/environments/production/runs/2026/12/${id}.yaml`);
    const runs = await readRuns(repository, "main", "production", 0);
    expect(runs.map((each) => each.previous)).toEqual([
      null,
      sha256(readFileSync(path("r1"))),
      sha256(readFileSync(path("r2"))),
    ]);
    expect(filesOf(rebuildLedger(runs))).toEqual(
      filesOf(await repository.readLedger({ commit: "main" }, "production")),
    );
    expect(await readRuns(repository, "main", "production", Date.parse("2027-01-01"))).toEqual([]);
  });

  it("writes and reads a run of several files, and the next record names the first", async () => {
    const { folder, repository } = await opened();
    const many = Array.from({ length: 10_500 }, () => rename("x"));
    await record(repository, run("r1", [...CREATES, ...many]));
    await record(repository, run("r2", [rename("b")]));
    const runs = await readRuns(repository, "main", "production", 0);
    expect(runs.map((each) => each.outcomes.length)).toEqual([10_503, 1]);
    const first = readFileSync(join(folder, "state/environments/production/runs/2026/12/r1.yaml"));
    expect(runs[1]?.previous).toBe(sha256(first));
  });

  it("does not count a run twice that a crash brings here again", async () => {
    const { folder, repository } = await opened();
    await record(repository, run("r1", CREATES));
    const unbind = run("r2", [outcomeOf(opOf(PEOPLE[0] as Person, "unbind", "left"), PEOPLE[0] as Person, "done")]);
    await record(repository, unbind);
    const before = git(folder, "rev-parse", "main");
    const again = await record(repository, unbind);
    expect(again.commit).toBeNull();
    expect(git(folder, "rev-parse", "main")).toBe(before);
    expect(filesOf(again.ledger)).toEqual(filesOf(await repository.readLedger({ commit: "main" }, "production")));
  });

  it("commits nothing for a run that tried nothing", async () => {
    const { folder, repository } = await opened();
    const before = git(folder, "rev-parse", "main");
    const deferred = outcomeOf(opOf(PEOPLE[0] as Person, "move", "x"), PEOPLE[0] as Person, "deferred");
    expect((await record(repository, run("r1", [deferred]))).commit).toBeNull();
    expect(git(folder, "rev-parse", "main")).toBe(before);
  });

  it("says loudly when git does not take the record", async () => {
    const { folder, repository } = await opened();
    await expect(record(repository, run("r1", CREATES), "not..a..branch")).rejects.toMatchObject({ code: "MUS-6001" });
    const objects = join(folder, ".git/objects");
    if (process.getuid?.() !== 0) {
      chmodSync(objects, 0o500);
      await expect(record(repository, run("r1", CREATES))).rejects.toMatchObject({ code: "MUS-6001" });
      chmodSync(objects, 0o700);
    }
    expect(existsSync(join(folder, "state"))).toBe(false);
  });

  it("refuses a record that was tampered with", async () => {
    const { folder, repository } = await opened();
    await record(repository, run("r1", CREATES));
    const path = "state/environments/production/runs/2026/12";
    git(folder, "mv", `${path}/r1.yaml`, `${path}/r9.yaml`);
    git(folder, "commit", "-q", "-m", "moved");
    await expect(readRuns(repository, "main", "production", 0)).rejects.toMatchObject({ code: "MUS-6002" });
  });
});
