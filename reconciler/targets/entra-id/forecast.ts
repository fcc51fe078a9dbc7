/** What ops will take if nothing goes wrong: what goes along with a create takes nothing. */
import { companionsOf } from "../../model/companions.js";
import { type Op, objectKey } from "../../model/op.js";
import { GRAPH_MEMBERS_PER_REQUEST } from "../../support/limits.js";
import { ENTRA_ID_CAPABILITIES } from "./capabilities.js";
import { KINDS } from "./lanes.js";
import { propertyOf } from "./properties.js";

export function countRequests(ops: readonly Op[]): { readonly reads: number; readonly writes: number } {
  let reads = 0;
  let writes = 0;
  const adds = new Map<string, number>();
  const shared = new Set<string>();
  const along = new Set(companionsOf(ops, ENTRA_ID_CAPABILITIES.alongWithCreate ?? []).values());
  for (const op of ops.filter((each) => !each.ledgerOnly && !along.has(each))) {
    const alone = Object.keys(op.after).filter((name) => isAlone(op, name)).length;
    if (op.verb === "create") writes += 1 + alone;
    else if (op.verb === "add-member") adds.set(op.slot ?? "", (adds.get(op.slot ?? "") ?? 0) + 1);
    else if (op.verb === "remove-member") writes += 1;
    else if (alone > 0) {
      // A manager who follows the create is not read before: replicas might not show the account yet.
      reads += "claim" in op.object && op.slot === "manager" ? 0 : 1;
      writes += 1;
    } else {
      // Values of one account go together, and so do its licences.
      const kind = KINDS[op.verb] ?? op.id;
      const key = `${objectKey(op.object)} ${kind}`;
      if (shared.has(key)) continue;
      shared.add(key);
      reads += 1;
      writes += 1;
    }
  }
  for (const count of adds.values()) writes += Math.ceil(count / GRAPH_MEMBERS_PER_REQUEST);
  return { reads, writes };
}

function isAlone({ verb }: Op, name: string): boolean {
  if (verb === "create")
    return name !== "manager" && name !== "container" && name !== "enabled" && propertyOf(name).alone === true;
  return verb === "update" && propertyOf(name).alone === true;
}
