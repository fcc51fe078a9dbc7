import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openJournals } from "../../../reconciler/apply/journal.js";
import type { IdentityKey } from "../../../reconciler/model/identity.js";
import type { Op } from "../../../reconciler/model/op.js";
import type { Plan } from "../../../reconciler/model/plan.js";
import type { JournalEntry } from "../../../reconciler/model/ports.js";
import { temporaryFolder } from "../repo/temp-repository.js";

const AT = "2026-12-01T09:00:00.000Z";

const OP: Op = {
  id: "op1",
  target: "corp-ad",
  verb: "update",
  object: { anchor: "a1" },
  identity: "worker:hr:1" as IdentityKey,
  mapping: "ad",
  slot: "thumbnailPhoto",
  before: { thumbnailPhoto: null },
  after: { thumbnailPhoto: Uint8Array.of(0, 10, 255) },
  needs: [],
  claims: [],
  releases: [],
  ledgerOnly: false,
  label: "Zoë Müller",
  address: null,
  slotLabel: null,
  reasons: [],
  origin: "policy",
};

function begin(run: string, plan = `plan-of-${run}`, at = AT): JournalEntry {
  const body = {
    version: 1 as const,
    environment: "production",
    asOf: AT,
    ops: [OP],
    findings: [],
    guards: [],
    counts: { workers: 1, identities: 1, bound: {}, stages: {} },
    digests: { actions: "", inputs: "", desired: "", observed: {} },
  };
  const envelope = { id: plan, created: AT, expires: AT, desired: "c", records: null };
  return { type: "begin", run, plan: { body, envelope } satisfies Plan, asOf: AT, at };
}

function outcome(op: string): JournalEntry {
  return { type: "outcome", outcome: { op, kind: "done", anchor: "a1", code: null, detail: "line\nbreak" }, at: AT };
}

const INTENT: JournalEntry = { type: "intent", ops: ["op1", "op2"], at: AT };

async function written(): Promise<{ folder: string; file: string; entries: JournalEntry[] }> {
  const folder = temporaryFolder();
  const entries = [begin("r1"), INTENT, outcome("op1"), outcome("op2")];
  const journal = await openJournals(folder, "production").create("r1");
  for (const entry of entries) await journal.append(entry);
  await journal.close();
  return { folder, file: join(folder, "production", "r1.jsonl"), entries };
}

