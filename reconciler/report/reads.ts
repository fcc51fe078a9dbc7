/** How the targets were read, in one short line each. */
import type { PlanEnvelope } from "../model/plan.js";

/** "corp-ad was read in full: ..."; nothing for a target that was read in full for no special reason. */
export function describeReads(envelope: PlanEnvelope): string[] {
  return Object.entries(envelope.reads ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([target, { kind, why }]) => {
      if (kind === "incremental") return [`${target}: only what changed since the last run was read.`];
      return why === null ? [] : [`${target} was read in full: ${why}.`];
    });
}
