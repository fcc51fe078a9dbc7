/** A group that Guards protect, whose members nobody may see. */
import { expect, test } from "vitest";
import type { Guards } from "../../../reconciler/model/files/index.js";
import type { PolicyDocument } from "../../../reconciler/model/policy.js";
import { gatherRestraint } from "../../../reconciler/plan/restrain.js";
import type { TargetView } from "../../../reconciler/plan/subject.js";

const guards = [
  { value: { protected: [{ target: "contoso", group: "Board" }] } },
] as unknown as readonly PolicyDocument<Guards>[];

function viewOf(group: object): TargetView {
  const target = { name: "contoso", capabilities: { containers: "none" } };
  return { target, observed: { accounts: [] }, groupByName: new Map([["board", group]]) } as unknown as TargetView;
}

test("no plan is made where nobody knows whom it protects", () => {
  expect([...gatherRestraint(viewOf({ members: ["a"] }), guards).protectedAnchors.keys()]).toEqual(["a"]);
  const hidden = viewOf({ members: [], unreadable: true, obstacle: "they are hidden" });
  expect(() => gatherRestraint(hidden, guards)).toThrow(
    /MUS-5003 the members of Board, which Guards protect, are hidden/,
  );
});
