/** What is durable before anything is sent. */
import { expect, it } from "vitest";
import { type Execution, execute } from "../../../reconciler/apply/execute.js";
import type { Op, Outcome } from "../../../reconciler/model/op.js";
import type { Journal, JournalEntry, ReadyOp, TargetPort } from "../../../reconciler/model/ports.js";
import { AD_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { op, person } from "../../support/plan-builder.js";

const ANN = person("Ann Ackermann", "1");
const BEN = person("Ben Brandt", "2");
const update = op("update", ANN, { slot: "title", after: { title: "Fitter" } });
const dependent: Op = { ...op("update", BEN, { slot: "title", after: { title: "Welder" } }), needs: [update.id] };

const done = (ready: ReadyOp): Outcome => {
  return { op: ready.op.id, kind: "done", anchor: ready.anchor, code: null, detail: null };
};

interface Disk extends Journal {
  /** Entries whose append has returned. */
  readonly durable: JournalEntry[];
  /** Visits to the disk; entries that wait at the same time share one. */
  visits: number;
}

/** A disk that takes its time; every entry from the given one on is refused. */
function slowDisk(refuseFrom = Number.POSITIVE_INFINITY): Disk {
  let appended = 0;
  let visit: Promise<void> | null = null;
  const disk: Disk = {
    durable: [],
    visits: 0,
    append: async (entry) => {
      appended += 1;
      const isRefused = appended >= refuseFrom;
      visit ??= new Promise((resolve) => {
        disk.visits += 1;
        setTimeout(() => {
          visit = null;
          resolve();
        }, 5);
      });
      await visit;
      if (isRefused) throw new Error("no space left on device");
      disk.durable.push(entry);
    },
    close: async () => {},
  };
  return disk;
}

/** Says "done" to all; notes of each op what was durable when it was handed over. */
function targetOn(disk: Disk): { readonly port: TargetPort; readonly seen: Map<string, readonly JournalEntry[]> } {
  const seen = new Map<string, readonly JournalEntry[]>();
  async function* apply(ops: readonly ReadyOp[]): AsyncGenerator<Outcome> {
    for (const ready of ops) {
      seen.set(ready.op.id, [...disk.durable]);
      yield done(ready);
    }
  }
  return { port: { apply, capabilities: AD_LIKE.capabilities } as unknown as TargetPort, seen };
}

function executionOn(disk: Disk, port: TargetPort): Execution {
  return {
    ops: [update, dependent],
    targets: { "works-ad": { port, selection: { attributes: [], groups: [] } } },
    anchorOf: () => null,
    journal: disk,
    clock: { now: () => 0 },
    onOutcome: () => {},
  };
}

it("holds intents, and the outcomes of what came before, on disk before an op is sent; one visit serves both", async () => {
  const disk = slowDisk();
  const { port, seen } = targetOn(disk);
  await execute(executionOn(disk, port));
  const kinds = (id: string) =>
    seen.get(id)?.map((entry) => (entry.type === "outcome" ? entry.outcome.op : entry.type));
  expect(kinds(update.id)).toEqual(["intent"]);
  expect(kinds(dependent.id)).toEqual(["intent", update.id, "intent"]);
  expect(disk.durable).toHaveLength(4);
  expect(disk.visits).toBe(3);
});

it("sends nothing more when an outcome cannot be kept", async () => {
  const disk = slowDisk(2);
  const { port, seen } = targetOn(disk);
  await expect(execute(executionOn(disk, port))).rejects.toThrow("no space left");
  expect([...seen.keys()]).toEqual([update.id]);
});

it("does not end before the last outcome is on disk", async () => {
  const disk = slowDisk(4);
  const { port } = targetOn(disk);
  await expect(execute(executionOn(disk, port))).rejects.toThrow("no space left");
});

it("hands over all updates of an account together, however many ops there are", async () => {
  const people = Array.from({ length: 400 }, (_, i) => person(`Person ${i}`, String(1000 + i)));
  const updates = (slot: string) => people.map((who) => op("update", who, { slot, after: { [slot]: "new" } }));
  const ops = [...updates("title"), ...updates("telephoneNumber"), ...updates("l")];
  const calls: string[][] = [];
  async function* apply(ready: readonly ReadyOp[]): AsyncGenerator<Outcome> {
    calls.push(ready.map((one) => one.op.label));
    yield* ready.map(done);
  }
  const port = { apply, capabilities: AD_LIKE.capabilities } as unknown as TargetPort;
  await execute({ ...executionOn(slowDisk(), port), ops });
  const timesCalled = people.map(({ label }) => calls.filter((labels) => labels.includes(label)).length);
  expect(new Set(timesCalled)).toEqual(new Set([1]));
  expect(calls.flat()).toHaveLength(1200);
});
