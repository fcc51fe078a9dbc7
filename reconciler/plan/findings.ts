/** Findings of a plan, in their one order. */
import { compareText } from "../model/identity.js";
import type { Finding } from "../model/plan.js";

const SEVERITIES = ["critical", "warning", "info"];

/** Gravest first, then by kind, identity, target and sentence; one that says the same twice is kept once. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const seen = new Map(
    findings.map((finding) => [`${finding.kind}|${finding.target}|${finding.identity}|${finding.what}`, finding]),
  );
  return [...seen.values()].sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      compareText(a.kind, b.kind) ||
      compareText(a.identity ?? "", b.identity ?? "") ||
      compareText(a.target ?? "", b.target ?? "") ||
      compareText(a.what, b.what),
  );
}

/** Names in one finding; the rest is counted. */
const NAMED = 20;

/** "Anna, Bernd and 3 more", sorted. */
export function listNames(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `${[...names].sort().slice(0, NAMED).join(", ")}${more}`;
}
