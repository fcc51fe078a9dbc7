/** What goes together, what waits, and that everything goes once, whatever it waits for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Schedule } from "../../../reconciler/apply/schedule.js";
import type { Op, Outcome, OutcomeKind } from "../../../reconciler/model/op.js";
import { AD_LIKE, GRAPH_LIKE } from "../../../reconciler/targets/memory/presets.js";
import { op, type Person, person } from "../../support/plan-builder.js";

const people = (count: number) => Array.from({ length: count }, (_, i) => person(`Person ${i}`, String(1000 + i)));

/** Creates of people whose managers are given by their place among them, and the updates that set these. */
function joiners(all: readonly Person[], managers: readonly (number | null)[]): Op[] {
  const creates = all.map((who) => op("create", who, { after: { displayName: who.label } }));
  const updates = all.flatMap((who, i) => {
    const boss = managers[i] ?? null;
    const [create, first] = [creates[i], boss === null ? undefined : creates[boss]];
    if (boss === null || create === undefined || first === undefined) return [];
    const after = { manager: { ref: all[boss]?.identity ?? who.identity } };
    const update = op("update", who, { slot: "manager", before: { manager: null }, after, joining: true });
    return [{ ...update, needs: [create.id, first.id] }];
  });
  return [...creates, ...updates];
}

function adds(all: readonly Person[], group: string, needs: readonly Op[] = []): Op[] {
  return all.map((who, i) => {
    const add = op("add-member", who, { slot: group, after: { member: true } });
    const need = needs[i];
    return need === undefined ? add : { ...add, needs: [need.id] };
  });
}

interface Gone {
  readonly waves: readonly (readonly Op[])[];
  readonly refused: readonly Op[];
}

/** All waves, where every op ends as told. */
function run(ops: readonly Op[], preset = GRAPH_LIKE, endOf: (op: Op) => OutcomeKind = () => "done"): Gone {
  const outcomes = new Map<string, Outcome>();
  const schedule = new Schedule(
    ops,
    () => preset.capabilities,
    (id) => outcomes.get(id),
  );
  const settle = (one: Op, kind: OutcomeKind) =>
    outcomes.set(one.id, { op: one.id, kind, anchor: null, code: null, detail: null });
  const waves: Op[][] = [];
  const refused: Op[] = [];
  for (let wave = schedule.next(); wave.ops.length + wave.refused.length > 0; wave = schedule.next()) {
    for (const one of wave.refused) settle(one, "refused");
    for (const one of wave.ops) settle(one, endOf(one));
    refused.push(...wave.refused);
    if (wave.ops.length > 0) waves.push([...wave.ops]);
  }
  return { waves, refused };
}

const names = (ops: readonly Op[]) => ops.map(({ verb, label }) => `${verb} ${label.slice("Person ".length)}`);

describe("creates with managers of the same plan", () => {
  it("wait for the manager, and take the reference along", () => {
    const ops = joiners(people(4), [null, 0, 0, 1]);
    expect(run(ops).waves.map(names)).toEqual([
      ["create 0"],
      ["create 1", "create 2", "update 1", "update 2"],
      ["create 3", "update 3"],
    ]);
  });

  it("do not wait where the target takes no reference along", () => {
    const ops = joiners(people(3), [null, 0, 1]);
    expect(run(ops, AD_LIKE).waves.map(names)).toEqual([
      ["create 0", "create 1", "create 2"],
      ["update 1", "update 2"],
    ]);
  });

  it("go one without in each circle of managers, and whoever hangs below a circle goes with", () => {
    const ops = joiners(people(7), [1, 0, 0, 4, 5, 3, 6]);
    const together = run(ops).waves.flatMap((wave) => {
      const made = new Set(wave.flatMap(({ verb, label }) => (verb === "create" ? [label] : [])));
      return wave.filter(({ verb, label }) => verb === "update" && made.has(label));
    });
    // Two of the first circle and its report, three of the second, and one who is her own manager.
    expect(together).toHaveLength(7 - 3);
  });

  it("go without a manager whose create failed", () => {
    const ops = joiners(people(3), [null, 0, 1]);
    const { waves, refused } = run(ops, GRAPH_LIKE, ({ label }) => (label === "Person 0" ? "failed" : "done"));
    expect(waves.map(names)).toEqual([["create 0"], ["create 1"], ["create 2", "update 2"]]);
    expect(names(refused)).toEqual(["update 1"]);
  });

  it("all go, once, each after what it needs, whoever manages whom and whatever fails", () => {
    const manager = fc.option(fc.nat(19));
    fc.assert(
      fc.property(fc.array(manager, { maxLength: 20 }), fc.array(fc.nat(19)), (managers, failing) => {
        const all = people(managers.length);
        const ops = joiners(
          all,
          managers.map((boss) => (boss === null || boss >= all.length ? null : boss)),
        );
        const failed = new Set(failing.map((i) => `Person ${i}`));
        const { waves, refused } = run(ops, GRAPH_LIKE, ({ verb, label }) =>
          verb === "create" && failed.has(label) ? "failed" : "done",
        );
        const gone = [...waves.flat(), ...refused].map(({ id }) => id);
        expect([...gone].sort()).toEqual(ops.map(({ id }) => id).sort());
        for (const { id, needs } of waves.flat())
          for (const need of needs) expect(gone.indexOf(need)).toBeLessThanOrEqual(gone.indexOf(id));
        expect(refused.every(({ verb }) => verb === "update")).toBe(true);
      }),
    );
  });
});

describe("members of targets that take twenty at a time", () => {
  it("go in whole requests while others are still to be made, and the rest at the end", () => {
    const all = people(530);
    const creates = all.map((who) => op("create", who));
    const ops = [...creates, ...adds(all, "all", creates), ...adds(all.slice(0, 30), "few", creates)];
    const counts = run(ops).waves.map((wave) =>
      ["all", "few"].map((group) => wave.filter(({ slot }) => slot === group).length),
    );
    expect(counts).toEqual([
      [0, 0],
      [500, 30],
      [30, 0],
    ]);
  });

  it("do not queue behind creates", () => {
    const [old, fresh] = [people(40), Array.from({ length: 600 }, (_, i) => person(`New ${i}`, String(5000 + i)))];
    const [first] = run([...fresh.map((who) => op("create", who)), ...adds(old, "all")]).waves;
    expect(first?.filter(({ verb }) => verb === "add-member")).toHaveLength(40);
  });

  it("wait until everything that can be taken away has gone", () => {
    const [leavers, others] = [people(600), Array.from({ length: 40 }, (_, i) => person(`New ${i}`, String(5000 + i)))];
    const ops = [...leavers.map((who) => op("disable", who)), ...adds(others, "all")];
    const waves = run(ops).waves.map((wave) => [...new Set(wave.map(({ verb }) => verb))]);
    expect(waves).toEqual([["disable"], ["disable", "add-member"]]);
  });
});
