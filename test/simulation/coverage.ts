/** Counts what the random worlds made happen, so that a property cannot pass because nothing ever occurred. */
import type { Op } from "../../reconciler/model/op.js";
import type { PlanBody } from "../../reconciler/model/plan.js";
import type { Dialect } from "./dialect.js";

/** So often, in 500 worlds. */
const LEAST = { verbs: 200, stages: 100, collisions: 50, cycles: 20 } as const;
const OF_WORLDS = 500;
const COVERED_STAGES = ["rescinded", "left", "vanished", "out-of-scope", "leave", "active", "prehire", "future"];

export class Coverage {
  readonly verbs = new Map<string, number>();
  readonly stages = new Map<string, number>();
  /** Worlds and single checks per property. */
  readonly properties = new Map<string, { worlds: number; checks: number }>();
  collisions = 0;
  cycles = 0;
  worlds = 0;
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  plan(plan: PlanBody): void {
    for (const [stage, count] of Object.entries(plan.counts.stages)) add(this.stages, stage, count);
  }

  executed(op: Op): void {
    add(this.verbs, op.verb, 1);
    if (op.verb !== "create" && op.verb !== "rename") return;
    if (isTemporary(op)) this.cycles += 1;
    else if (this.#dialect.isSecondChoice(op.after, op.label)) this.collisions += 1;
  }

  /** A world was over; `checks` says how often each property was looked at in it. */
  world(checks: ReadonlyMap<string, number>): void {
    this.worlds += 1;
    for (const [name, count] of checks) {
      const sum = this.properties.get(name) ?? { worlds: 0, checks: 0 };
      this.properties.set(name, { worlds: sum.worlds + 1, checks: sum.checks + count });
    }
  }

  toString(): string {
    const list = (counts: ReadonlyMap<string, number>, names: readonly string[]) =>
      names.map((name) => `${name} ${counts.get(name) ?? 0}`).join(", ");
    const properties = [...this.properties].map(
      ([name, { worlds, checks }]) => `  ${name}: ${worlds} worlds, ${checks} checks`,
    );
    return [
      `${this.worlds} worlds`,
      ...properties,
      `  verbs: ${list(this.verbs, this.#dialect.verbs)}`,
      `  stages: ${list(this.stages, COVERED_STAGES)}`,
      `  name collisions ${this.collisions}, cycles ${this.cycles}`,
    ].join("\n");
  }

  /** What occurred too rarely in so many worlds; empty when all did often enough. */
  rare(worlds = OF_WORLDS): string[] {
    const least = (of: keyof typeof LEAST) =>
      Math.max(1, Math.round((LEAST[of] * Math.min(worlds, OF_WORLDS)) / OF_WORLDS));
    const below = (counts: ReadonlyMap<string, number>, names: readonly string[], least: number) =>
      names
        .filter((name) => (counts.get(name) ?? 0) < least)
        .map((name) => `${name}: ${counts.get(name) ?? 0} < ${least}`);
    return [
      ...below(this.verbs, this.#dialect.verbs, least("verbs")),
      ...below(this.stages, COVERED_STAGES, least("stages")),
      ...(this.collisions < least("collisions")
        ? [`name collisions: ${this.collisions} < ${least("collisions")}`]
        : []),
      ...(this.cycles < least("cycles") ? [`cycles: ${this.cycles} < ${least("cycles")}`] : []),
    ];
  }
}

/** The first half of a rename that breaks a cycle. */
export function isTemporary(op: Op): boolean {
  return (
    op.verb === "rename" &&
    Object.values(op.after).some((value) => typeof value === "string" && value.startsWith("tmp-"))
  );
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}
