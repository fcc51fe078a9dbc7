/** Random people: small pools of names, so that names collide; dates around a first day, so that every stage occurs. */
import fc from "fast-check";
import type { Worker } from "../../reconciler/model/files/index.js";
import { addDays } from "../../reconciler/policy/time.js";

/** The first instant of every world. */
export const EPOCH = "2026-06-15";

export interface PersonSpec {
  readonly given: string | null;
  readonly family: string | null;
  /** A number of the person: equal numbers are several workers of one. null: HR knows no person. */
  readonly person: number | null;
  readonly type: "employee" | "contingent" | "volunteer";
  /** undefined: HR does not supply it. */
  readonly title: string | null | undefined;
  readonly department: string;
  /** First day, in days from the epoch. */
  readonly from: number;
  /** Last day, in days after the first; null while open. */
  readonly days: number | null;
  readonly rescinded: boolean;
  /** First day of leave and its length, from the epoch. */
  readonly leave: { readonly from: number; readonly days: number } | null;
  readonly zone: string;
  /** Index of another person; -1 nobody, -2 somebody unknown. */
  readonly manager: number;
  readonly mail: boolean;
}

const GIVEN = ["Anna", "Anne", "Bo", "Zoë", "Jean-Luc", "Łucja", "李", "D'Arcy", "", null];
const FAMILY = ["Smith", "Müller", "O'Brien", "Nguyễn", "van der Berg", "王", "Ng", "", null];
export const DEPARTMENTS = ["Sales", "Legal", "Works"] as const;
export const TITLES = ["Engineer", "Clerk", null, undefined];

const often = <T>(weight: number, usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight }, { arbitrary: other, weight: 10 - weight });
export const givenName = often(8, fc.constantFrom(...GIVEN.slice(0, 5)), fc.constantFrom(...GIVEN));
export const familyName = often(8, fc.constantFrom(...FAMILY.slice(0, 3)), fc.constantFrom(...FAMILY));
const zone = fc.constantFrom("Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland", "Asia/Tokyo", "UTC");
export const firstDay = fc.oneof(
  { arbitrary: fc.integer({ min: -1500, max: -30 }), weight: 6 },
  { arbitrary: fc.integer({ min: -10, max: 14 }), weight: 3 },
  { arbitrary: fc.integer({ min: 15, max: 120 }), weight: 2 },
);

export const personSpec: fc.Arbitrary<PersonSpec> = fc.record({
  given: givenName,
  family: familyName,
  person: often(7, fc.integer({ min: 0, max: 60 }), fc.constantFrom(null, 0, 1)),
  type: often(8, fc.constantFrom("employee" as const), fc.constantFrom("contingent" as const, "volunteer" as const)),
  title: fc.constantFrom(...TITLES),
  department: fc.constantFrom(...DEPARTMENTS),
  from: firstDay,
  days: often(7, fc.constant(null), fc.integer({ min: 0, max: 900 })),
  rescinded: often(9, fc.constant(false), fc.constant(true)),
  leave: often(8, fc.constant(null), fc.record({ from: fc.integer({ min: -20, max: 60 }), days: fc.nat(60) })),
  zone,
  manager: fc.integer({ min: -2, max: 39 }),
  mail: fc.boolean(),
});

export function workerId(index: number): string {
  return String(index + 1);
}

export function mailOf(id: string): string {
  return `person${id}@mail.example`;
}

/** The worker file of the person with this index, as HR first exports it. */
export function workerOf(spec: PersonSpec, index: number): Worker {
  const id = workerId(index);
  const from = addDays(EPOCH, spec.from);
  const leave = spec.leave;
  return {
    apiVersion: "muster/v1",
    kind: "Worker",
    source: "hr",
    id,
    personId: spec.person === null ? null : `p${spec.person}`,
    type: spec.type,
    name: { given: spec.given, family: spec.family },
    employment: {
      periods: [
        {
          from,
          lastDay: spec.days === null || spec.rescinded ? null : addDays(from, spec.days),
          status: spec.rescinded ? "rescinded" : "normal",
        },
      ],
      leave: leave === null ? [] : [{ from: addDays(EPOCH, leave.from), to: addDays(EPOCH, leave.from + leave.days) }],
      accessEnds: null,
    },
    timezone: spec.zone,
    job: { ...(spec.title === undefined ? {} : { title: spec.title }), department: spec.department },
    manager: spec.manager === -1 ? null : spec.manager === -2 ? "9999" : workerId(spec.manager),
    contact: { workEmail: spec.mail ? mailOf(id) : null },
    absentSince: null,
  };
}
