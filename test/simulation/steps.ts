/** What happens between two runs: time passes, HR edits records, administrators (and others) edit the directory. */
import fc from "fast-check";
import type { Worker } from "../../reconciler/model/files/index.js";
import { addDays } from "../../reconciler/policy/time.js";
import type { Hands } from "./hands.js";
import { DEPARTMENTS, EPOCH, familyName, givenName, type PersonSpec, personSpec, TITLES, workerOf } from "./people.js";
import { GROUPS, JOINERS, LEAVERS, OUTSIDE, STAFF } from "./policy.js";

/** An edit of HR; `who` picks a worker (modulo their number). */
export type HrEdit =
  | { readonly kind: "leave-company"; readonly who: number; readonly inDays: number }
  | { readonly kind: "come-back"; readonly who: number; readonly inDays: number }
  /** Several at once. */
  | { readonly kind: "layoff"; readonly who: number; readonly people: number }
  | { readonly kind: "recall"; readonly inDays: number }
  | { readonly kind: "dismiss"; readonly who: number }
  | { readonly kind: "rename"; readonly who: number; readonly given: string | null; readonly family: string | null }
  | { readonly kind: "swap"; readonly who: number; readonly with: number }
  | { readonly kind: "title"; readonly who: number; readonly title: string | null | undefined }
  | { readonly kind: "department"; readonly who: number; readonly department: string }
  | { readonly kind: "type"; readonly who: number; readonly type: string }
  | { readonly kind: "manager"; readonly who: number; readonly manager: string | null }
  | { readonly kind: "vanish" | "reappear" | "rescind"; readonly who: number }
  | { readonly kind: "go-on-leave"; readonly who: number; readonly days: number }
  /** HR finds that two records are one person, or that one record is a person of its own. */
  | { readonly kind: "merge"; readonly who: number; readonly with: number }
  | { readonly kind: "part"; readonly who: number }
  | { readonly kind: "hire"; readonly spec: PersonSpec };

/** An edit of the directory by somebody else; `who` picks an account, `group` a group. */
export type AdminEdit =
  | { readonly kind: "disable" | "enable" | "delete"; readonly who: number }
  | { readonly kind: "edit"; readonly who: number; readonly attribute: string; readonly value: string | null }
  | { readonly kind: "rename"; readonly who: number; readonly name: string }
  | { readonly kind: "move"; readonly who: number; readonly container: string }
  | { readonly kind: "add-member" | "remove-member"; readonly who: number; readonly group: number }
  /** One of those that were deleted. */
  | { readonly kind: "restore"; readonly who: number }
  /** Only in a tenant. */
  | { readonly kind: "assign-licence" | "remove-licence"; readonly who: number }
  | { readonly kind: "add-stranger"; readonly name: string; readonly container: string };

export interface StepSpec {
  readonly days: number;
  readonly hr: readonly HrEdit[];
  readonly admin: readonly AdminEdit[];
}

const who = fc.nat(39);
const soon = fc.integer({ min: -3, max: 20 });
const kind = <const K extends string>(...names: K[]) => fc.constantFrom(...names);

export const hrEdit: fc.Arbitrary<HrEdit> = fc.oneof(
  { arbitrary: fc.record({ kind: kind("leave-company"), who, inDays: soon }), weight: 5 },
  { arbitrary: fc.record({ kind: kind("come-back"), who, inDays: soon }), weight: 6 },
  { arbitrary: fc.record({ kind: kind("layoff"), who, people: fc.integer({ min: 2, max: 10 }) }), weight: 5 },
  { arbitrary: fc.record({ kind: kind("recall"), inDays: fc.integer({ min: -1, max: 12 }) }), weight: 7 },
  { arbitrary: fc.record({ kind: kind("dismiss"), who }), weight: 1 },
  { arbitrary: fc.record({ kind: kind("rename"), who, given: givenName, family: familyName }), weight: 3 },
  { arbitrary: fc.record({ kind: kind("swap"), who, with: who }), weight: 3 },
  { arbitrary: fc.record({ kind: kind("title"), who, title: fc.constantFrom(...TITLES) }), weight: 2 },
  { arbitrary: fc.record({ kind: kind("department"), who, department: fc.constantFrom(...DEPARTMENTS) }), weight: 3 },
  { arbitrary: fc.record({ kind: kind("type"), who, type: kind("employee", "contingent", "volunteer") }), weight: 2 },
  {
    arbitrary: fc.record({ kind: kind("manager"), who, manager: fc.constantFrom("1", "2", "5", "9999", null) }),
    weight: 2,
  },
  { arbitrary: fc.record({ kind: kind("vanish", "vanish", "reappear", "rescind"), who }), weight: 5 },
  { arbitrary: fc.record({ kind: kind("go-on-leave"), who, days: fc.nat(40) }), weight: 4 },
  { arbitrary: fc.record({ kind: kind("merge"), who, with: who }), weight: 1 },
  { arbitrary: fc.record({ kind: kind("part"), who }), weight: 1 },
  { arbitrary: fc.record({ kind: kind("hire"), spec: personSpec }), weight: 3 },
);

