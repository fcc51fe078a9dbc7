/** Which ops are executed as one, and which of these one after another. */
import { objectKey, type Verb } from "../../model/op.js";
import type { ReadyOp } from "../../model/ports.js";
import { GRAPH_MEMBERS_PER_REQUEST } from "../../support/limits.js";

/** What is executed as one: a create with what goes along, values or licences of one account, or members of one group. */
export interface Unit {
  readonly kind: "create" | "single" | "values" | "licences" | "members";
  /** Units of one lane are executed one after another: Graph refuses writes that meet on one object. */
  readonly lane: string;
  readonly ops: ReadyOp[];
}

/** Kinds of the other verbs: single. */
export const KINDS: Partial<Readonly<Record<Verb, "values" | "licences" | "members">>> = {
  update: "values",
  rename: "values",
  "assign-licence": "licences",
  "remove-licence": "licences",
  "add-member": "members",
  "remove-member": "members",
};

/**
 * Values of one account become one unit, and so do its licences; members are gathered by group and verb. What is handed over
 * without an anchor goes along with the create of its account.
 */
function unitsOf(ops: readonly ReadyOp[]): Unit[] {
  const units = new Map<string, Unit>();
  for (const ready of ops) {
    const { op } = ready;
    const object = objectKey(op.object);
    const kind = ready.anchor === null ? "create" : (KINDS[op.verb] ?? "single");
    const lane = kind === "members" ? `group ${op.slot ?? ""}` : object;
    const key = kind === "members" ? `${lane} ${op.verb}` : `${kind} ${object}${kind === "single" ? op.id : ""}`;
    const unit = units.get(key);
    if (unit === undefined) units.set(key, { kind, lane, ops: [ready] });
    else if (op.verb === "create") unit.ops.unshift(ready);
    else unit.ops.push(ready);
  }
  return [...units.values()];
}

const TAKING: ReadonlySet<Verb> = new Set(["remove-member", "remove-licence", "run-task", "delete"]);

/**
 * Disables go first, then whatever else is taken away; of the rest the longest, so that no long one is left when all others
 * are done.
 */
export function lanesOf(ops: readonly ReadyOp[]): Unit[][] {
  const units = unitsOf(ops);
  const lanes = new Map<string, Unit[]>();
  for (const unit of [...units.filter(isDisable), ...units.filter((one) => !isDisable(one))]) {
    const lane = lanes.get(unit.lane);
    if (lane === undefined) lanes.set(unit.lane, [unit]);
    else lane.push(unit);
  }
  const all = [...lanes.values()];
  const disables = all.filter((lane) => lane.some(isDisable));
  const others = all.filter((lane) => !lane.some(isDisable));
  const taking = others.filter((lane) => lane.some(isTaking));
  const rest = others.filter((lane) => !lane.some(isTaking));
  return [...disables, ...taking, ...rest.sort((a, b) => lengthOf(b) - lengthOf(a))];
}

function isDisable({ ops: [first] }: Unit): boolean {
  return first?.op.verb === "disable";
}

function isTaking({ ops }: Unit): boolean {
  return ops.some(({ op }) => TAKING.has(op.verb));
}

/** Requests that follow each other in a lane, roughly. */
function lengthOf(lane: readonly Unit[]): number {
  return lane.reduce((sum, { kind, ops }) => {
    const isAdding = kind === "members" && ops[0]?.op.verb === "add-member";
    return sum + (isAdding ? Math.ceil(ops.length / GRAPH_MEMBERS_PER_REQUEST) : kind === "members" ? ops.length : 1);
  }, 0);
}
