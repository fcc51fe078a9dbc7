/**
 * A plan as a pull request comment. Above the fold: verdict, counts riskiest first, refused guards, critical findings,
 * and everything that takes an account, access or a value away. The rest is in <details>. The comment never exceeds
 * `maxChars`: rows are dropped from the least risky section first, every cut is counted, tables are never cut inside a row.
 */
import type { IdentityKey } from "../model/identity.js";
import type { Plan, PlanBody } from "../model/plan.js";
import { labelsOf, type Summary, summarize } from "./changes.js";
import { escapeMarkdown, tableRow } from "./markdown-escape.js";
import { fitSections } from "./markdown-fit.js";
import { sectionsOf } from "./markdown-sections.js";
import { type MaskRules, maskPlan } from "./mask.js";
import { describeForecast, describeReads } from "./reads.js";
import { count, grouped, instant, isDestructive, opsWords, people, verbPhrase } from "./words.js";

export interface MarkdownOptions {
  /** Most characters of the comment; below 8,000 counts as 8,000. GitHub takes 65,536. Default 58,000. */
  readonly maxChars?: number;
  /** Masks personal data (see mask.ts); without it the plan is shown as it is. */
  readonly mask?: MaskRules;
  /** Name of a person that no op of the plan is about; not asked when the plan is masked. */
  readonly labels?: (identity: IdentityKey) => string | null;
  /** Where the whole plan can be seen, said where rows are missing. Default `muster plan --full`. */
  readonly whole?: string;
}

const DEFAULT_MAX = 58_000;
const MIN_MAX = 8_000;

export function renderMarkdown(plan: Plan, options: MarkdownOptions = {}): string {
  const shown = options.mask === undefined ? plan : maskPlan(plan, options.mask);
  const { body } = shown;
  const summary = summarize(body);
  const labels = labelsOf(body.ops, options.mask === undefined ? options.labels : undefined);
  const head = headOf(shown, summary);
  const foot = footOf(shown, summary);
  const room = Math.max(MIN_MAX, options.maxChars ?? DEFAULT_MAX) - head.length - foot.length - 4;
  const whole = escapeMarkdown(options.whole ?? "muster plan --full", "value");
  const middle = fitSections(sectionsOf(body, labels), room, whole);
  return `${[head, middle, foot].filter((part) => part !== "").join("\n\n")}\n`;
}

/** A hidden marker by which the comment is found again; only harmless characters of the name. */
export function commentMarker(environment: string): string {
  return `<!-- muster-plan environment=${environment.replace(/[^A-Za-z0-9]+/g, "-").slice(0, 100)} -->`;
}

function headOf(plan: Plan, summary: Summary): string {
  const { body } = plan;
  const title = `### Plan for ${escapeMarkdown(body.environment, "value", 80)}: ${verdict(summary)}`;
  const parts = [`${commentMarker(body.environment)}\n${title}`];
  if (summary.verdict === "refused")
    parts.push(`**Refused by ${count(summary.refusedGuards, "guard")}: nothing will be written.**`);
  if (summary.verbs.length > 0) parts.push(countTable(summary));
  const notes = [...describeReads(plan.envelope), ...describeForecast(plan.envelope)];
  const lines = notes.map((note) => escapeMarkdown(note, "prose"));
  parts.push([contextLine(body, plan.envelope.id), ...lines].join("<br>"));
  return parts.join("\n\n");
}

function verdict(summary: Summary): string {
  if (summary.changes === 0) return "nothing to do";
  return `${count(summary.changes, "change")} for ${people(summary.people)}`;
}

function countTable(summary: Summary): string {
  const rows = summary.verbs.map((entry) => {
    const name = isDestructive(entry.verb) ? `**${verbPhrase(entry.verb)}**` : verbPhrase(entry.verb);
    const notes = [
      entry.ops === entry.changes ? "" : opsWords(entry.verb, entry.ops),
      entry.clears === 0 ? "" : `**${grouped(entry.clears)} cleared**`,
    ];
    return tableRow([name, grouped(entry.changes), grouped(entry.people), notes.filter((n) => n !== "").join(", ")]);
  });
  return [tableRow(["change", "count", "people", ""]), "| :-- | --: | --: | :-- |", ...rows].join("\n");
}

function contextLine(body: PlanBody, id: string): string {
  const stages = Object.entries(body.counts.stages)
    .filter(([, n]) => n > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, 10)
    .map(([stage, n]) => `${grouped(n)} ${escapeMarkdown(stage, "value", 20)}`);
  const parts = [
    `as of ${escapeMarkdown(instant(body.asOf), "prose", 60)}`,
    `plan ${escapeMarkdown(id, "value", 80)}`,
    `${people(body.counts.identities)}${stages.length === 0 ? "" : `: ${stages.join(", ")}`}`,
  ];
  return parts.join(" · ");
}

function footOf(plan: Plan, summary: Summary): string {
  if (summary.changes === 0) return "";
  const { actions, inputs } = plan.body.digests;
  const until = escapeMarkdown(instant(plan.envelope.expires), "prose", 60);
  const lines = [
    `actions ${escapeMarkdown(actions, "value", 80)}<br>inputs ${escapeMarkdown(inputs, "value", 80)}`,
    summary.verdict === "refused"
      ? "To let a guard pass, commit an `Override` that names the actions digest, and plan again."
      : `A plan in a pull request is advice: the plan computed after the merge is applied; it counts as reviewed when its actions digest is this one. This plan is good until ${until}.`,
  ];
  return lines.join("\n\n");
}
