import { expect, it } from "vitest";
import type { Op, Verb } from "../../../../reconciler/model/op.js";
import { lanesOf } from "../../../../reconciler/targets/entra-id/lanes.js";
import { id } from "../../../support/answering-graph.js";
import { op, type Person, person } from "../../../support/plan-builder.js";

const people = Array.from({ length: 61 }, (_, i) => person(`P${i}`, String(i)));
const [ADA, BEN, EVE] = people as [Person, Person, Person];
const ready = (one: Op) => ({ op: one, anchor: "anchor" in one.object ? one.object.anchor : null, references: {} });
const member = (verb: Verb, who: Person, group: number) => ready(op(verb, who, { slot: id(group) }));
const shown = (ops: Parameters<typeof lanesOf>[0]) =>
  lanesOf(ops).map((lane) => lane.map((unit) => `${unit.kind} ${unit.ops[0]?.op.verb} x${unit.ops.length}`));

it("disables go first, then what is taken away, then the longest", () => {
  const ops = [
    ready(op("create", ADA)),
    ...people.map((who) => member("add-member", who, 100)),
    member("remove-member", BEN, 200),
    ready(op("disable", EVE)),
  ];
  expect(shown(ops)).toEqual([
    ["single disable x1"],
    ["members remove-member x1"],
    ["members add-member x61"],
    ["create create x1"],
  ]);
});

it("writes on one account follow each other, its disable first, and its values go together", () => {
  const updates = ["jobTitle", "city"].map((slot) => ready(op("update", ADA, { slot })));
  expect(shown([...updates, ready(op("disable", ADA))])).toEqual([["single disable x1", "values update x2"]]);
});

it("what comes without an anchor goes along with the create of its account, in whichever order they come", () => {
  const manager = ready(op("update", ADA, { slot: "manager", joining: true }));
  expect(shown([manager, ready(op("create", ADA))])).toEqual([["create create x2"]]);
});
