/** Worlds on a tenant: the policies of the cloud, and edits that only a tenant knows. */
import fc from "fast-check";
import { personSpec } from "../people.js";
import { type AdminEdit, adminEdit, type StepSpec, stepSpec } from "../steps.js";
import { beforeSpec, layoff, type WorldSpec } from "../world.js";
import { type CloudPolicySpec, cloudPolicySpec } from "./policy.js";

export interface CloudWorldSpec extends WorldSpec<CloudPolicySpec> {
  /** How long replicas show the past: for so many reads of an object, or so many milliseconds. */
  readonly lag: { readonly reads: number } | { readonly millis: number };
}

export const lag: fc.Arbitrary<CloudWorldSpec["lag"]> = fc.oneof(
  fc.record({ reads: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ millis: fc.integer({ min: 1_000, max: 100_000 }) }),
);

const who = fc.nat(39);
const cloudEdit: fc.Arbitrary<AdminEdit> = fc.oneof(
  { arbitrary: adminEdit, weight: 4 },
  {
    arbitrary: fc.record({ kind: fc.constantFrom("assign-licence" as const, "remove-licence" as const), who }),
    weight: 1,
  },
);

const deletion: StepSpec = { days: 12, hr: [{ kind: "vanish", who: 3 }], admin: [] };
const farewell: StepSpec = { days: 8, hr: [], admin: [] };
const recall: StepSpec = { days: 3, hr: [{ kind: "recall", inDays: -1 }], admin: [] };
const swaps: StepSpec = {
  days: 3,
  hr: [...[0, 2, 4].map((n) => ({ kind: "swap" as const, who: n, with: n + 1 })), { kind: "vanish", who: 1 }],
  admin: [],
};

/** Whoever comes back, later than the lead of a hire, gets another account, under another name. */
const replacing = {
  per: "worker",
  rehire: "reprovision",
  deleteAfter: null,
  leftAfter: null,
  counter: true,
  protectedWorker: false,
} as const;

/** Whoever is laid off is disabled at once, and deleted after ten days. */
const leaving = { deleteAfter: "10d", leftAfter: null, counter: true, protectedWorker: false } as const;

/** Plain employees, so that what a bent world is about happens to somebody. */
const AT_WORK = { type: "employee", from: -100, days: null, rescinded: false, leave: null } as const;

export function cloudWorldSpec(maxPeople: number): fc.Arbitrary<CloudWorldSpec> {
  const random = fc.record({
    policy: cloudPolicySpec,
    people: fc.array(personSpec, { minLength: 1, maxLength: maxPeople, size: "max" }),
    before: fc.array(beforeSpec, { maxLength: Math.ceil(maxPeople / 2), size: "max" }),
    steps: fc.array(stepSpec(cloudEdit), { minLength: 1, maxLength: 4, size: "max" }),
    lag,
  });
  const bent = (policy: Partial<CloudPolicySpec>, ...steps: readonly StepSpec[]) =>
    random.map((world): CloudWorldSpec => {
      const own = steps.map((step, i) => ({ ...step, admin: world.steps[i]?.admin ?? [] }));
      return {
        ...world,
        policy: { ...world.policy, ...policy },
        people: world.people.map((person, i) => (i % 3 === 0 ? person : { ...person, ...AT_WORK })),
        steps: [...own, ...world.steps].slice(0, 4),
      };
    });
  return fc.oneof(
    { arbitrary: random, weight: 4 },
    { arbitrary: bent(replacing, layoff, { ...recall, days: 25 }), weight: 5 },
    {
      arbitrary: bent({ ...leaving, restore: true, rehire: "reactivate" }, layoff, deletion, recall),
      weight: 5,
    },
    { arbitrary: bent({ ...leaving, purge: "5d" }, layoff, deletion, farewell), weight: 6 },
    { arbitrary: bent({ onRename: "follow" }, swaps, swaps), weight: 3 },
  );
}
