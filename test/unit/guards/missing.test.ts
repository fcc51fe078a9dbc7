import { describe, expect, it } from "vitest";
import type { Override } from "../../../reconciler/model/files/index.js";
import { checkMissing } from "../../../reconciler/plan/guards/missing.js";
import type { PlanInput, TargetView } from "../../../reconciler/plan/subject.js";

const NOW = Date.parse("2026-03-02T09:00:00Z");
const ACTIONS = "0123456789abcdef".repeat(4);

interface World {
  readonly bound: number;
  readonly seen: number;
  readonly deleted?: number;
  readonly missing?: Record<string, unknown>;
  readonly override?: Partial<Override>;
}

const anchorsOf = (count: number) => Array.from({ length: count }, (_, i) => `anchor-${i}`);

/** Only what the guard looks at. */
function viewOf({ bound, seen, deleted = 0 }: World): TargetView {
  const objects = anchorsOf(bound).map((anchor) => ({ anchor }));
  return {
    observed: { deleted: objects.slice(seen, seen + deleted) },
    byAnchor: new Map(objects.slice(0, seen).map((object) => [object.anchor, object])),
    boundTo: new Map(objects.map(({ anchor }) => [anchor, `person:hr:${anchor}`])),
  } as unknown as TargetView;
}

function inputOf({ missing, override }: World): PlanInput {
  const whole = {
    environment: "production",
    guard: "missing-objects:ad",
    actions: ACTIONS.slice(0, 12),
    name: "known",
  };
  return {
    now: NOW,
    policy: {
      environment: { name: "production" },
      guards: missing === undefined ? [] : [{ value: { missing } }],
      source: {
        overrides: override === undefined ? [] : [{ value: { ...whole, expires: "2026-03-31", ...override } }],
      },
    },
  } as unknown as PlanInput;
}

const check = (world: World) => checkMissing(inputOf(world), { ad: viewOf(world) }, ACTIONS);
const verdictOf = (world: World) => check(world)[0]?.verdict;

describe("missing-objects", () => {
  it.each([
    ["6 of 100 are gone: above both figures", { bound: 100, seen: 94 }, "refuse"],
    ["5 of 100 are gone: the limit itself passes", { bound: 100, seen: 95 }, "pass"],
    ["6 of 200 are gone: 3 % is below the share", { bound: 200, seen: 194 }, "pass"],
    ["all of 20 are gone", { bound: 20, seen: 0 }, "refuse"],
    ["all of 19 are gone: too few for a share", { bound: 19, seen: 0 }, undefined],
    ["nothing is gone", { bound: 100, seen: 100 }, undefined],
    ["what is gone is known to be deleted", { bound: 100, seen: 50, deleted: 50 }, undefined],
    ["policy allows more", { bound: 100, seen: 90, missing: { max: 10 } }, "pass"],
    ["policy allows less", { bound: 100, seen: 98, missing: { max: 1, maxShare: "1%" } }, "refuse"],
    ["an override names guard and actions", { bound: 100, seen: 50, override: {} }, "let-through"],
    ["the override is for another plan", { bound: 100, seen: 50, override: { actions: "ffffffffffff" } }, "refuse"],
    ["the override is over", { bound: 100, seen: 50, override: { expires: "2026-03-01" } }, "refuse"],
  ] as [string, World, string | undefined][])("%s", (_, world, verdict) => {
    expect(verdictOf(world)).toBe(verdict);
  });

  it("gives the figures and names the target", () => {
    expect(check({ bound: 100, seen: 90 })).toMatchObject([
      { guard: "missing-objects:ad", value: 10, population: 100, what: expect.stringContaining("10 of 100") },
    ]);
  });
});
