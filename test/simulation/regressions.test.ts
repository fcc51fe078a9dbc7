/**
 * Worlds that broke an invariant once, made small by hand. Each says what went wrong; the walk checks every invariant.
 */
import { expect, test } from "vitest";
import { Coverage } from "./coverage.js";
import { directoryDialect } from "./dialect.js";
import { memoryHands } from "./hands.js";
import type { PersonSpec } from "./people.js";
import type { PolicySpec } from "./policy.js";
import type { AdminEdit, HrEdit, StepSpec } from "./steps.js";
import { walk } from "./walk.js";

const policy: PolicySpec = {
  per: "person",
  prehire: 7,
  prehireAccount: "disabled",
  leave: { account: "disabled", create: false },
  leftAfter: null,
  leftAttributes: "freeze",
  tasks: [],
  vanishedAfter: "72h",
  outOfScope: "disabled",
  deleteAfter: null,
  deleteUnused: false,
  restore: false,
  rehire: "none",
  onRename: "follow",
  counter: false,
  lastResort: true,
  retain: false,
  mail: "none",
  title: { onNull: "keep", onDrift: "correct" },
  containerDrift: "correct",
  leaversMove: false,
  ghosts: false,
  twoMappings: false,
  manager: "keep",
  onLoss: ["remove", "remove"],
  protectedWorker: false,
  fight: false,
};

/** Somebody who has worked for long; `person` numbers count from 0 where the story does not give one. */
function person(given: string, family: string, parts: Partial<PersonSpec> = {}): PersonSpec {
  return {
    given,
    family,
    person: null,
    type: "employee",
    title: "Clerk",
    department: "Works",
    from: -400,
    days: null,
    rescinded: false,
    leave: null,
    zone: "Europe/Berlin",
    manager: -1,
    mail: false,
    ...parts,
  };
}

function step(days: number, hr: readonly HrEdit[], admin: readonly AdminEdit[] = []): StepSpec {
  return { days, hr, admin };
}

async function live(changes: Partial<PolicySpec>, people: readonly PersonSpec[], steps: readonly StepSpec[] = []) {
  const coverage = new Coverage(directoryDialect("memory"));
  await walk({ policy: { ...policy, ...changes }, people, before: [], steps }, memoryHands(), coverage);
  return coverage;
}

const anna = person("Anna", "Smith");
const bo = person("Bo", "Ng");

test("two people swap names: the temporary name waits for nobody (planning never ended)", async () => {
  const coverage = await live({}, [anna, bo], [step(1, [{ kind: "swap", who: 0, with: 1 }])]);
  expect(coverage.cycles).toBe(1);
});

test("two people swap names, and mail addresses that follow the logins", async () => {
  const coverage = await live({ mail: "from-login" }, [anna, bo], [step(1, [{ kind: "swap", who: 0, with: 1 }])]);
  expect(coverage.cycles).toBeGreaterThan(0);
});

test("a reference to somebody whose create is held back is not planned", async () => {
  await live({ protectedWorker: true }, [person("Anna", "Smith", { manager: 1 }), bo]);
});

test("a reference to somebody whose container does not exist is not planned", async () => {
  await live({ ghosts: true }, [person("Anna", "Smith", { manager: 1 }), person("Bo", "Ng", { department: "Legal" })]);
});

test("tasks of the stage that an account is created in belong to the plan that creates it", async () => {
  const coverage = await live({ tasks: ["active"] }, [anna]);
  expect(coverage.verbs.get("run-task")).toBe(1);
});

test("whoever finds no other name keeps the one that a namesake would have taken", async () => {
  const people = [anna, bo, person("Anne", "Smith")];
  const steps = [
    step(1, [
      { kind: "rename", who: 0, given: "李", family: "王" },
      { kind: "rename", who: 1, given: "Anna", family: "Smith" },
    ]),
  ];
  await live({ lastResort: false }, people, steps);
});

test("a mail address that stays is not free when the login changes", async () => {
  const steps = [
    step(1, [
      { kind: "rename", who: 0, given: "Zoë", family: "Müller" },
      { kind: "rename", who: 1, given: "Anna", family: "Smith" },
    ]),
  ];
  await live({ mail: "unique" }, [anna, bo], steps);
});

test("an account whose rename is held back gives up no name", async () => {
  const steps = [
    step(1, [{ kind: "hire", spec: person("Zoë", "Ng", { from: 0 }) }]),
    step(
      1,
      [{ kind: "rename", who: 1, given: "Anne", family: "O'Brien" }],
      [{ kind: "move", who: 1, container: "CN=Users,DC=corp,DC=example" }],
    ),
    step(1, [{ kind: "hire", spec: person("Bo", "Ng", { from: 0 }) }]),
  ];
  await live({}, [anna, bo], steps);
});

test("HR gives a person an id: the entry moves first, and references find the account by its new key", async () => {
  const people = [
    person("Anna", "Smith", { person: 1, manager: 1 }),
    bo,
    person("Zoë", "Müller", { person: 7, type: "volunteer", from: -10 }),
  ];
  const steps = [
    step(1, [
      { kind: "merge", who: 1, with: 2 },
      { kind: "manager", who: 0, manager: "2" },
    ]),
    step(1, []),
  ];
  await live({}, people, steps);
});

test("a return that HR recorded before the leaver was disabled keeps the account", async () => {
  const steps = [
    step(20, [
      { kind: "leave-company", who: 0, inDays: -3 },
      { kind: "come-back", who: 0, inDays: 2 },
    ]),
    step(3, []),
  ];
  const coverage = await live({ rehire: "reprovision" }, [anna], steps);
  expect(coverage.verbs.get("unbind")).toBeUndefined();
});

