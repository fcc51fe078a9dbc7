/** The top of a plan: where, when, how much of what, and the verdict. */
import { STAGES } from "../model/identity.js";
import type { Plan, PlanBody } from "../model/plan.js";
import type { Summary, VerbCount } from "./changes.js";
import { column, type Page, type Part, partWidth, spreadLine, type Tone, tone } from "./page.js";
import { countFindings } from "./text-findings.js";
import { count, grouped, instant, isDestructive, opsWords, people, verbPhrase } from "./words.js";

/** Stages as people ask for them: who works here, who comes, who goes. */
const STAGE_ORDER = ["active", "leave", "prehire", "future", "left", "vanished", "rescinded", "out-of-scope"];
const GAP = 4;

export function writeHeader(page: Page, plan: Plan, summary: Summary): void {
  const { body, envelope } = plan;
  spreadLine(page, 0, [tone("strong", `Plan for ${body.environment}`)], tone("dim", envelope.id));
  page.line(0, [tone("dim", `as of ${instant(body.asOf)}`)]);
  page.blank();
  page.line(0, [verdict(summary)]);
  const findings = countFindings(summary.findings);
  if (findings !== "") page.line(0, [tone("dim", `Findings: ${findings}.`)]);
}

function verdict(summary: Summary): Part {
  const size = `${count(summary.changes, "change")} for ${people(summary.people)}`;
  if (summary.verdict === "refused")
    return tone("danger", `Refused by ${count(summary.refusedGuards, "guard")}: nothing will be written. ${size}.`);
  if (summary.verdict === "nothing to do") return tone("good", "Nothing to do.");
  return tone("strong", `${size}.`);
}

/** Changes per verb, riskiest first, beside people per stage. */
export function writeSummary(page: Page, body: PlanBody, summary: Summary): void {
  const left = summary.verbs.map((verb) => verbRow(verb));
  const right = stageRows(body);
  const numbers = columnWidth(left.map((row) => row.number));
  const leftLines = left.map((row): Part[] => [column(row.number, numbers, "right"), "  ", row.words, ...row.note]);
  const stages = columnWidth(right.map((row) => row.number));
  const rightLines = right.map((row): Part[] => [column(row.number, stages, "right"), "  ", row.words]);
  page.blank();
  if (leftLines.length === 0) {
    const words = right.map((row) => `${row.number} ${row.words}`).join(", ");
    if (words !== "") page.line(0, [tone("dim", `${people(body.counts.identities)}: ${words}`)]);
    return;
  }
  writeBeside(page, ["changes", leftLines], [`people (${grouped(body.counts.identities)})`, rightLines]);
}

interface CountRow {
  readonly number: string;
  readonly words: Part;
  readonly note: readonly Part[];
}

function verbRow(entry: VerbCount): CountRow {
  const tint: Tone = isDestructive(entry.verb) ? "danger" : "plain";
  const note = opsNote(entry);
  return { number: grouped(entry.changes), words: tone(tint, verbPhrase(entry.verb)), note };
}

/** What a count of changes leaves out: how many attributes, groups, licences or tasks they are, and values cleared. */
function opsNote(entry: VerbCount): Part[] {
  const parts: Part[] = entry.ops === entry.changes ? [] : [tone("dim", `  ${opsWords(entry.verb, entry.ops)}`)];
  if (entry.recorded > 0) parts.push(tone("dim", `  ${recordedNote(entry)}`));
  return entry.clears === 0 ? parts : [...parts, tone("caution", `  ${grouped(entry.clears)} cleared`)];
}

/** "only recorded", "3 only recorded". */
function recordedNote({ ops, recorded }: VerbCount): string {
  return recorded === ops ? "only recorded" : `${grouped(recorded)} only recorded`;
}

function stageRows(body: PlanBody): { number: string; words: string }[] {
  const stages = body.counts.stages;
  const order = [...STAGE_ORDER, ...STAGES, ...Object.keys(stages).sort()];
  return [...new Set(order)]
    .filter((stage) => (stages[stage] ?? 0) > 0)
    .map((stage) => ({ number: grouped(stages[stage] ?? 0), words: stage }));
}

function columnWidth(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

type Block = readonly [title: string, lines: readonly (readonly Part[])[]];

/** Two blocks side by side where the width allows it, else one below the other. */
function writeBeside(page: Page, left: Block, right: Block): void {
  const width = Math.max(left[0].length, ...left[1].map(lineWidth)) + GAP;
  const rightWidth = Math.max(right[0].length, ...right[1].map(lineWidth));
  if (2 + width + rightWidth > page.width || right[1].length === 0) {
    for (const [title, lines] of right[1].length === 0 ? [left] : [left, right]) {
      page.line(2, [tone("dim", title)]);
      for (const line of lines) page.line(2, line, 4);
      page.blank();
    }
    return;
  }
  page.line(2, [column(tone("dim", left[0]), width), tone("dim", right[0])]);
  for (let i = 0; i < Math.max(left[1].length, right[1].length); i++) {
    const line = left[1][i] ?? [];
    page.line(2, [...line, " ".repeat(width - lineWidth(line)), ...(right[1][i] ?? [])]);
  }
}

function lineWidth(line: readonly Part[]): number {
  return line.reduce((sum, part) => sum + partWidth(part), 0);
}
