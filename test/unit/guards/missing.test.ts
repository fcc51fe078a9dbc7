import { describe, expect, it } from "vitest";
import type { Override } from "../../../reconciler/model/files/index.js";
import { checkMissing } from "../../../reconciler/plan/guards/missing.js";
import type { PlanInput } from "../../../reconciler/plan/subject.js";

const NOW = Date.parse("2026-03-02T09:00:00Z");
const ACTIONS = "0123456789abcdef".repeat(4);

interface World {
  readonly bound: number;
  readonly seen: number;
  readonly deleted?: number;
  readonly missing?: Record<string, unknown>;
  readonly override?: Partial<Override>;
}

/** Only what the guard looks at. */
function inputOf({ bound, seen, deleted = 0, missing, override }: World): PlanInput {
  const anchors = Array.from({ length: bound }, (_, i) => `anchor-${i}`);
  const objects = anchors.map((anchor) => ({ anchor }));
  const whole = {
    environment: "production",
    guard: "missing-objects:ad",
    actions: ACTIONS.slice(0, 12),
    name: "known",
  };
  return {
    now: NOW,
    observed: { ad: { accounts: objects.slice(0, seen), deleted: objects.slice(seen, seen + deleted) } },
    ledger: { entries: new Map(anchors.map((anchor) => [anchor, { target: "ad", current: { anchor } }])) },
    policy: {
      environment: { name: "production" },
      guards: missing === undefined ? [] : [{ value: { missing } }],
      source: {
        overrides: override === undefined ? [] : [{ value: { ...whole, expires: "2026-03-31", ...override } }],
      },
    },
  } as unknown as PlanInput;
}

const verdictOf = (world: World) => checkMissing(inputOf(world), ACTIONS)[0]?.verdict;

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
    expect(checkMissing(inputOf({ bound: 100, seen: 90 }), ACTIONS)).toMatchObject([
      { guard: "missing-objects:ad", value: 10, population: 100, what: expect.stringContaining("10 of 100") },
    ]);
  });
});
