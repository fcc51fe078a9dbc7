import { describe, expect, it } from "vitest";
import type { Override } from "../../../reconciler/model/files/index.js";
import type { Op } from "../../../reconciler/model/op.js";
import { checkSeats } from "../../../reconciler/plan/guards/seats.js";
import type { PlanInput } from "../../../reconciler/plan/subject.js";
import { op, person } from "../../support/plan-builder.js";

const ACTIONS = "0123456789abcdef".repeat(4);
const SKU = "6fd2c87f-b296-42f0-b197-1e91e994b900";

function inputOf(seats: number, used: number, inherited: readonly string[], override?: Partial<Override>): PlanInput {
  const licence = { seats, used, plans: {}, disabledPlans: {} };
  const group = { anchor: SKU, address: "ENTERPRISEPACK", managed: true, members: [], others: 0, licence, inherited };
  const whole = {
    environment: "production",
    guard: "seats:contoso:ENTERPRISEPACK",
    actions: ACTIONS.slice(0, 12),
    name: "known",
  };
  return {
    now: Date.parse("2026-03-02T09:00:00Z"),
    observed: { contoso: { groups: [group] } },
    policy: {
      environment: { name: "production" },
      source: {
        overrides: override === undefined ? [] : [{ value: { ...whole, expires: "2026-03-31", ...override } }],
      },
    },
  } as unknown as PlanInput;
}

const people = Array.from({ length: 10 }, (_, i) => person(`P${i}`, String(i + 1)));
const at = { target: "contoso", slot: SKU };
const assign = (n: number) =>
  people
    .slice(0, n)
    .map((who) => op("assign-licence", who, { ...at, before: { member: null }, after: { member: true } }));
const remove = (n: number) =>
  people
    .slice(10 - n)
    .map((who) => op("remove-licence", who, { ...at, before: { member: true }, after: { member: null } }));

describe("seats", () => {
  it.each([
    ["as many as are free", assign(3), 10, 7, "pass"],
    ["one more than is free", assign(4), 10, 7, "refuse"],
    ["as many as are free after what the plan takes away", [...assign(4), ...remove(1)], 10, 7, "pass"],
    ["one more than that", [...assign(5), ...remove(1)], 10, 7, "refuse"],
    ["more are in use than there are, and one is taken away", [...assign(1), ...remove(1)], 5, 8, "refuse"],
    ["more are in use than there are, and enough are taken away", [...assign(1), ...remove(4)], 5, 8, "pass"],
    ["nothing is assigned", remove(1), 10, 12, undefined],
  ] as [string, Op[], number, number, string | undefined][])("%s", (_, ops, seats, used, verdict) => {
    expect(checkSeats(inputOf(seats, used, []), ops, ACTIONS)[0]?.verdict).toBe(verdict);
  });

  it("are not freed by whoever has the licence by a group too", () => {
    const inherited = remove(1).map((one) => ("anchor" in one.object ? one.object.anchor : ""));
    expect(checkSeats(inputOf(10, 7, inherited), [...assign(4), ...remove(1)], ACTIONS)[0]?.verdict).toBe("refuse");
  });

  it("are not needed for what is held: service plans that are put right, and what is only recorded", () => {
    const [who = person("Ada", "1")] = people;
    const held = { ...at, before: { member: true }, after: { member: true } };
    const ops = [op("assign-licence", who, held), op("assign-licence", who, { ...held, ledgerOnly: true })];
    expect(checkSeats(inputOf(10, 10, []), ops, ACTIONS)).toEqual([]);
  });

  it("are told with the figures and the ops", () => {
    const ops = [...assign(5), ...remove(1)];
    expect(checkSeats(inputOf(10, 7, []), ops, ACTIONS)).toEqual([
      {
        guard: "seats:contoso:ENTERPRISEPACK",
        verdict: "refuse",
        what: "5 × assign-licence of ENTERPRISEPACK in contoso; 4 seats are free, 1 of them freed by this plan (7 of 10 are in use)",
        value: 5,
        population: 10,
        by: null,
        ops: ops
          .slice(0, 5)
          .map(({ id }) => id)
          .sort(),
      },
    ]);
  });

  it("may be overridden for one plan", () => {
    expect(checkSeats(inputOf(10, 10, [], {}), assign(1), ACTIONS)[0]).toMatchObject({
      verdict: "let-through",
      by: "known",
    });
    const other = inputOf(10, 10, [], { actions: "ffffffffffff" });
    expect(checkSeats(other, assign(1), ACTIONS)[0]?.verdict).toBe("refuse");
  });
});
