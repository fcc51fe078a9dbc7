/**
 * Creates that can carry a reference along. The plan has the reference to an account that is made in the same plan as an op of
 * its own, since the create must not fail with it. Where a target takes the reference in the create's own request, the two
 * are handed over together as soon as what it refers to is there, which saves a write for every new account.
 *
 * People who are each other's managers (or in a longer circle) cannot all be made after their managers: one create of each
 * circle goes without, and its reference follows as an update.
 */
import { type Op, type OpId, objectKey } from "./op.js";
import { isReference } from "./value.js";

/** By the create's id: the update that goes with it. Ops are those of one target; `names` are the attributes that may go along. */
export function companionsOf(ops: readonly Op[], names: readonly string[]): Map<OpId, Op> {
  const companions = new Map<OpId, Op>();
  const creates = new Map(ops.filter(({ verb }) => verb === "create").map((op) => [objectKey(op.object), op]));
  if (names.length === 0 || creates.size === 0) return companions;
  for (const op of ops) {
    if (op.verb !== "update" || "anchor" in op.object) continue;
    const create = creates.get(objectKey(op.object));
    if (create === undefined || companions.has(create.id)) continue;
    if (names.includes(op.slot ?? "") && refersToAnother(op)) companions.set(create.id, op);
  }
  breakCircles(companions, new Set([...creates.values()].map(({ id }) => id)));
  return companions;
}

/** Whoever is their own manager cannot be made after themselves. */
function refersToAnother({ after, identity }: Op): boolean {
  const [value = null, ...others] = Object.values(after);
  return others.length === 0 && value !== null && isReference(value) && "ref" in value && value.ref !== identity;
}

/** Every create waits for one other at most, so whoever follows them comes to an end or back to where it was in this walk. */
function breakCircles(companions: Map<OpId, Op>, creates: ReadonlySet<OpId>): void {
  const walks = new Map<OpId, number>();
  let walk = 0;
  for (const start of [...companions.keys()]) {
    walk += 1;
    let at: OpId | undefined = start;
    while (at !== undefined && companions.has(at) && !walks.has(at)) {
      walks.set(at, walk);
      const self: OpId = at;
      at = companions.get(self)?.needs.find((need) => need !== self && creates.has(need));
    }
    if (at !== undefined && walks.get(at) === walk) companions.delete(at);
  }
}