test("references follow an account that is replaced", async () => {
  const steps = [
    step(20, [{ kind: "leave-company", who: 1, inDays: -2 }]),
    step(20, [{ kind: "come-back", who: 0, inDays: -1 }]),
  ];
  const coverage = await live({ rehire: "reprovision" }, [person("Anna", "Smith", { manager: 1 }), bo], steps);
  expect(coverage.verbs.get("unbind")).toBe(1);
});

test("somebody gets another manager in the plan that replaces the account of the old one", async () => {
  const steps = [
    step(20, [{ kind: "leave-company", who: 1, inDays: -2 }]),
    step(20, [
      { kind: "come-back", who: 0, inDays: -1 },
      { kind: "manager", who: 0, manager: "3" },
    ]),
  ];
  const people = [person("Anna", "Smith", { manager: 1 }), bo, person("Zoë", "Müller")];
  const coverage = await live({ rehire: "reprovision" }, people, steps);
  expect(coverage.verbs.get("unbind")).toBe(1);
});

test("nobody who is created is made to refer to an account that the same plan deletes", async () => {
  const hire = person("Zoë", "Müller", { from: 0, manager: 1 });
  const steps = [step(20, [{ kind: "leave-company", who: 1, inDays: -2 }]), step(20, [{ kind: "hire", spec: hire }])];
  const coverage = await live({ deleteAfter: "10d" }, [anna, bo], steps);
  expect(coverage.verbs.get("delete")).toBe(1);
});

test("two accounts of one person: both are disabled when the person has left", async () => {
  const people = [person("Anna", "Smith", { person: 1 }), person("Anne", "Smith", { person: 2 })];
  const steps = [
    step(1, [{ kind: "merge", who: 1, with: 0 }]),
    step(20, [{ kind: "layoff", who: 0, people: 2 }]),
    step(20, []),
  ];
  const coverage = await live({}, people, steps);
  expect(coverage.verbs.get("disable")).toBe(2);
});

test("HR splits a person: the account goes with the worker whose values it carries", async () => {
  const people = [
    person("Anna", "Smith", { person: 1 }),
    person("Anna", "Smith", { person: 1, from: -10 }),
    person("Bo", "Ng", { person: 2 }),
    person("Zoë", "Müller", { person: 3 }),
  ];
  const steps = [
    step(1, [
      { kind: "merge", who: 0, with: 2 },
      { kind: "merge", who: 1, with: 3 },
    ]),
    step(1, []),
  ];
  await live({}, people, steps);
});

test("a name that somebody of one mapping lets go of is free for somebody of another", async () => {
  const people = [person("Anna", "Smith", { type: "employee" }), person("Bo", "Ng", { type: "contingent" })];
  const steps = [
    step(1, [
      { kind: "rename", who: 0, given: "Zoë", family: "Müller" },
      { kind: "rename", who: 1, given: "Anna", family: "Smith" },
    ]),
  ];
  await live({ per: "worker", twoMappings: true, lastResort: false }, people, steps);
});

test("an account that went to another key and was given up there is not bound again by its claim", async () => {
  // hr:1 alone is worker:hr:1; HR gives it the person of hr:2, and takes it away again when the account is replaced.
  const people = [person("Anna", "Smith"), person("Bo", "Ng", { person: 1, type: "volunteer" })];
  const steps = [
    step(1, [{ kind: "merge", who: 0, with: 1 }]),
    step(20, [{ kind: "layoff", who: 0, people: 2 }]),
    step(20, [{ kind: "recall", inDays: -1 }]),
    step(1, [{ kind: "part", who: 0 }]),
  ];
  const coverage = await live({ rehire: "reprovision" }, people, steps);
  expect(coverage.verbs.get("unbind")).toBe(1);
  expect(coverage.verbs.get("create")).toBe(2);
});

test("a re-keyed account outside the managed containers: the entry moves before a membership is taken away", async () => {
  const people = [anna, person("Bo", "Ng", { person: 1, department: "Legal" })];
  const steps = [
    step(1, [], [{ kind: "move", who: 1, container: "CN=Users,DC=corp,DC=example" }]),
    step(1, [
      { kind: "part", who: 1 },
      { kind: "department", who: 1, department: "Works" },
    ]),
  ];
  const coverage = await live({}, people, steps);
  expect(coverage.verbs.get("remove-member")).toBe(1);
});

test("a re-keyed account is deleted, or replaced, under its new key", async () => {
  const people = [person("Anna", "Smith", { person: 1 })];
  const gone = [step(1, [{ kind: "layoff", who: 0, people: 1 }]), step(20, [{ kind: "part", who: 0 }]), step(1, [])];
  expect((await live({ deleteAfter: "10d" }, people, gone)).verbs.get("delete")).toBe(1);
  const back: HrEdit[] = [
    { kind: "part", who: 0 },
    { kind: "recall", inDays: -1 },
  ];
  const replaced = [step(4, [{ kind: "layoff", who: 0, people: 1 }]), step(20, back), step(1, [])];
  expect((await live({ rehire: "reprovision" }, people, replaced)).verbs.get("unbind")).toBe(1);
});

test("a name that is put back frees the one that somebody gave the account by hand", async () => {
  // Bo's account was renamed to u1 by hand, the only name left to Anna once she has no given name.
  const people = [anna, bo, person("", "Ng")];
  const steps = [
    step(1, [{ kind: "rename", who: 0, given: "", family: "Ng" }], [{ kind: "rename", who: 1, name: "u1" }]),
  ];
  const coverage = await live({}, people, steps);
  expect(coverage.verbs.get("rename")).toBeGreaterThan(1);
});
