/** A world: random policies, people, a directory that was there before, and what happens in one to five steps. */
import fc from "fast-check";
import { policiesFrom } from "../support/policies.js";
import { Simulation } from "../support/simulation.js";
import type { Hands } from "./hands.js";
import { mailOf, type PersonSpec, personSpec, workerId, workerOf } from "./people.js";
import { LEAVERS, OUTSIDE, type PolicySpec, policySpec, STAFF, TARGET } from "./policy.js";
import { type StepSpec, stepSpec, strangerName } from "./steps.js";

/** An account that was there before Muster came. */
export interface BeforeSpec {
  /** by-id, by-mail: it matches the person · conflict: right mail, another employeeID · stranger: only the name. */
  readonly kind: "by-id" | "by-mail" | "conflict" | "stranger";
  readonly who: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly container: string;
  /** Index of a group, or -1. */
  readonly group: number;
  readonly title: string | null;
}

export interface WorldSpec<P extends PolicySpec = PolicySpec> {
  readonly policy: P;
  readonly people: readonly PersonSpec[];
  readonly before: readonly BeforeSpec[];
  readonly steps: readonly StepSpec[];
}

export const beforeSpec: fc.Arbitrary<BeforeSpec> = fc.record({
  kind: fc.constantFrom("by-id", "by-id", "by-mail", "conflict", "stranger"),
  who: fc.nat(39),
  name: strangerName,
  enabled: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
  container: fc.constantFrom(STAFF, STAFF, LEAVERS, OUTSIDE),
  group: fc.integer({ min: -1, max: 2 }),
  title: fc.constantFrom("Engineer", "Wizard", null),
});

export const layoff: StepSpec = { days: 5, hr: [{ kind: "layoff", who: 0, people: 30 }], admin: [] };

/** Most worlds are random all through; some are bent towards what chance alone brings about too seldom. */
export function worldSpec(maxPeople = 40): fc.Arbitrary<WorldSpec> {
  const random = fc.record({
    policy: policySpec,
    people: fc.array(personSpec, { minLength: 1, maxLength: maxPeople, size: "max" }),
    before: fc.array(beforeSpec, { maxLength: Math.ceil(maxPeople / 2), size: "max" }),
    steps: fc.array(stepSpec(), { minLength: 1, maxLength: 5, size: "max" }),
  });
  const bent = (policy: Partial<PolicySpec>, ...steps: readonly StepSpec[]) =>
    random.map((world): WorldSpec => {
      const own = steps.map((step, i) => ({ ...step, admin: world.steps[i]?.admin ?? [] }));
      return { ...world, policy: { ...world.policy, ...policy }, steps: [...own, ...world.steps].slice(0, 5) };
    });
  const recall: StepSpec = { days: 25, hr: [{ kind: "recall", inDays: 3 }], admin: [] };
  const deletion: StepSpec = { days: 15, hr: [], admin: [] };
  const comeBack: StepSpec = { days: 2, hr: [{ kind: "recall", inDays: -1 }], admin: [] };
  const swaps: StepSpec = { days: 3, hr: [0, 2, 4].map((who) => ({ kind: "swap", who, with: who + 1 })), admin: [] };
  return fc.oneof(
    { arbitrary: random, weight: 14 },
    { arbitrary: bent({ rehire: "reprovision", deleteAfter: null }, layoff, recall), weight: 3 },
    { arbitrary: bent({ rehire: "reactivate", deleteAfter: null }, layoff, recall), weight: 1 },
    { arbitrary: bent({ deleteAfter: "10d" }, layoff, { days: 20, hr: [], admin: [] }), weight: 1 },
    {
      arbitrary: bent(
        { deleteAfter: "10d", restore: true, rehire: "reactivate", ghosts: false },
        layoff,
        deletion,
        comeBack,
      ),
      weight: 4,
    },
    { arbitrary: bent({ onRename: "follow" }, swaps, swaps), weight: 3 },
  );
}

/** Builds the world behind `hands`: the directory gets its earlier accounts, nothing has been run yet. */
export async function buildWorld(spec: WorldSpec, hands: Hands, limits?: string): Promise<Simulation> {
  for (const [i, before] of spec.before.entries()) await addBefore(hands, before, i, spec.people.length);
  return new Simulation({
    policies: policiesFrom(hands.dialect.yaml(spec.policy, limits)),
    workers: spec.people.map(workerOf),
    sources: {},
    targets: { [TARGET]: hands.port },
    environment: "test",
  });
}

async function addBefore(hands: Hands, before: BeforeSpec, number: number, people: number): Promise<void> {
  const id = workerId(before.who % people);
  const attributes: Record<string, string> = { cn: `${before.name} ${number}`, sAMAccountName: `${before.name}` };
  if (before.kind === "by-id") attributes.employeeID = id;
  if (before.kind === "by-mail" || before.kind === "conflict") attributes.mail = mailOf(id);
  if (before.kind === "conflict") attributes.employeeID = `x${id}`;
  if (before.title !== null) attributes.title = before.title;
  const { container, enabled } = before;
  const first = await hands.addAccount({ attributes, container, enabled });
  // The pool of names is small: whoever comes too late has a number in the name.
  const anchor =
    first ??
    (await hands.addAccount({ attributes: { ...attributes, sAMAccountName: `old${number}` }, container, enabled }));
  if (anchor !== null && before.group >= 0) await hands.changeMember("add-member", before.group, anchor);
}
