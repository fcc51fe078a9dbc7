/**
 * Order: a sequence of ops in which every prefix is safe.
 *
 * What is hard: names move between objects in one plan, objects refer to objects that do not exist yet, and two people
 * may swap names. Every op says which names it claims and which it releases:
 *  - a claim comes after the release of the same name by another op; references come after the creation they refer to;
 *  - a cycle of claims and releases is broken by one temporary value: one rename (or update) of the cycle is split into "to a
 *    temporary name" (which releases) and "to the final name" (which claims);
 *  - among what is free to go: access is removed first, then by risk, then by id. Enabling comes last.
 * The order depends on nothing but the ops, so equal plans have equal order.
 */
import { compareText } from "../model/identity.js";
import { type Op, type OpDraft, type OpId, opId, type Verb } from "../model/op.js";
import type { Value } from "../model/value.js";
import { assert, MusterError } from "../support/errors.js";
import type { Draft } from "./drafts.js";

const RANKS: readonly Verb[] = [
  "disable",
  "remove-licence",
  "remove-member",
  "run-task",
  "delete",
  "purge",
  "unbind",
  "bind",
  "rename",
  "move",
  "update",
  "create",
  "restore",
  "assign-licence",
  "add-member",
  "enable",
];
const RANK = new Map(RANKS.map((verb, i) => [verb, i * 2]));

interface Node {
  readonly draft: Draft;
  readonly id: OpId;
  readonly rank: number;
  needs: Set<Node>;
  dependents: Node[];
  waiting: number;
}

export function orderOps(drafts: readonly Draft[]): Op[] {
  let current = drafts;
  // Every round breaks one cycle, and there are fewer cycles than ops.
  for (let round = 0; round <= drafts.length; round++) {
    const nodes = link(current);
    const ordered = sort(nodes);
    if (ordered.length === nodes.length) return ordered.map(finish);
    const cycle = findCycle(nodes.filter((node) => node.waiting > 0));
    current = breakCycle(current, cycle);
  }
  throw new MusterError("MUS-9001", { what: "ops wait for each other, whatever is given a temporary name" });
}

function link(drafts: readonly Draft[]): Node[] {
  const byDraft = new Map<Draft, Node>();
  const releasedBy = new Map<string, Node[]>();
  const nodes = drafts.map((draft) => {
    const node: Node = {
      draft,
      id: opId(draft.op),
      rank: rankOf(draft.op),
      needs: new Set(),
      dependents: [],
      waiting: 0,
    };
    byDraft.set(draft, node);
    for (const name of draft.op.releases) releasedBy.set(name, [...(releasedBy.get(name) ?? []), node]);
    return node;
  });
  for (const node of nodes) {
    for (const need of node.draft.needs) {
      const other = byDraft.get(need);
      if (other !== undefined) node.needs.add(other);
    }
    for (const name of node.draft.op.claims) {
      for (const other of releasedBy.get(name) ?? [])
        if (other !== node && !comesLater(other, node)) node.needs.add(other);
    }
    for (const need of node.needs) need.dependents.push(node);
    node.waiting = node.needs.size;
  }
  return nodes;
}

/** The second half of a split rename releases the temporary name that the first half claims: it does not wait for it. */
function comesLater(other: Node, node: Node): boolean {
  return other.draft.needs.includes(node.draft);
}

/** Clearing a value is riskier than setting one. */
function rankOf(op: OpDraft): number {
  const clears = op.verb === "update" && Object.values(op.after).every((value) => value === null);
  return (RANK.get(op.verb) ?? 0) - (clears ? 1 : 0);
}

/** Kahn's algorithm with a priority queue; what is left waiting belongs to cycles. */
function sort(nodes: readonly Node[]): Node[] {
  const queue = new Heap(compareNodes);
  for (const node of nodes) if (node.waiting === 0) queue.push(node);
  const out: Node[] = [];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    out.push(node);
    for (const dependent of node.dependents) {
      dependent.waiting--;
      if (dependent.waiting === 0) queue.push(dependent);
    }
  }
  return out;
}

function compareNodes(a: Node, b: Node): number {
  return a.rank - b.rank || compareText(a.id, b.id);
}

/** Follows unfinished needs from the smallest id until a node comes again. */
function findCycle(stuck: readonly Node[]): Node[] {
  const inStuck = new Set(stuck);
  const seen: Node[] = [];
  let node = [...stuck].sort((a, b) => compareText(a.id, b.id))[0];
  while (node !== undefined && !seen.includes(node)) {
    seen.push(node);
    node = [...node.needs].filter((need) => inStuck.has(need)).sort((a, b) => compareText(a.id, b.id))[0];
  }
  assert(node !== undefined, "a stuck op has no unfinished need");
  return seen.slice(seen.indexOf(node));
}

function breakCycle(drafts: readonly Draft[], cycle: readonly Node[]): Draft[] {
  const written = cycle.filter(
    ({ draft }) => ["rename", "update"].includes(draft.op.verb) && draft.op.claims.length > 0,
  );
  const chosen = [...written].sort((a, b) => compareNodes(a, b))[0];
  assert(chosen !== undefined, `ops ${cycle.map((node) => node.draft.op.verb).join(", ")} wait for each other`);
  const { draft, id } = chosen;
  const temporary: Record<string, Value | null> = { ...draft.op.after };
  for (const [name, value] of Object.entries(draft.op.after)) {
    if (typeof value === "string") temporary[name] = temporaryName(value, id);
  }
  const claims = draft.op.claims.map((name) => temporaryResource(name, id));
  const first: Draft = { needs: draft.needs, op: { ...draft.op, after: temporary, claims } };
  // Nobody else asks for the temporary name: were it released here, the first half would wait for this one.
  const second: Draft = { needs: [first], op: { ...draft.op, before: temporary, releases: [] } };
  const replace = (need: Draft) => (need === draft ? second : need);
  return drafts.flatMap((other) => {
    if (other === draft) return [first, second];
    other.needs.splice(0, other.needs.length, ...other.needs.map(replace));
    return [other];
  });
}

/** "tmp-1a2b3c4d" in place of the part before "@". Fits every length limit of a name. */
function temporaryName(value: string, id: OpId): string {
  const at = value.lastIndexOf("@");
  return `tmp-${id.slice(0, 10)}${at < 0 ? "" : value.slice(at)}`;
}

function temporaryResource(resource: string, id: OpId): string {
  const cut = resource.lastIndexOf("|") + 1;
  return resource.slice(0, cut) + temporaryName(resource.slice(cut), id);
}

function finish(node: Node): Op {
  const needs = [...node.needs].map((need) => need.id).sort(compareText);
  return { id: node.id, ...node.draft.op, needs };
}

/** A binary min-heap. */
class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  push(item: T): void {
    const items = this.#items;
    let i = items.push(item) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.#compare(item, items[parent] as T) >= 0) break;
      items[i] = items[parent] as T;
      i = parent;
    }
    items[i] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#compare(items[child + 1] as T, items[child] as T) < 0) child++;
      if (this.#compare(last, items[child] as T) <= 0) break;
      items[i] = items[child] as T;
      i = child;
    }
    items[i] = last;
    return top;
  }
}