export const strangerName = kind("asmith", "annasmith", "bmuller", "u3", "asmith2", "kiosk");
const container = fc.constantFrom(STAFF, JOINERS, LEAVERS, OUTSIDE);
const group = fc.nat(GROUPS.length - 1);

export const adminEdit: fc.Arbitrary<AdminEdit> = fc.oneof(
  { arbitrary: fc.record({ kind: kind("disable", "enable"), who }), weight: 5 },
  { arbitrary: fc.record({ kind: kind("delete", "restore"), who }), weight: 2 },
  {
    arbitrary: fc.record({
      kind: kind("edit"),
      who,
      attribute: kind("title", "department", "company", "description"),
      value: kind("Wizard", "Clerk", null as unknown as "Wizard"),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: kind("rename"), who, name: strangerName }), weight: 2 },
  { arbitrary: fc.record({ kind: kind("move"), who, container }), weight: 2 },
  { arbitrary: fc.record({ kind: kind("add-member", "remove-member"), who, group }), weight: 3 },
  { arbitrary: fc.record({ kind: kind("add-stranger"), name: strangerName, container }), weight: 1 },
);

export function stepSpec(edit: fc.Arbitrary<AdminEdit> = adminEdit): fc.Arbitrary<StepSpec> {
  return fc.record({
    days: fc.oneof(fc.constantFrom(0, 1, 3), fc.integer({ min: 4, max: 30 }), fc.integer({ min: 4, max: 100 })),
    hr: fc.array(hrEdit, { maxLength: 14, size: "max" }),
    admin: fc.array(edit, { maxLength: 4 }),
  });
}

/** The workers after an edit made on `today` (ISO date). Edits that make no sense for the worker change nothing. */
export function editHr(workers: readonly Worker[], edit: HrEdit, today: string): Worker[] {
  if (edit.kind === "hire") return [...workers, hireOn(edit.spec, workers.length, today)];
  if (edit.kind === "recall")
    return workers.map((worker) =>
      suits(worker, "come-back", today) ? editWorker(worker, { ...edit, kind: "come-back", who: 0 }, today) : worker,
    );
  const fitting = workers.filter((worker) => suits(worker, edit.kind, today));
  const worker = fitting[edit.who % Math.max(fitting.length, 1)];
  if (worker === undefined) return [...workers];
  if (edit.kind === "layoff") {
    const leaving = fitting.filter((_, i) => (i + edit.who) % fitting.length < edit.people);
    return workers.map((w) =>
      leaving.includes(w) ? editWorker(w, { ...edit, kind: "leave-company", inDays: -2 }, today) : w,
    );
  }
  const other = "with" in edit ? workers[edit.with % workers.length] : undefined;
  if (edit.kind === "swap" && other !== undefined) {
    return workers.map((w) =>
      w === worker ? { ...w, name: other.name } : w === other ? { ...w, name: worker.name } : w,
    );
  }
  if (edit.kind === "merge")
    return workers.map((w) => (w === worker ? { ...w, personId: other?.personId ?? null } : w));
  return workers.map((w) => (w === worker ? editWorker(worker, edit, today) : w));
}

