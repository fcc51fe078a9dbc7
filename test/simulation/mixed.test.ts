/** Active Directory and a tenant with synchronisation between them: random organisations, and what happens to them. */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { MixedTally, type MixedWorldSpec, walkMixed } from "./cloud/mixed-walk.js";
import { lag } from "./cloud/world.js";
import { personSpec } from "./people.js";
import { forAllWorlds, MIXED_WORLDS } from "./property.js";
import { type HrEdit, hrEdit, type StepSpec } from "./steps.js";

/** Nobody changes between the domain and the tenant, and nobody is two workers. */
const event: fc.Arbitrary<HrEdit> = hrEdit.filter(({ kind }) => kind !== "type" && kind !== "merge" && kind !== "part");

/** Every third is a contractor. */
const person = fc
  .tuple(personSpec, fc.nat(2))
  .map(([spec, third]) => (third === 0 ? { ...spec, type: "contingent" as const } : spec));

const mixedWorld: fc.Arbitrary<MixedWorldSpec> = fc.record({
  policy: fc.record({
    deleteAfter: fc.constantFrom("10d", null),
    rehire: fc.constantFrom("reactivate" as const, "reprovision" as const),
    onRename: fc.constantFrom("keep" as const, "follow" as const, "follow" as const),
    manager: fc.boolean(),
  }),
  people: fc.array(person, { minLength: 1, maxLength: 10, size: "max" }),
  steps: fc.array(
    fc.record({
      days: fc.oneof(fc.constantFrom(0, 1, 3), fc.integer({ min: 4, max: 40 })),
      hr: fc.array(event, { minLength: 2, maxLength: 10, size: "max" }),
      admin: fc.constant<StepSpec["admin"]>([]),
    }),
    { minLength: 1, maxLength: 4, size: "max" },
  ),
  lag,
});

const tally = new MixedTally();
afterAll(() => console.info(`Domain and tenant: ${tally}`));

test(`${MIXED_WORLDS} mixed worlds are as wanted two runs after synchronisation`, { timeout: 3_600_000 }, async () => {
  await forAllWorlds(mixedWorld, MIXED_WORLDS, (spec, shrinking) =>
    walkMixed(spec, shrinking ? new MixedTally() : tally),
  );
  expect(tally.worlds).toBe(MIXED_WORLDS);
});

test("everything occurred often enough", () => {
  const often = [
    "domain create",
    "domain disable",
    "domain enable",
    "domain rename",
    "tenant create",
    "tenant bind",
    "tenant disable",
    "tenant add-member",
    "tenant remove-member",
    "tenant assign-licence",
    "tenant remove-licence",
    "tenant run-task",
    "awaiting-sync",
    "leavers checked",
    "people at work checked",
  ];
  expect(often.filter((what) => (tally.counts.get(what) ?? 0) < 5)).toEqual([]);
});
