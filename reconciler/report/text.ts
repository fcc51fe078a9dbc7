/**
 * A plan as terminal text. Order: what it comes to (environment, instant, counts, verdict), what stops it, the changes
 * from the riskiest to the least, findings, digests, and what to do next. Reads top down; nobody must scroll back.
 */
import type { IdentityKey, WorkerKey } from "../model/identity.js";
import type { Finding, Plan, PlanBody } from "../model/plan.js";
import { type Labels, labelsOf, type Summary, selectWorker, summarize } from "./changes.js";
import { createPage, type Page, type PageOptions, type Part, tone } from "./page.js";
import { describeForecast, describeReads } from "./reads.js";
import { writeChanges } from "./text-changes.js";
import { writeFindings } from "./text-findings.js";
import { writeGuards, writeOverrides } from "./text-guards.js";
import { writeHeader, writeSummary } from "./text-summary.js";
import { count, instant } from "./words.js";

export interface PlanTextOptions extends PageOptions {
  /** Shows one worker's part; guards and counts stay those of the whole plan. */
  readonly only: WorkerKey | null;
  /** "full" folds nothing. */
  readonly details: "normal" | "full";
  /** Commit that a blob came with; null when it is not known. */
  readonly commits?: (blob: string, file: string) => string | null;
  /** Name of a person that no op of the plan is about. */
  readonly labels?: (identity: IdentityKey) => string | null;
  /** Identities of a worker, for `only`: the plan knows them by person. */
  readonly identitiesOf?: (worker: WorkerKey) => readonly IdentityKey[];
  /** The command that applies this plan; default: how to save a plan first. */
  readonly applyCommand?: string;
}

/** The plan as text, at most `width` columns wide (20 at least), each line with its newline. */
export function renderPlan(plan: Plan, options: PlanTextOptions): string {
  const page = createPage(options);
  const whole = plan.body;
  const summary = summarize(whole);
  const body =
    options.only === null ? whole : selectWorker(whole, options.only, options.identitiesOf?.(options.only) ?? []);
  const labels = labelsOf(whole.ops, options.labels);
  writeHeader(page, plan, summary);
  writeSummary(page, whole, summary);
  writeCritical(page, whole, labels, options.details);
  writeGuards(page, whole, options.details);
  if (options.only !== null) writeOnly(page, options.only, body);
  writeChanges(page, body.ops, { labels, details: options.details, commits: options.commits ?? (() => null) });
  writeFindings(page, body.findings, { labels, details: options.details });
  if (summary.changes > 0) writeDigests(page, whole, options.details);
  writeNext(page, plan, summary, options);
  const reads = [...describeReads(plan.envelope), ...describeForecast(plan.envelope)];
  if (reads.length > 0) page.blank();
  for (const read of reads) page.line(0, [tone("dim", read)], 2);
  return page.text();
}

/** Critical findings are named at the top as well: they are what must not be missed. */
function writeCritical(page: Page, body: PlanBody, labels: Labels, details: "normal" | "full"): void {
  const critical = body.findings.filter((finding) => finding.severity === "critical");
  if (critical.length === 0) return;
  const shown = details === "full" ? critical : critical.slice(0, 5);
  page.blank();
  page.line(0, [tone("danger", count(critical.length, "critical finding"))]);
  for (const finding of shown) page.line(2, [...nameOf(finding, labels), finding.what], 4);
  if (shown.length < critical.length) page.line(2, [tone("dim", `and ${critical.length - shown.length} more, below`)]);
}

function nameOf(finding: Finding, labels: Labels): Part[] {
  const label = finding.identity === null ? finding.worker : labels(finding.identity);
  return label === null ? [] : [tone("strong", label), ": "];
}

function writeOnly(page: Page, worker: WorkerKey, body: PlanBody): void {
  page.blank();
  page.line(0, [tone("strong", `Only ${worker}`), tone("dim", "  the figures above are those of the whole plan")]);
  if (body.ops.length === 0) page.line(2, ["No changes for this worker."]);
}

function writeDigests(page: Page, body: PlanBody, details: "normal" | "full"): void {
  page.blank();
  page.line(0, [tone("strong", "Digests")]);
  const rows: [string, string][] = [
    ["actions", body.digests.actions],
    ["inputs", body.digests.inputs],
  ];
  if (details === "full") {
    rows.push(["desired", body.digests.desired]);
    for (const target of Object.keys(body.digests.observed).sort())
      rows.push([`observed ${target}`, body.digests.observed[target] ?? ""]);
  }
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, digest] of rows)
    page.line(2, [tone("dim", name.padEnd(width + 2)), tone("dim", digest)], width + 4);
}

function writeNext(page: Page, plan: Plan, summary: Summary, options: PlanTextOptions): void {
  if (summary.verdict === "nothing to do") return;
  page.blank();
  page.line(0, [tone("strong", "Next")]);
  if (summary.verdict === "refused") {
    page.line(2, ["Find out why the plan is as it is. If it is right, commit the exception below and plan again."], 2);
    writeOverrides(page, plan);
    return;
  }
  page.line(2, [options.applyCommand ?? "muster plan --out plan.json, then muster apply --plan plan.json"]);
  page.line(2, [tone("dim", `The plan can be applied until ${instant(plan.envelope.expires)}.`)]);
}
