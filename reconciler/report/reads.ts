/** How the targets were read, and how long writing will take, in one short line each. */
import type { PlanEnvelope } from "../model/plan.js";
import { count } from "./words.js";

/** "corp-ad was read in full: ..."; nothing for a target that was read in full for no special reason. */
export function describeReads(envelope: PlanEnvelope): string[] {
  return Object.entries(envelope.reads ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([target, { kind, why }]) => {
      if (kind === "incremental") return [`${target}: only what changed since the last run was read.`];
      return why === null ? [] : [`${target} was read in full: ${why}.`];
    });
}

/** "contoso: about 3 minutes of write quota (12,000 requests)." Nothing for a target that is not slowed down by a quota. */
export function describeForecast(envelope: PlanEnvelope): string[] {
  return Object.entries(envelope.forecast ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, { seconds }]) => seconds > 0)
    .map(([target, { requests, seconds }]) => {
      return `${target}: about ${duration(seconds)} of write quota (${count(requests, "request")}).`;
    });
}

/** Whole seconds below two minutes, whole minutes below three hours, then hours; rounded up. */
function duration(seconds: number): string {
  if (seconds < 120) return count(Math.ceil(seconds), "second");
  if (seconds < 3 * 3600) return count(Math.ceil(seconds / 60), "minute");
  return count(Math.ceil(seconds / 3600), "hour");
}