describe("the journal", () => {
  it("gives back what was appended, bytes too", async () => {
    const { folder, entries } = await written();
    const [found, ...rest] = await openJournals(folder, "production").unfinished();
    expect(rest).toEqual([]);
    expect(found).toEqual({ run: "r1", entries });
    expect(await openJournals(folder, "test").unfinished()).toEqual([]);
  });

  it("keeps the order of appends that share a flush, and is continued", async () => {
    const folder = temporaryFolder();
    const store = openJournals(folder, "production");
    const journal = await store.create("r1");
    await journal.append(begin("r1"));
    await Promise.all(Array.from({ length: 200 }, (_, i) => journal.append(outcome(`op${i}`))));
    await journal.close();
    const again = await store.reopen("r1");
    await again.append({ type: "end", at: AT });
    await again.close();
    const [found] = await store.unfinished();
    expect(found?.entries.map((e) => (e.type === "outcome" ? e.outcome.op : e.type))).toEqual([
      "begin",
      ...Array.from({ length: 200 }, (_, i) => `op${i}`),
      "end",
    ]);
  });

  it("lists unfinished runs by age, and knows which plans were used", async () => {
    const store = openJournals(temporaryFolder(), "production");
    for (const [run, at] of [
      ["b", "2026-12-01T08:00:00.000Z"],
      ["a", "2026-12-01T09:00:00.000Z"],
      ["c", "2026-12-01T07:00:00.000Z"],
    ] as const) {
      const journal = await store.create(run);
      await journal.append(begin(run, `plan-${run}`, at));
      if (run === "c") {
        await journal.append({ type: "end", at });
        expect(await store.used("plan-c")).toBe(true);
        await journal.append({ type: "recorded", commit: "123", at });
      }
      await journal.close();
    }
    expect((await store.unfinished()).map(({ run }) => run)).toEqual(["b", "a"]);
    expect(await store.used("plan-c")).toBe(true);
    expect(await store.used("plan-b")).toBe(false);
    await expect(store.create("c")).rejects.toThrow();
  });

  it("drops a torn last line wherever it is torn, and goes on after the whole ones", async () => {
    const { folder, file, entries } = await written();
    const whole = readFileSync(file);
    const ends = [...whole.keys()].filter((i) => whole[i] === 0x0a).map((i) => i + 1);
    for (let length = 0; length <= whole.length; length += 1 + (length % 7)) {
      writeFileSync(file, whole.subarray(0, length));
      const kept = ends.filter((end) => end <= length).length;
      const [found] = await openJournals(folder, "production").unfinished();
      expect(found?.entries ?? []).toEqual(entries.slice(0, kept));
    }
    truncateSync(file, whole.length - 3);
    const journal = await openJournals(folder, "production").reopen("r1");
    await journal.append({ type: "end", at: AT });
    await journal.close();
    const [found] = await openJournals(folder, "production").unfinished();
    expect(found?.entries).toEqual([...entries.slice(0, 3), { type: "end", at: AT }]);
  });

  it("drops zeros that a crash left in place of the last line", async () => {
    const { folder, file, entries } = await written();
    const whole = readFileSync(file);
    const last = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    for (const from of [last, last + 30]) {
      writeFileSync(file, Buffer.concat([whole.subarray(0, from), Buffer.alloc(whole.length - from)]));
      const [found] = await openJournals(folder, "production").unfinished();
      expect(found?.entries).toEqual(entries.slice(0, 3));
    }
  });

  it("finds any changed byte", async () => {
    const { folder, file } = await written();
    const whole = readFileSync(file);
    for (let i = 0; i < whole.length; i++) {
      const bytes = Buffer.from(whole);
      bytes[i] = (bytes[i] ?? 0) ^ (1 << (i % 8));
      writeFileSync(file, bytes);
      await expect(openJournals(folder, "production").unfinished(), `byte ${i}`).rejects.toMatchObject({
        code: "MUS-4005",
      });
    }
    writeFileSync(file, whole.fill(0, whole.length - 1));
    await expect(openJournals(folder, "production").unfinished()).rejects.toMatchObject({ code: "MUS-4005" });
  });

  it("finds lines that are missing, doubled or moved", async () => {
    const { folder, file } = await written();
    const [a = "", b = "", c = "", d = ""] = readFileSync(file, "utf8").split(/(?<=\n)/);
    for (const lines of [
      [a, c, d],
      [b, c, d],
      [a, b, b, c, d],
      [a, c, b, d],
    ]) {
      writeFileSync(file, lines.join(""));
      await expect(openJournals(folder, "production").unfinished()).rejects.toMatchObject({ code: "MUS-4005" });
    }
  });

  it("does not count a run that never began", async () => {
    const store = openJournals(temporaryFolder(), "production");
    await (await store.create("r1")).close();
    expect(await store.unfinished()).toEqual([]);
  });
});

describe("old journals", () => {
  async function finish(folder: string, run: string): Promise<void> {
    const journal = await openJournals(folder, "production").create(run);
    for (const entry of [begin(run), { type: "recorded", commit: "c", at: AT } as const]) await journal.append(entry);
    await journal.close();
  }
  const runOf = (i: number) => `20261201T0900${String(i).padStart(2, "0")}.000Z-aa`;

  it("goes when twenty newer ones are recorded; that its plan was used is still known, and unfinished ones stay", async () => {
    const folder = temporaryFolder();
    const unfinished = await openJournals(folder, "production").create("20250101T000000.000Z-bb");
    await unfinished.append(begin("20250101T000000.000Z-bb"));
    await unfinished.close();
    for (let i = 1; i <= 23; i++) await finish(folder, runOf(i));
    const files = readdirSync(join(folder, "production")).filter((name) => name.endsWith(".jsonl"));
    expect(files).toEqual(
      ["20250101T000000.000Z-bb", ...Array.from({ length: 20 }, (_, i) => runOf(i + 4))].map((r) => `${r}.jsonl`),
    );
    const store = openJournals(folder, "production");
    expect(await store.used(`plan-of-${runOf(1)}`)).toBe(true);
    expect((await store.unfinished()).map(({ run }) => run)).toEqual(["20250101T000000.000Z-bb"]);
  });
});