/** Who left in the course of the story comes back, who works leaves; anything else happens to anybody. */
function suits(worker: Worker, kind: HrEdit["kind"], today: string): boolean {
  const lastDay = worker.employment.periods.at(-1)?.lastDay ?? null;
  if (kind === "come-back") return lastDay !== null && lastDay < today && lastDay >= EPOCH;
  return kind === "leave-company" || kind === "layoff" ? lastDay === null : true;
}

function hireOn(spec: PersonSpec, index: number, today: string): Worker {
  const worker = workerOf(spec, index);
  const from = addDays(today, Math.max(-5, Math.min(spec.from, 30)));
  const lastDay = spec.days === null || spec.rescinded ? null : addDays(from, spec.days);
  const status = spec.rescinded ? "rescinded" : "normal";
  return { ...worker, employment: { ...worker.employment, periods: [{ from, lastDay, status }] } };
}

function editWorker(worker: Worker, edit: HrEdit, today: string): Worker {
  const { periods } = worker.employment;
  const last = periods.at(-1);
  if (last === undefined) return worker;
  const employ = (part: Partial<Worker["employment"]>) => ({
    ...worker,
    employment: { ...worker.employment, ...part },
  });
  const replaceLast = (part: Partial<typeof last>) =>
    employ({ periods: [...periods.slice(0, -1), { ...last, ...part }] });
  switch (edit.kind) {
    case "leave-company": {
      const lastDay = addDays(today, edit.inDays);
      return last.lastDay === null && lastDay >= last.from ? replaceLast({ lastDay }) : worker;
    }
    case "come-back": {
      const from = addDays(today, edit.inDays);
      if (last.lastDay === null || from <= last.lastDay) return worker;
      return { ...employ({ periods: [...periods, { from, lastDay: null, status: "normal" }] }), absentSince: null };
    }
    case "dismiss":
      return employ({ accessEnds: `${today}T06:00:00Z` });
    case "rename":
      return { ...worker, name: { given: edit.given, family: edit.family } };
    case "title": {
      const { title: _old, ...job } = worker.job ?? {};
      return { ...worker, job: edit.title === undefined ? job : { ...job, title: edit.title } };
    }
    case "department":
      return { ...worker, job: { ...worker.job, department: edit.department } };
    case "type":
      return { ...worker, type: edit.type };
    case "part":
      return { ...worker, personId: null };
    case "manager":
      return { ...worker, manager: edit.manager };
    case "vanish":
      return worker.absentSince ? worker : { ...worker, absentSince: `${today}T05:00:00Z` };
    case "reappear":
      return { ...worker, absentSince: null };
    case "rescind":
      return last.lastDay === null ? replaceLast({ status: "rescinded" }) : worker;
    case "go-on-leave":
      return employ({ leave: [{ from: today, to: addDays(today, edit.days) }] });
    default:
      return worker;
  }
}

/** Somebody else's hands in the directory; what the directory refuses does not happen. */
export async function editDirectory(hands: Hands, edit: AdminEdit, number: number): Promise<void> {
  if (edit.kind === "add-stranger") {
    const attributes = { cn: `Stranger ${edit.name} ${number}`, sAMAccountName: edit.name };
    await hands.addAccount({ attributes, container: edit.container, enabled: true });
    return;
  }
  if (edit.kind === "restore") {
    await hands.restore?.(edit.who);
    return;
  }
  const accounts = await hands.accounts();
  const account = accounts[edit.who % Math.max(accounts.length, 1)];
  if (account === undefined) return;
  const { anchor } = account;
  switch (edit.kind) {
    case "disable":
      await hands.disable(anchor);
      return;
    case "enable":
      await hands.enable(anchor);
      return;
    case "delete":
      await hands.remove(anchor);
      return;
    case "edit":
      await hands.edit(anchor, { [edit.attribute]: edit.value });
      return;
    case "rename":
      await hands.edit(anchor, { sAMAccountName: edit.name });
      return;
    case "move":
      await hands.move(anchor, edit.container);
      return;
    case "add-member":
    case "remove-member":
      await hands.changeMember(edit.kind, edit.group, anchor);
      return;
    case "assign-licence":
    case "remove-licence":
      await hands.changeLicence?.(edit.kind, anchor);
  }
}
